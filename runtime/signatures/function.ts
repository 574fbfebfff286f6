/** Functions, `eval`, and the argument checks of library functions written in Valk. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const SUSPENDS_CURRIES = { effect: "suspends", curries: true } as const;
const SUSPENDS = { effect: "suspends" } as const;
const DEFINES = { effect: "writes", errors: "sees", internal: true } as const;
const SEES_INTERNAL = { errors: "sees", internal: true } as const;

export const functionSignatures: readonly Signature[] = [
  ...describe("lib/eval", [
    ["eval", "evaluate", "x", "any", "Runs a list as code; gives any other value back.", SUSPENDS],
  ]),
  ...describe("eval/read", [["read", "read", "text", "any", "The value that the text stands for, as repr writes it."]]),
  ...describe("kernel/scope", [
    ["scope/define", "define", "scope & pairs", "nil", "Binds globals of the module that evaluates code.", DEFINES],
    ["scope/assign", "assign", "scope & pairs", "nil", "The same, for values that may be Errors.", DEFINES],
  ]),
  ...describe("lib/source", [
    ["load/report", "reported", "x", "nil", "Reports an Error of a file that is loaded.", DEFINES],
    ["load", "load", "path", "nil", "Runs a file, once.", { ...SUSPENDS, internal: true }],
  ]),
  ...describe("lib/penv", [
    [
      "penv/pairs",
      "pairs",
      "& pairs",
      "list nil",
      "What the form (penv) becomes: names and what they mean.",
      SEES_INTERNAL,
    ],
  ]),
  ...describe("lib/function", [
    ["unpack", "unpack", "f l", "any", "Calls f with the elements of l as arguments.", SUSPENDS_CURRIES],
    ["curry", "curry", "f l", "any", "The same as unpack.", SUSPENDS_CURRIES],
    [
      "expect/function",
      "expectFunction",
      "name position x",
      "nil",
      "nil, or the Error that the argument is no function.",
      SEES_INTERNAL,
    ],
    [
      "expect/list",
      "expectList",
      "name position x",
      "nil",
      "nil, or the Error that the argument is no list.",
      SEES_INTERNAL,
    ],
    [
      "expect/non-empty-list",
      "expectCons",
      "name position x",
      "nil",
      "nil, or the Error that the argument is no non-empty list.",
      SEES_INTERNAL,
    ],
    [
      "expect/whole",
      "expectWhole",
      "name position x",
      "nil",
      "nil, or the Error that the argument is no whole number.",
      SEES_INTERNAL,
    ],
  ]),
];
