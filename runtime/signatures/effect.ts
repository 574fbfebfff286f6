/** Effects. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

// A user function gets Errors as ordinary values, and so does a clause.
const SUSPENDS = { effect: "suspends", errors: "sees" } as const;
const READS = { effect: "reads" } as const;
const INTERNAL = { effect: "writes", fails: false, internal: true } as const;

export const effectSignatures: readonly Signature[] = [
  ...describe("lib/effect", [
    [
      "perform",
      "perform",
      "operation [x]",
      "any",
      "Does the operation: what the innermost handler that has a clause for it resumes with.",
      SUSPENDS,
    ],
    ["handled?", "handled", "operation", "number", "1 if a handler around has a clause for the operation.", READS],
    ["effect/handler", "handler", "& operations", "other", "A handler of the operations.", INTERNAL],
    ["effect/clauses", "clauses", "handler & functions", "nil", "Gives a handler its clauses.", INTERNAL],
  ]),
];
