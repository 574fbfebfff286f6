/** Requests that a server got: `req/*`. */
import { type Fn, native } from "../kernel/function.ts";
import { fromArray, list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { type Kind, refuse, STRING } from "../kernel/wrong.ts";
import { Body, requestTerms } from "./http-body.ts";
import type { Wire } from "./http-wire.ts";
import { isBinary, receivedHeaders } from "./http2-message.ts";
import { operation } from "./operation.ts";

/** A request and how far its handling has got. */
export interface Incoming {
  readonly wire: Wire;
  /** What it may cost to read the body: bytes and milliseconds, 0: no limit. */
  readonly bodyLimit: number;
  readonly bodyMs: number;
  body: Body | null;
  /** Has stream/open taken the answer over? */
  streams: boolean;
  /** For JavaScript that the handler calls: aborted when the client has gone or the handler has run out of time. */
  abort: AbortController | null;
}
export const incoming = (wire: Wire, bodyLimit: number, bodyMs: number): Ref<Incoming> =>
  new Ref("http_request", { wire, bodyLimit, bodyMs, body: null, streams: false, abort: null });

export const INCOMING: Kind = { what: "a request", is: (v) => isRef(v, "http_request") };

const about = (name: string, f: (request: Incoming) => Value): Fn =>
  native(
    name,
    1,
    1,
    (ref: Value): Value => (INCOMING.is(ref) ? f((ref as Ref<Incoming>).target) : refuse(name, [ref], INCOMING)),
  );

export const reqMethod = /*#__PURE__*/ about("req/method", ({ wire }) => wire.method ?? nil);
/** With the query. */
export const reqPath = /*#__PURE__*/ about("req/path", ({ wire }) => wire.path ?? nil);
export const reqScheme = /*#__PURE__*/ about("req/scheme", ({ wire }) => wire.scheme ?? nil);
export const reqAuthority = /*#__PURE__*/ about("req/authority", ({ wire }) => wire.authority ?? nil);
export const reqHeaders = /*#__PURE__*/ about("req/headers", ({ wire }) =>
  fromArray(receivedHeaders(wire.raw).map(([name, value]) => list(name, value))),
);
export const reqStreamId = /*#__PURE__*/ about("req/stream-id", ({ wire }) => wire.id);
/** The body if `req/body-async` has read it, else nil. */
export const reqBody = /*#__PURE__*/ about("req/body", ({ body }) => body?.text ?? nil);

/** `(req/header request name)`: the value, nil if there is none; several are joined. */
export const reqHeader = /*#__PURE__*/ native("req/header", 2, 2, (ref: Value, name: Value): Value => {
  if (!INCOMING.is(ref) || typeof name !== "string") return refuse("req/header", [ref, name], INCOMING, STRING);
  const value = (ref as Ref<Incoming>).target.wire.headers[name.toLowerCase()];
  return value === undefined ? nil : Array.isArray(value) ? value.join(", ") : value;
});

const bodyOf = (request: Incoming): Body => {
  const { wire, bodyLimit, bodyMs } = request;
  request.body ??= new Body(
    wire.input,
    requestTerms(bodyLimit, bodyMs, () => wire.broken),
  );
  return request.body;
};
/** `(req/body-async request [{:encoding :bytes}] k)`: the whole body. */
export const reqBodyAsync = /*#__PURE__*/ operation("req/body-async", [INCOMING], (done, [ref], options, _, name) =>
  bodyOf((ref as Ref<Incoming>).target).whole(isBinary(name, options), done),
);
/** `(req/read-async request [{:encoding :bytes}] k)`: the next piece of the body, nil at the end. */
export const reqRead = /*#__PURE__*/ operation("req/read-async", [INCOMING], (done, [ref], options, _, name) =>
  bodyOf((ref as Ref<Incoming>).target).next(isBinary(name, options), done),
);

/** `(req/signal request)`: an AbortSignal for JavaScript that works for this request. */
export const reqSignal = /*#__PURE__*/ about("req/signal", (request) => {
  if (request.abort === null) {
    const abort = new AbortController();
    request.abort = abort;
    const { wire } = request;
    wire.onClose(() => {
      if (!wire.output.writableFinished) abort.abort(new Error("the client closed the request"));
    });
  }
  return request.abort.signal;
});
