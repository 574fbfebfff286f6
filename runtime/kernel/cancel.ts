/**
 * Cancellation. A cancelled fiber does not go on: the operation it waits for is given up and closed, its `ensure` cleanups run,
 * innermost first, each exactly once, and then it ends with the Error `async operation cancelled`. Cleanups may wait; nothing
 * interrupts them, not even a cancellation. A fiber that is running goes on up to its next wait.
 */
import { dropped, reporting, shielded } from "./cleanup.ts";
import { BARE, CANCELLED, end, type Fiber, LOOKED, onSettle, parked, wake, Y } from "./control.ts";
import { error, type ValkError } from "./error.ts";
import { R } from "./registers.ts";
import { fail } from "./report.ts";

/** Has it a result: completed, failed, or cancelled and its cleanups over? */
export const isTerminal = (fiber: Fiber): boolean => fiber.value !== Y;
/** Has it been cancelled? Also while its cleanups run, and while it runs up to its next wait. */
export const isCancelled = (fiber: Fiber): boolean => (fiber.flags & CANCELLED) !== 0;
/** Is it a Handle without code of its own, that an operation completes? */
export const isBare = (fiber: Fiber): boolean => (fiber.flags & BARE) !== 0;

/**
 * Cancels a fiber or a pending Handle; false if it had ended or was cancelled already. What it waits for is closed and its
 * hooks have run when this returns; cleanups run after the caller, if Valk code is running. The result is then always the
 * Error `async operation cancelled`, whatever arrives late; a failure of a cleanup is reported.
 */
export const cancel = (fiber: Fiber): boolean => {
  if (fiber.value !== Y || isCancelled(fiber)) return false;
  fiber.flags |= CANCELLED | LOOKED;
  const close = fiber.cancel;
  if (close === null) {
    fiber.cancel = asked;
    runHooks(fiber);
  } else if (shield(fiber)) runHooks(fiber);
  else {
    fiber.cancel = null; // not parked: nothing wakes it any more
    runHooks(fiber);
    close(fiber, true);
    drop(fiber);
  }
  return true;
};

/** The Error of a cancelled fiber. */
const cancellation = (): ValkError => error("async operation cancelled");

/** Stands in `cancel` of a fiber that was cancelled while it ran; called when it is about to park, or ends. */
const asked = (fiber: Fiber): boolean => {
  fiber.cancel = null;
  if (shield(fiber)) return true;
  drop(fiber);
  return false;
};

/** If a cleanup is under way it goes on in the same fiber; only what comes after it is dropped. */
const shield = (fiber: Fiber): boolean => {
  if (!R.cleanups) return false;
  const result = cancellation();
  const rest = shielded(fiber.frames, fiber.meta, null, result, reporting(result, fail));
  if (rest === null) return false;
  fiber.frames = rest.frames;
  fiber.meta = rest.meta;
  return true;
};

/** Ends a fiber that will not go on. Its cleanups are a fiber of their own, so that late news for this one cannot reach them. */
const drop = (fiber: Fiber): void => {
  const result = cancellation();
  const cleanups = R.cleanups ? dropped(fiber.frames, fiber.meta, null) : null;
  fiber.frames = fiber.meta = null;
  if (cleanups === null) {
    end(fiber, result);
    return;
  }
  const cleaner = parked(cleanups);
  onSettle(cleaner, (v) => {
    if (v !== result) fail(v as ValkError);
    end(fiber, result);
  });
  wake(cleaner, result);
};

// ---- hooks ----

const hooks = /*#__PURE__*/ new WeakMap<Fiber, Set<() => void>>();
/**
 * Calls hook when the fiber is cancelled, at once if it has been. Hooks run in order, before the fiber ends and before its
 * cleanups; they must not throw. Gives a function that takes the hook out again.
 */
export const onCancel = (fiber: Fiber, hook: () => void): (() => void) => {
  if (isCancelled(fiber)) hook();
  else if (fiber.value === Y) {
    let set = hooks.get(fiber);
    if (set === undefined) hooks.set(fiber, (set = new Set()));
    const own = (): void => hook(); // the same function may be given twice
    set.add(own);
    return () => set.delete(own);
  }
  return () => {};
};
const runHooks = (fiber: Fiber): void => {
  const set = hooks.get(fiber);
  if (set === undefined) return;
  hooks.delete(fiber);
  for (const hook of set) hook();
};
