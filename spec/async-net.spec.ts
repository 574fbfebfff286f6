/** TCP and TLS over real sockets. */
import { type AddressInfo, connect as rawConnect, createServer as rawServer, type Socket } from "node:net";
import { awaitValue } from "../runtime/kernel/await.ts";
import type { ValkError } from "../runtime/kernel/error.ts";
import { error } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { run as runMain } from "../runtime/kernel/main.ts";
import { reporter } from "../runtime/kernel/report.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { selfSigned } from "../runtime/lib/certificate.ts";
import { lookup } from "../runtime/lib/dns.ts";
import { netClose, netConnect, netListen, netPort, netRead, netWrite } from "../runtime/lib/net.ts";
import { aioRun, aioStart, aioStop } from "../runtime/lib/system.ts";
import { aioDelay } from "../runtime/lib/timer.ts";
import { tlsConnect, tlsListen } from "../runtime/lib/tls.ts";
import { chain, plist, run, settled, then, tick, wait } from "./fiber.ts";

const HOST = "127.0.0.1";
/** A port at which nothing listens. */
const freePort = async (): Promise<number> => {
  const server = rawServer().listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
};
const echo = def(1, (socket: Value): Value => {
  const loop = (): Value =>
    wait(netRead(socket), (data) =>
      data === nil ? netClose(socket) : data instanceof Error ? data : wait(netWrite(socket, data), loop),
    );
  return loop();
});
const readAll = (socket: Value, text = ""): Value =>
  wait(netRead(socket), (data) => (data === nil ? text : readAll(socket, text + String(data))));

const servers: Value[] = [];
const listen = async (handler: Value, ...options: Value[]): Promise<number> => {
  const server = netListen(0, handler, ...options);
  servers.push(server);
  return (await run(() => netPort(server))) as number;
};
afterEach(() => {
  for (const server of servers.splice(0)) netClose(server);
});

test("a refused connection resumes with an Error value, in every form", async () => {
  const port = await freePort();
  const e = (await run(() => awaitValue(netConnect(HOST, port)))) as ValkError;
  expect(e.message).toBe(`connect ECONNREFUSED ${HOST}:${port}`);
  expect(repr(e.data)).toBe("{:ECONNREFUSED}");
  expect(e.raised).toBe(false);
  let seen: Value;
  expect(
    netConnect(
      HOST,
      port,
      def(1, (v: Value) => {
        seen = v;
        return nil;
      }),
    ),
  ).toBe(nil);
  await tick(20);
  expect(repr(seen)).toBe(`Error: connect ECONNREFUSED ${HOST}:${port}`);
  expect(repr(await run(() => awaitValue(netConnect("localhost", port))))).toMatch(/^Error: connect ECONNREFUSED/);
});

test("echo", async () => {
  const port = await listen(echo);
  const socket = await chain(() => netConnect(HOST, port));
  expect(
    await chain(
      () => netWrite(socket, "grüße"),
      () => netRead(socket),
    ),
  ).toBe("grüße");
  expect(netClose(socket)).toBe(nil);
  expect(repr(await chain(() => netRead(socket)))).toBe("Error: net/read-async: the connection is closed");
  expect(repr(await chain(() => netWrite(socket, "x")))).toBe("Error: net/write-async: the connection is closed");
});

test("characters are not cut, chunks keep their order, readers theirs", async () => {
  const server = rawServer(async (socket) => {
    const bytes = Buffer.from("a€b");
    socket.setNoDelay(true);
    for (const byte of bytes) {
      socket.write(Buffer.of(byte));
      await tick(3);
    }
    socket.end();
  }).listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  const first = await chain(() => netConnect(HOST, port));
  expect(await run(() => readAll(first))).toBe("a€b");
  netClose(first);
  const socket = await chain(() => netConnect(HOST, port));
  const parts = await Promise.all([1, 2, 3, 4].map(() => chain(() => netRead(socket))));
  expect(parts).toEqual(["a", "€", "b", nil]);
  netClose(socket);
  server.close();
});

test("bytes, and data that is neither", async () => {
  const bytes = plist("encoding", sym(":bytes"));
  const port = await listen(
    def(1, (socket: Value) =>
      wait(netRead(socket, bytes), (data) => wait(netWrite(socket, data), () => netClose(socket))),
    ),
  );
  const socket = await chain(() => netConnect(HOST, port));
  const data = Buffer.from([0, 255, 128]);
  const got = await chain(
    () => netWrite(socket, data),
    () => netRead(socket, bytes),
  );
  expect(Buffer.compare(got as Buffer, data)).toBe(0);
  expect(repr(netWrite(socket, 5))).toBe("Error: net/write-async: argument 2 must be a string or bytes, got 5");
  netClose(socket);
});

test("a slow reader holds back the writer, and nothing is lost", async () => {
  const total = 32 * 1024 * 1024,
    chunk = "x".repeat(64 * 1024);
  let sent = 0;
  const port = await listen(
    def(1, (socket: Value) => {
      const loop = (): Value => {
        if (sent >= total) return netClose(socket);
        return wait(netWrite(socket, chunk), (v) => {
          if (v instanceof Error) return v;
          sent += chunk.length;
          return loop();
        });
      };
      return loop();
    }),
  );
  const socket = await chain(() => netConnect(HOST, port));
  await tick(200);
  expect(sent).toBeLessThan(total / 2);
  const count = (n: number): Value =>
    wait(netRead(socket), (data) => (data === nil ? n : count(n + String(data).length)));
  expect(await run(() => count(0))).toBe(total);
});

test("a connection that breaks wakes reader and writer, once", async () => {
  let peer: Socket | undefined;
  const server = rawServer((socket) => {
    peer = socket;
    socket.on("error", () => {});
  }).listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const socket = await chain(() => netConnect(HOST, (server.address() as AddressInfo).port));
  const reading = chain(() => netRead(socket));
  await tick(10);
  peer?.resetAndDestroy();
  expect(repr(await reading)).toBe("Error: read ECONNRESET");
  expect(repr(await chain(() => netRead(socket)))).toBe("Error: read ECONNRESET");
  expect(await chain(() => netWrite(socket, "x"))).toBeInstanceOf(Error);
  server.close();
});

test("half close: what the server sends after our end arrives", async () => {
  const port = await listen(
    def(1, (socket: Value) =>
      then(readAll(socket), (text) => wait(netWrite(socket, `got ${String(text)}`), () => netClose(socket))),
    ),
  );
  const raw = rawConnect({ port, host: HOST, allowHalfOpen: true });
  raw.end("all");
  let text = "";
  for await (const part of raw) text += String(part);
  expect(text).toBe("got all");
});

test("a handler that fails is reported and its connection closed", async () => {
  const { report } = reporter,
    reports: string[] = [];
  reporter.report = (e) => {
    reports.push(e.message);
  };
  runMain(() => nil);
  const port = await listen(def(1, () => wait(aioDelay(1), () => error("handler"))));
  expect(
    await chain(
      () => netConnect(HOST, port),
      (s) => netRead(s),
    ),
  ).toBe(nil);
  await tick(20);
  reporter.report = report;
  process.exitCode = undefined;
  expect(reports).toEqual(["handler"]);
});

test("servers: port in use, stopped port, aio systems", async () => {
  const system = aioStart();
  const server = netListen(system, 0, echo);
  const port = (await run(() => netPort(server))) as number;
  expect(repr(await settled(netListen(port, echo)))).toBe(
    `Error: listen EADDRINUSE: address already in use 0.0.0.0:${port}`,
  );
  const running = run(() => aioRun(system));
  expect(aioStop(system)).toBe(nil);
  expect(await running).toBe(nil);
  expect(repr(await run(() => netPort(server)))).toBe("Error: net/port: the server has stopped");
  expect(await run(() => aioRun(aioStart(), 5))).toBe(nil);
  expect(repr(netListen(70000, echo))).toBe("Error: net/listen: argument 1 must be a port, got 70000");
  expect(repr(netListen("sys", 0, echo))).toBe('Error: net/listen: argument 1 must be an aio system, got "sys"');
  expect(repr(netListen(error("first"), 0))).toBe("Error: first");
  expect(repr(netConnect(HOST))).toBe("Error: net/connect-async: expected 2 to 4 arguments, got 1");
});

test("TLS: checked by default, the development certificate at loopback, :insecure, :ca", async () => {
  const foreign = selfSigned();
  const strange = tlsListen(0, echo, plist("key", foreign.key, "cert", foreign.cert));
  const strangePort = (await run(() => netPort(strange))) as number;
  const e = (await chain(() => tlsConnect("localhost", strangePort))) as ValkError;
  expect([e.message, repr(e.data)]).toEqual(["self-signed certificate", "{:DEPTH_ZERO_SELF_SIGNED_CERT}"]);
  const own = tlsListen(0, echo);
  const ownPort = (await run(() => netPort(own))) as number;
  for (const [host, port, ...options] of [
    ["localhost", strangePort, plist("ca", foreign.cert)],
    ["127.0.0.1", strangePort, plist("insecure", 1)],
    ["localhost", ownPort],
    ["127.0.0.1", ownPort],
  ] as const) {
    const socket = await chain(() => tlsConnect(host, port, ...options));
    expect(
      await chain(
        () => netWrite(socket, "secret"),
        () => netRead(socket),
      ),
    ).toBe("secret");
    netClose(socket);
  }
  expect(repr(await chain(() => tlsConnect("127.0.0.1", strangePort)))).toBe("Error: self-signed certificate");
  netClose(strange);
  netClose(own);
});

test("dns", async () => {
  expect(repr(await chain(() => lookup("localhost")))).toMatch(/127\.0\.0\.1|::1/);
  expect(repr(((await chain(() => lookup("no-such-host.invalid"))) as ValkError).data)).toMatch(
    /^\{:E(NOTFOUND|AI_AGAIN)\}$/,
  );
});
