/** Streamed responses: `stream/*`. A handler opens the stream of its request; from then on the stream is the answer. */
import { deliver } from "../kernel/await.ts";
import { errorOf } from "../kernel/border.ts";
import { type Fiber, start, Y } from "../kernel/control.ts";
import { error, type ValkError } from "../kernel/error.ts";
import { call0, type Fn, native } from "../kernel/function.ts";
import { type List, list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { show } from "../kernel/show.ts";
import { sym } from "../kernel/symbol.ts";
import { FUNCTION, firstError, type Kind, LIST, PLIST, refuse, STRING } from "../kernel/wrong.ts";
import { completed, pending } from "./handle.ts";
import { INCOMING, type Incoming } from "./http-request.ts";
import { hasNoBody, type Wire } from "./http-wire.ts";
import { type Header, headerObject, readHeaders } from "./http2-message.ts";
import { checkOptions, type Done, type OptionKinds, operation, readOptions, text } from "./operation.ts";
import { MS } from "./timer.ts";

interface Out {
  readonly wire: Wire;
  /** Does the response have a body at all? One to HEAD takes what is written and sends nothing. */
  readonly mute: boolean;
  /** Pieces and bytes that the connection has not taken yet. */
  pieces: number;
  bytes: number;
  /** No more may be written. */
  ended: boolean;
  /** Completes with :closed when all is sent, or nothing can be any more. */
  readonly closed: Fiber;
  readonly drains: Value[];
  readonly closes: Value[];
  /** Writers that wait for room. */
  readonly waiting: Set<{ readonly done: Done; readonly bytes: number }>;
  idle: NodeJS.Timeout | null;
  session: NodeJS.Timeout | null;
}
export const STREAM: Kind = { what: "a stream made by stream/open", is: (v) => isRef(v, "stream_body") };
/** Of the headers of a streamed response. */
const HEAD: OptionKinds = {
  status: { what: 'a status of a response, such as "200"', is: (v) => typeof v === "string" && /^[2-5]\d\d$/.test(v) },
  "content-type": STRING,
  "cache-control": STRING,
  headers: LIST,
};
const DATA: Kind = { what: "a string or bytes", is: (v) => typeof v === "string" || v instanceof Uint8Array };

/** What may wait for a client that does not read: pieces, and bytes if it is more than one piece. */
const PIECES = 1000,
  BYTES = 16 * 1024 * 1024;
const CANCEL = 8; // RFC 9113, section 7

/** `(stream/open request [{:status :content-type :cache-control :headers}])`: sends the headers; the stream of the body. */
export const streamOpen = /*#__PURE__*/ native("stream/open", 1, 2, (...args: Value[]): Value => {
  const [ref, options = nil] = args;
  if (firstError(args) !== null || !INCOMING.is(ref) || !PLIST.is(options))
    return refuse("stream/open", args, INCOMING, PLIST);
  const request = (ref as Ref<Incoming>).target,
    { wire } = request;
  if (request.streams) return error("stream/open: the stream of this request is open already");
  if (wire.gone) return closedError("stream/open");
  if (wire.begun) return error("stream/open: the request has been answered");
  let status: string;
  try {
    const given = readOptions(options as List);
    checkOptions("stream/open", given, HEAD);
    status = text(given, "status") ?? "200";
    const headers: Header[] = [["content-type", text(given, "content-type") ?? "application/octet-stream"]];
    const cache = text(given, "cache-control");
    if (cache !== undefined) headers.push(["cache-control", cache]);
    headers.push(
      ...readHeaders(given.get("headers") ?? nil, (pair) => {
        throw error(`stream/open: a header must be {name value}, two strings, got ${show(pair)}`);
      }),
    );
    wire.begin(Number(status), headerObject(headers));
  } catch (e) {
    return errorOf(e); // also of what HTTP does not allow
  }
  request.streams = true;
  return new Ref("stream_body", create(wire, hasNoBody(wire.method, Number(status))));
});

const create = (wire: Wire, mute: boolean): Out => {
  const out: Out = {
    wire,
    mute,
    pieces: 0,
    bytes: 0,
    ended: false,
    closed: pending(),
    drains: [],
    closes: [],
    waiting: new Set(),
    idle: null,
    session: null,
  };
  const { output } = wire;
  output.on("drain", () => {
    for (const { done, bytes } of out.waiting) done(bytes);
    out.waiting.clear();
    for (const f of out.drains) call(f);
  });
  output.once("finish", () => finish(out));
  wire.onClose(() => {
    finish(out);
    const { waiting, closes } = out;
    for (const { done } of waiting) done(closedError("stream/write-async"));
    waiting.clear();
    for (const f of closes.splice(0)) call(f);
  });
  return out;
};
const finish = (out: Out): void => {
  out.ended = true;
  for (const timer of [out.idle, out.session]) if (timer !== null) clearTimeout(timer);
  out.idle = out.session = null;
  if (out.closed.value === Y) deliver(out.closed, sym(":closed"));
};
// A fiber of its own, whose failure is reported.
const call = (f: Value): void => {
  start(call0 as Fn, f);
};

const closedError = (name: string): ValkError => error(`${name}: the stream is closed`, list(sym(":closed")));

/** Writes if there is room; gives the number of bytes. `room` is called with it once there is room for more. */
const write = (name: string, out: Out, data: string | Uint8Array): Value => {
  if (out.ended || out.wire.gone) return out.mute ? sizeOf(data) : closedError(name);
  const size = sizeOf(data);
  if (out.mute || size === 0) return size;
  if (out.pieces >= PIECES || (out.pieces > 0 && out.bytes + size > BYTES))
    return error(
      `${name}: the client does not read: ${out.pieces} pieces wait (backpressure)`,
      list(sym(":backpressure")),
    );
  out.pieces++;
  out.bytes += size;
  out.wire.output.write(data, () => {
    out.pieces--;
    out.bytes -= size;
  });
  out.idle?.refresh();
  return size;
};
const sizeOf = (data: string | Uint8Array): number =>
  typeof data === "string" ? Buffer.byteLength(data) : data.length;

/** `(stream/write stream data)`: the number of bytes, or an Error if the stream is closed or too much is waiting. */
export const streamWrite = /*#__PURE__*/ native("stream/write", 2, 2, (ref: Value, data: Value): Value => {
  if (!STREAM.is(ref) || !DATA.is(data)) return refuse("stream/write", [ref, data], STREAM, DATA);
  return write("stream/write", (ref as Ref<Out>).target, data as string | Uint8Array);
});
/** `(stream/write-async stream data k)`: the same, as soon as there is room for more: the writer is as slow as the reader. */
export const streamWriteAsync = /*#__PURE__*/ operation("stream/write-async", [STREAM, DATA], (done, [ref, data]) => {
  const out = (ref as Ref<Out>).target;
  const bytes = write("stream/write-async", out, data as string | Uint8Array);
  if (typeof bytes !== "number" || !out.wire.output.writableNeedDrain) {
    done(bytes);
    return;
  }
  const entry = { done, bytes };
  out.waiting.add(entry);
  return () => out.waiting.delete(entry);
});

/** 1 if something can be written now without waiting for the client; 0 if not, and for anything but a stream. */
export const streamWritable = /*#__PURE__*/ native("stream/writable?", 1, 1, (ref: Value): Value => {
  if (!STREAM.is(ref)) return 0;
  const { ended, wire } = (ref as Ref<Out>).target;
  return !ended && !wire.gone && !wire.output.writableNeedDrain ? 1 : 0;
});

const on = (name: string, f: (out: Out, ref: Ref<Out>) => Value): Fn =>
  native(
    name,
    1,
    1,
    (ref: Value): Value =>
      STREAM.is(ref) ? f((ref as Ref<Out>).target, ref as Ref<Out>) : refuse(name, [ref], STREAM),
  );
const end = (out: Out): Fiber => {
  if (!out.ended) {
    out.ended = true;
    out.wire.output.end();
  }
  return out.closed;
};
/** A Handle that completes with :closed when all that was written has been sent. */
export const streamClose = /*#__PURE__*/ on("stream/close", end);
/** The same Handle; closes nothing. */
export const streamClosed = /*#__PURE__*/ on("stream/closed", (out) =>
  out.closed.value === Y ? out.closed : completed(sym(":closed")),
);
const reset = (out: Out): Fiber => {
  if (!out.wire.gone) out.wire.reset(CANCEL);
  out.ended = true;
  return out.closed;
};
/** Breaks off; the client sees it. The Handle of stream/closed. */
export const streamCancel = /*#__PURE__*/ on("stream/cancel", reset);
/** The number of the HTTP/2 stream. */
export const streamId = /*#__PURE__*/ on("stream/id", ({ wire }) => wire.id);

const hook = (name: string, add: (out: Out, f: Value) => void): Fn =>
  native(name, 2, 2, (ref: Value, f: Value): Value => {
    if (!STREAM.is(ref) || !FUNCTION.is(f)) return refuse(name, [ref, f], STREAM, FUNCTION);
    add((ref as Ref<Out>).target, f);
    return ref;
  });
/** Calls (f) each time the queue has run empty after it was full; the stream. */
export const streamOnDrain = /*#__PURE__*/ hook("stream/on-drain", (out, f) => out.drains.push(f));
/** Calls (f) once, when the stream is closed by either side; the stream. */
export const streamOnClose = /*#__PURE__*/ hook("stream/on-close", (out, f) => {
  if (out.wire.gone) call(f);
  else out.closes.push(f);
});

const time = (name: string, set: (out: Out, ms: number) => void): Fn =>
  native(name, 2, 2, (ref: Value, ms: Value): Value => {
    if (!STREAM.is(ref) || !MS.is(ms)) return refuse(name, [ref, ms], STREAM, MS);
    const out = (ref as Ref<Out>).target;
    if (!out.ended) set(out, ms as number);
    return ref;
  });
/** Cancels the stream when nothing has been written for so long; 0: never. The stream. */
export const streamSetTimeout = /*#__PURE__*/ time("stream/set-timeout", (out, ms) => {
  if (out.idle !== null) clearTimeout(out.idle);
  out.idle = ms === 0 ? null : setTimeout(reset, ms, out);
});
/** Closes the stream after so long; 0: never. The stream. */
export const streamSetMaxSession = /*#__PURE__*/ time("stream/set-max-session", (out, ms) => {
  if (out.session !== null) clearTimeout(out.session);
  out.session = ms === 0 ? null : setTimeout(end, ms, out);
});
