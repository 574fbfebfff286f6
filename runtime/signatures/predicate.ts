/** Questions about values, and logic. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const TOTAL_SEES = { fails: false, errors: "sees" } as const;
const TOTAL_SEES_CURRIES = { fails: false, errors: "sees", curries: true } as const;
const TOTAL_CURRIES = { fails: false, curries: true } as const;
const TOTAL = { fails: false } as const;
const INTERNAL = { internal: true } as const;

export const predicateSignatures: readonly Signature[] = [
  ...describe("lib/predicate", [
    [
      "type",
      "type",
      "x",
      "string",
      "The name of the type: nil number string symbol list function error handle ref.",
      TOTAL_SEES,
    ],
    ["nil?", "isNil", "x", "number", "1 if x is the empty list.", TOTAL_SEES_CURRIES],
    ["error?", "isErrorValue", "x", "number", "1 if x is an Error.", TOTAL_SEES],
    ["list?", "isListValue", "x", "number", "1 if x is a list; nil is one.", TOTAL_SEES],
    ["number?", "isNumber", "x", "number", "1 if x is a number or a big integer.", TOTAL_SEES],
    ["string?", "isString", "x", "number", "1 if x is a string.", TOTAL_SEES],
    ["symbol?", "isSymbol", "x", "number", "1 if x is a symbol; keywords are.", TOTAL_SEES],
    ["keyword?", "isKeywordValue", "x", "number", "1 if x is a keyword.", TOTAL_SEES],
    ["fn?", "isFunction", "x", "number", "1 if x is a function.", TOTAL_SEES],
    ["ref?", "isRef", "x", "number", "1 if x is an opaque host object.", TOTAL_SEES],
  ]),
  ...describe("lib/logic", [
    ["not", "not", "x", "number", "1 if x is false (0 or nil), else 0.", TOTAL_CURRIES],
    ["and", "and", "& xs", "any", "As a value: the first false argument, else the last; none: 1.", TOTAL_SEES],
    ["or", "or", "& xs", "any", "As a value: the first true argument, else the last; none: 0.", TOTAL_SEES],
    ["do", "sequence", "& xs", "any", "As a value: the last argument; none: nil.", TOTAL],
    ["select/test", "selectTest", "x", "number bigint nil other", "The condition of a select clause.", INTERNAL],
  ]),
];
