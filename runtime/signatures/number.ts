/** Numbers, order and equality. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const TOTAL_SEES = { fails: false, errors: "sees" } as const;
const TOTAL_INTERNAL = { fails: false, internal: true } as const;

export const numberSignatures: readonly Signature[] = [
  ...describe("lib/number", [
    ["+", "plus", "& xs", "number bigint", "The sum."],
    ["-", "minus", "x & xs", "number bigint", "x without the others; of one number its negative."],
    ["*", "times", "& xs", "number bigint", "The product."],
    ["/", "divide", "x & xs", "number bigint", "x divided by the others; truncates where both operands are whole."],
    ["/.", "divideFloat", "x & xs", "number", "x divided by the others, never truncating; of one number 1 / x."],
    ["%", "remainder", "x & xs", "number bigint", "The remainder, with the sign of x."],
    ["<", "less", "x & xs", "number", "1 if each number is less than the next."],
    [">", "greater", "x & xs", "number", "1 if each number is greater than the next."],
    ["<=", "lessEqual", "x & xs", "number", "1 if no number is greater than the next."],
    [">=", "greaterEqual", "x & xs", "number", "1 if no number is less than the next."],
    ["ord", "ord", "a b", "number", "-1, 0 or 1: a is less than, equal to or greater than b."],
    ["str->num", "strToNum", "s", "number bigint", "The number written in s."],
  ]),
  ...describe("lib/equal", [
    ["==", "equal", "x & xs", "number", "1 if all are equal: lists by their elements, Errors by message.", TOTAL_SEES],
    ["!=", "unequal", "x & xs", "number", "1 if each differs from the next.", TOTAL_SEES],
    [
      "case/equal",
      "caseEqual",
      "subject key",
      "number",
      "1 if the key of a case clause is == to its subject.",
      TOTAL_INTERNAL,
    ],
  ]),
];
