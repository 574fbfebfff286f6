/**
 * Strings and bytes. Nothing is changed on the way: bytes that are no text in the encoding, and strings that have none in it, are
 * Errors, and not replaced by question marks.
 */
import { isUtf8 } from "node:buffer";
import { error, type ValkError } from "../kernel/error.ts";
import { list, type Value } from "../kernel/list.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import type { Kind } from "../kernel/wrong.ts";
import { NONE, type Options, wrongOption } from "./operation.ts";

export type Encoding = "utf8" | "bytes" | "latin1" | "hex" | "base64";
const ENCODINGS: readonly string[] = ["utf8", "bytes", "latin1", "hex", "base64"];
const EXPECTED = "one of :utf8 :bytes :latin1 :hex :base64";

export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
export const DATA: Kind = { what: "a string or bytes", is: (v) => typeof v === "string" || isBytes(v) };

/** The Encoding that a value names, or null. */
export const encodingNamed = (value: Value): Encoding | null => {
  const name = value instanceof Sym ? value.name.replace(/^:/, "") : value;
  return typeof name === "string" && ENCODINGS.includes(name) ? (name as Encoding) : null;
};
/** `:encoding` of an operation; throws the Error of one that is unknown. */
export const encodingOf = (name: string, options: Options): Encoding => {
  const value = options === NONE ? undefined : options.get("encoding");
  if (value === undefined) return "utf8";
  const known = encodingNamed(value);
  if (known === null) throw wrongOption(name, "encoding", EXPECTED, value);
  return known;
};
export const ENCODING: Kind = { what: EXPECTED, is: (v) => encodingNamed(v) !== null };

const undecodable = (name: string, what: string, way: string): ValkError =>
  error(`${name}: the data are no ${what}${way}`, list(sym(":encoding")));

/** The text of bytes, or the bytes themselves; an Error if they are no text. `way` says how to get at them then. */
export const decode = (name: string, bytes: Buffer, encoding: Encoding, way = ""): string | Uint8Array | ValkError => {
  switch (encoding) {
    case "bytes":
      return bytes;
    case "utf8": {
      const text = bytes.toString("utf8");
      // It stands for what is no UTF-8, and may stand in the text itself.
      return !text.includes("\ufffd") || isUtf8(bytes) ? text : undecodable(name, "UTF-8 text", way);
    }
    default:
      return bytes.toString(encoding);
  }
};

/** How many bytes at the end are the beginning of a character, or of a group, whose rest has not come yet. */
export const incomplete = (bytes: Buffer, encoding: Encoding): number => {
  if (encoding === "base64") return bytes.length % 3;
  if (encoding !== "utf8") return 0;
  for (let i = 1; i <= 3 && i <= bytes.length; i++) {
    const byte = bytes[bytes.length - i];
    if ((byte & 0xc0) === 0x80) continue;
    const n = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return n > i ? i : 0;
  }
  return 0;
};

const FITS: Readonly<Record<Exclude<Encoding, "bytes">, readonly [what: string, fits: (text: string) => boolean]>> = {
  utf8: [
    "text without halves of surrogate pairs",
    (text) => (text as string & { isWellFormed(): boolean }).isWellFormed(),
  ],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the range of the encoding
  latin1: ["text of characters up to U+00FF", (text) => /^[\x00-\xff]*$/.test(text)],
  hex: ["pairs of hexadecimal digits", (text) => /^(?:[\da-f]{2})*$/i.test(text)],
  base64: ["base64", (text) => /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/.test(text)],
};

/** What to send for a string or bytes: a string, if it is to go out as UTF-8. Throws the Error of text that does not fit; `where` is "argument 2". */
export const encode = (name: string, where: string, data: Value, encoding: Encoding): string | Uint8Array => {
  if (typeof data !== "string") return data as Uint8Array;
  if (encoding === "bytes") throw error(`${name}: ${where} must be bytes for the encoding :bytes`);
  const [what, fits] = FITS[encoding];
  if (!fits(data)) throw error(`${name}: ${where} must be ${what}`, list(sym(":encoding")));
  return encoding === "utf8" ? data : Buffer.from(data, encoding);
};
