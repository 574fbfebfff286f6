/** HTTP/2 servers. Every request runs its handler as a fiber of its own; what the handler gives is the response. */
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { awaitValue, deliver } from "../kernel/await.ts";
import { errorOf } from "../kernel/border.ts";
import { Fiber, onSettle, push1, start, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call1, type Fn, native } from "../kernel/function.ts";
import { isList, type List, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { show } from "../kernel/show.ts";
import { sym } from "../kernel/symbol.ts";
import { FUNCTION, type Kind, refuse } from "../kernel/wrong.ts";
import { pending } from "./handle.ts";
import { type Header, headerObject, type Incoming, isTooLarge, property, readHeaders } from "./http2-message.ts";
import { PORT } from "./net.ts";
import { amount, flag, handled, type Options, text } from "./operation.ts";
import { addPart } from "./system.ts";
import { identity } from "./tls.ts";

interface Server {
  readonly server: Http2Server | Http2SecureServer;
  readonly sessions: Set<ServerHttp2Session>;
  readonly bodyLimit: number;
  handler: Value;
  /** From the status and a text to the body of an error page. */
  readonly errorHandler: Value | undefined;
  /** Since http2/server-stop: completes when the last connection is closed. */
  stopped: Fiber | null;
  leave: () => void;
}

const BODY_LIMIT = 8 * 1024 * 1024;
/** How long requests under way may take once the server stops. */
const DRAIN_MS = 10_000;

/** `(http2/server-listen system port handler [options])`: a Handle of the server. */
export const serverListen = /*#__PURE__*/ handled(
  "http2/server-listen",
  [PORT, FUNCTION],
  (done, [port, handler], options, system) => {
    const settings = { settings: { maxConcurrentStreams: amount(options, "max-concurrent-streams", 256) } };
    const server = flag(options, "h2c")
      ? createServer(settings)
      : createSecureServer({ ...settings, ...identity(options) });
    const state: Server = {
      server,
      sessions: new Set(),
      bodyLimit: amount(options, "max-request-body-size", BODY_LIMIT),
      handler,
      errorHandler: options.get("error-handler"),
      stopped: null,
      leave: () => {},
    };
    watch(state, options);
    const failed = (e: Error): void => done(errorOf(e));
    server.once("error", failed);
    server.listen({ port: port as number, host: text(options, "host") ?? "0.0.0.0" }, () => {
      server.off("error", failed);
      // Later errors concern one connection, not the server.
      server.on("error", () => {});
      state.leave = addPart(system, () => stop(state));
      done(new Ref("http_server", state));
    });
  },
);

const watch = (state: Server, options: Options): void => {
  const { server, sessions } = state;
  const most = amount(options, "max-connections", 0);
  if (most > 0) (server as { maxConnections: number }).maxConnections = most;
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on("error", () => {}); // a client that misbehaves or breaks off; its streams hear of it
    session.on("close", () => sessions.delete(session));
  });
  server.on("tlsClientError", (_e: unknown, socket: Socket) => socket.destroy());
  server.on(
    "stream",
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, ...rest: readonly unknown[]) => {
      stream.on("error", () => {}); // the client has gone; "close" follows
      const raw = (rest[0] as readonly string[] | undefined) ?? [];
      const ref = new Ref<Incoming>("http_request", {
        stream,
        headers: headers as Incoming["headers"],
        raw,
        limit: state.bodyLimit,
        body: null,
      });
      handle(state, ref);
    },
  );
};

const handle = (state: Server, ref: Ref<Incoming>): void => {
  const fiber = start(call1 as Fn, state.handler, ref);
  if (fiber.value !== Y) answer(state, ref.target, fiber.value);
  else onSettle(fiber, (value) => answer(state, ref.target, value));
  fiber.looked = true; // its Error is the response
};

// ---- responses ----

const answer = (state: Server, incoming: Incoming, value: Value): void => {
  if (value instanceof Fiber) {
    value.looked = true;
    if (value.value === Y) onSettle(value, (result) => answerWith(state, incoming, result));
    else answerWith(state, incoming, value.value);
  } else answerWith(state, incoming, value);
};

const answerWith = (state: Server, incoming: Incoming, value: Value): void => {
  const { stream } = incoming;
  if (value === sym(":deferred") || stream.destroyed || stream.closed || stream.headersSent) return;
  try {
    if (value instanceof ValkError) answerError(state, incoming, value);
    else if (isList(value) && (value.$len & 2) === 0) answerPlist(incoming, value);
    else {
      note(incoming, `the handler gave ${show(value)}, which is no response`);
      send(incoming, 200, [["content-type", TEXT]], "");
    }
  } catch (e) {
    // A status or header that HTTP does not allow.
    note(incoming, String(e instanceof Error ? e.message : e));
    if (!stream.headersSent && !stream.destroyed) send(incoming, 500, [["content-type", TEXT]], INTERNAL);
  }
};

const TEXT = "text/plain; charset=utf-8",
  INTERNAL = "Internal Server Error";

const answerPlist = (incoming: Incoming, plist: List): void => {
  const string = (key: string): string | undefined => {
    const value = property(plist, key);
    if (value !== undefined && typeof value !== "string")
      note(incoming, `${key} of the response is no string: ${show(value)}`);
    return typeof value === "string" ? value : undefined;
  };
  const headers: Header[] = [["content-type", string(":content-type") ?? TEXT]];
  const cache = string(":cache-control");
  if (cache !== undefined) headers.push(["cache-control", cache]);
  const more = readHeaders(property(plist, ":headers") ?? nil, (pair) =>
    note(incoming, `a header is no pair of two strings: ${show(pair)}`),
  );
  const named = new Set(more.map(([name]) => name.toLowerCase()));
  const status = string(":status") ?? "200";
  if (!/^[2-5]\d\d$/.test(status)) throw new Error(`no status of a response: ${status}`);
  send(incoming, Number(status), [...headers.filter(([name]) => !named.has(name)), ...more], string(":body") ?? "");
};

// What the program says with (error ..) is for the client; what we or JavaScript have to say about its insides is not.
const answerError = (state: Server, incoming: Incoming, failure: ValkError): void => {
  if (isTooLarge(failure)) {
    errorPage(state, incoming, 413, "Content Too Large");
    return;
  }
  const shown = failure.raised && !(failure.cause instanceof Error);
  if (!shown) note(incoming, failure.message);
  errorPage(state, incoming, 500, shown ? failure.message : INTERNAL);
};

const errorPage = (state: Server, incoming: Incoming, status: number, message: string): void => {
  const plain = (): void => send(incoming, status, [["content-type", TEXT]], message);
  if (state.errorHandler === undefined) {
    plain();
    return;
  }
  const fiber = start(call1 as Fn, state.errorHandler, String(status));
  const page = (body: Value): void => {
    if (typeof body !== "string") plain();
    else if (!incoming.stream.destroyed && !incoming.stream.headersSent)
      send(incoming, status, [["content-type", "text/html; charset=utf-8"]], body);
  };
  fiber.looked = true;
  if (fiber.value === Y) onSettle(fiber, page);
  else page(fiber.value);
};

const send = (incoming: Incoming, status: number, headers: readonly Header[], body: string): void => {
  const { stream, headers: asked } = incoming;
  const none = body === "" || asked[":method"] === "HEAD" || status === 204 || status === 205 || status === 304;
  const fields = headerObject(headers);
  stream.respond(Object.assign(fields, { ":status": status }), { endStream: none });
  if (!none) stream.end(body);
  // A body that nobody has asked for: the stream closes only when it has been received.
  if (!stream.readableEnded) stream.resume();
};

const note = ({ headers }: Incoming, text: string): void => {
  process.stderr.write(`http2: ${String(headers[":method"])} ${String(headers[":path"])}: ${text}\n`);
};

// ---- control ----

const SERVER: Kind = { what: "an HTTP/2 server", is: (v) => isRef(v, "http_server") };

/** A function of a server, or of its Handle, for which it waits. */
const onServer = (name: string, f: (state: Server, ref: Ref<Server>) => Value): Fn => {
  const run = (value: Value): Value =>
    SERVER.is(value) ? f((value as Ref<Server>).target, value as Ref<Server>) : refuse(name, [value], SERVER);
  return native(name, 1, 1, (given: Value): Value => {
    if (!(given instanceof Fiber)) return run(given);
    const value = awaitValue(given);
    return value === Y ? push1(run, undefined) : run(value);
  });
};

export const serverPort = /*#__PURE__*/ onServer("http2/server-port", ({ server, stopped }) =>
  stopped === null ? (server.address() as AddressInfo).port : error("http2/server-port: the server has stopped"),
);

const stop = (state: Server): Fiber => {
  if (state.stopped !== null) return state.stopped;
  const handle = pending();
  state.stopped = handle;
  state.leave();
  state.server.close(() => deliver(handle, nil));
  // Requests under way are answered; connections without any close at once.
  for (const session of state.sessions) session.close();
  setTimeout(() => {
    for (const session of state.sessions) session.destroy();
  }, DRAIN_MS).unref();
  return handle;
};
/** `(http2/server-stop server)`: a Handle that completes with nil when all requests are answered and connections closed. */
export const serverStop = /*#__PURE__*/ onServer("http2/server-stop", stop);

/** `(http2/server-handle server handler)`: another handler from now on; nil. */
export const serverHandle = /*#__PURE__*/ native("http2/server-handle", 2, 2, (given: Value, handler: Value): Value => {
  const server = given instanceof Fiber ? given.value : given;
  if (!SERVER.is(server) || !FUNCTION.is(handler))
    return refuse("http2/server-handle", [given, handler], SERVER, FUNCTION);
  (server as Ref<Server>).target.handler = handler;
  return nil;
});
