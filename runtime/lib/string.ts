/** Strings. Positions and lengths count UTF-16 units, as in JavaScript. */
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, nil, toArray, type Value } from "../kernel/list.ts";
import { display, repr as write } from "../kernel/show.ts";
import { firstError, LIST, refuse, STRING, WHOLE, wrong } from "../kernel/wrong.ts";

/** The arguments as print shows them, one after the other. Errors are shown, too. */
export const str = /*#__PURE__*/ native("str", 0, Infinity, (...values: Value[]): Value => {
  let text = "";
  for (const value of values) text += typeof value === "string" ? value : display(value);
  return text;
});

/** Text that `read` gives back. */
export const repr = /*#__PURE__*/ native("repr", 1, 1, (value: Value): Value => write(value));

const strings = (name: string, args: readonly Value[]): Value => refuse(name, args, STRING);

/** The parts of s between the delimiters. */
export const strSplit = /*#__PURE__*/ native("str/split", 2, 2, (s: Value, delimiter: Value): Value => {
  if (typeof s !== "string" || typeof delimiter !== "string") return strings("str/split", [s, delimiter]);
  return delimiter === "" ? wrong("str/split", 2, "a non-empty string", delimiter) : fromArray(s.split(delimiter));
});

/** s with every `from` replaced by `to`. */
export const strReplace = /*#__PURE__*/ native("str/replace", 3, 3, (s: Value, from: Value, to: Value): Value => {
  if (typeof s !== "string" || typeof from !== "string" || typeof to !== "string")
    return strings("str/replace", [s, from, to]);
  return from === "" ? wrong("str/replace", 2, "a non-empty string", from) : s.replaceAll(from, () => to);
});

/** The part from start to before end (default: the end of s); positions outside s are moved to its ends. */
export const strSlice = /*#__PURE__*/ native("str/slice", 2, 3, (s: Value, start: Value, end?: Value): Value => {
  const to = end === undefined && typeof s === "string" ? s.length : end;
  if (typeof s !== "string" || !Number.isInteger(start) || !Number.isInteger(to))
    return refuse("str/slice", end === undefined ? [s, start] : [s, start, end], STRING, WHOLE);
  return s.slice(Math.max(0, start as number), Math.max(0, to as number));
});

/** The elements of l as by `str`, with the separator (default: nothing) between them. */
export const strJoin = /*#__PURE__*/ native("str/join", 1, 2, (l: Value, separator: Value = ""): Value => {
  if (!isList(l) || typeof separator !== "string") return refuse("str/join", [l, separator], LIST, STRING);
  const items = toArray(l);
  return firstError(items) ?? items.map(display).join(separator);
});

const unary = (name: string, f: (s: string) => string): ((s: Value) => Value) =>
  native(name, 1, 1, (s: Value): Value => (typeof s === "string" ? f(s) : strings(name, [s])));
export const strTrim = /*#__PURE__*/ unary("str/trim", (s) => s.trim());
export const strUpper = /*#__PURE__*/ unary("str/upper", (s) => s.toUpperCase());
export const strLower = /*#__PURE__*/ unary("str/lower", (s) => s.toLowerCase());

/** Where `part` is in s for the first time, or nil. */
export const strFind = /*#__PURE__*/ native("str/find", 2, 2, (s: Value, part: Value): Value => {
  if (typeof s !== "string" || typeof part !== "string") return strings("str/find", [s, part]);
  const at = s.indexOf(part);
  return at < 0 ? nil : at;
});

export const strStarts = /*#__PURE__*/ native("str/starts?", 2, 2, (s: Value, prefix: Value): Value => {
  if (typeof s !== "string" || typeof prefix !== "string") return strings("str/starts?", [s, prefix]);
  return s.startsWith(prefix) ? 1 : 0;
});

const LARGEST = 100 * 1024 * 1024;
/** n copies of a string, or of the character with a code. */
export const makeString = /*#__PURE__*/ native("make-string", 2, 2, (n: Value, pattern: Value): Value => {
  const part = typeof pattern === "string" ? pattern : character(pattern);
  if (!Number.isInteger(n) || part === null)
    return refuse("make-string", [n, pattern], WHOLE, {
      what: "a string or a character code",
      is: (v) => typeof v === "string" || character(v) !== null,
    });
  const count = n as number;
  if (count < 0) return wrong("make-string", 1, "a whole number from 0 on", n);
  return count * part.length > LARGEST ? error("make-string: longer than 100 MiB") : part.repeat(count);
});
const character = (code: Value): string | null =>
  Number.isInteger(code) && (code as number) >= 0 && (code as number) <= 0x10ffff
    ? String.fromCodePoint(code as number)
    : null;
