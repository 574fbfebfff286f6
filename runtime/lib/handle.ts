/**
 * Handles: results that are, or will be, there. A Handle is a Fiber; that of an operation runs no code of its own and is
 * settled by `deliver`. Their failures are never reported: whoever made one knows that it has to be asked.
 *
 * `aio.ts` and its neighbours are a layer on top: Handles made of Handles. Those that call functions of the program are
 * fibers (`work`), the others are bare and listen to their inputs.
 */
import { awaitValue } from "../kernel/await.ts";
import { operationFailed } from "../kernel/border.ts";
import { cancel, isCancelled, onCancel } from "../kernel/cancel.ts";
import { BARE, end, Fiber, LOOKED, onSettle, park, parked, push1, type Resume, spawn, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { nil, type Value } from "../kernel/list.ts";
import type { Kind } from "../kernel/wrong.ts";

export const HANDLE: Kind = { what: "a handle", is: (v) => v instanceof Fiber };

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

// ---- states ----

export type State = "pending" | "running" | "completed" | "failed" | "cancelled";

/** How a Handle ended that was not cancelled: with what it completed or failed. */
export class Ended {
  readonly ok: boolean;
  readonly result: Value;
  constructor(ok: boolean, result: Value) {
    this.ok = ok;
    this.result = result;
  }
}
export const ok = (value: Value): Ended => new Ended(true, value);
export const failed = (reason: Value): Ended => new Ended(false, reason);

/** What a Handle's value does not tell: a failure whose reason is no Error, a result that is one; that it waits for others. */
interface Note {
  ended: Ended | null;
  waits: boolean;
}
const notes = /*#__PURE__*/ new WeakMap<Fiber, Note>();

/** `running`: an operation or code of its own is under way. `pending`: it waits for other Handles. */
export const stateOf = (handle: Fiber): State => {
  if (isCancelled(handle)) return "cancelled";
  const note = notes.get(handle);
  if (handle.value === Y) return note?.waits === true ? "pending" : "running";
  const good = note?.ended?.ok ?? !(handle.value instanceof ValkError);
  return good ? "completed" : "failed";
};
/** It ended, or it will, without another result, when its cleanups are over. */
export const isOver = (handle: Fiber): boolean => handle.value !== Y || isCancelled(handle);
/** How a Handle ended. */
export const endOf = (handle: Fiber): Ended =>
  notes.get(handle)?.ended ?? new Ended(!(handle.value instanceof ValkError), handle.value);
/** The Error of what was cancelled. */
export const cancelled = (): ValkError => error("async operation cancelled");

/** What an `await` gives. */
export const awaited = ({ ok, result }: Ended): Value => {
  if (ok || result instanceof ValkError) return result;
  const shown = operationFailed(result);
  reasons.set(shown, result);
  return shown;
};
/** The reasons that Errors made by `awaited` stand for. `aio/let` and `aio/do` end with them as their Handles did. */
const reasons = /*#__PURE__*/ new WeakMap<ValkError, Value>();
export const reasonOf = (e: ValkError): Value => (reasons.has(e) ? reasons.get(e) : e);

/** A Handle without code that waits for others. */
export const waiting = (): Fiber => {
  const handle = pending();
  notes.set(handle, { ended: null, waits: true });
  return handle;
};
/** Ends such a Handle, unless it has ended. */
export const settle = (handle: Fiber, ended: Ended): void => {
  if (handle.value !== Y) return;
  notes.set(handle, { ended, waits: false });
  end(handle, awaited(ended));
};
/** A Handle that has ended. */
export const settled = (ended: Ended): Fiber => {
  const handle = completed(awaited(ended));
  notes.set(handle, { ended, waits: false });
  return handle;
};

// ---- listening ----

// Listeners that are to be called: one that ends a Handle does not wait for those of that one.
let turns: (() => void)[] | null = null;
const inTurn = (listener: () => void): void => {
  if (turns !== null) {
    turns.push(listener);
    return;
  }
  turns = [listener];
  try {
    for (const turn of turns) turn();
  } finally {
    turns = null;
  }
};
/** Calls listener when the Handle has ended. Gives a function that undoes it. */
export const listen = (handle: Fiber, listener: () => void): (() => void) => {
  const waiter = (): void => inTurn(listener);
  onSettle(handle, waiter);
  return () => {
    const at = handle.waiters?.indexOf(waiter) ?? -1;
    if (at >= 0) handle.waiters?.splice(at, 1);
  };
};

// ---- cancelling one with the other ----

// While something is cancelled: what is to be cancelled with it, so that chains of any length need no stack.
let others: Fiber[] | null = null;
/** Cancels a Handle, then all that hangs on it. False if it had ended. */
export const cancelAll = (handle: Fiber): boolean => {
  if (others !== null) {
    if (isOver(handle)) return false;
    others.push(handle);
    return true;
  }
  let first: boolean | null = null;
  const waiting = [handle];
  try {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      others = [];
      const done = cancel(next);
      first ??= done;
      waiting.push(...others.reverse());
    }
  } finally {
    others = null;
  }
  return first === true;
};

// ---- Handles that are fibers ----

/** The rest of a native, as a frame. */
export const goOn: Resume = (v, frame) => (frame.a as (v: Value) => Value)(v);
/** What follows a call that may unwind. */
export const then = (v: Value, next: (v: Value) => Value): Value => (v === Y ? push1(goOn, next) : next(v));

/**
 * Runs body as a fiber, up to its first wait, and gives its Handle. It ends as the `Ended` that body gives says; an Error is a
 * failure, too. `source`: the Handle that it waits for first.
 */
export const work = (body: (note: Note) => Value, source: Fiber | null = null): Value => {
  const note: Note = { ended: null, waits: source !== null && !isOver(source) };
  return then(
    spawn(() => then(body(note), (e) => (e instanceof Ended ? awaited((note.ended = e)) : e))),
    (v) => {
      const handle = v as Fiber;
      handle.looked = true;
      notes.set(handle, note);
      return handle;
    },
  );
};

/**
 * Waits for a Handle and gives its `Ended`. If it is cancelled, so is the fiber that waits. `owned`: it is cancelled with that
 * fiber, because nobody else has it.
 */
export const ending = (handle: Fiber, owned: boolean): Value => {
  handle.looked = true;
  if (isCancelled(handle)) return cancelSelf();
  if (handle.value !== Y) return endOf(handle);
  return then(
    park((fiber) => {
      onSettle(handle, fiber);
      const free = onCancel(handle, () => cancelAll(fiber));
      fiber.cancel = () => {
        free();
        if (owned) cancelAll(handle);
      };
      return nil;
    }),
    // It may have been cancelled after this fiber was woken for its end, and before it ran.
    () => (isCancelled(handle) ? cancelSelf() : endOf(handle)),
  );
};
const cancelSelf = (): Value =>
  park((fiber) => {
    cancel(fiber);
    return nil;
  });

interface Thenable {
  readonly then: unknown;
}
const isThenable = (x: Value): boolean =>
  typeof x === "object" && x !== null && typeof (x as Partial<Thenable>).then === "function";

/** What a function of the program gave, as the end of the Handle that it was called for: of a Handle its end, once it is there. */
export const flatten = (given: Value): Value =>
  then(given, (v) => {
    if (v instanceof Fiber) return ending(v, true);
    return isThenable(v) ? then(awaitValue(v), outcome) : outcome(v);
  });
/** The end of what can be awaited: Handles, promises, functions that take the continuation; other values are their own. */
export const result = (given: Value): Value =>
  then(given, (v) => (v instanceof Fiber ? ending(v, true) : then(awaitValue(v), outcome)));
const outcome = (v: Value): Ended => (v instanceof ValkError ? failed(reasonOf(v)) : ok(v));
