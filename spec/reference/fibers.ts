/**
 * Fibers, `await` and timers (LANGUAGE 7). Time is virtual: a timer fires when nothing else is left to do, and the clock jumps.
 */
import { error, isError } from "../../runtime/kernel/error.ts";
import { type Fn, nameOf } from "../../runtime/kernel/function.ts";
import { nil, type Value } from "../../runtime/kernel/list.ts";
import { Ref } from "../../runtime/kernel/ref.ts";
import {
  codeOf,
  dropped,
  type Env,
  type Fiber,
  functionValue,
  goOn,
  inherited,
  type K,
  type M,
  type Parked,
  type Step,
  shielded,
} from "./machine.ts";

export type Apply = (f: Value, args: readonly Value[], k: K, env: Env, meta: M | null) => Step;

export interface Owner {
  readonly wake: (v: Value) => void;
  readonly closing: (close: () => void) => void;
}
/** The runtime's figure (kernel/registers.ts), which programs can observe. */
const PATIENCE = 1000;

/** A program has taken more steps than it may. */
export class Endless extends Error {}

/** `steps`: how many a program may take. */
export const scheduler = (steps = Number.POSITIVE_INFINITY) => {
  const fibers = new WeakMap<object, Fiber>();
  const newFiber = (): Fiber => {
    const handle = new Ref("handle", null);
    const fiber: Fiber = {
      handle,
      done: false,
      value: nil,
      looked: false,
      waiters: [],
      parked: null,
      cancelled: false,
      cleaning: false,
      hooks: new Set(),
      dependants: new Set(),
      end: null,
      waits: false,
    };
    fibers.set(handle, fiber);
    return fiber;
  };
  const fiberOf = (x: Value): Fiber | undefined => (typeof x === "object" && x !== null ? fibers.get(x) : undefined);
  let failures: { readonly fiber: Fiber | null; readonly error: Value }[] = [];
  const reported: Value[] = [];
  const reportUnseen = (): void => {
    reported.push(...failures.filter(({ fiber }) => fiber?.looked !== true).map((f) => f.error));
    failures = [];
  };
  /** Who waits for a continuation that an operation was given, and how that says what to close. */
  const owners = new WeakMap<object, Owner>();
  let patience = PATIENCE;
  let left = steps;
  const take = (step: () => Step): Step => {
    if (--left < 0) throw new Endless("too many steps");
    return step();
  };
  let timers: { readonly due: number; readonly fire: () => Step }[] = [];
  let ready: (() => Step)[] = [];
  let turn: (() => Step)[] = [];
  /** Who goes on when the running fiber parks or ends: the code that started it. */
  const below: (() => Step)[] = [];
  let now = 0;
  let current = newFiber();
  let depth = 0;

  const asFiber = (fiber: Fiber, step: () => Step) => (): Step => {
    current = fiber;
    return step();
  };

  /** Gives a fiber or Handle its value. */
  const settle = (fiber: Fiber, value: Value): void => {
    if (fiber.done) return;
    fiber.done = true;
    fiber.value = value;
    fiber.parked = null;
    if (isError(value) && !fiber.looked) failures.push({ fiber, error: value });
    for (const waiter of fiber.waiters) waiter();
  };
  const ended = (value: Value): Step => {
    const { cancelled, cleaning } = current;
    // "a cancelled fiber runs its ensure cleanups"; what they fail with goes nowhere else
    if (cleaning && isError(value) && value !== cancellation.get(current)) report(value);
    settle(current, cancelled ? cancellationOf(current) : value);
    return null;
  };
  const report = (e: Value): void => void failures.push({ fiber: null, error: e });

  /** "(async {body}) runs body as a fiber at once and gives its Handle; the body runs synchronously up to its first real wait" */
  const spawn = (run: () => Step, k: K, env: Env, meta: M | null): Step => {
    const spawner = current,
      fiber = newFiber();
    below.push(asFiber(spawner, () => goOn(k, fiber.handle, env, meta)));
    current = fiber;
    return run;
  };

  // ---- waiting ----

  /** Wakes a fiber that waits: gives how it goes on, or null if it does not wait for this any more. */
  type Wake = (v: Value) => (() => Step) | null;
  /** Parks the running fiber; `start` begins what it waits for, and may give what closes that. */
  const park = (k: K, env: Env, meta: M | null, start: (wake: Wake) => (() => void) | null): Step => {
    const fiber = current;
    const parked: Parked = { k, env, meta, giveUp: () => {} };
    fiber.parked = parked;
    if (fiber.cancelled && !fiber.cleaning) drop(fiber); // it was cancelled while it ran
    if (fiber.parked !== parked) return null;
    const at = passed(fiber);
    if (at !== null) return at;
    const close = start((v) => {
      if (fiber.parked !== parked) return null;
      fiber.parked = null;
      return asFiber(fiber, () => goOn(parked.k, v, parked.env, parked.meta));
    });
    if (close === null) return null;
    if (fiber.parked === parked) parked.giveUp = close;
    else if (fiber.cancelled) close();
    return null;
  };
  /** A fiber is about to park: how it goes on instead if what it is under has been ended, else null (structure.ts). */
  let passed: (fiber: Fiber) => Step = () => null;
  /** What is ready, as the value of an await. "A fiber that has taken many ready awaits in a row goes to the back of the queue" */
  const atOnce = (step: () => Step): Step => {
    if (--patience > 0) return step;
    ready.push(asFiber(current, step));
    return null;
  };
  const later = (step: (() => Step) | null): void => void (step !== null && ready.push(step));

  /** "`await` suspends its whole fiber, through user delimiters" */
  const awaitValue = (x: Value, k: K, env: Env, meta: M | null, apply: Apply, end: K): Step => {
    const fiber = fiberOf(x);
    if (fiber !== undefined) {
      // "a Handle ... is waited for"
      fiber.looked = true;
      if (fiber.done) return atOnce(goOn(k, fiber.value, env, meta) as () => Step);
      return park(k, env, meta, (wake) => {
        fiber.waiters.push(() => later(wake(fiber.value)));
        return null;
      });
    }
    if (typeof x !== "function") return atOnce(goOn(k, x, env, meta) as () => Step); // "anything else is its own value"
    // "a function is called with the fiber's continuation"; what it does may wait in its turn: it is a fiber of its own
    const waiting = current,
      caller = newFiber();
    let calling = true;
    let early: (() => Step) | null = null; // resumed before the call was over
    let go: Wake = () => null;
    const at = park(k, env, meta, (wake) => {
      go = wake;
      return null;
    });
    if (waiting.parked === null) return at;
    const wake = (v: Value): boolean => {
      const on = go(v);
      if (on === null) return false;
      if (calling) early = on;
      else ready.push(on);
      return true;
    };
    const continuation = functionValue("\\", 1, {
      kind: "control",
      // "Calling a fiber's continuation a second time is an Error value and changes nothing"
      run: ([v], k2, env2, m2) => goOn(k2, wake(v) ? nil : error("continuation already called"), env2, m2),
    });
    const parked = waiting.parked;
    owners.set(continuation, {
      wake: (v) => later(go(v)),
      closing: (close) => {
        const before = parked.giveUp;
        parked.giveUp = () => {
          before();
          close();
        };
      },
    });
    caller.looked = true;
    caller.waiters.push(() => {
      const v = caller.value;
      // "if that call itself gives an Error, or a partial application, the await gives that Error, or one that says what is missing"
      if (isError(v)) wake(v);
      else if (typeof v === "function" && codeOf(v as Fn)?.kind === "partial")
        wake(error(`await: ${nameOf(v as Fn)} is missing ${missing(v as Fn)}`));
    });
    // When the call is over, or waits: a continuation that was called in it goes on at once, before who started this fiber.
    below.push(() => {
      calling = false;
      return early === null ? null : atOnce(early);
    });
    current = caller;
    return apply(x, [continuation], end, env, inherited(meta, end));
  };
  const missing = (f: Fn): string => {
    const n = f.$n as number,
      wanted = n < 0 ? -1 - n : n;
    return wanted === 1 ? "an argument" : `${wanted} arguments`;
  };

  /** Fires once after ms; gives what stops it. */
  const timer = (ms: number, fire: () => Step): (() => void) => {
    const entry = { due: now + Math.max(1, ms), fire };
    const at = timers.findLastIndex((t) => t.due <= entry.due) + 1;
    timers.splice(at, 0, entry);
    return () => {
      timers = timers.filter((t) => t !== entry);
    };
  };
  /** "(sleep ms) suspends the fiber" */
  const sleep = (ms: number, k: K, env: Env, meta: M | null): Step =>
    park(k, env, meta, (wake) => timer(ms, () => wake(nil)?.() ?? null));

  // ---- cancellation ----

  const cancellation = new WeakMap<Fiber, Value>();
  const cancellationOf = (fiber: Fiber): Value => {
    const e = cancellation.get(fiber) ?? error("async operation cancelled");
    cancellation.set(fiber, e);
    return e;
  };
  /** False if it had ended. "closes the socket, timer or stream under it; a cancelled fiber runs its `ensure` cleanups" */
  const cancel = (fiber: Fiber): boolean => {
    if (fiber.done || fiber.cancelled) return false;
    fiber.cancelled = fiber.looked = true;
    const hooks = [...fiber.hooks, ...fiber.dependants];
    fiber.hooks.clear();
    fiber.dependants.clear();
    for (const hook of hooks) hook();
    if (fiber.parked !== null) drop(fiber);
    return true;
  };
  /** Ends a fiber that waits: what is left of it are its cleanups. */
  const drop = (fiber: Fiber): void => {
    const parked = fiber.parked as Parked;
    const { env, meta } = parked;
    fiber.cleaning = true;
    const chain: M[] = [];
    for (let m = meta; m !== null; m = m.next) chain.push(m);
    const cleaning = shielded(chain, stop, null, cancellationOf(fiber));
    if (cleaning !== null) {
      parked.meta = cleaning;
      return;
    }
    fiber.parked = null;
    parked.giveUp();
    const left = dropped(chain, stop, null);
    if (!chain.some((e) => e.cleanup !== null)) settle(fiber, cancellationOf(fiber));
    else ready.push(asFiber(fiber, () => goOn(stop, cancellationOf(fiber), env, left)));
  };
  /** The end of the code under a delimiter, as in evaluate.ts, which sets it. */
  let stop: K = { sealed: true, run: () => null };

  /** Wakes who waits in `aio/run` when nothing is left to do. */
  const idle: (() => Step)[] = [];

  /** Runs a new fiber for JavaScript that wants its value now, until it has ended or waits. Others do not go on meanwhile. */
  const nested = (first: () => Step): Fiber => {
    const outer = current,
      under = below.splice(0),
      fiber = newFiber();
    fiber.looked = true;
    current = fiber;
    depth++;
    let step: Step = first;
    for (;;) {
      while (step !== null) step = take(step);
      const next = below.pop();
      if (next === undefined) break;
      step = next();
    }
    below.push(...under);
    current = outer;
    depth--;
    return fiber;
  };

  /** Runs until nothing is left to do, or `stopped` says so. Timers fire while `clock` goes. */
  const run = (first: () => Step, stopped: () => boolean, clock: () => boolean = () => true): void => {
    let step: Step = first;
    for (;;) {
      while (step !== null) step = take(step);
      const spawner = below.pop();
      if (spawner !== undefined) {
        step = spawner();
        continue;
      }
      if (turn.length === 0) {
        turn = ready.reverse();
        ready = [];
      }
      const woken = turn.pop();
      if (woken !== undefined) {
        patience = PATIENCE;
        step = woken();
        continue;
      }
      // Others that are ready end their turn; nobody's wait ends any more.
      if (stopped()) return;
      // "reported if nobody looked by the time the present turn and microtasks are done", as Node does with promises
      reportUnseen();
      if (!clock()) return;
      const next = timers.shift();
      const last = next === undefined ? idle.shift() : undefined;
      if (next !== undefined) now = next.due;
      else if (last === undefined) return;
      step = (next?.fire ?? last)?.() ?? null;
    }
  };

  return {
    newFiber,
    fiberOf,
    current: () => current,
    spawn,
    ended,
    settle,
    report,
    park,
    later,
    timer,
    idle,
    cancel,
    awaitValue,
    sleep,
    run,
    nested,
    isNested: () => depth > 0,
    setEnd: (k: K) => {
      stop = k;
    },
    time: () => now,
    main: current,
    unseen: () => {
      reportUnseen();
      return reported;
    },
    owners,
    atOnce,
    asFiber,
    /** Runs a step as another fiber; then, when that parks or ends, `then`. */
    asBelow: (then: () => Step, fiber: Fiber, run: () => Step): Step => {
      below.push(then);
      current = fiber;
      return run;
    },
    setPassed: (f: (fiber: Fiber) => Step) => {
      passed = f;
    },
  };
};
export type Scheduler = ReturnType<typeof scheduler>;
