/**
 * What goes wrong under HTTP clients, over real sockets: who waits gets the right Error, others go on, nothing stays open.
 */
import type { EventEmitter } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer as rawServer, type Socket } from "node:net";
import type { ValkError } from "../runtime/kernel/error.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { selfSigned } from "../runtime/lib/certificate.ts";
import { reqPath } from "../runtime/lib/http-request.ts";
import { clientRequest, close, connectAsync, sendAsync, sendHandle } from "../runtime/lib/http2-client.ts";
import { request, responseRead } from "../runtime/lib/http2-message.ts";
import { chain, plist, settled, tick } from "./fiber.ts";
import { HOST, ok, openServers, show, until } from "./http.ts";
import { answer, rude } from "./http-raw.ts";

const { serve, stop, server, leakless } = openServers();

describe("a server breaks off", () => {
  test.each([
    ["before the headers, by a reset", (s: ServerHttp2Stream) => s.close(2), ":INTERNAL_ERROR"],
    [
      "after the headers, by a reset",
      (s: ServerHttp2Stream) => {
        s.respond({ ":status": 200 });
        s.write("half");
        setTimeout(() => s.destroy(new Error("inside")), 5);
      },
      ":INTERNAL_ERROR",
    ],
    ["before the headers, with the connection", (s: ServerHttp2Stream) => s.session?.destroy(), ":ECONNRESET"],
    [
      "after the headers, with the connection",
      (s: ServerHttp2Stream) => {
        s.respond({ ":status": 200 });
        s.write("half");
        const over = s.session;
        setTimeout(() => over?.destroy(), 5);
      },
      ":ECONNRESET",
    ],
  ])("%s: that request gets the Error, the next one a connection", (_, how, code) =>
    leakless(async () => {
      const { port, end } = await rude((stream, path) => (path === "/" ? answer(stream, "here") : how(stream)));
      const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
      const get = (path: string): Promise<Value> => settled(sendHandle(request("GET", "http", HOST, path), client));
      const failed = (await get("/break")) as ValkError;
      expect(failed).toBeInstanceOf(Error);
      expect(repr(failed.data.head)).toBe(code);
      expect(show(await get("/"))).toBe("200 here");
      close(client);
      end();
    })(),
  );

  test(
    "streams it refuses are sent again, but not for ever; others are not",
    leakless(async () => {
      const seen = new Map<string, number>();
      const { port, end } = await rude((stream, path) => {
        const count = (seen.get(path) ?? 0) + 1;
        seen.set(path, count);
        if (path === "/never" || (path === "/twice" && count < 3)) stream.close(7);
        else if (path === "/cancelled") stream.close(8);
        else answer(stream, `${path} ${count}`);
      });
      const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
      const get = (path: string): Promise<string> =>
        settled(sendHandle(request("GET", "http", HOST, path), client)).then(show);
      expect(await get("/twice")).toBe("200 /twice 3");
      expect(await get("/never")).toMatch(/REFUSED_STREAM/);
      expect(await get("/cancelled")).toMatch(/CANCEL/);
      expect([seen.get("/never"), seen.get("/cancelled")]).toEqual([3, 1]);
      close(client);
      end();
    }),
  );

  test.each([0, 2])(
    "GOAWAY (code %d) with streams open: what it does not count is sent again over another connection",
    (code) =>
      leakless(async () => {
        const first: ServerHttp2Stream[] = [];
        const { port, end } = await rude((stream, path, sessions) => {
          if (sessions > 1) {
            answer(stream, `${path} again`);
            return;
          }
          first.push(stream);
          if (first.length < 3) return;
          // Only the first of the three has been worked on.
          const [kept] = first;
          stream.session?.goaway(code, kept.id);
          if (code === 0) answer(kept, "first");
        });
        const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
        const get = (path: string): Promise<string> =>
          settled(sendHandle(request("GET", "http", HOST, path), client)).then(show);
        const [one, two, three] = await Promise.all([get("/1"), get("/2"), get("/3")]);
        if (code === 0) expect(one).toBe("200 first");
        else expect(one).toMatch(/INTERNAL_ERROR|ECONNRESET|code 2|closed/);
        expect([two, three]).toEqual(["200 /2 again", "200 /3 again"]);
        close(client);
        end();
      })(),
  );
});

describe("a client gives up", () => {
  test.each(["before", "after"])("%s the headers: the server sees it, other streams go on", (when) =>
    leakless(async () => {
      const codes: number[] = [];
      const { port, end } = await rude((stream, path) => {
        if (path === "/") {
          answer(stream, "here");
          return;
        }
        stream.on("close", () => codes.push(stream.rstCode as number));
        if (when === "after") {
          stream.respond({ ":status": 200 });
          stream.write("half");
        }
      });
      const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
      const abort = new AbortController();
      const asked = settled(sendHandle(request("GET", "http", HOST, "/slow"), client, plist("signal", abort.signal)));
      expect(show(await settled(sendHandle(request("GET", "http", HOST, "/"), client)))).toBe("200 here");
      abort.abort();
      const failed = (await asked) as ValkError;
      expect([repr(failed), repr(failed.data)]).toEqual(["Error: the request was aborted", "{:aborted}"]);
      await until(() => codes.length === 1);
      expect(codes).toEqual([8]);
      expect(show(await settled(sendHandle(request("GET", "http", HOST, "/"), client)))).toBe("200 here");
      const late = await settled(sendHandle(request("GET", "http", HOST, "/"), client, plist("signal", abort.signal)));
      expect(repr(late)).toBe("Error: the request was aborted");
      close(client);
      end();
    })(),
  );

  test(
    "at a server that says nothing: connecting can be given up",
    leakless(async () => {
      const sockets: Socket[] = [];
      const mute = rawServer((s) => {
        s.on("error", () => {});
        sockets.push(s);
      }).listen(0, HOST);
      await new Promise((done) => mute.once("listening", done));
      const abort = new AbortController();
      const { port } = mute.address() as AddressInfo;
      const asked = settled(clientRequest(HOST, port, "/", plist("signal", abort.signal)));
      await until(() => sockets.length === 1);
      abort.abort();
      expect(repr(await asked)).toBe("Error: the request was aborted");
      await new Promise((done) => sockets[0].on("close", done).resume());
      mute.close();
    }),
  );
});

describe("no connection", () => {
  test(
    "refused, no such host: each way to ask gives the Error; a client that is there goes on",
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "h2c", 1);
      const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
      const gone = rawServer().listen(0, HOST);
      await new Promise((done) => gone.once("listening", done));
      const { port: free } = gone.address() as AddressInfo;
      await new Promise((done) => gone.close(done));
      const ways = (host: string): Promise<Value>[] =>
        [[], ["h2c", 1], ["http1", 1]].flatMap((options) => [
          chain(() => connectAsync(host, free, plist(...options))),
          settled(clientRequest(host, free, "/", plist(...options))),
        ]);
      for (const e of await Promise.all(ways(HOST))) expect(repr((e as ValkError).data)).toBe("{:ECONNREFUSED}");
      for (const e of await Promise.all(ways("no-such-host.invalid")))
        expect(repr((e as ValkError).data)).toMatch(/^\{:E(?:NOTFOUND|AI_AGAIN)\}$/);
      expect(show(await settled(sendHandle(request("GET", "http", HOST, "/"), client)))).toBe("200 here");
      close(client);
    }),
  );
});

describe("connections of a client", () => {
  test.each([0, 1])("idle ones are closed after :idle-timeout, the next request opens another (:http1 %d)", (http1) =>
    leakless(async () => {
      const connections = new Set<unknown>();
      let closed = 0;
      const port = await serve(
        (req) => {
          const { connection } = (req as { target: { wire: { connection: EventEmitter } } }).target.wire;
          if (!connections.has(connection)) connection.once("close", () => closed++);
          connections.add(connection);
          return ok("body", "here");
        },
        "h2c",
        1,
      );
      const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1, "http1", http1, "idle-timeout", 40)));
      for (let n = 1; n <= 2; n++) {
        expect(show(await settled(sendHandle(request("GET", "http", HOST, "/"), client)))).toBe("200 here");
        await until(() => closed === n);
      }
      expect(connections.size).toBe(2);
      close(client);
    })(),
  );

  test(
    "who does not read a streamed response holds its server back, and nobody else",
    leakless(async () => {
      let written = 0;
      const { port, end } = await rude((stream, path) => {
        if (path === "/") return answer(stream, "here");
        stream.respond({ ":status": 200 });
        const more = (): void => {
          if (written === 400) return void stream.end();
          written++;
          stream.write("x".repeat(100_000), () => more());
        };
        more();
      });
      const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
      const get = (path: string, ...options: Value[]): Promise<Value> =>
        settled(sendHandle(request("GET", "http", HOST, path), client, plist(...options)));
      const slow = await get("/slow", "stream", 1);
      for (let before = -1; before !== written; await tick(50)) before = written;
      expect(written).toBeLessThan(400);
      expect(show(await get("/"))).toBe("200 here");
      let size = 0;
      for (let piece: Value; (piece = await chain(() => responseRead(slow))) !== nil; ) size += String(piece).length;
      expect(size).toBe(40_000_000);
      close(client);
      end();
    }),
  );
});

describe("certificates", () => {
  const reach = (port: number, ...options: Value[]): Promise<string> =>
    chain(
      () => connectAsync(HOST, port, plist(...options)),
      (c) => {
        if (!(c instanceof Error)) close(c);
        return c;
      },
    ).then((c) => (c instanceof Error ? repr((c as ValkError).data) : "connected"));
  const known = selfSigned(),
    expired = selfSigned(Date.now() - 60 * 86_400_000);

  test.each([
    ["of nobody we know", known, [], "{:DEPTH_ZERO_SELF_SIGNED_CERT}"],
    ["expired", expired, ["ca", expired.cert], "{:CERT_HAS_EXPIRED}"],
    ["for another host", known, ["ca", known.cert, "servername", "example.org"], "{:ERR_TLS_CERT_ALTNAME_INVALID}"],
    ["that we trust", known, ["ca", known.cert], "connected"],
    ["of anybody, if we are told so", known, ["insecure", 1], "connected"],
  ])("%s", (_, { key, cert }, options, expected) =>
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "key", key, "cert", cert);
      expect(await reach(port, ...options)).toBe(expected);
      await stop(server());
    })(),
  );
});

test(
  "our client against our server: a request in each protocol, the same",
  leakless(async () => {
    const port = await serve((req) => ok("body", String(reqPath(req))));
    for (const options of [[], ["http1", 1]]) {
      const client = await chain(() => connectAsync("localhost", port, plist(...options)));
      const paths = Array.from({ length: 20 }, (_, i) => `/${i}`);
      const all = await Promise.all(
        paths.map((path) => settled(sendHandle(request("GET", "https", "localhost", path), client))),
      );
      expect(all.map(show)).toEqual(paths.map((path) => `200 ${path}`));
      expect(
        show(await chain(() => sendAsync(request("POST", "https", "localhost", "/p", plist("body", "text")), client))),
      ).toBe("200 /p");
      close(client);
    }
  }),
);
