/** What readers take out of a stream: the next chunk, a line, all of it. */
import { error, ValkError } from "../kernel/error.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import type { ByteQueue } from "./byte-queue.ts";
import { decode, type Encoding, incomplete } from "./encoding.ts";
import type { Take } from "./stream.ts";

const WAY = "; option {:encoding :bytes} reads them as they are";
// Bytes that are no text stay where they are: the next read may want them as bytes.
const text = (name: string, bytes: ByteQueue, taken: Buffer, end: Buffer, encoding: Encoding): Value => {
  const value = decode(name, taken, encoding, WAY);
  if (value instanceof ValkError) {
    bytes.unread(end);
    bytes.unread(taken);
  }
  return value;
};
const NONE: Buffer = /*#__PURE__*/ Buffer.alloc(0);

/** All that is there, in whole characters; nil at the end. */
export const chunk =
  (name: string, encoding: Encoding): Take =>
  (bytes, end) => {
    if (bytes.size === 0) return end ? nil : undefined;
    const all = bytes.take(bytes.size);
    const whole = end ? all.length : all.length - incomplete(all, encoding);
    if (whole === all.length) return text(name, bytes, all, NONE, encoding);
    const rest = all.subarray(whole);
    if (whole === 0) {
      bytes.unread(rest);
      return undefined;
    }
    const value = text(name, bytes, all.subarray(0, whole), rest, encoding);
    if (!(value instanceof ValkError)) bytes.unread(rest);
    return value;
  };

const tooLong = (name: string, what: string, limit: number): ValkError =>
  error(`${name}: ${what} is longer than ${limit} bytes`, list(sym(":too-long")));

const LF = 10,
  CR = 13;
/** The next line without its end, \n or \r\n; nil after the last. One longer than the limit is an Error, and stays unread. */
export const line = (name: string, encoding: Encoding, limit: number): Take => {
  let seen = 0; // bytes without a line's end
  return (bytes, end) => {
    const at = bytes.indexOf(LF, seen);
    const length = at >= 0 ? at : bytes.size;
    if (length > limit) return tooLong(name, "the line", limit);
    if (at < 0) {
      seen = bytes.size;
      if (!end) return undefined;
      if (bytes.size === 0) return nil;
    }
    const taken = bytes.take(length);
    const ending = at >= 0 ? bytes.take(1) : NONE;
    const cut = at >= 0 && taken.length > 0 && taken[taken.length - 1] === CR ? 1 : 0;
    const value = decode(name, taken.subarray(0, taken.length - cut), encoding, WAY);
    if (value instanceof ValkError) {
      bytes.unread(ending);
      bytes.unread(taken);
    }
    return value;
  };
};

/** Everything up to the end. More than the limit is an Error, and stays unread. */
export const everything =
  (name: string, encoding: Encoding, limit: number): Take =>
  (bytes, end) => {
    if (bytes.size > limit) return tooLong(name, "it", limit);
    return end ? text(name, bytes, bytes.take(bytes.size), NONE, encoding) : undefined;
  };
