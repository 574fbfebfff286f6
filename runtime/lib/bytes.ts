/** Bytes as values: what `:encoding :bytes` gives, a Uint8Array. */
import { ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, toArray, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { type Kind, refuse, WHOLE } from "../kernel/wrong.ts";
import { decode, ENCODING, type Encoding, encode, encodingNamed, isBytes } from "./encoding.ts";

const BYTES: Kind = { what: "bytes", is: isBytes };
const BYTE: Kind = { what: "a byte", is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) < 256 };
const SOURCE: Kind = {
  what: "a string or a list of numbers from 0 to 255",
  is: (v) => typeof v === "string" || (isList(v) && toArray(v).every(BYTE.is)),
};
const PARTS: Kind = { what: "a list of bytes", is: (v) => isList(v) && toArray(v).every(isBytes) };
const buffer = (b: Value): Buffer => {
  const { buffer, byteOffset, byteLength } = b as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
};

/** 1 if x is bytes. */
export const isBytesValue = /*#__PURE__*/ native(
  "bytes?",
  1,
  1,
  (x: Value): Value => (x instanceof ValkError || !isBytes(x) ? 0 : 1),
);

/** The bytes of a string in an encoding (default :utf8), or those that a list of numbers names. */
export const bytesFrom = /*#__PURE__*/ native("bytes/from", 1, 2, (x: Value, encoding: Value = sym(":utf8")): Value => {
  if (!SOURCE.is(x) || !ENCODING.is(encoding)) return refuse("bytes/from", [x, encoding], SOURCE, ENCODING);
  if (typeof x !== "string") return Buffer.from(toArray(x as never) as number[]);
  try {
    const data = encode("bytes/from", "argument 1", x, encodingNamed(encoding) as Encoding);
    return typeof data === "string" ? Buffer.from(data) : data;
  } catch (e) {
    return e as ValkError;
  }
});

/** The text that bytes are in an encoding (default :utf8); an Error if they are none. */
export const bytesText = /*#__PURE__*/ native(
  "bytes/text",
  1,
  2,
  (b: Value, encoding: Value = sym(":utf8")): Value =>
    isBytes(b) && ENCODING.is(encoding)
      ? decode("bytes/text", buffer(b), encodingNamed(encoding) as Encoding)
      : refuse("bytes/text", [b, encoding], BYTES, ENCODING),
);

/** The bytes as a list of numbers. */
export const bytesList = /*#__PURE__*/ native(
  "bytes/list",
  1,
  1,
  (b: Value): Value => (isBytes(b) ? fromArray([...b]) : refuse("bytes/list", [b], BYTES)),
);

/** How many there are. */
export const bytesLength = /*#__PURE__*/ native(
  "bytes/length",
  1,
  1,
  (b: Value): Value => (isBytes(b) ? b.length : refuse("bytes/length", [b], BYTES)),
);

/** Those from start to before end (default: all that follow), as `str/slice` counts. */
export const bytesSlice = /*#__PURE__*/ native(
  "bytes/slice",
  2,
  3,
  (b: Value, start: Value, end: Value = Infinity): Value => {
    if (!isBytes(b) || !WHOLE.is(start) || !(end === Infinity || WHOLE.is(end)))
      return refuse("bytes/slice", [b, start, end], BYTES, WHOLE);
    return buffer(b).subarray(Math.max(0, start as number), Math.max(0, end as number));
  },
);

/** The bytes of a list of bytes, one after the other. */
export const bytesJoin = /*#__PURE__*/ native(
  "bytes/join",
  1,
  1,
  (parts: Value): Value =>
    PARTS.is(parts)
      ? Buffer.concat(toArray(parts as never) as unknown as Uint8Array[])
      : refuse("bytes/join", [parts], PARTS),
);
