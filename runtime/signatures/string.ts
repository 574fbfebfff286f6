/** Strings. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const TOTAL_SEES = { fails: false, errors: "sees" } as const;

export const stringSignatures: readonly Signature[] = [
  ...describe("lib/string", [
    ["str", "str", "& xs", "string", "The values as print shows them, joined.", TOTAL_SEES],
    ["repr", "repr", "x", "string", "Text that read gives back.", TOTAL_SEES],
    ["str/split", "strSplit", "s delimiter", "cons", "The parts of s between the delimiters."],
    ["str/replace", "strReplace", "s from to", "string", "s with every from replaced by to."],
    [
      "str/slice",
      "strSlice",
      "s start [end]",
      "string",
      "The part of s from start to before end (default: to its end).",
    ],
    ["str/join", "strJoin", "l [separator]", "string", "The elements of l as by str, with the separator between them."],
    ["str/trim", "strTrim", "s", "string", "s without blanks at its ends."],
    ["str/upper", "strUpper", "s", "string", "s in upper case."],
    ["str/lower", "strLower", "s", "string", "s in lower case."],
    [
      "str/find",
      "strFind",
      "s part",
      "number nil",
      "Where part is in s for the first time, counted from 0; nil if it is not there.",
    ],
    ["str/starts?", "strStarts", "s prefix", "number", "1 if s starts with the prefix."],
    ["make-string", "makeString", "n pattern", "string", "n copies of a string, or of the character with that code."],
  ]),
];
