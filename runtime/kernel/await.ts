/**
 * Waiting: `await`, and the way from the event loop back into Valk code. No Promise and no Handle in between: an operation
 * holds a Continuation and calls `deliver`, which goes on with a parked fiber, or runs a function as a new fiber.
 */
import { errorOf, fromJS, operationFailed } from "./border.ts";
import {
  CANCELLED,
  type Dynamic,
  Fiber,
  frame1,
  Meta,
  nothing,
  onSettle,
  park,
  parked,
  push1,
  type Resume,
  STATE,
  wake,
  Y,
} from "./control.ts";
import { error, ValkError } from "./error.ts";
import { call1, def, type Fn, missing, nameOf } from "./function.ts";
import { nil, type Value } from "./list.ts";
import { R } from "./registers.ts";

/** Where the result of an operation goes: a parked fiber (or Handle), or a function of one argument. */
export type Continuation = Fiber | Fn;
/** An operation without its continuation. `await` starts it with the fiber itself: no function is made. */
export type Thunk = Fn & { $start?: (k: Continuation) => Value };
/** A fiber's continuation as a function of the program. `$wakes`: whose `cancel` closes what goes on with it. */
export type FiberFn = Fn & { $wakes?: Fiber };

/** `(await x)`: gives Y if it has to wait. Small, so that V8 inlines it where an operation is awaited. */
export const awaitValue = (x: Value): Value => {
  const start = typeof x === "function" ? (x as Thunk).$start : undefined;
  return start !== undefined ? park(start) : awaitOther(x);
};
const awaitOther = (x: Value): Value => {
  if (typeof x === "function") return park((fiber) => invoke(x as Fn, continuation(fiber)));
  if (typeof x === "object") {
    if (x instanceof Fiber) {
      const v = join(x);
      return v === Y ? Y : atOnce(v);
    }
    if (isThenable(x)) return park((fiber) => follow(x, continuation(fiber)));
  }
  return atOnce(x);
};
/** What is ready, as the value of an await. Who has had much of it in a row lets others go first. */
export const atOnce = (v: Value): Value => (--R.patience > 0 ? v : backOfTheQueue(v));
const backOfTheQueue = (v: Value): Value =>
  park((fiber) => {
    wake(fiber, v);
    return nil;
  });

interface Thenable {
  then(done: (value: unknown) => void, failed: (reason: unknown) => void): unknown;
}
/** The fiber's result, waiting for it if need be. */
export const join = (fiber: Fiber): Value => {
  fiber.looked = true;
  if (fiber.value !== Y) return fiber.value;
  // Called again, with true, it takes the waiter out of the list; one that will not go on anyway may stay there.
  const wait = (waiter: Fiber, close?: true): Value => {
    if (close !== true) {
      onSettle(fiber, waiter);
      waiter.cancel = wait;
    } else if ((waiter.flags & CANCELLED) === 0 && fiber.waiters !== null)
      fiber.waiters = fiber.waiters.filter((w) => w !== waiter);
    return nil;
  };
  return park(wait);
};

export const isThenable = (x: unknown): x is Thenable => typeof (x as Partial<Thenable> | null)?.then === "function";

// A thenable may be somebody else's and call both, or twice, or throw.
export const follow = (x: Thenable, k: FiberFn): Value => {
  try {
    x.then(
      (v) => k(fromJS(v)),
      (reason) => k(reason instanceof Error ? errorOf(reason) : operationFailed(reason)),
    );
  } catch (e) {
    k(errorOf(e));
  }
  return nil;
};

/** The fiber's continuation as a function: it goes on once; a second call gives an Error and changes nothing. */
export const continuation = (fiber: Fiber): FiberFn => {
  let waiting: Fiber | null = fiber;
  // As the fiber's `cancel` it is called with two arguments, which no program can do, and is then used up.
  const k = def(1, (v: Value, close?: Value): Value => {
    const parked = waiting;
    waiting = null;
    return close === true || (parked !== null && wake(parked, v)) ? nil : error("continuation already called");
  }) as FiberFn;
  k.$wakes = fiber;
  if (fiber.cancel === nothing) fiber.cancel = k;
  return k;
};

/** Calls f with the continuation. What the call gives matters only if it is an Error, or shows that the call has not happened for want of an argument. */
export const invoke = (f: Fn, k: Fn): Value => {
  const v = call1(f, k);
  return v === Y ? push1(called, k) : finish(v, k);
};
const called: Resume = (v, frame) => finish(v, frame.a as Fn);
const finish = (v: Value, k: Fn): Value => {
  if (v instanceof ValkError) k(v);
  else if (typeof v === "function") {
    if ((v as Thunk).$start !== undefined) k(error(`await: ${nameOf(v as Fn)} was called without its continuation`));
    else {
      const n = missing(v as Fn);
      if (n > 0) k(error(`await: ${nameOf(v as Fn)} is missing ${n === 1 ? "an argument" : `${n} arguments`}`));
    }
  }
  return nil;
};

/**
 * The operation that will go on with k can be given up: `close` closes what is under it. A fiber that waits for k calls it
 * when it is cancelled; if it has been already, that is now.
 */
export const closing = (k: Continuation, close: () => void): void => {
  const fiber = k instanceof Fiber ? k : (k as FiberFn).$wakes;
  if (fiber === undefined) return;
  const before = fiber.cancel;
  if (before === null) close();
  else if (before === nothing) fiber.cancel = close;
  else
    fiber.cancel = () => {
      before(fiber, true);
      close();
    };
};

/**
 * Goes on with k and v, from the event loop or from Valk code. A function runs as a fiber of its own, whose Error at the end
 * is reported; while Valk code is running it runs afterwards, so the operation's caller goes first. `context`: the dynamic
 * state of the code that began the operation.
 */
export const deliver = (k: Continuation, v: Value, context: Dynamic | null = null): void => {
  if (k instanceof Fiber) wake(k, v);
  else if ((k as FiberFn).$wakes !== undefined) k(v);
  else {
    const fiber = parked(frame1(delivered, k));
    if (context !== null) fiber.meta = new Meta(STATE, null, null, context);
    wake(fiber, v);
  }
};
const delivered: Resume = (v, frame) => call1(frame.a, v);
