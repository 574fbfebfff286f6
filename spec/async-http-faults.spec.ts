/**
 * What goes wrong between HTTP clients and servers, over real sockets. In each case who waits gets the right Error or status,
 * others go on, and nothing stays open.
 */
import type { ClientHttp2Session } from "node:http2";
import { ensure } from "../runtime/kernel/control.ts";
import type { ValkError } from "../runtime/kernel/error.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { reqBodyAsync, reqPath } from "../runtime/lib/http-request.ts";
import { streamOnClose, streamOpen, streamWrite } from "../runtime/lib/http-stream.ts";
import { tick, wait } from "./fiber.ts";
import { ask, callback, nodeAsk, ok, openGates, openServers, session, until } from "./http.ts";
import { frame, getHeaders, PREFACE, raw, settings } from "./http-raw.ts";

const { serve, stop, server, log, leakless } = openServers();

describe("a client breaks off", () => {
  test.each([
    ["before it says anything", Buffer.alloc(0)],
    ["in the middle of the preface", PREFACE.subarray(0, 10)],
    ["after the preface", PREFACE],
    ["in the middle of its headers", Buffer.concat([PREFACE, settings, frame(1, 0, 1, getHeaders())])],
    ["in the middle of a frame", Buffer.concat([PREFACE, settings, Buffer.from([0, 0, 90])])],
    ["in the middle of a head of HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nHost")],
    ["with nonsense", Buffer.from("PRIvate\r\n\r\n")],
  ])("%s", (_, bytes) =>
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "h2c", 1);
      const { socket } = await raw(port, bytes);
      await tick(10);
      socket.resetAndDestroy();
      expect(await ask(port)).toBe("200 here");
      await stop(server());
    })(),
  );

  const leave: [string, (s: ClientHttp2Session) => void][] = [
    ["by RST_STREAM", () => {}],
    ["by closing the session", (s) => s.destroy()],
    ["with an error", (s) => s.destroy(new Error("gone"), 2)],
  ];
  test.each(leave)("%s, while the handler waits: it is cancelled, its cleanups run once, others go on", (how, end) =>
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const over = session(port);
      const other = session(port);
      const stays = nodeAsk(other, "/wait");
      const stream = over.request({ ":path": "/wait" });
      stream.on("error", () => {});
      await until(() => gates.reached === 2);
      if (how === "by RST_STREAM") stream.close(8);
      else end(over);
      await until(() => gates.cleanups === 1);
      expect(gates.cancelled).toBe(1);
      gates.open();
      expect(await stays).toMatchObject({ status: 200, body: "waited" });
      expect(gates.cleanups).toBe(2);
      expect(log()).toBe("");
      over.close();
      other.close();
    })(),
  );

  test(
    "of HTTP/1.1, while the handler waits; ending only its side is the same",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const gone = await raw(port, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
      const half = await raw(port, "GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      half.socket.end();
      await until(() => gates.reached === 2);
      gone.socket.resetAndDestroy();
      await until(() => gates.cleanups === 2);
      await half.closed;
      expect(gates.cancelled).toBe(2);
    }),
  );

  test(
    "in the middle of a body: who reads it gets an Error",
    leakless(async () => {
      const seen: Value[] = [];
      const port = await serve(
        (req) =>
          wait(
            reqBodyAsync(req, (v: Value) => {
              seen.push(v);
              return nil;
            }),
            () => wait(reqBodyAsync(req), () => ok()),
          ),
        "h2c",
        1,
      );
      const post = Buffer.from([0x83, 0x84, 0x86, 1, 1, 0x78]); // and :authority x
      const parts = [PREFACE, settings, frame(1, 4, 1, post), frame(0, 0, 1, Buffer.from("half"))];
      const { socket } = await raw(port, Buffer.concat(parts));
      await tick(10);
      socket.write(frame(3, 0, 1, Buffer.from([0, 0, 0, 8])));
      await until(() => seen.length === 1);
      expect([repr(seen[0]), repr((seen[0] as ValkError).data)]).toEqual([
        "Error: the client closed the request",
        "{:cancelled}",
      ]);
      socket.destroy();
    }),
  );
});

test(
  "a handler of ten steps, cancelled at each: nothing after it runs, its cleanup does, once",
  leakless(async () => {
    for (let at = 0; at < 10; at++) {
      const gates = openGates();
      let steps = 0;
      const step = (n: number): Value =>
        n === 10
          ? ok()
          : wait(n < at ? nil : gates.gate(), () => {
              steps++;
              return step(n + 1);
            });
      const port = await serve(
        () =>
          ensure(
            () => step(0),
            () => {
              gates.cleanups++;
              return nil;
            },
          ),
        "h2c",
        1,
      );
      const over = session(port);
      const stream = over.request({ ":path": "/" });
      stream.on("error", () => {});
      await until(() => gates.reached === 1);
      stream.close(8);
      await until(() => gates.cleanups === 1);
      gates.open();
      await tick();
      expect([at, steps, gates.cancelled, gates.cleanups]).toEqual([at, at, 1, 1]);
      over.close();
    }
  }),
);

describe("limits of a server", () => {
  test(
    "idle connections are closed, those with work are not",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1, "idle-timeout", 30);
      const idle = session(port);
      const ended = new Promise((done) => idle.on("close", done));
      const busy = session(port);
      const answer = nodeAsk(busy, "/wait");
      const old = await raw(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await ended;
      await old.closed;
      await until(() => gates.reached === 1);
      await tick(80);
      gates.open();
      expect(await answer).toMatchObject({ status: 200, body: "waited" });
      busy.close();
    }),
  );

  test(
    "slow heads: the connection is closed; nobody else notices",
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "h2c", 1, "header-timeout", 300);
      const mute = await raw(port);
      const half = await raw(port, PREFACE.subarray(0, 5));
      const silent = await raw(port, PREFACE);
      const old = await raw(port, "GET / HTTP/1.1\r\nHo");
      expect(await ask(port)).toBe("200 here");
      await Promise.all([mute.closed, half.closed, silent.closed, old.closed]);
      expect(old.heard()).toMatch(/^(?:HTTP\/1\.1 408 .*)?/);
    }),
  );

  test(
    "slow bodies: 408 if the handler does not know better",
    leakless(async () => {
      const port = await serve((req) => wait(reqBodyAsync(req), (v) => v), "h2c", 1, "body-timeout", 30);
      const over = session(port);
      const stream = over.request({ ":path": "/", ":method": "POST" });
      const status = new Promise((done) => stream.on("response", (h) => done(h[":status"])));
      stream.write("half");
      expect(await status).toBe(408);
      stream.close();
      over.close();
    }),
  );

  test(
    "slow readers: writes fail once too much waits; the connection goes after its idle time",
    leakless(async () => {
      const seen: string[] = [];
      let last: Value = nil;
      const port = await serve(
        (req) => {
          if (reqPath(req) === "/") return ok("body", "here");
          const stream = streamOpen(req);
          streamOnClose(
            stream,
            callback(() => seen.push("closed")),
          );
          do last = streamWrite(stream, "x".repeat(100_000));
          while (typeof last === "number");
          return sym(":deferred");
        },
        "h2c",
        1,
        "idle-timeout",
        50,
      );
      const over = session(port);
      const stream = over.request({ ":path": "/big" });
      stream.on("error", () => {});
      stream.pause();
      await until(() => seen.length === 1);
      expect(repr((last as ValkError).data)).toBe("{:backpressure}");
      expect(await ask(port)).toBe("200 here");
      over.destroy();
    }),
  );

  test(
    "headers that are too large: 431; much too large: the stream is reset",
    leakless(async () => {
      const port = await serve(() => ok("body", "here"), "h2c", 1, "max-header-size", 1000);
      const over = session(port);
      expect(await nodeAsk(over, "/", { x: "y".repeat(2000) })).toMatchObject({ status: 431 });
      expect(await nodeAsk(over, "/", { x: "y".repeat(70_000) })).toMatchObject({
        status: undefined,
      });
      expect(await nodeAsk(over, "/")).toMatchObject({ status: 200 });
      over.close();
      const old = await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nx: ${"y".repeat(2000)}\r\n\r\n`);
      await old.closed;
      expect(old.heard()).toMatch(/^HTTP\/1\.1 431 /);
    }),
  );

  test(
    "bodies that are too large: 413, whatever the protocol",
    leakless(async () => {
      const port = await serve((req) => wait(reqBodyAsync(req), (v) => v), "h2c", 1, "max-request-body-size", 1000);
      const over = session(port);
      expect(await nodeAsk(over, "/", {}, "x".repeat(5000))).toMatchObject({ status: 413, body: "Content Too Large" });
      expect(await nodeAsk(over, "/", {}, "x".repeat(1000))).toMatchObject({ status: 200 });
      over.close();
      const old = await raw(port, `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n${"x".repeat(5000)}`);
      await old.closed;
      expect(old.heard()).toMatch(/^HTTP\/1\.1 413 /);
    }),
  );

  test(
    "handlers that take too long: 503, and they are cancelled",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1, "handler-timeout", 20);
      expect(await ask(port, "/wait")).toBe("503 the handler has not answered in time");
      await until(() => gates.cleanups === 1);
      expect(await ask(port)).toBe("200 here");
    }),
  );

  test(
    "too many requests: 503; too many streams: refused; too many connections: closed",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(
        gates.handler,
        "h2c",
        1,
        "max-concurrent-requests",
        2,
        "max-concurrent-streams",
        3,
        "max-connections",
        2,
      );
      const over = session(port);
      const waiting = [nodeAsk(over, "/wait"), nodeAsk(over, "/wait")];
      await until(() => gates.reached === 2);
      expect(await nodeAsk(over, "/more")).toMatchObject({ status: 503, body: "Service Unavailable" });
      expect(over.remoteSettings.maxConcurrentStreams).toBe(3);
      const second = await raw(port);
      const third = await raw(port);
      await third.closed;
      second.socket.destroy();
      gates.open();
      expect(await Promise.all(waiting)).toMatchObject([{ status: 200 }, { status: 200 }]);
      over.close();
    }),
  );
});

describe("a server stops with requests under way", () => {
  test(
    "they are answered, new connections are refused",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1);
      const over = session(port);
      const answer = nodeAsk(over, "/wait");
      const old = await raw(port, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
      await until(() => gates.reached === 2);
      const stopped = stop(server());
      expect(await ask(port)).toMatch(/ECONNREFUSED/);
      gates.open();
      expect(await answer).toMatchObject({ status: 200, body: "waited" });
      await old.closed;
      expect(old.heard()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*[Cc]onnection: close\r\n[\s\S]*waited$/);
      expect(await stopped).toBe(nil);
    }),
  );

  test(
    "those that take longer than the drain time are cancelled",
    leakless(async () => {
      const gates = openGates();
      const port = await serve(gates.handler, "h2c", 1, "drain-timeout", 20);
      const over = session(port);
      const answer = nodeAsk(over, "/wait");
      await until(() => gates.reached === 1);
      expect(await stop(server())).toBe(nil);
      expect(await answer).toMatchObject({ status: undefined });
      await until(() => gates.cleanups === 1);
    }),
  );
});
