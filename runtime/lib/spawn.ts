/**
 * `async`: a fiber sees no delimiters around it (LANGUAGE: its prompt is the outermost one), and so no handlers either, but it
 * inherits the other dynamic state. Where a handler is in sight, a border is put on top of it that `perform` does not look past.
 */
import { type Dynamic, spawn as fiber, state, withState } from "../kernel/control.ts";
import type { Value } from "../kernel/list.ts";

/** A clause of a handler: code(value, k), where `does` says what k is. */
export interface Clause {
  readonly operation: Value;
  /** `resume`: the continuation. `abort`: the code has no use for it. `call`: the code gives what it resumes with, k is the handler. */
  readonly does: "resume" | "abort" | "call";
  readonly code: (value: Value, k: Value) => Value;
}

/** What one evaluation of `with-handler` installs; also the tag of its delimiter, with the name that the kernel's messages give it. */
export class Handler {
  readonly name = "with-handler";
  readonly clauses: readonly Clause[];
  constructor(clauses: readonly Clause[]) {
    this.clauses = clauses;
  }
}

export const BORDER = /*#__PURE__*/ Symbol("fiber");

/** Runs body now, as a fiber, up to its first wait; gives the fiber. */
export const spawn = (body: () => Value): Value => {
  for (let at: Dynamic | null = state(); at !== null && at.value !== BORDER; at = at.next)
    if (at.value instanceof Handler) return fiber(() => withState(BORDER, body));
  return fiber(body);
};
