/**
 * HTTP with sides that are slow, or say more than the other wants to hear, over real sockets: who waits gets the right Error
 * or status, others go on, nothing stays open.
 */
import { createServer as nodeServer, type ServerHttp2Stream } from "node:http2";
import type { ValkError } from "../runtime/kernel/error.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { reqBodyAsync, reqPath } from "../runtime/lib/http-request.ts";
import { clientRequest, close, connectAsync, sendAsync, sendHandle } from "../runtime/lib/http2-client.ts";
import { request, responseRead } from "../runtime/lib/http2-message.ts";
import { chain, plist, settled, tick, wait } from "./fiber.ts";
import { ask, HOST, nodeAsk, ok, openGates, openServers, session, show, until } from "./http.ts";
import { answer, drip, frame, getHeaders, HEADERS, page, plain, raw, rude, speaking } from "./http-raw.ts";

const { serve, stop, server, leakless } = openServers();

const connect = (port: number, ...options: Value[]): Promise<Value> =>
  chain(() => connectAsync(HOST, port, plist("h2c", 1, ...options)));
const get = (client: Value, path: string, ...options: Value[]): Promise<Value> =>
  settled(sendHandle(request("GET", "http", HOST, path), client, plist(...options)));
const post = (client: Value, body: Value, ...options: Value[]): Value =>
  sendHandle(request("POST", "http", HOST, "/", plist("body", body)), client, plist(...options));
/** Message and data of an Error. */
const said = (e: Value): string => (e instanceof Error ? `${e.message} ${repr((e as ValkError).data)}` : show(e));
const TOO_LARGE = "the response is larger than 1000 bytes {:response-too-large}";
const TIMED_OUT = "http2/send: timed out after 40 ms {:timeout}";
/** Protocols of a client without TLS. */
const BOTH: [string, Value[]][] = [
  ["HTTP/2", []],
  ["HTTP/1.1", ["http1", 1]],
];

describe("slow writers at a server", () => {
  test(
    "a head of HTTP/1.1 that comes byte by byte: 408, and the connection is closed",
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "h2c", 1, "header-timeout", 300);
      const { socket, closed, heard } = await raw(port);
      const enough = drip(socket, `GET / HTTP/1.1\r\nx: ${"y".repeat(100_000)}`);
      expect(await ask(port)).toBe("200 here");
      await closed;
      enough();
      expect(heard()).toMatch(/^(?:HTTP\/1\.1 408 .*)?/);
      expect(await ask(port)).toBe("200 here");
    }),
  );

  test(
    "headers of HTTP/2 that do not end: the connection goes with its idle time",
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "h2c", 1, "idle-timeout", 300);
      const { closed } = await speaking(port, frame(HEADERS, 0, 1, getHeaders()));
      await closed;
      expect(await ask(port)).toBe("200 here");
    }),
  );

  test.each(["HTTP/2", "HTTP/1.1"])("a body over %s that comes byte by byte: 408; others go on", (protocol) =>
    leakless(async () => {
      const port = await serve(
        (req) => (reqPath(req) === "/" ? ok("body", "here") : wait(reqBodyAsync(req), (v) => v)),
        "h2c",
        1,
        "body-timeout",
        40,
      );
      if (protocol === "HTTP/2") {
        const over = session(port);
        const stream = over.request({ ":path": "/slow", ":method": "POST" });
        stream.on("error", () => {});
        const status = new Promise((done) => stream.on("response", (h) => done(h[":status"])));
        stream.resume();
        const enough = drip(stream, "x".repeat(100_000));
        expect(await nodeAsk(over, "/")).toMatchObject({ status: 200 });
        expect(await status).toBe(408);
        expect(await nodeAsk(over, "/")).toMatchObject({ status: 200, body: "here" });
        enough();
        stream.close(8);
        over.close();
      } else {
        const { socket, closed, heard } = await raw(
          port,
          "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n",
        );
        const enough = drip(socket, "x".repeat(99_999));
        expect(await ask(port)).toBe("200 here");
        await closed;
        enough();
        expect(heard()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      }
      await stop(server());
    })(),
  );
});

describe("a slow server, and a client with a time limit", () => {
  const slow: Record<string, (s: ServerHttp2Stream) => unknown> = {
    "before the headers": () => {},
    "in the middle of the body": (s) => {
      s.respond({ ":status": 200 });
      s.write("half");
    },
    "with a body that comes byte by byte": (s) => {
      s.respond({ ":status": 200 });
      drip(s, "x".repeat(100_000));
    },
  };
  test.each(Object.keys(slow))("HTTP/2, %s: that stream is reset, others go on", (when) =>
    leakless(async () => {
      const codes: number[] = [];
      let connections = 0;
      const { port, end } = await rude((stream, path, sessions) => {
        connections = sessions;
        if (path === "/") return answer(stream, "here");
        stream.on("close", () => codes.push(stream.rstCode as number));
        slow[when](stream);
      });
      const client = await connect(port);
      const late = get(client, "/slow", "timeout", 40);
      expect(show(await get(client, "/"))).toBe("200 here");
      expect(said(await late)).toBe(TIMED_OUT);
      await until(() => codes.length === 1);
      expect(codes).toEqual([8]);
      expect(show(await get(client, "/"))).toBe("200 here");
      expect(connections).toBe(1);
      close(client);
      end();
    })(),
  );

  test.each([
    ["before the headers", ""],
    ["in the middle of the head", "HTTP/1.1 200 OK\r\nContent-"],
    ["in the middle of the body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
  ])("HTTP/1.1, %s: its connection is closed, others go on", (_, part) =>
    leakless(async () => {
      let gone = 0;
      const { port, end } = await plain((socket, head) => {
        if (head.startsWith("GET / ")) return socket.write(page("here"));
        socket.on("close", () => gone++);
        return socket.write(part);
      });
      const client = await connect(port, "http1", 1);
      const late = get(client, "/slow", "timeout", 40);
      expect(show(await get(client, "/"))).toBe("200 here");
      expect(said(await late)).toBe(TIMED_OUT);
      await until(() => gone === 1);
      expect(show(await get(client, "/"))).toBe("200 here");
      close(client);
      end();
    })(),
  );

  test(
    "a streamed body: a read whose time is up takes nothing away",
    leakless(async () => {
      let stream!: ServerHttp2Stream;
      const { port, end } = await rude((s) => {
        stream = s;
        s.respond({ ":status": 200 });
      });
      const client = await connect(port);
      const response = await get(client, "/", "stream", 1);
      expect(said(await chain(() => responseRead(response, plist("timeout", 20))))).toBe(
        "http2/response-read-async: timed out after 20 ms {:timeout}",
      );
      stream.end("at last");
      expect(await chain(() => responseRead(response))).toBe("at last");
      expect(await chain(() => responseRead(response))).toBe(nil);
      close(client);
      end();
    }),
  );

  test.each(BOTH)("that takes nothing, %s: an upload waits, its time limit ends it", (protocol, options) =>
    leakless(async () => {
      const gates = openGates();
      const port = await serve(
        (req) =>
          reqPath(req) === "/" ? wait(gates.gate(), () => wait(reqBodyAsync(req), (v) => v)) : ok("body", "here"),
        "h2c",
        1,
        "max-request-body-size",
        0,
      );
      const client = await connect(port, ...options);
      const late = settled(post(client, "x".repeat(32 * 1024 * 1024), "timeout", 40));
      expect(show(await get(client, "/other"))).toBe("200 here");
      expect(said(await late)).toBe(TIMED_OUT);
      // HTTP/1.1 has one way for all: behind the rest of the body the end is seen only when the handler reads.
      if (protocol === "HTTP/1.1") gates.open();
      else await until(() => gates.cancelled === 1);
      expect(show(await get(client, "/other"))).toBe("200 here");
      close(client);
    })(),
  );
});

describe("responses that are too large", () => {
  test.each(BOTH)("%s: the body; what is just small enough is not", (_, options) =>
    leakless(async () => {
      const codes: number[] = [];
      const port = await serve(
        (req) => {
          const path = String(reqPath(req));
          (req as { target: { wire: { onClose(f: () => void): void } } }).target.wire.onClose(() => codes.push(1));
          return ok("body", "x".repeat(Number(path.slice(1))));
        },
        "h2c",
        1,
      );
      const client = await connect(port, ...options);
      const sized = (n: number): Promise<Value> => get(client, `/${n}`, "max-response-size", 1000);
      const [large, small] = await Promise.all([sized(5_000_000), sized(1000)]);
      expect([said(large), show(small)]).toEqual([TOO_LARGE, `200 ${"x".repeat(1000)}`]);
      expect(said(await sized(1001))).toBe(TOO_LARGE);
      // Of the large ones not everything is read.
      await until(() => codes.length === 3);
      expect(show(await sized(10))).toBe("200 xxxxxxxxxx");
      const shared = await settled(
        clientRequest(HOST, port, "/1001", plist("scheme", "http", "max-response-size", 1000, ...options)),
      );
      expect(said(shared)).toBe(TOO_LARGE);
      close(client);
    })(),
  );

  test(
    "a streamed body: its pieces up to the limit, then the Error",
    leakless(async () => {
      const { port, end } = await rude((stream) => {
        stream.respond({ ":status": 200 });
        for (let i = 0; i < 8; i++) stream.write("x".repeat(250));
        stream.end();
      });
      const client = await connect(port);
      const response = await get(client, "/", "stream", 1, "max-response-size", 1000);
      let size = 0,
        last: Value = "";
      while (typeof last === "string") {
        size += last.length;
        last = await chain(() => responseRead(response));
      }
      expect(said(last)).toBe(TOO_LARGE);
      expect(size).toBeLessThanOrEqual(1000);
      expect(said(await chain(() => responseRead(response)))).toBe(TOO_LARGE);
      close(response);
      close(client);
      end();
    }),
  );

  test.each([
    ["HTTP/2", []],
    ["HTTP/1.1", ["http1", 1]],
  ] as [string, Value[]][])("%s: the headers", (protocol, options) =>
    leakless(async () => {
      const large = "y".repeat(300_000);
      const two = nodeServer({ settings: { maxHeaderListSize: 1_000_000 } });
      const { port, end } =
        protocol === "HTTP/2"
          ? await rude((stream, path) => {
              if (path === "/") return answer(stream, "here");
              stream.respond({ ":status": 200, x: large });
              stream.end();
            }, two)
          : await plain((socket, head) =>
              socket.write(head.startsWith("GET / ") ? page("here") : page("large", `x: ${large}`)),
            );
      const client = await connect(port, ...options);
      expect(await get(client, "/large")).toBeInstanceOf(Error);
      expect(show(await get(client, "/"))).toBe("200 here");
      close(client);
      end();
    })(),
  );
});

describe("connections of HTTP/1.1 that the server has closed while they were idle", () => {
  const visit = (method: string, body?: Value) =>
    leakless(async () => {
      const heads: string[] = [];
      // The second request of a connection finds it closed: nobody could know.
      const seen = new Map<number, number>();
      const { port, end } = await plain((socket, head, connection) => {
        const n = (seen.get(connection) ?? 0) + 1;
        seen.set(connection, n);
        heads.push(`${connection} ${head.split(" ")[0]}`);
        if (connection === 1 && n === 2) socket.resetAndDestroy();
        else socket.write(page("here"));
      });
      const client = await connect(port, "http1", 1);
      expect(show(await get(client, "/"))).toBe("200 here");
      const again = await settled(
        sendHandle(request(method, "http", HOST, "/", plist(...(body === undefined ? [] : ["body", body]))), client),
      );
      if (method === "GET") {
        expect(show(again)).toBe("200 here");
        expect(heads).toEqual(["1 GET", "1 GET", "2 GET"]);
      } else {
        expect(repr((again as ValkError).data)).toBe("{:ECONNRESET}");
        expect(heads).toEqual(["1 GET", "1 POST"]);
        expect(show(await get(client, "/"))).toBe("200 here");
      }
      close(client);
      end();
    })();
  test("under a GET: it is sent again", () => visit("GET"));
  test("under a POST: the Error, since nobody knows what the server has done; the next request opens another", () =>
    visit("POST", "text"));

  test(
    "before the request: another is opened; also where the first has never been used",
    leakless(async () => {
      let connections = 0;
      const { port, sockets, end } = await plain((socket, _head, connection) => {
        connections = connection;
        socket.end(page("here"));
      });
      const client = await connect(port, "http1", 1);
      await until(() => sockets.size === 1);
      for (const socket of sockets) socket.end();
      await until(() => sockets.size === 0);
      await tick(5);
      for (let i = 0; i < 3; i++) {
        expect(show(await chain(() => sendAsync(request("POST", "http", HOST, "/", plist("body", "b")), client)))).toBe(
          "200 here",
        );
        await until(() => sockets.size === 0);
        await tick(5);
      }
      expect(connections).toBe(4);
      close(client);
      end();
    }),
  );
});
