/** Effects. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

// A user function gets Errors as ordinary values, and so does a clause.
const SUSPENDS = { effect: "suspends", errors: "sees" } as const;
const READS = { effect: "reads" } as const;
const MAKES = { effect: "writes", fails: false, internal: true } as const;
const FUNCTION = { fails: false, errors: "sees", internal: true } as const;
const SUSPENDS_INTERNAL = { effect: "suspends", errors: "sees", internal: true } as const;

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
    ["effect/clause", "clause", "operation code", "other", "A clause that gets its continuation.", MAKES],
    ["effect/capturing-clause", "capturingClause", "operation code", "other", "One that gets its resumption.", MAKES],
    ["effect/function", "asFunction", "resumption", "function", "The continuation of a resumption.", FUNCTION],
    ["effect/resume", "resumption", "resumption x", "any", "Resumes with this value.", SUSPENDS_INTERNAL],
    ["effect/aborting-clause", "abortingClause", "operation code", "other", "A clause that has no use for it.", MAKES],
    [
      "effect/calling-clause",
      "callingClause",
      "operation code",
      "other",
      "A clause that gives what it resumes with.",
      MAKES,
    ],
    ["effect/handler", "handler", "clause & clauses", "other", "A handler with these clauses.", MAKES],
    ["effect/result", "result", "r", "any", "What with-handler gives when its body has given r.", SUSPENDS_INTERNAL],
    ["effect/leave", "leave", "operation x", "any", "Leaves with-handler with this value.", SUSPENDS_INTERNAL],
  ]),
];
