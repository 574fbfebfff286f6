/**
 * Fibers, `await` and timers (LANGUAGE 7). Time is virtual: a timer fires when nothing else is left to do, and the clock jumps.
 */
import { error, isError } from "../../runtime/kernel/error.ts";
import { type Fn, nameOf } from "../../runtime/kernel/function.ts";
import { nil, type Value } from "../../runtime/kernel/list.ts";
import { Ref } from "../../runtime/kernel/ref.ts";
import { codeOf, type Env, type Fiber, functionValue, goOn, type K, type M, type Step } from "./machine.ts";

export type Apply = (f: Value, args: readonly Value[], k: K, env: Env, meta: M | null) => Step;

export const scheduler = () => {
  const newFiber = (): Fiber => {
    const handle = new Ref("handle", null);
    const fiber: Fiber = { handle, done: false, value: nil, looked: false, waiters: [] };
    fibers.set(handle, fiber);
    return fiber;
  };
  const fibers = new WeakMap<object, Fiber>();
  const failed: Fiber[] = [];
  const timers: { readonly due: number; readonly wake: () => Step }[] = [];
  let ready: (() => Step)[] = [];
  let turn: (() => Step)[] = [];
  /** Who goes on when the running fiber parks or ends: the code that started it. */
  const below: (() => Step)[] = [];
  let now = 0;
  let current = newFiber();

  const asFiber = (fiber: Fiber, step: () => Step) => (): Step => {
    current = fiber;
    return step();
  };

  const ended = (value: Value): Step => {
    current.done = true;
    current.value = value;
    if (isError(value) && !current.looked) failed.push(current);
    for (const waiter of current.waiters) waiter();
    return null;
  };

  /** "(async {body}) runs body as a fiber at once and gives its Handle; the body runs synchronously up to its first real wait" */
  const spawn = (run: () => Step, k: K, env: Env, meta: M | null): Step => {
    const spawner = current,
      fiber = newFiber();
    below.push(asFiber(spawner, () => goOn(k, fiber.handle, env, meta)));
    current = fiber;
    return run;
  };

  /** "`await` suspends its whole fiber, through user delimiters" */
  const awaitValue = (x: Value, k: K, env: Env, meta: M | null, apply: Apply, end: K): Step => {
    const waiting = current;
    const resume = (v: Value) => asFiber(waiting, () => goOn(k, v, env, meta));
    const fiber = typeof x === "object" && x !== null ? fibers.get(x) : undefined;
    if (fiber !== undefined) {
      // "a Handle ... is waited for"
      fiber.looked = true;
      if (fiber.done) return goOn(k, fiber.value, env, meta);
      fiber.waiters.push(() => ready.push(() => resume(fiber.value)()));
      return null;
    }
    if (typeof x !== "function") return goOn(k, x, env, meta); // "anything else is its own value"
    // "a function is called with the fiber's continuation"; what it does may wait in its turn: it is a fiber of its own
    let state: "calling" | "waiting" | "resumed" = "calling";
    let early: (() => Step) | null = null; // resumed before the call was over
    const wake = (v: Value): void => {
      if (state === "calling") early = resume(v);
      else ready.push(resume(v));
      state = "resumed";
    };
    const continuation = functionValue("\\", 1, {
      kind: "control",
      run: ([v], k2, env2, m2) => {
        // "Calling a fiber's continuation a second time is an Error value and changes nothing"
        if (state === "resumed") return goOn(k2, error("continuation already called"), env2, m2);
        wake(v);
        return goOn(k2, nil, env2, m2);
      },
    });
    const caller = newFiber();
    caller.looked = true;
    caller.waiters.push(() => {
      if (state === "resumed") return;
      const v = caller.value;
      // "if that call itself gives an Error, or a partial application, the await gives that Error, or one that says what is missing"
      if (isError(v)) wake(v);
      else if (typeof v === "function" && codeOf(v as Fn)?.kind === "partial")
        wake(error(`await: ${nameOf(v as Fn)} is missing ${missing(v as Fn)}`));
    });
    // When the call is over, or waits: a continuation that was called in it goes on at once, before who started this fiber.
    below.push(() => {
      if (early !== null) return early();
      if (state === "calling") state = "waiting";
      return null;
    });
    current = caller;
    return apply(x, [continuation], end, env, null);
  };
  const missing = (f: Fn): string => {
    const n = f.$n as number,
      wanted = n < 0 ? -1 - n : n;
    return wanted === 1 ? "an argument" : `${wanted} arguments`;
  };

  /** "(sleep ms) suspends the fiber" */
  const sleep = (ms: number, k: K, env: Env, meta: M | null): Step => {
    const due = now + Math.max(1, ms);
    const at = timers.findLastIndex((t) => t.due <= due) + 1;
    timers.splice(at, 0, { due, wake: asFiber(current, () => goOn(k, nil, env, meta)) });
    return null;
  };

  /** Runs until nothing is left to do, or `stopped` says so. */
  const run = (first: () => Step, stopped: () => boolean): void => {
    let step: Step = first;
    for (;;) {
      while (step !== null) step = step();
      if (stopped()) return;
      const next = below.pop();
      if (next !== undefined) {
        step = next();
        continue;
      }
      if (turn.length === 0) {
        turn = ready.reverse();
        ready = [];
      }
      const woken = turn.pop();
      if (woken !== undefined) {
        step = woken();
        continue;
      }
      const timer = timers.shift();
      if (timer === undefined) return;
      now = timer.due;
      step = timer.wake();
    }
  };

  return {
    spawn,
    ended,
    awaitValue,
    sleep,
    run,
    time: () => now,
    main: current,
    unseen: () => failed.filter((f) => !f.looked),
  };
};
