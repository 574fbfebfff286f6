/** Unicode strings, regular expressions, JSON, dates, functions of numbers. */
import type { Signature } from "../signatures.ts";
import { describe, type Row } from "./describe.ts";

const TOTAL_SEES = { fails: false, errors: "sees" } as const;
const READS = { effect: "reads", fails: false } as const;
const ZONED = { effect: "reads" } as const; // "local" is the computer's

const round = (name: string, doc: string): Row => [`math/${name}`, name, "x", "number bigint", doc];
const real = (name: string, doc: string): Row => [`math/${name}`, name, "x", "number", doc];

export const textSignatures: readonly Signature[] = [
  ...describe("lib/unicode", [
    ["str/chars", "strChars", "s", "nil cons", "The code points of s, as strings."],
    ["str/graphemes", "strGraphemes", "s", "nil cons", "The characters of s as people see them."],
    ["str/codes", "strCodes", "s", "nil cons", "The code points of s, as numbers."],
    ["str/from-codes", "strFromCodes", "l", "string", "The string of these code points."],
    ["str/code-at", "strCodeAt", "s i", "number", "The code point at a position of UTF-16 units."],
    ["str/reverse", "strReverse", "s", "string", "s in reverse, code point by code point."],
    ["str/ends?", "strEnds", "s suffix", "number", "1 if s ends with the suffix."],
    ["str/contains?", "strContains", "s part", "number", "1 if part is in s."],
    ["str/lines", "strLines", "s", "nil cons", "The lines of s."],
    [
      "str/normalize",
      "strNormalize",
      "s [form]",
      "string",
      'The normal form "NFC" (default), "NFD", "NFKC" or "NFKD".',
    ],
    ["str/pad-start", "strPadStart", "s width [fill]", "string", "s filled in front to so many code points."],
    ["str/pad-end", "strPadEnd", "s width [fill]", "string", "s filled at its end to so many code points."],
  ]),
  ...describe("lib/regex", [
    ["regex", "regex", "pattern [flags]", "ref", 'A regular expression, as in JavaScript; flags are of "imsuv".'],
    ["regex/test?", "regexTest", "re s", "number", "1 if it matches somewhere in s."],
    ["regex/match", "regexMatch", "re s", "nil cons", "The first match {:text :index :groups :named}, or nil."],
    ["regex/all", "regexAll", "re s", "nil cons", "All matches."],
    ["regex/find", "regexFind", "re s", "nil cons", "The texts of all matches."],
    ["regex/replace", "regexReplace", "re s to", "string", "s with every match replaced; $1 is the first group."],
    ["regex/split", "regexSplit", "re s", "cons", "The parts of s between the matches."],
    ["regex/escape", "regexEscape", "s", "string", "A pattern that matches exactly s."],
    ["regex?", "isRegexValue", "x", "number", "1 if x is a regular expression.", TOTAL_SEES],
  ]),
  ...describe("lib/json", [
    ["json/parse", "jsonParse", "s [options]", "any", "The value that a JSON text describes."],
    ["json/stringify", "jsonStringify", "x [options]", "string", "The JSON text of a value."],
  ]),
  ...describe("lib/date", [
    ["date/now", "dateNow", "", "number", "Now, in milliseconds since 1970.", READS],
    ["date/parse", "dateParse", "s", "number", "The moment an ISO 8601 text names."],
    ["date/iso", "dateIso", "ms", "string", "The moment as ISO 8601 text, in UTC."],
    [
      "date/parts",
      "dateParts",
      "ms [zone]",
      "cons",
      "{:year :month :day :hour ...} of a moment in a time zone.",
      ZONED,
    ],
    ["date/of", "dateOf", "parts [zone]", "number", "The moment with these parts.", ZONED],
    [
      "date/add",
      "dateAdd",
      "ms n unit",
      "number",
      "n :ms :seconds :minutes :hours :days :weeks :months or :years later.",
    ],
    [
      "date/format",
      "dateFormat",
      "ms format [zone]",
      "string",
      "The moment in a format such as %Y-%m-%d %H:%M:%S.",
      ZONED,
    ],
  ]),
  ...describe("lib/math", [
    round("floor", "The next whole number down."),
    round("ceil", "The next whole number up."),
    round("trunc", "Without its fraction."),
    round("round", "The nearest whole number; halves go away from zero."),
    round("abs", "Without its sign."),
    ["math/min", "min", "x & xs", "number bigint", "The smallest."],
    ["math/max", "max", "x & xs", "number bigint", "The largest."],
    ["math/pow", "pow", "x n", "number bigint", "x to the power of n."],
    real("sqrt", "The square root."),
    real("exp", "e to the power of x."),
    real("log", "The natural logarithm."),
    real("sin", "The sine."),
    real("cos", "The cosine."),
    real("tan", "The tangent."),
    ["math/atan", "atan", "y [x]", "number", "The angle of the point x (1) and y."],
    ["math/random", "random", "", "number", "A random number from 0 to before 1.", READS],
    ["num->big", "numToBig", "x", "bigint", "The big integer of a whole number."],
    ["big->num", "bigToNum", "x", "number", "The number nearest to a big integer."],
    ["num->str", "numToStr", "x [base]", "string", "The digits of x in a base (10)."],
  ]),
];
