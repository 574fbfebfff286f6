/** HTTP messages as values: requests to send, responses that came. Requests that a server got are in http-request.ts. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { error } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import { formFromArray, isList, type List, length, nil, toArray, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { show } from "../kernel/show.ts";
import { sym } from "../kernel/symbol.ts";
import { firstError, type Kind, LIST, PLIST, refuse, STRING, wrong } from "../kernel/wrong.ts";
import { type Body, noText, textOf } from "./http-body.ts";
import { type Options, operation, option, wrongOption } from "./operation.ts";

/** Name and value, as they came. */
export type Header = readonly [string, string];

/** A request that the program puts together. */
export interface Request {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: Header[];
  /** Text, bytes, a function that gives the next piece each time and nil at the end, or an iterable of JavaScript. */
  readonly body: Value | undefined;
}
export interface Response {
  readonly status: string;
  readonly headers: readonly Header[];
  /** A body that is there, or one that is still coming: `{:stream 1}`. */
  readonly body: Uint8Array | Body;
}
export const REQUEST: Kind = { what: "a request made by http2/request", is: (v) => isRef(v, "http2_request") };
export const RESPONSE: Kind = { what: "a response", is: (v) => isRef(v, "success") };

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

export type Fields = Record<string, string | string[]>;
const own = (object: Fields, key: string): string | string[] | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;
/**
 * Headers as Node takes them, added to those of `object`: several of one name are an array. Throws on what HTTP does not allow:
 * Node's HTTP/2 does not look. (An object without a prototype would be a slow one for V8.)
 */
export const headerObject = (headers: readonly Header[], object: Fields = {}): Fields => {
  for (const [name, value] of headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const key = name.toLowerCase(),
      there = own(object, key),
      all = there === undefined ? value : [there, value].flat();
    if (key === "__proto__")
      Object.defineProperty(object, key, { value: all, enumerable: true, configurable: true, writable: true });
    else object[key] = all;
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

/** What can be sent as the body of a request. */
export const isBody = (value: Value): boolean =>
  typeof value === "string" ||
  value instanceof Uint8Array ||
  typeof value === "function" ||
  typeof (value as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] === "function";

const textLike = (what: string, pattern: RegExp): Kind => ({
  what,
  is: (v) => typeof v === "string" && pattern.test(v),
});
// Of what is none of these Node's HTTP/2 says nothing, and the other side only that it is wrong.
const METHOD = /*#__PURE__*/ textLike("a method such as GET", /^[\w!#$%&'*+.^`|~-]+$/);
const SCHEME = /*#__PURE__*/ textLike("http or https", /^[a-z][\w+.-]*$/i);
const AUTHORITY = /*#__PURE__*/ textLike("a host, with or without a port", /^[^\s/]+$/);
export const PATH = /*#__PURE__*/ textLike("a path that starts with /", /^(?:\/.*|\*)$/s);
/** The path as it is sent: what is no visible ASCII character as %XX of its UTF-8. */
export const escapedPath = (path: string): string =>
  path.replace(/[^\x21-\x7e]+/g, (s) =>
    [...Buffer.from(s)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );

/** `(http2/request method scheme authority path [{:body b :headers {{name value} ...}}])`. */
export const request = /*#__PURE__*/ native("http2/request", 4, 5, (...args: Value[]): Value => {
  const options = args.length > 4 ? args[4] : nil;
  const kinds = [METHOD, SCHEME, AUTHORITY, PATH, PLIST];
  if (firstError(args) !== null || !args.every((arg, i) => kinds[i].is(arg)))
    return refuse("http2/request", args, ...kinds);
  const [method, scheme, authority, path] = args as string[];
  const body = property(options as List, ":body");
  if (body !== undefined && body !== nil && !isBody(body))
    return wrongOption("http2/request", "body", "text, bytes, a function or a stream", body);
  const headers: Header[] = [];
  const given = property(options as List, ":headers") ?? nil;
  if (!LIST.is(given)) return wrongOption("http2/request", "headers", "a list of {name value}", given);
  let odd: Value | undefined;
  headers.push(
    ...readHeaders(given, (pair) => {
      odd = pair;
    }),
  );
  if (odd !== undefined) return error(`http2/request: a header must be {name value}, two strings, got ${show(odd)}`);
  return new Ref<Request>("http2_request", {
    method,
    scheme,
    authority,
    path: escapedPath(path),
    headers,
    body: body === nil ? undefined : body,
  });
});

/** `(http2/make-request method url [options])`: the request of a URL. */
export const makeRequest = /*#__PURE__*/ native("http2/make-request", 2, 3, (...args: Value[]): Value => {
  const [method, url, ...options] = args;
  if (firstError(args) !== null || typeof url !== "string")
    return refuse("http2/make-request", args, STRING, STRING, PLIST);
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return wrong("http2/make-request", 2, "an http or https URL", url);
  const { protocol, host, pathname, search } = new URL(url);
  return request(method, protocol.slice(0, -1), host, pathname + search, ...options);
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
  return new Ref<Response>("success", { status, body: Buffer.from(body), headers: readHeaders(headers, () => {}) });
});

const part = (name: string, f: (response: Response) => Value): Fn =>
  native(
    name,
    1,
    1,
    (ref: Value): Value => (RESPONSE.is(ref) ? f((ref as Ref<Response>).target) : refuse(name, [ref], RESPONSE)),
  );
export const responseStatus = /*#__PURE__*/ part("http2/response-status", (r) => r.status);
const streamed = (name: string): Value =>
  error(
    `${name}: the body of this response is streamed: (await (http2/response-read-async response)) gives its pieces`,
  );
export const responseBody = /*#__PURE__*/ part("http2/response-body", (r) =>
  r.body instanceof Uint8Array
    ? (textOf(r.body) ?? noText("http2/response-body: the body", "http2/response-bytes", ":encoding"))
    : streamed("http2/response-body"),
);
/** The same as bytes. */
export const responseBytes = /*#__PURE__*/ part("http2/response-bytes", (r) =>
  r.body instanceof Uint8Array ? r.body : streamed("http2/response-bytes"),
);
/** The header with this name in any case, nil if there is none; several are joined. */
export const responseHeader = /*#__PURE__*/ native("http2/response-header", 2, 2, (ref: Value, name: Value): Value => {
  if (!RESPONSE.is(ref) || typeof name !== "string")
    return refuse("http2/response-header", [ref, name], RESPONSE, STRING);
  const wanted = name.toLowerCase();
  const values = (ref as Ref<Response>).target.headers.filter(([key]) => key.toLowerCase() === wanted);
  return values.length === 0 ? nil : values.map(([, value]) => value).join(", ");
});
/** `(http2/response-read-async response [{:encoding :bytes}] k)`: the next piece of a streamed body, nil at the end. */
export const responseRead = /*#__PURE__*/ operation("http2/response-read-async", [RESPONSE], (done, [ref], options) => {
  const { body } = (ref as Ref<Response>).target;
  const binary = isBinary("http2/response-read-async", options);
  if (!(body instanceof Uint8Array)) return body.next(binary, done);
  done(error("http2/response-read-async: the body of this response is not streamed: send with {:stream 1}"));
});
/** Does the program ask for bytes? */
export const isBinary = (name: string, options: Options): boolean =>
  option(name, options, "encoding", ENCODING) === sym(":bytes");
const ENCODING: Kind = { what: ":utf8 or :bytes", is: (v) => v === sym(":utf8") || v === sym(":bytes") };
/** A list of `(name value)`, the last header first. */
export const responseHeaders = /*#__PURE__*/ part("http2/response-headers", (r) =>
  formFromArray(r.headers.map(([name, value]) => formFromArray([name, value])).reverse()),
);
