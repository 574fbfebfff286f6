/** Functions, `eval`, and the argument checks of library functions written in Valk. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const SUSPENDS_CURRIES = { effect: "suspends", curries: true } as const;
const SUSPENDS = { effect: "suspends" } as const;
const DEFINES = { effect: "writes", errors: "sees", internal: true } as const;
const INTERNAL = { internal: true } as const;
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
  ...describe("lib/binding", [
    [
      "binding/names",
      "names",
      "form l n",
      "nil cons",
      "The names that a form binds, if it is a list of names.",
      INTERNAL,
    ],
    ["binding/body", "body", "form l", "nil cons", "The body of a form, if it is a list.", INTERNAL],
    ["binding/name", "name", "l i", "symbol", "The name at that place.", INTERNAL],
    ["binding/has", "has", "l name", "number", "1 if it is one of the names, else 0.", INTERNAL],
    ["binding/value", "value", "l values name", "any", "What the name is bound to.", SEES_INTERNAL],
    ["binding/named", "withName", "name f", "any", "The function, called so in messages.", SEES_INTERNAL],
    ["binding/let", "letCode", "l body", "nil cons", "The code of a let.", INTERNAL],
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
