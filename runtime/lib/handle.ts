/**
 * Handles: results that are, or will be, there. A Handle is a Fiber; that of an operation runs no code of its own and is
 * settled by `deliver`. Their failures are never reported: whoever made one knows that it has to be asked.
 */
import { BARE, type Fiber, LOOKED, parked } from "../kernel/control.ts";
import type { Value } from "../kernel/list.ts";

/** A Handle that an operation will complete: it is that operation's continuation. */
export const pending = (): Fiber => {
  const handle = parked(null);
  handle.flags = BARE | LOOKED;
  return handle;
};

/** A Handle with its value. */
export const completed = (value: Value): Fiber => {
  const handle = pending();
  handle.value = value;
  handle.cancel = null;
  return handle;
};
