/**
 * Server-sent events over a streamed response: `sse/*`.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * What sends gives the number of bytes, or an Error if the stream is closed or its client does not read.
 */
import { curried } from "../kernel/curried.ts";
import { ValkError } from "../kernel/error.ts";
import { list, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { type Kind, refuse, STRING } from "../kernel/wrong.ts";
import {
  STREAM,
  streamCancel,
  streamClose,
  streamOnDrain,
  streamOpen,
  streamSetMaxSession,
  streamWritable,
  streamWrite,
} from "./http-stream.ts";
import { jsonStringify } from "./json.ts";
import { MS } from "./timer.ts";

/** How long a stream of events lives at most: half an hour. Clients connect again by themselves. */
const MAX_SESSION_MS = 1_800_000;

const LINE: Kind = { what: "a line of text", is: (v) => typeof v === "string" && v !== "" && !/[\r\n\0]/.test(v) };

// What ends a line in the text must not end the field in the protocol, which knows three ends of a line.
const field = (name: string, text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => `${name}: ${line}\n`)
    .join("");
const event = (data: string, type?: string, id?: string): string =>
  `${type === undefined ? "" : `event: ${type}\n`}${id === undefined ? "" : `id: ${id}\n`}${field("data", data)}\n`;

/** `(sse/open request)`: the stream of a request, with the headers of an event stream. */
const opener = (name: string): Value =>
  curried(name, 1, (request: Value): Value => {
    const headers = list(sym(":content-type"), "text/event-stream", sym(":cache-control"), "no-cache");
    const stream = streamOpen(request, headers);
    return stream instanceof ValkError ? stream : streamSetMaxSession(stream, MAX_SESSION_MS);
  });
export const sseOpen = /*#__PURE__*/ opener("sse/open");
export const sseCreate = /*#__PURE__*/ opener("sse/create");

/** Sends what `text` makes of arguments of these kinds. */
const sender = (name: string, kinds: readonly Kind[], text: (...args: string[]) => string): Value =>
  curried(name, kinds.length + 1, (...args: Value[]): Value => {
    const [stream, ...rest] = args;
    if (!STREAM.is(stream) || !kinds.every((kind, i) => kind.is(rest[i]))) return refuse(name, args, STREAM, ...kinds);
    return streamWrite(stream, text(...(rest as string[])));
  });

/** One event with its data. */
export const sseSend = /*#__PURE__*/ sender("sse/send", [STRING], (data) => event(data));
export const sseMessage = /*#__PURE__*/ sender("sse/message", [STRING], (data) => event(data));
/** With a type, which chooses the listener in the client. */
export const sseEvent = /*#__PURE__*/ sender("sse/event", [LINE, STRING], (type, data) => event(data, type));
/** With an id, which a client that connects again sends back as last-event-id. */
export const sseId = /*#__PURE__*/ sender("sse/id", [LINE, STRING], (id, data) => event(data, undefined, id));
export const sseFull = /*#__PURE__*/ sender("sse/full", [LINE, LINE, STRING], (type, id, data) =>
  event(data, type, id),
);
/** How many milliseconds the client shall wait before it connects again. */
export const sseRetry = /*#__PURE__*/ sender("sse/retry", [MS], (ms) => `retry: ${Math.round(Number(ms))}\n\n`);
/** A comment is not for the client's program; proxies keep a connection open on which something comes. */
export const sseComment = /*#__PURE__*/ sender("sse/comment", [STRING], (text) => `${field("", text)}\n`);
export const sseHeartbeat = /*#__PURE__*/ sender("sse/heartbeat", [], () => ": heartbeat\n\n");

const jsonSender = (name: string, typed: boolean): Value =>
  curried(name, typed ? 3 : 2, (...args: Value[]): Value => {
    const [stream, type] = args;
    if (!STREAM.is(stream) || (typed && !LINE.is(type)))
      return refuse(name, typed ? args.slice(0, 2) : [stream], STREAM, LINE);
    const text = jsonStringify(args[args.length - 1]);
    return text instanceof ValkError
      ? text
      : streamWrite(stream, event(text as string, typed ? (type as string) : undefined));
  });
/** One event whose data is the value as JSON, as json/stringify has it. */
export const sseJson = /*#__PURE__*/ jsonSender("sse/json", false);
export const sseJsonEvent = /*#__PURE__*/ jsonSender("sse/json-event", true);

/** The operations of stream/* under the names of the events. */
export const sseClose = /*#__PURE__*/ curried("sse/close", 1, (s: Value): Value => streamClose(s));
export const sseCancel = /*#__PURE__*/ curried("sse/cancel", 1, (s: Value): Value => streamCancel(s));
export const sseWritable = /*#__PURE__*/ curried("sse/writable?", 1, (s: Value): Value => streamWritable(s));
export const sseOnDrain = /*#__PURE__*/ curried("sse/on-drain", 2, (s: Value, f: Value): Value => streamOnDrain(s, f));
