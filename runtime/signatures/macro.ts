/** What quasiquotes in the code of macros expand to. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const INTERNAL = { effect: "writes", fails: false, internal: true } as const;

export const macroSignatures: readonly Signature[] = describe("lib/macro", [
  ["macro/fresh", "fresh", "_", "number", "Another number each time.", INTERNAL],
  ["macro/name", "name", "name number", "symbol", "The `x#` of the quasiquote with that number.", INTERNAL],
]);
