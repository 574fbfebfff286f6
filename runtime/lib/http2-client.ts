/**
 * HTTP clients. A client is a server's address with a connection to it, which is opened again when the server has closed it;
 * `http2/client-request` keeps one for each address. A request that no server has begun to work on is sent again.
 */
import { errorOf } from "../kernel/border.ts";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { show } from "../kernel/show.ts";
import { sym } from "../kernel/symbol.ts";
import { type Kind, LIST, refuse, STRING } from "../kernel/wrong.ts";
import { outbound } from "./context.ts";
import { type Arrived, authorityOf, type Connection, isPlain, open } from "./http-connection.ts";
import { CONNECTION, EXCHANGE, REQUEST_OPTIONS } from "./http-options.ts";
import { isReplayable } from "./http-upload.ts";
import {
  escapedPath,
  type Header,
  PATH,
  REQUEST,
  RESPONSE,
  type Request,
  type Response,
  readHeaders,
} from "./http2-message.ts";
import { PORT } from "./net.ts";
import {
  amount,
  checkOptions,
  type Done,
  flag,
  handled,
  type Options,
  operation,
  type Start,
  text,
} from "./operation.ts";

interface Client {
  readonly host: string;
  readonly port: number;
  readonly options: Options;
  connection: Connection | null;
  /** Who waits for a connection that is being opened, and how to give that up. */
  opening: { readonly waiting: Set<(c: Connection | ValkError) => void>; giveUp: () => void } | null;
  closed: boolean;
}
const CLIENT: Kind = { what: "an HTTP/2 client", is: (v) => isRef(v, "http2_client") };

const create = (host: string, port: number, options: Options): Client => ({
  host,
  port,
  options,
  connection: null,
  opening: null,
  closed: false,
});

/** The client's connection, opened if need be. Whoever gives up last gives the opening up. */
const acquire = (client: Client, done: (c: Connection | ValkError) => void): (() => void) => {
  if (client.closed) {
    done(error("the connection is closed", list(sym(":closed"))));
    return () => {};
  }
  if (client.connection?.usable) {
    done(client.connection);
    return () => {};
  }
  const { opening } = client;
  const waiting = opening?.waiting ?? new Set();
  waiting.add(done);
  if (opening === null) {
    const entry = { waiting, giveUp: () => {} };
    client.opening = entry;
    const opened = (result: Connection | ValkError): void => {
      if (client.opening !== entry) return;
      client.opening = null;
      if (!(result instanceof ValkError)) client.connection = result;
      for (const told of waiting) told(result);
    };
    try {
      entry.giveUp = open(client.host, client.port, client.options, opened);
    } catch (e) {
      opened(errorOf(e));
    }
  }
  return () => {
    waiting.delete(done);
    if (waiting.size > 0 || client.opening?.waiting !== waiting) return;
    const { giveUp } = client.opening;
    client.opening = null;
    giveUp();
  };
};

const startConnect: Start = (done, [host, port], options, _, name) => {
  checkOptions(name, options, CONNECTION);
  const client = create(host as string, port as number, options);
  return acquire(client, (c) => done(c instanceof ValkError ? c : new Ref("http2_client", client)));
};
/** `(http2/connect-async host port [options] k)`: a client. `http2/connect` gives a Handle of it. */
export const http2ConnectAsync = /*#__PURE__*/ operation("http2/connect-async", [STRING, PORT], startConnect);
export const connectAsync = /*#__PURE__*/ operation("connect-async", [STRING, PORT], startConnect);
export const connect = /*#__PURE__*/ handled("http2/connect", [STRING, PORT], startConnect);

// ---- requests ----

/** How often a request that nobody has worked on is sent in all, and the pause before each time but the first. */
const TIMES = 3,
  PAUSE_MS = 10;

const exchange = (client: Client, plain: Request, options: Options, done: Done): (() => void) => {
  const context = outbound();
  const request = context.length === 0 ? plain : { ...plain, headers: [...context, ...plain.headers] };
  const streamed = flag(options, "stream");
  const limit = amount(options, "max-response-size", 0);
  let giveUp: () => void = () => {};
  let over = false;
  const finish: Done = (result) => {
    if (over) return;
    over = true;
    signal?.removeEventListener("abort", aborted);
    done(result);
  };
  const signal = signalOf(options);
  const aborted = (): void => {
    giveUp();
    finish(error("the request was aborted", list(sym(":aborted")), signal?.reason));
  };
  if (signal?.aborted) {
    aborted();
    return () => {};
  }
  signal?.addEventListener("abort", aborted, { once: true });
  const arrived = ({ status, headers, body }: Arrived, cut: () => void): void => {
    if (streamed) {
      const ref = new Ref<Response>("success", { status, headers, body });
      cuts.set(ref, cut);
      finish(ref);
    } else
      body.whole(true, (bytes) => {
        if (bytes instanceof ValkError) cut();
        finish(
          bytes instanceof ValkError
            ? bytes
            : new Ref<Response>("success", { status, headers, body: bytes as Uint8Array }),
        );
      });
  };
  const attempt = (count: number): void => {
    if (over) return;
    let begun = false;
    const leave = acquire(client, (connection) => {
      begun = true;
      if (over) return;
      if (connection instanceof ValkError) {
        finish(connection);
        return;
      }
      let cut = (): void => {};
      try {
        cut = connection.send(request, limit, {
          arrived: (response) => arrived(response, cut),
          failed: (e, unsent) => {
            if (!unsent || count === TIMES || !isReplayable(request.body)) finish(e);
            else {
              const timer = setTimeout(attempt, PAUSE_MS * count, count + 1);
              giveUp = () => clearTimeout(timer);
            }
          },
        });
        giveUp = cut;
      } catch (e) {
        finish(errorOf(e)); // headers that HTTP does not allow
      }
    });
    if (!begun) giveUp = leave;
  };
  attempt(1);
  return () => {
    over = true;
    signal?.removeEventListener("abort", aborted);
    giveUp();
  };
};
/** How streamed responses are broken off. */
const cuts = /*#__PURE__*/ new WeakMap<Ref<Response>, () => void>();

const signalOf = (options: Options): AbortSignal | undefined => {
  const signal = options.get("signal");
  return signal instanceof AbortSignal ? signal : undefined;
};

const send: Start = (done, [request, client], options, _, name) => {
  checkOptions(name, options, EXCHANGE);
  return exchange((client as Ref<Client>).target, (request as Ref<Request>).target, options, done);
};
/**
 * `(http2/send-async request client [options] k)`: the response, with its whole body, or with `:stream 1` as soon as its
 * headers are there. `http2/send` gives a Handle of it.
 */
export const sendAsync = /*#__PURE__*/ operation("http2/send-async", [REQUEST, CLIENT], send);
export const sendHandle = /*#__PURE__*/ handled("http2/send", [REQUEST, CLIENT], send);

/** `(http2/close x)`: a client, after the requests under way; or a streamed response, of which no more is wanted. nil. */
export const close = /*#__PURE__*/ native("http2/close", 1, 1, (ref: Value): Value => {
  if (RESPONSE.is(ref)) cuts.get(ref as Ref<Response>)?.();
  else if (CLIENT.is(ref)) {
    const client = (ref as Ref<Client>).target;
    client.closed = true;
    client.connection?.close();
  } else return refuse("http2/close", [ref], CLIENT);
  return nil;
});

// ---- requests without a client: connections are shared ----

const shared = /*#__PURE__*/ new Map<string, Client>();
/** What makes two requests go over different connections. */
const KEYS = ["insecure", "http1"],
  TEXTS = ["ca", "servername"];

const sharedClient = (host: string, port: number, options: Options): Client => {
  const key = [
    host,
    port,
    isPlain(options),
    ...KEYS.map((name) => flag(options, name)),
    ...TEXTS.map((name) => text(options, name)),
  ].join(" ");
  let client = shared.get(key);
  if (client === undefined) {
    client = create(host, port, options);
    shared.set(key, client);
  }
  return client;
};

const get = (
  name: string,
  done: Done,
  [host, port, path]: readonly Value[],
  options: Options,
  headers: Header[],
): (() => void) => {
  checkOptions(name, options, REQUEST_OPTIONS);
  const client = sharedClient(host as string, port as number, options);
  const scheme = isPlain(options) ? "http" : "https";
  const authority = authorityOf(host as string, port as number);
  const method = text(options, "method") ?? "GET";
  const body = options.get("body");
  return exchange(
    client,
    { method, scheme, authority, path: escapedPath(path as string), headers, body: body === nil ? undefined : body },
    options,
    done,
  );
};
/** `(http2/client-request system host port path [options])`: a Handle of the response to a GET, or another `:method`. */
export const clientRequest = /*#__PURE__*/ handled(
  "http2/client-request",
  [STRING, PORT, PATH],
  (done, args, options, _, name) => get(name, done, args, options, []),
);
/** The same with headers `{{name value} ...}`. */
export const clientRequestWithHeaders = /*#__PURE__*/ handled(
  "http2/client-request-with-headers",
  [STRING, PORT, PATH, LIST],
  (done, args, options, _, name) => {
    const headers = readHeaders(args[3], (pair) => {
      throw error(`${name}: a header must be {name value}, two strings, got ${show(pair)}`);
    });
    return get(name, done, args, options, headers);
  },
);
