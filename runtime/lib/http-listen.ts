/**
 * The sockets of a server. One port speaks HTTP/2 and HTTP/1.1: over TLS the client chooses by ALPN, without TLS its first
 * bytes tell. Connections that are idle, slow or too many are closed here.
 */
import {
  createServer as createHttp1,
  type Server as Http1Server,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createSecure, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificate.ts";
import { type Service, serve } from "./http-serve.ts";
import { type Fields, PairWire, StreamWire } from "./http-wire.ts";
import { amount, flag, type Options } from "./operation.ts";

export interface Listening {
  readonly server: Server;
  /** Takes no more connections, ends idle ones, lets requests under way be answered, but after `drainMs` breaks off. */
  stop(): void;
}

/** A client that asks for so many times its share of headers is not even told why. */
const HARD = 4,
  LEAST_HARD = 64 * 1024;
/** How long requests under way may take once the server stops. */
export const DRAIN_MS = 10_000;
/** How long a connection that was told to close may take. */
const CLOSING_MS = 1000;

/** Of a session, in megabytes. With Node's 10 a body of 10 MB on its way would make it refuse every other stream. */
const SESSION_MB = 1000;

interface Times {
  readonly headerMs: number;
  readonly idleMs: number;
}

/** A server for the service that does not listen yet. No identity: without TLS. */
export const httpListener = (to: Service, options: Options, identity: Certificate | null): Listening => {
  const times: Times = {
    headerMs: amount(options, "header-timeout", 10_000),
    idleMs: amount(options, "idle-timeout", 120_000),
  };
  const hard = to.limits.headers === 0 ? 0 : Math.max(LEAST_HARD, HARD * to.limits.headers);
  const state = { stopping: false };
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const http2 = http2Server(to, options, times, hard, sessions);
  const http1 =
    options.has("http1") && !flag(options, "http1")
      ? null
      : http1Server(to, times, to.limits.headers, () => state.stopping);
  const speak2 = (socket: Socket): boolean => http2.emit("connection", socket);
  const speak1 = (socket: Socket): unknown => (http1 === null ? socket.destroy() : http1.emit("connection", socket));

  const server =
    identity === null
      ? createServer({ noDelay: true })
      : createSecure({
          ...identity,
          ALPNProtocols: http1 === null ? ["h2"] : ["h2", "http/1.1"],
          ...(times.headerMs > 0 ? { handshakeTimeout: times.headerMs } : {}),
          noDelay: true,
        });
  const most = amount(options, "max-connections", 0);
  if (most > 0) server.maxConnections = most;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // a client that breaks off; who waits hears of it
    if (identity !== null) return;
    if (http1 === null) speak2(socket);
    else sniff(socket, times.headerMs, (isHttp2) => (isHttp2 ? speak2(socket) : speak1(socket)));
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", () => {});
    if (socket.alpnProtocol === "h2") speak2(socket);
    else speak1(socket);
  });
  server.on("tlsClientError", (_e: unknown, socket: Socket) => socket.destroy());

  const drainMs = amount(options, "drain-timeout", DRAIN_MS);
  const stop = (): void => {
    state.stopping = true;
    server.close();
    for (const session of sessions) session.close();
    // Sockets that have not said yet what they speak, and idle ones of HTTP/1.1.
    http1?.close();
    if (drainMs === 0) for (const socket of sockets) socket.destroy();
    else
      setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, drainMs).unref();
  };
  return { server, stop };
};

const PREFACE = "PRI";
/** Do the first bytes begin as HTTP/2 does? No method of HTTP/1.1 does. */
const sniff = (socket: Socket, ms: number, then: (isHttp2: boolean) => void): void => {
  let seen: Buffer | null = null;
  const timer = ms > 0 ? setTimeout(() => socket.destroy(), ms) : null;
  const end = (): void => {
    if (timer !== null) clearTimeout(timer);
    socket.off("readable", look);
    socket.off("end", quit);
    socket.off("close", end);
  };
  const quit = (): void => {
    socket.destroy();
  };
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen === null ? chunk : Buffer.concat([seen, chunk]);
    const text = seen.toString("latin1", 0, PREFACE.length);
    if (text.length < PREFACE.length && PREFACE.startsWith(text)) return;
    end();
    socket.unshift(seen);
    // Node takes note of the lost listener a moment later, and starts the socket: after who takes over has stopped it for a
    // body nobody reads, that would be the end of the back-pressure.
    process.nextTick(then, text === PREFACE);
  };
  socket.on("readable", look);
  socket.on("end", quit);
  socket.on("close", end);
};

const http2Server = (
  to: Service,
  options: Options,
  { headerMs, idleMs }: Times,
  hard: number,
  sessions: Set<ServerHttp2Session>,
): Http2Server => {
  const streams = amount(options, "max-concurrent-streams", 256);
  const server = createHttp2({
    maxSessionMemory: SESSION_MB,
    settings: {
      ...(streams > 0 ? { maxConcurrentStreams: streams } : {}),
      ...(hard > 0 ? { maxHeaderListSize: hard } : {}),
    },
  });
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on("error", () => {}); // a client that misbehaves or breaks off; its streams hear of it
    session.on("close", () => sessions.delete(session));
    if (headerMs > 0) {
      const timer = setTimeout(() => session.destroy(), headerMs);
      session.once("remoteSettings", () => clearTimeout(timer));
      session.once("close", () => clearTimeout(timer));
    }
    if (idleMs > 0) session.setTimeout(idleMs, () => idle(to, session, idleMs));
  });
  server.on(
    "stream",
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, ...rest: readonly unknown[]) =>
      serve(to, new StreamWire(stream, headers as Fields, (rest[0] as readonly string[] | undefined) ?? [])),
  );
  return server;
};

// Nothing has come or gone for a while. That is right where handlers work or streams have nothing to say.
const idle = (to: Service, session: ServerHttp2Session, ms: number): void => {
  if (isWorking(to, session)) {
    session.setTimeout(ms);
    return;
  }
  session.close();
  setTimeout(() => session.destroy(), CLOSING_MS).unref();
};
/** Does the connection wait for us, and not for its client to take what it was sent? */
const isWorking = ({ busy }: Service, connection: object): boolean => {
  const requests = busy.get(connection);
  if (requests === undefined) return false;
  for (const { wire } of requests) if (wire.output.writableLength > 0) return false;
  return true;
};

const http1Server = (to: Service, { headerMs, idleMs }: Times, headers: number, last: () => boolean): Http1Server => {
  const server = createHttp1({
    maxHeaderSize: headers === 0 ? 2 ** 30 : headers,
    headersTimeout: headerMs,
    requestTimeout: 0, // of the body: when the handler asks for it
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: headerMs === 0 ? 60_000 : Math.min(headerMs, 5000),
  });
  server.timeout = idleMs;
  server.on("timeout", (socket: Socket) => {
    if (!isWorking(to, socket)) socket.destroy();
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) =>
    serve(to, new PairWire(request, response, last)),
  );
  server.on("error", () => {}); // of close: it never listened by itself
  // The time-out of headers runs from this event on.
  server.emit("listening");
  return server;
};
