/** Functions, `eval`, and the argument checks of library functions written in Valk. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const SUSPENDS_CURRIES = { effect: "suspends", curries: true } as const;
const SEES_INTERNAL = { errors: "sees", internal: true } as const;

export const functionSignatures: readonly Signature[] = [
  ...describe("lib/eval", [["eval", "evaluate", "x", "any", "Evaluates a value; a list that is no literal not yet."]]),
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
