/** Connections of HTTP clients: one session of HTTP/2, or for a server that has no HTTP/2 a few sockets of HTTP/1.1. */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  connect as openSession,
} from "node:http2";
import { isIPv6, connect as openSocket, type Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { TLSSocket } from "node:tls";
import { errorOf } from "../kernel/border.ts";
import { error, type ValkError } from "../kernel/error.ts";
import { list } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { Body, lost, noText } from "./http-body.ts";
import { resetStream } from "./http-reset.ts";
import { sendBody } from "./http-upload.ts";
import { type Header, headerObject, type Request, receivedHeaders } from "./http2-message.ts";
import { connectError } from "./net.ts";
import { amount, flag, type Options, text } from "./operation.ts";
import { openSecure } from "./tls.ts";

/** A response whose headers have come. */
export interface Arrived {
  readonly status: string;
  readonly headers: readonly Header[];
  readonly body: Body;
}
/** What becomes of a request; one of the two is called, once. */
export interface Fate {
  readonly arrived: (response: Arrived) => void;
  /** `unsent`: the server has certainly not begun to work on it, so that it may be sent again. */
  readonly failed: (e: ValkError, unsent: boolean) => void;
}
export interface Connection {
  /** May a new request go over it? */
  readonly usable: boolean;
  /** Sends; gives a function that breaks the request off. `limit`: bytes that the response may have, 0: any number. */
  send(request: Request, limit: number, fate: Fate): () => void;
  /** Lets the requests under way finish. */
  close(): void;
}
export type Opened = (result: Connection | ValkError) => void;

export const isPlain = (options: Options): boolean => flag(options, "h2c") || text(options, "scheme") === "http";
export const authorityOf = (host: string, port: number): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** Opens a connection: TLS with ALPN, or without TLS HTTP/2 at once, with `:http1 1` HTTP/1.1. Gives how to give it up. */
export const open = (host: string, port: number, options: Options, opened: Opened): (() => void) => {
  const authority = authorityOf(host, port);
  const idleMs = amount(options, "idle-timeout", 60_000);
  const one = flag(options, "http1");
  let socket: Socket | null = null;
  let over = false;
  const done: Opened = (result) => {
    if (over) return;
    over = true;
    opened(result);
  };
  const http1 = (first: Socket): void => done(new Http1Connection(first, idleMs, again));
  // Further sockets of HTTP/1.1 are opened as the first one was.
  const again = (ready: (e: Error | null, socket?: Socket) => void): void => {
    dial(
      (e) => ready(e),
      (next) => ready(null, next),
    );
  };
  const dial = (failed: (e: ValkError) => void, ready: (socket: Socket) => void): (() => void) => {
    if (!isPlain(options)) {
      const protocols = one ? ["http/1.1"] : ["h2", "http/1.1"];
      return openSecure(host, port, options, protocols, (e) => failed(e as ValkError), ready);
    }
    const opening = openSocket({ host, port, noDelay: true });
    const refused = (e: Error): void => failed(connectError(e, host, port));
    opening.once("error", refused);
    opening.once("connect", () => {
      ready(opening);
      opening.off("error", refused);
    });
    return () => {
      opening.off("error", refused);
      opening.on("error", () => {});
      opening.destroy();
    };
  };
  const giveUp = dial(done, (ready) => {
    if (over) {
      ready.destroy();
      return;
    }
    socket = ready;
    const protocol = (ready as Partial<TLSSocket>).alpnProtocol;
    if (isPlain(options) ? !one : protocol === "h2")
      new Http2Connection(`${isPlain(options) ? "http" : "https"}://${authority}`, ready, idleMs, done);
    else http1(ready);
  });
  return () => {
    over = true;
    if (socket === null) giveUp();
    else socket.destroy();
  };
};

// ---- HTTP/2 ----

/** Methods whose requests have no body unless one is given. */
const BODILESS = /^(?:GET|HEAD|DELETE)$/;

class Http2Connection implements Connection {
  private readonly session: ClientHttp2Session;
  /** Requests under way; without any the connection does not keep the program alive. */
  private active = 0;
  failure: ValkError | null = null;
  /** The last stream that the server says it works on, once it says so. */
  last = Infinity;

  constructor(url: string, socket: Socket, idleMs: number, opened: Opened) {
    const session = openSession(url, { createConnection: () => socket, maxSessionMemory: SESSION_MB });
    this.session = session;
    session.on("error", (e) => {
      this.failure = errorOf(e);
      opened(this.failure);
    });
    session.on("goaway", (code: number, last: number) => {
      this.last = Math.min(this.last, last);
      if (code !== 0) this.failure ??= streamError(code);
      if (!session.closed) session.close();
    });
    session.on("close", () => opened(this.failure ?? lost()));
    session.on("connect", () => {
      session.unref();
      opened(this);
    });
    if (idleMs > 0)
      session.setTimeout(idleMs, () => {
        if (this.active === 0) session.close();
        else session.setTimeout(idleMs);
      });
  }
  get usable(): boolean {
    return !this.session.closed && !this.session.destroyed;
  }
  close(): void {
    if (this.usable) this.session.close();
  }
  send(request: Request, limit: number, fate: Fate): () => void {
    const { session } = this;
    const { method, scheme, authority, path } = request;
    let stream: ClientHttp2Stream;
    try {
      const pseudo = { ":method": method, ":scheme": scheme, ":authority": authority, ":path": path };
      const fields = headerObject(request.headers, pseudo);
      // What is Node's default anyway is left out: with options it takes the slow way.
      const options =
        request.body === undefined && BODILESS.test(method) ? undefined : { endStream: request.body === undefined };
      stream = session.request(fields, options);
    } catch (e) {
      fate.failed(errorOf(e), !this.usable);
      return () => {};
    }
    if (this.active++ === 0) session.ref();
    let unsent: unknown;
    this.receive(stream, limit, fate, () => unsent);
    if (request.body !== undefined)
      sendBody(request.body, stream, (e) => {
        unsent ??= e;
        resetStream(stream, constants.NGHTTP2_CANCEL);
      });
    return () => resetStream(stream, constants.NGHTTP2_CANCEL);
  }
  // `unsent`: why our own body broke off.
  private receive(stream: ClientHttp2Stream, limit: number, { arrived, failed }: Fate, unsent: () => unknown): void {
    let cause: unknown,
      answered = false;
    const refused = (): boolean =>
      stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || stream.id === undefined || stream.id > this.last;
    const reason = (): ValkError => (unsent() === undefined ? this.reasonOf(stream, cause) : errorOf(unsent()));
    stream.on("response", (fields: IncomingHttpHeaders, _flags: number, ...rest: readonly unknown[]) => {
      answered = true;
      const headers = receivedHeaders((rest[0] as readonly string[] | undefined) ?? []);
      const whole = (): boolean => cause === undefined && !stream.aborted && (stream.rstCode ?? 0) === 0;
      const body = new Body(stream, {
        limit,
        ms: 0,
        tooLarge,
        tooSlow: () => lost(),
        noText: responseNoText,
        broken: (closed) => (closed || !whole() ? reason() : null),
        // A stream that is reset may "end" first: only "close" knows the code. But a server that answers without reading our
        // whole request may leave the stream half open.
        untilClose: () => stream.writableFinished,
      });
      arrived({ status: String(fields[":status"]), headers, body });
    });
    stream.on("error", (e) => {
      cause = e;
    });
    stream.on("close", () => {
      if (--this.active === 0) this.session.unref();
      // Later than a GOAWAY that closed it, whose event is on its way.
      if (!answered) setImmediate(() => failed(reason(), refused()));
    });
  }
  private reasonOf(stream: ClientHttp2Stream, cause: unknown): ValkError {
    if (this.failure !== null) return this.failure;
    if ((cause as { syscall?: unknown } | undefined)?.syscall !== undefined) return lost(cause); // of the connection
    const code = stream.rstCode ?? 0;
    // A connection that breaks cancels its streams; the server resets them with a reason.
    if (code === 0 || (this.session.destroyed && code === constants.NGHTTP2_CANCEL)) return lost(cause);
    return streamError(code, cause);
  }
}

const streamError = (code: number, cause?: unknown): ValkError => {
  const name = codeName(code);
  return error(`HTTP/2 stream error: ${name} (code=${code})`, list(sym(`:${name}`)), cause);
};
const CODES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];
/** RFC 9113, section 7. */
const codeName = (code: number): string => CODES[code] ?? "UNKNOWN";
const responseNoText = (): ValkError => noText("the response body", "option {:encoding :bytes}", ":encoding");
const tooLarge = (limit: number): ValkError =>
  error(`the response is larger than ${limit} bytes`, list(sym(":response-too-large")));

// ---- HTTP/1.1 ----

/** Of a session, in megabytes: Node's 10 are less than the body of one large request. */
const SESSION_MB = 1000;
/** Sockets at a time to one server that has no streams. */
const SOCKETS = 6;
const IDEMPOTENT = /^(?:GET|HEAD|OPTIONS)$/;

class Http1Connection implements Connection {
  private readonly agent: Agent;
  private first: Socket | null;
  usable = true;
  constructor(first: Socket, idleMs: number, open: (ready: (e: Error | null, socket?: Socket) => void) => void) {
    this.first = first;
    first.unref();
    first.once("close", () => {
      if (this.first === first) this.first = null;
    });
    first.on("error", () => {});
    this.agent = new Agent({ keepAlive: true, maxSockets: SOCKETS, ...(idleMs > 0 ? { timeout: idleMs } : {}) });
    (this.agent as { createConnection: unknown }).createConnection = (
      _options: unknown,
      ready: (e: Error | null, socket?: Socket) => void,
    ): Socket | undefined => {
      const there = this.first;
      this.first = null;
      if (there === null) {
        open(ready);
        return undefined;
      }
      there.ref();
      return there;
    };
  }
  close(): void {
    this.usable = false;
    this.first?.destroy();
    this.agent.destroy();
  }
  send(request: Request, limit: number, { arrived, failed }: Fate): () => void {
    const sending: ClientRequest = httpRequest({
      agent: this.agent,
      method: request.method,
      path: request.path,
      setHost: false,
      headers: { host: request.authority, ...headerObject(request.headers) },
    });
    let answered = false;
    sending.on("response", (response: IncomingMessage) => {
      answered = true;
      const broken = (closed: boolean, cause: unknown): ValkError | null =>
        closed || !response.complete ? lost(cause) : null;
      const body = new Body(response as Readable, {
        limit,
        ms: 0,
        tooLarge,
        tooSlow: () => lost(),
        noText: responseNoText,
        broken,
        untilClose: () => false,
      });
      arrived({ status: String(response.statusCode), headers: receivedHeaders(response.rawHeaders), body });
    });
    sending.on("error", (e: Error & { code?: string }) => {
      if (answered) return;
      // A socket that had been idle was closed under the request: sending again is safe for these (RFC 9110, 9.2.2).
      const stale = sending.reusedSocket && e.code === "ECONNRESET" && IDEMPOTENT.test(request.method);
      failed(errorOf(e), stale);
    });
    sendBody(request.body, sending as Writable, (e) => sending.destroy(e));
    return () => sending.destroy();
  }
}
