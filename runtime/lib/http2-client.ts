/** HTTP/2 clients: connections, requests over them, and a cache of connections for `http2/client-request`. */
import { type ClientHttp2Session, type ClientHttp2Stream, constants, connect as openSession } from "node:http2";
import { isIPv6, connect as openSocket, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { errorOf } from "../kernel/border.ts";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { type Kind, LIST, refuse, STRING } from "../kernel/wrong.ts";
import {
  type Header,
  headerObject,
  REQUEST,
  type Request,
  type Response,
  readHeaders,
  receivedHeaders,
} from "./http2-message.ts";
import { connectError, PORT } from "./net.ts";
import { type Done, flag, handled, type Options, operation, type Start, text } from "./operation.ts";
import { openSecure } from "./tls.ts";

interface Client {
  readonly session: ClientHttp2Session;
  /** Requests that wait for their response; without any the connection does not keep the program alive. */
  active: number;
  failure: ValkError | null;
}
const CLIENT: Kind = { what: "an HTTP/2 client", is: (v) => isRef(v, "http2_client") };

const isPlain = (options: Options): boolean => flag(options, "h2c") || text(options, "scheme") === "http";
const authorityOf = (host: string, port: number): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** Opens a connection: TLS with ALPN, or with `:h2c 1` cleartext HTTP/2. */
const open = (host: string, port: number, options: Options, done: Done): void => {
  const authority = authorityOf(host, port);
  if (isPlain(options)) {
    const socket = openSocket({ host, port });
    socket.once("error", (e) => done(connectError(e, host, port)));
    socket.once("connect", () => begin(`http://${authority}`, socket, done));
    return;
  }
  openSecure(host, port, options, ["h2"], done, (socket: TLSSocket) => {
    if (socket.alpnProtocol === "h2") begin(`https://${authority}`, socket, done);
    else {
      socket.destroy();
      done(error(`${authority} does not speak HTTP/2`, list(sym(":no-http2"))));
    }
  });
};

const begin = (url: string, socket: Socket, done: Done): void => {
  const session = openSession(url, { createConnection: () => socket });
  const client: Client = { session, active: 0, failure: null };
  session.on("error", (e) => {
    client.failure = errorOf(e);
    done(client.failure);
  });
  session.on("close", () => done(client.failure ?? lost()));
  session.on("connect", () => {
    session.unref();
    done(new Ref("http2_client", client));
  });
};
const lost = (): ValkError => error("the connection closed before the response was complete", list(sym(":ECONNRESET")));

const startConnect: Start = (done, [host, port], options) => open(host as string, port as number, options, done);
/** `(http2/connect-async host port [options] k)`: a client. `http2/connect` gives a Handle of it. */
export const http2ConnectAsync = /*#__PURE__*/ operation("http2/connect-async", [STRING, PORT], startConnect);
export const connectAsync = /*#__PURE__*/ operation("connect-async", [STRING, PORT], startConnect);
export const connect = /*#__PURE__*/ handled("http2/connect", [STRING, PORT], startConnect);

// ---- requests ----

const exchange = (client: Client, request: Request, done: Done): void => {
  const { session } = client;
  if (session.closed || session.destroyed) {
    done(client.failure ?? error("the connection is closed", list(sym(":closed"))));
    return;
  }
  const stream = session.request(
    Object.assign(headerObject(request.headers), {
      ":method": request.method,
      ":scheme": request.scheme,
      ":authority": request.authority,
      ":path": request.path,
    }),
    { endStream: request.body === undefined },
  );
  if (client.active++ === 0) session.ref();
  receive(client, stream, done);
  if (request.body !== undefined) stream.end(request.body);
};

const receive = (client: Client, stream: ClientHttp2Stream, done: Done): void => {
  let status: string | undefined,
    headers: readonly Header[] = [],
    failure: unknown;
  const body: Uint8Array[] = [];
  stream.on("response", (fields, _flags, ...rest: readonly unknown[]) => {
    status = String(fields[":status"]);
    headers = receivedHeaders((rest[0] as readonly string[] | undefined) ?? []);
  });
  stream.on("data", (chunk: Uint8Array) => body.push(chunk));
  stream.on("error", (e) => {
    failure = e;
  });
  const complete = (): void => {
    if (status !== undefined && failure === undefined && !stream.aborted && (stream.rstCode ?? 0) === 0)
      done(new Ref<Response>("success", { status, headers, body }));
  };
  // A stream that is reset may "end" first: only "close" knows the code. But a server that answers without reading our whole
  // request may leave the stream half open.
  let ended = false;
  stream.on("end", () => {
    ended = true;
    if (!stream.writableFinished) complete();
  });
  stream.on("close", () => {
    if (--client.active === 0) client.session.unref();
    if (ended) complete();
    done(streamError(stream.rstCode ?? 0, failure, client));
  });
};

const streamError = (code: number, failure: unknown, client: Client): ValkError => {
  if (client.failure !== null) return client.failure;
  const name = code === 0 ? undefined : codeName(code);
  // A connection that breaks cancels its streams; the server resets them with a reason.
  if (name === undefined || (client.session.destroyed && name === "CANCEL"))
    return failure === undefined ? lost() : errorOf(failure);
  return error(`HTTP/2 stream error: ${name} (code=${code})`, list(sym(`:${name}`)), failure);
};
const codeName = (code: number): string => {
  for (const [name, value] of Object.entries(constants))
    if (
      value === code &&
      /^NGHTTP2_(NO_ERROR|PROTOCOL|INTERNAL|FLOW|SETTINGS_TIMEOUT|STREAM_CLOSED|FRAME_SIZE|REFUSED|CANCEL|COMPRESSION_E|CONNECT|ENHANCE|INADEQUATE|HTTP_1_1)/.test(
        name,
      )
    )
      return name.slice("NGHTTP2_".length);
  return "UNKNOWN";
};

const send: Start = (done, [request, client]) =>
  exchange((client as Ref<Client>).target, (request as Ref<Request>).target, done);
/** `(http2/send-async request client k)`: the response, with its whole body. `http2/send` gives a Handle of it. */
export const sendAsync = /*#__PURE__*/ operation("http2/send-async", [REQUEST, CLIENT], send);
export const sendHandle = /*#__PURE__*/ handled("http2/send", [REQUEST, CLIENT], send);

/** `(http2/close client)`: lets the requests under way finish, then closes; nil. */
export const close = /*#__PURE__*/ native("http2/close", 1, 1, (ref: Value): Value => {
  if (!CLIENT.is(ref)) return refuse("http2/close", [ref], CLIENT);
  const { session } = (ref as Ref<Client>).target;
  if (!session.closed && !session.destroyed) session.close();
  return nil;
});

// ---- requests without a client: connections are shared ----

/** Connections that are open or being opened, with those who wait for them. */
const shared = /*#__PURE__*/ new Map<string, { client: Ref<Client> | null; readonly waiting: Done[] }>();

const acquire = (host: string, port: number, options: Options, done: Done): void => {
  const key = [
    host,
    port,
    isPlain(options),
    flag(options, "insecure"),
    text(options, "ca"),
    text(options, "servername"),
  ].join(" ");
  const there = shared.get(key);
  if (there !== undefined && there.client === null) {
    there.waiting.push(done);
    return;
  }
  if (there?.client != null && !there.client.target.session.closed) {
    done(there.client);
    return;
  }
  const entry: { client: Ref<Client> | null; waiting: Done[] } = { client: null, waiting: [done] };
  shared.set(key, entry);
  let answered = false;
  const opened: Done = (result) => {
    if (answered) return;
    answered = true;
    const forget = (): void => {
      if (shared.get(key) === entry) shared.delete(key);
    };
    if (result instanceof ValkError) forget();
    else {
      entry.client = result as Ref<Client>;
      entry.client.target.session.on("close", forget);
    }
    for (const waiting of entry.waiting.splice(0)) waiting(result);
  };
  try {
    open(host, port, options, opened);
  } catch (e) {
    opened(errorOf(e));
  }
};

const get = (done: Done, [host, port, path]: readonly Value[], options: Options, headers: Header[]): void => {
  acquire(host as string, port as number, options, (client) => {
    if (client instanceof ValkError) {
      done(client);
      return;
    }
    const scheme = isPlain(options) ? "http" : "https";
    const authority = authorityOf(host as string, port as number);
    try {
      exchange(
        (client as Ref<Client>).target,
        { method: "GET", scheme, authority, path: path as string, headers, body: undefined },
        done,
      );
    } catch (e) {
      done(errorOf(e));
    }
  });
};
/** `(http2/client-request system host port path [options])`: a Handle of the response to a GET. */
export const clientRequest = /*#__PURE__*/ handled(
  "http2/client-request",
  [STRING, PORT, STRING],
  (done, args, options) => get(done, args, options, []),
);
/** The same with headers `{{name value} ...}`. */
export const clientRequestWithHeaders = /*#__PURE__*/ handled(
  "http2/client-request-with-headers",
  [STRING, PORT, STRING, LIST],
  (done, args, options) =>
    get(
      done,
      args,
      options,
      readHeaders(args[3], () => {}),
    ),
);
