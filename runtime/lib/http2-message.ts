/** HTTP messages as values: requests to send, requests received, responses. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { error, type ValkError } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import { formFromArray, fromArray, isList, type List, length, list, nil, toArray, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { firstError, type Kind, LIST, PLIST, refuse, STRING } from "../kernel/wrong.ts";
import type { Done } from "./operation.ts";
import { operation } from "./operation.ts";

/** Name and value, as they came. */
export type Header = readonly [string, string];

/** A request that the program puts together. */
export interface Request {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: Header[];
  readonly body: string | undefined;
}
export interface Response {
  readonly status: string;
  readonly headers: readonly Header[];
  readonly body: readonly Uint8Array[];
}
/** A request that a server got. */
export interface Incoming {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders & { readonly [name: string]: string | string[] | undefined };
  /** Names and values in turn. */
  readonly raw: readonly string[];
  readonly limit: number;
  /** The body, or why there is none, once somebody has asked for it. */
  body: Body | null;
}
interface Body {
  result: Value | undefined;
  readonly waiting: Done[];
}

export const REQUEST: Kind = { what: "a request made by http2/request", is: (v) => isRef(v, "http2_request") };
const RESPONSE: Kind = { what: "a response", is: (v) => isRef(v, "success") };
const INCOMING: Kind = { what: "a request", is: (v) => isRef(v, "http_request") };

/** The pairs in a list of `{name value}`; what is no pair of two strings goes to `odd`. */
export const readHeaders = (value: Value, odd: (pair: Value) => void): Header[] => {
  const headers: Header[] = [];
  if (!isList(value)) return headers;
  for (const pair of toArray(value)) {
    if (isList(pair) && length(pair) === 2 && typeof pair.head === "string" && typeof pair.tail.head === "string")
      headers.push([pair.head, pair.tail.head]);
    else odd(pair);
  }
  return headers;
};

/** Headers as Node takes them: several of one name are an array. Throws on what HTTP does not allow: Node's HTTP/2 does not look. */
export const headerObject = (headers: readonly Header[]): Record<string, string | string[]> => {
  const object: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const key = name.toLowerCase(),
      there = object[key];
    object[key] = there === undefined ? value : [there, value].flat();
  }
  return object;
};

const named = (raw: readonly string[]): Header[] => {
  const headers: Header[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) if (!raw[i].startsWith(":")) headers.push([raw[i], raw[i + 1]]);
  return headers;
};
/** The headers of a received message, without the pseudo headers. */
export const receivedHeaders = named;

/** `(http2/request method scheme authority path [{:body text}])`. */
export const request = /*#__PURE__*/ native("http2/request", 4, 5, (...args: Value[]): Value => {
  const options = args.length > 4 ? args[4] : nil;
  if (firstError(args) !== null || !args.slice(0, 4).every(STRING.is) || !PLIST.is(options))
    return refuse("http2/request", args, STRING, STRING, STRING, STRING, PLIST);
  const [method, scheme, authority, path] = args as string[];
  const body = property(options as List, ":body");
  return new Ref<Request>("http2_request", {
    method,
    scheme,
    authority,
    path,
    headers: [],
    body: typeof body === "string" ? body : undefined,
  });
});

/** The value of a key in a plist, or undefined. */
export const property = (plist: List, key: string): Value | undefined => {
  const name = sym(key);
  for (let cell = plist; cell !== nil; cell = cell.tail.tail) if (cell.head === name) return cell.tail.head;
  return undefined;
};

/** `(http2/request-add-header request name value)`: changes the request; nil. */
export const requestAddHeader = /*#__PURE__*/ native(
  "http2/request-add-header",
  3,
  3,
  (ref: Value, name: Value, value: Value): Value => {
    if (!REQUEST.is(ref) || typeof name !== "string" || typeof value !== "string")
      return refuse("http2/request-add-header", [ref, name, value], REQUEST, STRING, STRING);
    (ref as Ref<Request>).target.headers.push([name, value]);
    return nil;
  },
);

/** `(http2/mock-response status body [headers])`: a response without a network. */
export const mockResponse = /*#__PURE__*/ native("http2/mock-response", 2, 3, (...args: Value[]): Value => {
  const [status, body, headers = nil] = args;
  if (firstError(args) !== null || typeof status !== "string" || typeof body !== "string" || !LIST.is(headers))
    return refuse("http2/mock-response", args, STRING, STRING, LIST);
  return new Ref<Response>("success", { status, body: [Buffer.from(body)], headers: readHeaders(headers, () => {}) });
});

const part = (name: string, f: (response: Response) => Value): Fn =>
  native(
    name,
    1,
    1,
    (ref: Value): Value => (RESPONSE.is(ref) ? f((ref as Ref<Response>).target) : refuse(name, [ref], RESPONSE)),
  );
export const responseStatus = /*#__PURE__*/ part("http2/response-status", (r) => r.status);
export const responseBody = /*#__PURE__*/ part("http2/response-body", (r) => Buffer.concat(r.body).toString("utf8"));
/** A list of `(name value)`, the last header first. */
export const responseHeaders = /*#__PURE__*/ part("http2/response-headers", (r) =>
  formFromArray(r.headers.map(([name, value]) => formFromArray([name, value])).reverse()),
);

// ---- requests that a server got ----

const about = (name: string, f: (request: Incoming) => Value): Fn =>
  native(
    name,
    1,
    1,
    (ref: Value): Value => (INCOMING.is(ref) ? f((ref as Ref<Incoming>).target) : refuse(name, [ref], INCOMING)),
  );
const pseudo = (name: string, header: string): Fn =>
  about(name, (r) => (r.headers[header] as string | undefined) ?? nil);

export const reqMethod = /*#__PURE__*/ pseudo("req/method", ":method");
/** With the query. */
export const reqPath = /*#__PURE__*/ pseudo("req/path", ":path");
export const reqScheme = /*#__PURE__*/ pseudo("req/scheme", ":scheme");
/** HTTP/2 clients may send host instead. */
export const reqAuthority = /*#__PURE__*/ about(
  "req/authority",
  ({ headers }) => headers[":authority"] ?? headers.host ?? nil,
);
export const reqHeaders = /*#__PURE__*/ about("req/headers", (r) =>
  fromArray(named(r.raw).map(([name, value]) => list(name, value))),
);
export const reqStreamId = /*#__PURE__*/ about("req/stream-id", (r) => r.stream.id ?? nil);
/** The body if `req/body-async` has read it, else nil. */
export const reqBody = /*#__PURE__*/ about("req/body", (r) =>
  typeof r.body?.result === "string" ? r.body.result : nil,
);

/** `(req/header request name)`: the value, nil if there is none; several are joined. */
export const reqHeader = /*#__PURE__*/ native("req/header", 2, 2, (ref: Value, name: Value): Value => {
  if (!INCOMING.is(ref) || typeof name !== "string") return refuse("req/header", [ref, name], INCOMING, STRING);
  const value = (ref as Ref<Incoming>).target.headers[name.toLowerCase()];
  return value === undefined ? nil : Array.isArray(value) ? value.join(", ") : value;
});

/** `(req/body-async request k)`: the whole body as a string. */
export const reqBodyAsync = /*#__PURE__*/ operation("req/body-async", [INCOMING], (done, [ref]) => {
  const incoming = (ref as Ref<Incoming>).target;
  incoming.body ??= collect(incoming);
  if (incoming.body.result !== undefined) done(incoming.body.result);
  else incoming.body.waiting.push(done);
});

/** Is the Error that a request body is too large? A server answers it with status 413. */
export const isTooLarge = (e: ValkError): boolean => e.data.head === sym(":request-too-large") && !e.raised;

const collect = ({ stream, limit }: Incoming): Body => {
  const body: Body = { result: undefined, waiting: [] };
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (result: Value): void => {
    if (body.result !== undefined) return;
    body.result = result;
    for (const done of body.waiting.splice(0)) done(result);
  };
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else finish(error(`request body is larger than ${limit} bytes`, list(sym(":request-too-large"))));
  });
  stream.on("end", () => finish(stream.aborted ? gone() : Buffer.concat(chunks).toString("utf8")));
  stream.on("close", () => finish(gone()));
  if (stream.destroyed) finish(gone());
  else if (stream.readableEnded) finish("");
  return body;
};
const gone = (): ValkError => error("the client closed the request", list(sym(":cancelled")));
