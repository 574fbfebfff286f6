/**
 * Guards: dynamic state that can interrupt the code under it where it waits. A scope's body is left when a child fails; an
 * await under a deadline fails when the deadline passes. Neither interrupts a cleanup.
 *
 * A guard learns of waiting fibers when they park, so that one that is passed already interrupts at once. Programs without
 * guards pay one test for each await.
 */
import { dropped, shielded } from "./cleanup.ts";
import { type Dynamic, type Fiber, type Meta, nothing, STATE, state, type Tag, wake, Y } from "./control.ts";
import type { ValkError } from "./error.ts";
import type { Value } from "./list.ts";
import { R } from "./registers.ts";

export class Guard {
  /** The prompt that the code is under, if that is to be left; null: the await itself gets the Error. */
  readonly tag: Tag | null;
  /** What interrupts, from the time when it does. */
  error: ValkError | null = null;
  /** Fibers that have parked under it, and may be parked still. */
  readonly fibers: Set<Fiber> = new Set();
  constructor(tag: Tag | null) {
    this.tag = tag;
    R.guard = parking as typeof R.guard;
  }

  /** Interrupts what waits under it, now and from now on. */
  fire(error: ValkError): void {
    if (this.error !== null) return;
    this.error = error;
    const fibers = [...this.fibers];
    this.fibers.clear();
    for (const fiber of fibers) if (fiber.cancel !== null) interrupt(this, fiber, error);
  }
}

/** A fiber is about to park. Gives what its await gives at once, because a guard is passed already, or Y. */
const parking = (fiber: Fiber, dyn: Dynamic): Value => {
  for (let d: Dynamic | null = dyn; d !== null; d = d.next) {
    const guard = d.value;
    if (!(guard instanceof Guard)) continue;
    if (guard.error === null) {
      if (guard.tag === null || promptOf(guard, fiber) !== null) guard.fibers.add(fiber);
    } else if (leave(guard, fiber, guard.error)) return guard.error;
  }
  return Y;
};

/** The same for a fiber that is parked. */
const interrupt = (guard: Guard, fiber: Fiber, error: ValkError): void => {
  const close = fiber.cancel as NonNullable<Fiber["cancel"]>;
  if (!leave(guard, fiber, error)) return;
  fiber.cancel = nothing;
  close(fiber, true);
  wake(fiber, error);
};

/** Takes from a fiber that waits, or is about to, what it would have done under the guard. False: it goes on waiting. */
const leave = (guard: Guard, fiber: Fiber, error: ValkError): boolean => {
  const base = promptOf(guard, fiber);
  if (guard.tag !== null && base === null) return false;
  const rest = R.cleanups ? shielded(fiber.frames, fiber.meta, base, error, null) : null;
  if (guard.tag === null) return rest === null && isUnder(guard, fiber);
  fiber.frames = rest === null ? dropped(fiber.frames, fiber.meta, base) : rest.frames;
  fiber.meta = rest === null ? base : rest.meta;
  return rest === null;
};

/** Where the code under the guard ends: its prompt, or the Meta that put it into the dynamic state. */
const promptOf = (guard: Guard, fiber: Fiber): Meta | null => {
  for (let m = fiber.meta; m !== null; m = m.next)
    if (guard.tag === null ? m.tag === STATE && (m.dyn as Dynamic).value === guard : m.tag === guard.tag) return m;
  return null;
};
/** Is the code that the fiber will go on with under the guard? */
export const isUnder = (guard: Guard, fiber: Fiber): boolean => {
  for (let d = fiber.meta?.dyn as Dynamic | null | undefined; d; d = d.next) if (d.value === guard) return true;
  return false;
};

/** The nearest piece of dynamic state that `f` accepts. */
export const nearest = <T extends Value>(f: (value: Value) => value is T): T | null => {
  for (let d = state(); d !== null; d = d.next) if (f(d.value)) return d.value;
  return null;
};
