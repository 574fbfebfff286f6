/** Strings by code points and characters as people see them. What `str/slice` and `len` count are UTF-16 units. */
import { fromArray, type List, toArray, type Value } from "../kernel/list.ts";
import { firstError, type Kind, LIST, STRING, WHOLE, wrong } from "../kernel/wrong.ts";
import { bit, checked } from "./checked.ts";

/** A list of strings, one for each code point. */
export const strChars = /*#__PURE__*/ checked("str/chars", [STRING], (s: string) => fromArray([...s]));
/** A list of strings, one for each character as people see it, accents and joined emoji included. */
export const strGraphemes = /*#__PURE__*/ checked("str/graphemes", [STRING], (s: string) =>
  fromArray([...new Intl.Segmenter().segment(s)].map(({ segment }) => segment)),
);
/** A list of code points, as numbers. */
export const strCodes = /*#__PURE__*/ checked("str/codes", [STRING], (s: string) =>
  fromArray([...s].map((c) => c.codePointAt(0))),
);
const isCode = (code: Value): boolean =>
  Number.isInteger(code) && (code as number) >= 0 && (code as number) <= 0x10ffff;
/** The string with these code points. */
export const strFromCodes = /*#__PURE__*/ checked("str/from-codes", [LIST], (l: List) => {
  const codes = toArray(l);
  const bad = codes.find((code) => !isCode(code));
  if (bad !== undefined) return firstError(codes) ?? wrong("str/from-codes", 1, "a list of code points", l);
  return (codes as number[]).map((code) => String.fromCodePoint(code)).join("");
});
/** In reverse, code point by code point. */
export const strReverse = /*#__PURE__*/ checked("str/reverse", [STRING], (s: string) => [...s].reverse().join(""));

export const strEnds = /*#__PURE__*/ checked("str/ends?", [STRING, STRING], (s: string, end: string) =>
  bit(s.endsWith(end)),
);
export const strContains = /*#__PURE__*/ checked("str/contains?", [STRING, STRING], (s: string, part: string) =>
  bit(s.includes(part)),
);
/** Lines without their ends; an end of line at the end of s begins no further line. */
export const strLines = /*#__PURE__*/ checked("str/lines", [STRING], (s: string) => {
  const lines = s.split(/\r\n|\n|\r/);
  if (lines[lines.length - 1] === "") lines.pop();
  return fromArray(lines);
});

const NAMES = ["NFC", "NFD", "NFKC", "NFKD"];
const FORM: Kind = { what: 'one of "NFC" "NFD" "NFKC" "NFKD"', is: (v) => NAMES.includes(v as string) };
/** The Unicode normal form (default: NFC). */
export const strNormalize = /*#__PURE__*/ checked(
  "str/normalize",
  [STRING, FORM],
  (s: string, form?: string) => s.normalize(form),
  1,
);

const WIDTH: Kind = {
  what: "a whole number from 0 to 10000000",
  is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 1e7,
};
const FILL: Kind = { what: "a non-empty string", is: (v) => typeof v === "string" && v !== "" };
const filling = (s: string, width: number, fill: string): string => {
  const missing = width - [...s].length;
  if (missing <= 0) return "";
  const parts = [...fill];
  let text = "";
  for (let i = 0; i < missing; i++) text += parts[i % parts.length];
  return text;
};
/** Filled in front to so many code points. */
export const strPadStart = /*#__PURE__*/ checked(
  "str/pad-start",
  [STRING, WIDTH, FILL],
  (s: string, width: number, fill = " ") => filling(s, width, fill) + s,
  2,
);
export const strPadEnd = /*#__PURE__*/ checked(
  "str/pad-end",
  [STRING, WIDTH, FILL],
  (s: string, width: number, fill = " ") => s + filling(s, width, fill),
  2,
);
/** The code point at a position that counts UTF-16 units, or an Error outside of s. */
export const strCodeAt = /*#__PURE__*/ checked("str/code-at", [STRING, WHOLE], (s: string, i: number) =>
  i >= 0 && i < s.length
    ? (s.codePointAt(i) as number)
    : wrong(
        "str/code-at",
        2,
        s === "" ? "a position in a non-empty string" : `a position from 0 to ${s.length - 1}`,
        i,
      ),
);
