/** From what a handler gives to the response. */
import { isCancelled } from "../kernel/cancel.ts";
import { Fiber, onSettle, start, Y } from "../kernel/control.ts";
import { ValkError } from "../kernel/error.ts";
import { call1, type Fn } from "../kernel/function.ts";
import { isList, type List, nil, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { sym } from "../kernel/symbol.ts";
import { trace, traceLines } from "../kernel/trace.ts";
import type { Incoming } from "./http-request.ts";
import { type Header, headerObject, property, readHeaders } from "./http2-message.ts";

/** Who answers: what its error pages look like. */
export interface Answerer {
  /** From the status, a string, to the body of an error page. */
  readonly errorHandler: Value | undefined;
}

/** Answers with what a handler gave; waits for a Handle. Once per request, the first answer counts. */
export const answer = (to: Answerer, incoming: Incoming, value: Value): void => {
  if (value instanceof Fiber) {
    value.looked = true;
    if (value.value === Y && !isCancelled(value)) onSettle(value, () => answer(to, incoming, value));
    else if (isCancelled(value)) errorPage(to, incoming, 503, "Request cancelled");
    else answer(to, incoming, value.value);
    return;
  }
  const { wire } = incoming;
  if (incoming.streams) afterStream(incoming, value);
  else if (value === DEFERRED() || wire.gone || wire.begun) return;
  else {
    try {
      if (value instanceof ValkError) answerError(to, incoming, value);
      else if (isList(value) && (value.$len & 2) === 0 && value !== nil) answerPlist(incoming, value);
      else {
        if (value !== nil) note(incoming, `the handler gave ${show(value)}, which is no response`);
        send(incoming, 200, [["content-type", TEXT]], "");
      }
    } catch (e) {
      // A status or header that HTTP does not allow.
      note(incoming, String(e instanceof Error ? e.message : e));
      if (!wire.begun && !wire.gone) send(incoming, 500, [["content-type", TEXT]], INTERNAL);
    }
  }
};
const DEFERRED = (): Value => sym(":deferred");

// The stream is the answer. What the handler gives besides is looked at only to say that it is lost.
const afterStream = (incoming: Incoming, value: Value): void => {
  if (value instanceof ValkError) {
    if (incoming.wire.gone) return;
    noteFailure(incoming, value);
    incoming.wire.reset(2); // INTERNAL_ERROR: nobody is left to end it
  } else if (isList(value) && value !== nil && property(value, ":status") !== undefined)
    note(incoming, "the handler gave a response although it has opened a stream");
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
  const bytes = property(plist, ":body");
  const body = bytes instanceof Uint8Array ? bytes : (string(":body") ?? "");
  const status = string(":status") ?? "200";
  if (!/^[2-5]\d\d$/.test(status)) throw new Error(`no status of a response: ${status}`);
  if (more.length === 0) send(incoming, Number(status), headers, body);
  else {
    const named = new Set(more.map(([name]) => name.toLowerCase()));
    send(incoming, Number(status), [...headers.filter(([name]) => !named.has(name)), ...more], body);
  }
};

/** What an Error of ours says about the request, as a status and its text. */
const faults: ReadonlyMap<string, readonly [number, string]> = /*#__PURE__*/ new Map([
  [":request-too-large", [413, "Content Too Large"]],
  [":request-encoding", [400, "Bad Request"]],
  [":request-timeout", [408, "Request Timeout"]],
  // Of the request itself (x-deadline-ms), or of what the handler asked for.
  [":timeout", [504, "Gateway Timeout"]],
] as const);

// What the program says with (error ..) is for the client; what we or JavaScript have to say about its insides is not.
const answerError = (to: Answerer, incoming: Incoming, failure: ValkError): void => {
  const fault = failure.raised ? undefined : faults.get(String((failure.data.head as { name?: string })?.name));
  if (fault !== undefined) {
    if (fault[0] >= 500) noteFailure(incoming, failure);
    errorPage(to, incoming, ...fault);
    return;
  }
  const shown = failure.raised && !(failure.cause instanceof Error);
  if (!shown) noteFailure(incoming, failure);
  errorPage(to, incoming, 500, shown ? failure.message : isReason(failure) ? "Async operation failed" : INTERNAL);
};

// A Handle failed with a reason that is no Error: kernel/border.ts.
const isReason = ({ message, cause }: ValkError): boolean =>
  message === "operation failed" && cause !== undefined && !(cause instanceof Error);

/** Answers with an error: the body is the error handler's, else the message. */
export const errorPage = (
  { errorHandler }: Answerer,
  incoming: Incoming,
  status: number,
  message: string,
  headers: readonly Header[] = [],
): void => {
  const { wire } = incoming;
  if (wire.begun || wire.gone) return;
  const plain = (): void => send(incoming, status, [["content-type", TEXT], ...headers], message);
  if (errorHandler === undefined) {
    plain();
    return;
  }
  const fiber = start(call1 as Fn, errorHandler, String(status));
  const page = (body: Value): void => {
    if (wire.gone || wire.begun) return;
    if (typeof body === "string")
      send(incoming, status, [["content-type", "text/html; charset=utf-8"], ...headers], body);
    else {
      note(incoming, `the error handler gave ${show(body)}, which is no string`);
      plain();
    }
  };
  fiber.looked = true;
  if (fiber.value === Y) onSettle(fiber, page);
  else page(fiber.value);
};

const send = ({ wire }: Incoming, status: number, headers: readonly Header[], body: string | Uint8Array): void =>
  wire.respond(status, headerObject(headers), body);

// With the calls that led to it, across the handler's waits.
const noteFailure = (incoming: Incoming, failure: ValkError): void =>
  note(incoming, [failure.message, ...traceLines(trace(failure))].join("\n    "));

/** A line on standard error about a request: what its client is not told. */
export const note = ({ wire }: Incoming, text: string): void => {
  process.stderr.write(`http2: ${wire.method} ${wire.path}: ${text}\n`);
};
