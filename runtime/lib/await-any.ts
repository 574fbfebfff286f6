/** `await-any`: waits for the first of several. */
import { type FiberFn, follow, invoke, isThenable, type Thunk } from "../kernel/await.ts";
import { cancel } from "../kernel/cancel.ts";
import { Fiber, onSettle, park, parked, start, wake, Y } from "../kernel/control.ts";
import { error, isError } from "../kernel/error.ts";
import { def, type Fn, native } from "../kernel/function.ts";
import { list, nil, type Value } from "../kernel/list.ts";

/** Begins to wait for x with k; gives what x is at once, or Y. `calls` is told the fiber in which a function is called. */
const begin = (x: Value, k: FiberFn, others: (() => void)[], calls: (fiber: Fiber) => void): Value => {
  if (typeof x === "function") {
    const { $start } = x as Thunk;
    let v: Value;
    if ($start === undefined) {
      const fiber = start(invoke as Fn, x, k);
      calls(fiber);
      v = fiber.value;
    } else v = $start(k);
    return isError(v) ? v : Y;
  }
  if (x instanceof Fiber) {
    x.looked = true;
    if (x.value !== Y) return x.value;
    const waiter = (v: Value): void => void k(v);
    onSettle(x, waiter);
    others.push(() => {
      if (x.waiters !== null) x.waiters = x.waiters.filter((w) => w !== waiter);
    });
    return Y;
  }
  if (!isThenable(x)) return x;
  follow(x, k);
  return Y;
};

/**
 * `(await-any x ...)`: awaits all of them at a time and gives `{i v}`: the number of the first that has a result, from 0, and the
 * result; an Error as it is. They are begun from left to right, and no further once there is a result. The others are given up:
 * operations are closed, functions that wait are cancelled, Handles no longer waited for.
 */
export const awaitAny = /*#__PURE__*/ native(
  "await-any",
  1,
  Infinity,
  (...xs: Value[]): Value =>
    park((fiber) => {
      const others: (() => void)[] = [];
      let over = false;
      const giveUp = (): void => {
        over = true;
        for (const give of others) give();
      };
      fiber.cancel = giveUp;
      for (let i = 0; i < xs.length && !over; i++) {
        // Its `cancel` takes what the operation says of closing.
        const slot = parked(null);
        let called: Fiber | null = null,
          won = false;
        const k = def(1, (v: Value): Value => {
          if (over || slot.cancel === null) return error("continuation already called");
          slot.cancel = null;
          won = true;
          giveUp();
          wake(fiber, isError(v) ? v : list(i, v));
          return nil;
        }) as FiberFn;
        k.$wakes = slot;
        others.push(() => {
          const close = slot.cancel;
          slot.cancel = null;
          close?.(slot, true);
          if (called !== null && !won) cancel(called);
        });
        const v = begin(xs[i], k, others, (fiber) => {
          called = fiber;
          if (over && !won) cancel(fiber);
        });
        if (v !== Y && !over) k(v);
      }
      return nil;
    }),
);
