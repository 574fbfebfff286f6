/**
 * `async`: a fiber sees no delimiters around it (LANGUAGE: its prompt is the outermost one), and so no handlers either, but it
 * inherits the other dynamic state. Where a handler is in sight, a border is put on top of it that `perform` does not look past.
 */
import { type Dynamic, spawn as fiber, HandlerTag, state, withState } from "../kernel/control.ts";
import type { Value } from "../kernel/list.ts";

/**
 * A clause as `perform` finds it: `run` does the operation with a value. Those of a handler are a chain, in their order, and not
 * an array: it is `perform` that must be quick.
 */
export interface Evidence {
  readonly operation: Value;
  readonly run: (value: Value) => Value;
  readonly handler: Handler;
  readonly next: Evidence | null;
}

/** What one evaluation of `with-handler` installs; also the tag of its delimiter, with the name that the kernel's messages give it. */
export class Handler extends HandlerTag {
  readonly name = "with-handler";
  /** Its first clause. */
  evidence: Evidence | null = null;
}

/** On top of the handlers that a fiber does not see. */
export const BORDER = /*#__PURE__*/ new Handler();

/** Runs body now, as a fiber, up to its first wait; gives the fiber. */
export const spawn = (body: () => Value): Value => {
  for (let at: Dynamic | null = state(); at !== null && at.value !== BORDER; at = at.next)
    if (at.value instanceof Handler) return fiber(() => withState(BORDER, body));
  return fiber(body);
};
