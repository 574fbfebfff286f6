/**
 * What the protocol lets either side do to streams and connections, over real sockets: GOAWAY, RST_STREAM, more streams than
 * allowed, half-closed connections, resets within a TLS handshake. Who waits gets the right Error, others go on, nothing stays
 * open.
 */
import { createServer as nodeServer } from "node:http2";
import { type AddressInfo, connect as rawConnect, createServer as rawServer, type Socket } from "node:net";
import { createServer as secureServer, connect as tlsDial } from "node:tls";
import { cancel } from "../runtime/kernel/cancel.ts";
import type { Fiber } from "../runtime/kernel/control.ts";
import { raise, type ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { selfSigned } from "../runtime/lib/certificate.ts";
import { reqPath } from "../runtime/lib/http-request.ts";
import { streamCancel, streamOpen, streamWrite } from "../runtime/lib/http-stream.ts";
import { clientRequest, close, connectAsync, http2ConnectAsync, sendHandle } from "../runtime/lib/http2-client.ts";
import { request, responseRead } from "../runtime/lib/http2-message.ts";
import { netClose, netPort, netRead, netWrite } from "../runtime/lib/net.ts";
import { tlsConnect, tlsListen } from "../runtime/lib/tls.ts";
import { chain, plist, run, settled, then, tick, wait } from "./fiber.ts";
import { ask, HOST, nodeAsk, ok, openGates, openServers, session, show, until } from "./http.ts";
import {
  ACK,
  answer,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  getHeaders,
  HEADERS,
  RST_STREAM,
  raw,
  rude,
  SETTINGS,
  speaking,
  word,
} from "./http-raw.ts";

const { serve, log, leakless } = openServers();

const connect = (port: number, ...options: Value[]): Promise<Value> =>
  chain(() => connectAsync(HOST, port, plist("h2c", 1, ...options)));
const send = (client: Value, path: string, ...options: Value[]): Value =>
  sendHandle(request("GET", "http", HOST, path), client, plist(...options));
const get = (client: Value, path: string, ...options: Value[]): Promise<Value> =>
  settled(send(client, path, ...options));
const dataOf = (e: Value): string => (e instanceof Error ? repr((e as ValkError).data) : show(e));
const CANCEL = 8,
  NO_ERROR = 0,
  INTERNAL_ERROR = 2,
  REFUSED_STREAM = 7;
const whole = (stream: number, path = "/"): Buffer =>
  frame(HEADERS, END_HEADERS | END_STREAM, stream, getHeaders(path));

describe("a client sends GOAWAY with streams open", () => {
  test(
    "without an error: they are answered, then the connection is closed",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const { send, frames, closed } = await speaking(port, whole(1, "/a"), whole(3, "/b"));
      await until(() => gates.reached === 2);
      send(frame(GOAWAY, 0, 0, word(0, NO_ERROR)));
      await tick(5);
      expect(gates.cancelled).toBe(0);
      expect(await ask(port)).toBe("200 here");
      gates.open();
      await closed;
      expect(
        [1, 3].map((id) =>
          frames(DATA, id)
            .map((f) => f.payload.toString())
            .join(""),
        ),
      ).toEqual(["waited", "waited"]);
      expect([gates.cancelled, gates.cleanups]).toEqual([0, 2]);
    }),
  );
  test(
    "with one: the handlers are cancelled, their cleanups run, others go on",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const { send, closed } = await speaking(port, whole(1, "/a"), whole(3, "/b"));
      const over = session(port);
      const stays = nodeAsk(over, "/wait");
      await until(() => gates.reached === 3);
      send(frame(GOAWAY, 0, 0, word(0, INTERNAL_ERROR)));
      await closed;
      await until(() => gates.cleanups === 2);
      expect(gates.cancelled).toBe(2);
      gates.open();
      expect(await stays).toMatchObject({ status: 200, body: "waited" });
      expect(log()).toBe("");
      over.close();
    }),
  );
});

describe("RST_STREAM", () => {
  test.each([
    ["CANCEL", CANCEL],
    ["NO_ERROR", NO_ERROR],
    ["INTERNAL_ERROR", INTERNAL_ERROR],
    ["a code nobody knows", 4711],
  ])("from the client, %s: that handler is cancelled, others of the connection go on", (_, code) =>
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const { send, frames, socket } = await speaking(port, whole(1, "/a"), whole(3, "/b"));
      await until(() => gates.reached === 2);
      send(frame(RST_STREAM, 0, 1, word(code)));
      await until(() => gates.cleanups === 1);
      expect(gates.cancelled).toBe(1);
      gates.open();
      await until(() => frames(DATA, 3).some((f) => f.flags & END_STREAM));
      expect([frames(HEADERS, 1).length, frames(HEADERS, 3).length, frames(GOAWAY).length]).toEqual([0, 1, 0]);
      expect(log()).toBe("");
      socket.destroy();
    })(),
  );

  test(
    "from the client while the response is streamed: the writer hears of it",
    leakless(async () => {
      let heard: Value = nil;
      const port = await serve(
        (req) => {
          const s = streamOpen(req);
          streamWrite(s, "first");
          const more = (): Value =>
            then(streamWrite(s, "x"), (v) => {
              if (typeof v !== "number") heard = v;
              return nil;
            });
          const timer = setInterval(() => {
            more();
            if (heard !== nil) clearInterval(timer);
          }, 2);
          return sym(":deferred");
        },
        "h2c",
        1,
      );
      const { send, frames, socket } = await speaking(port, whole(1));
      await until(() => frames(DATA, 1).length > 0);
      send(frame(RST_STREAM, 0, 1, word(CANCEL)));
      await until(() => heard !== nil);
      expect(dataOf(heard)).toBe("{:closed}");
      socket.destroy();
    }),
  );

  test(
    "from our server: by stream/cancel, by a failure after stream/open; our client knows which stream and why",
    leakless(async () => {
      const port = await serve(
        (req) => {
          if (reqPath(req) === "/") return ok("body", "here");
          const s = streamOpen(req);
          streamWrite(s, "half");
          if (reqPath(req) === "/cancel") {
            streamCancel(s);
            return nil;
          }
          return raise("failed late");
        },
        "h2c",
        1,
      );
      const client = await connect(port);
      expect(dataOf(await get(client, "/cancel"))).toBe("{:CANCEL}");
      expect(dataOf(await get(client, "/fail"))).toBe("{:INTERNAL_ERROR}");
      expect(log()).toMatch(/GET \/fail: failed late/);
      // A streamed response, too: at its end.
      const response = await get(client, "/cancel", "stream", 1);
      let last: Value = response;
      if (!(response instanceof Error))
        do last = await chain(() => responseRead(response));
        while (typeof last === "string");
      expect(dataOf(last)).toBe("{:CANCEL}");
      expect(show(await get(client, "/"))).toBe("200 here");
      close(client);
    }),
  );

  test(
    "from the server with NO_ERROR after its whole response, before our whole request: the response counts",
    leakless(async () => {
      const { port, end } = await rude((stream) => {
        stream.respond({ ":status": 413 });
        stream.end("enough");
        stream.on("finish", () => stream.close(NO_ERROR));
      });
      const client = await connect(port);
      const body = def(0, () => "x".repeat(10_000));
      const large = request("POST", "http", HOST, "/", plist("body", body));
      expect(show(await settled(sendHandle(large, client)))).toBe("413 enough");
      close(client);
      end();
    }),
  );
});

describe("more streams than the server allows", () => {
  test(
    "of our server, before it could say so: refused, so that they may be sent again",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1, "max-concurrent-streams", 2);
      const { frames, socket } = await speaking(port, whole(1, "/a"), whole(3, "/b"), whole(5, "/c"), whole(7, "/d"));
      await until(() => frames(RST_STREAM).length === 2);
      expect(frames(RST_STREAM).map((f) => [f.stream, f.payload.readUInt32BE(0)])).toEqual([
        [5, REFUSED_STREAM],
        [7, REFUSED_STREAM],
      ]);
      expect(gates.reached).toBe(2);
      gates.open();
      await until(() => frames(DATA).filter((f) => f.flags & END_STREAM).length === 2);
      socket.destroy();
    }),
  );
  test(
    "afterwards, by a client that has seen the limit: its connection is closed with an error; others go on",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1, "max-concurrent-streams", 2);
      const { frames, send, closed } = await speaking(port);
      await until(() => frames(SETTINGS).some((f) => (f.flags & ACK) === 0));
      send(frame(SETTINGS, ACK, 0), whole(1, "/a"), whole(3, "/b"));
      await until(() => gates.reached === 2);
      send(whole(5, "/c"));
      await closed;
      expect(frames(GOAWAY).map((f) => f.payload.readUInt32BE(4))).toEqual([INTERNAL_ERROR]);
      await until(() => gates.cleanups === 2);
      expect(await ask(port)).toBe("200 here");
    }),
  );
  test(
    "our client waits with them: each is sent when another has ended; one that is given up is not sent at all",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1, "max-concurrent-streams", 3);
      const client = await connect(port);
      expect(show(await get(client, "/"))).toBe("200 here"); // the limit has come with it
      const handles = Array.from({ length: 20 }, (_, i) => send(client, `/${i}`));
      await until(() => gates.reached === 3);
      await tick(10);
      expect(gates.reached).toBe(3);
      expect(cancel(handles[19] as Fiber)).toBe(true);
      const late = send(client, "/late", "timeout", 10);
      expect(dataOf(await settled(late))).toBe("{:timeout}");
      const all = Promise.all(handles.slice(0, 19).map(settled));
      let over = false;
      all.then(() => {
        over = true;
      });
      await until(() => {
        gates.open();
        return over;
      });
      expect((await all).map(show)).toEqual(Array(19).fill("200 waited"));
      expect(gates.reached).toBe(19);
      close(client);
    }),
  );
  test(
    "our client before it knows the limit: what is refused is sent again",
    leakless(async () => {
      const port = await serve((req) => ok("body", String(reqPath(req))), "h2c", 1, "max-concurrent-streams", 3);
      const client = await connect(port);
      const paths = Array.from({ length: 50 }, (_, i) => `/${i}`);
      const all = await Promise.all(paths.map((path) => get(client, path)));
      expect(all.map(show)).toEqual(paths.map((path) => `200 ${path}`));
      close(client);
    }),
  );
});

describe("half-closed connections", () => {
  test(
    "a client that ends its side of a connection of HTTP/2 has gone: the handler is cancelled",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const { socket, closed } = await speaking(port, whole(1, "/wait"));
      await until(() => gates.reached === 1);
      socket.end();
      await until(() => gates.cleanups === 1);
      await closed;
      expect(await ask(port)).toBe("200 here");
    }),
  );
  test(
    "a client that ends its side of a stream has sent its request: nothing else",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const { socket, send, frames } = await speaking(port, frame(HEADERS, END_HEADERS, 1, getHeaders("/wait")));
      await until(() => gates.reached === 1);
      send(frame(DATA, END_STREAM, 1));
      await tick(5);
      expect(gates.cancelled).toBe(0);
      gates.open();
      await until(() => frames(DATA, 1).some((f) => f.flags & END_STREAM));
      socket.destroy();
    }),
  );
  test.each<[string, (s: Socket) => void]>([
    ["ends", (s) => s.end()],
    ["resets", (s) => s.resetAndDestroy()],
  ])("a server that %s the connection with streams open: each gets the Error; the next request another one", (_, how) =>
    leakless(async () => {
      let first: Socket | undefined;
      let asked = 0;
      const two = nodeServer();
      two.on("connection", (socket: Socket) => {
        first ??= socket;
      });
      const { port, end } = await rude((stream, path) => {
        asked++;
        if (path === "/") answer(stream, "here");
        else if (path === "/half") {
          stream.respond({ ":status": 200 });
          stream.write("half");
        }
      }, two);
      const client = await connect(port);
      const open = [get(client, "/wait"), get(client, "/half"), get(client, "/wait")];
      await until(() => asked === 3);
      await tick(5);
      how(first as Socket);
      expect((await Promise.all(open)).map(dataOf)).toEqual(Array(3).fill("{:ECONNRESET}"));
      expect(show(await get(client, "/"))).toBe("200 here");
      close(client);
      end();
    })(),
  );
  test(
    "HTTP/1.1: a server that ends in the middle of the head, of the body, of a chunk",
    leakless(async () => {
      const parts = [
        "HTTP/1.1 200 OK\r\nConte",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
      ];
      const sockets = new Set<Socket>();
      const server = rawServer((socket) => {
        sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => {}));
        socket.once("data", () => socket.end(parts.shift() ?? "HTTP/1.1 204 No Content\r\n\r\n"));
      }).listen(0, HOST);
      await new Promise((done) => server.once("listening", done));
      const client = await connect((server.address() as AddressInfo).port, "http1", 1);
      for (let i = 0; i < 3; i++) expect(dataOf(await get(client, "/"))).toBe("{:ECONNRESET}");
      expect(show(await get(client, "/"))).toBe("204 ");
      close(client);
      server.close();
    }),
  );
});

describe("a reset inside a TLS handshake", () => {
  /** The first thing that a client of TLS says. */
  const hello = (): Promise<Buffer> =>
    new Promise((done) => {
      const server = rawServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", (bytes) => {
          socket.destroy();
          server.close();
          done(bytes);
        });
      }).listen(0, HOST, () => {
        const { port } = server.address() as AddressInfo;
        tlsDial({ host: HOST, port, rejectUnauthorized: false, ALPNProtocols: ["h2"] }).on("error", () => {});
      });
    });
  const moments: [string, (hello: Buffer) => Buffer][] = [
    ["before it begins", () => Buffer.alloc(0)],
    ["in the middle of the client's first message", (b) => b.subarray(0, 50)],
    ["after the server has answered", (b) => b],
    ["with nonsense", () => Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ];
  test.each(moments)("by a client, %s: the server goes on; HTTP and plain TLS", (_, part) =>
    leakless(async () => {
      const first = part(await hello());
      const seen: Value[] = [];
      const port = await serve(() => ok("body", "here"));
      const server = tlsListen(
        0,
        def(1, (socket: Value) => {
          seen.push(socket);
          return wait(netRead(socket), (v) => wait(netWrite(socket, v), () => netClose(socket)));
        }),
        plist("host", HOST),
      );
      const plain = (await run(() => netPort(server))) as number;
      for (const at of [port, plain]) {
        for (const how of ["resetAndDestroy", "end"] as const) {
          const { socket, heard, closed } = await raw(at, first);
          if (part === moments[2][1]) await until(() => heard().length > 0);
          else await tick(5);
          socket[how]();
          await closed;
        }
      }
      const client = await chain(() => connectAsync("localhost", port));
      expect(show(await settled(sendHandle(request("GET", "https", HOST, "/"), client)))).toBe("200 here");
      close(client);
      const socket = await chain(() => tlsConnect("localhost", plain));
      expect(
        await chain(
          () => netWrite(socket, "echo"),
          () => netRead(socket),
        ),
      ).toBe("echo");
      netClose(socket);
      expect(seen.length).toBe(1); // no handler for those that never came to be
      expect(log()).toBe("");
      netClose(server);
    })(),
  );

  const { key, cert } = selfSigned();
  const rudely = async (f: (socket: Socket) => void): Promise<{ port: number; end: () => void }> => {
    const server = rawServer((socket) => {
      socket.on("error", () => {}).resume();
      f(socket);
    }).listen(0, HOST);
    await new Promise((done) => server.once("listening", done));
    return { port: (server.address() as AddressInfo).port, end: () => server.close() };
  };
  /** Between a client and a real server: so many bytes of what it answers, then the end. */
  const cutting = async (bytes: number, how: (s: Socket) => void) => {
    const real = secureServer({ key, cert, ALPNProtocols: ["h2", "http/1.1"] }).on("tlsClientError", () => {});
    real.listen(0, HOST);
    await new Promise((done) => real.once("listening", done));
    const { port: behind } = real.address() as AddressInfo;
    const { port, end } = await rudely((socket) => {
      const to = rawConnect(behind, HOST).on("error", () => {});
      let left = bytes;
      socket.on("data", (b) => to.write(b)).on("close", () => to.destroy());
      to.on("data", (b: Buffer) => {
        if (left <= 0) return;
        const part = b.subarray(0, left);
        left -= part.length;
        socket.write(part, () => (left <= 0 ? how(socket) : undefined));
      });
    });
    return {
      port,
      end: () => {
        end();
        real.close();
      },
    };
  };
  const ends: [string, (s: Socket) => void][] = [
    ["by a reset", (s) => s.resetAndDestroy()],
    ["by its end", (s) => s.end()],
  ];
  describe.each(ends)("by a server, %s", (_, how) => {
    test.each<[string, () => Promise<{ port: number; end: () => void }>]>([
      ["before it says anything", () => rudely(how)],
      ["once it has heard the client", () => rudely((s) => s.once("data", () => how(s)))],
      ["in the middle of its first message", () => cutting(40, how)],
      ["in the middle of its certificate", () => cutting(400, how)],
    ])("%s: the Error, whatever wants to connect", (_, open) =>
      leakless(async () => {
        const { port, end } = await open();
        const results = await Promise.all([
          chain(() => tlsConnect(HOST, port, plist("ca", cert))),
          chain(() => http2ConnectAsync(HOST, port, plist("ca", cert))),
          settled(clientRequest(HOST, port, "/", plist("ca", cert))),
          settled(clientRequest(HOST, port, "/", plist("ca", cert, "http1", 1))),
        ]);
        expect(results.map(dataOf)).toEqual(Array(4).fill("{:ECONNRESET}"));
        end();
      })(),
    );
  });
});
