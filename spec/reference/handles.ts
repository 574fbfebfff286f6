/** Handles: `aio/*` (LANGUAGE 7), each from its own sentence there. A Handle is a fiber; most run no code of their own. */
import { error, isError } from "../../runtime/kernel/error.ts";
import { formFromArray, isList, type List, list, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { sym } from "../../runtime/kernel/symbol.ts";
import { FUNCTION, type Kind, LIST, refuse } from "../../runtime/kernel/wrong.ts";
import type { Apply, Scheduler } from "./fibers.ts";
import { laterHandles } from "./later-handles.ts";
import { control, curriedControl } from "./library.ts";
import { type End, type Env, type Fiber, goOn, inherited, into, type K, type M, type Step } from "./machine.ts";

/** What follows: with a value, or with how a Handle ended. */
export type Next<T> = (x: T) => Step;
export type Run = (args: readonly Value[], k: K, env: Env, meta: M | null) => Step;

export const handles = (fibers: Scheduler, apply: Apply, end: K, env: Env): Map<string, Value> => {
  const table = new Map<string, Value>();
  /** The dynamic state that the operation was called in: it goes into the fibers that are started. */
  let around: M | null = null;
  const inContext =
    (run: Run): Run =>
    (args, k, e, m) => {
      around = inherited(m, end);
      return run(args, k, e, m);
    };
  const define = (name: string, min: number, max: number, run: Run): void =>
    void table.set(name, control(name, min, max, inContext(run)));
  /** "Every other builtin returns its first Error argument" */
  const strict = (name: string, n: number, kinds: readonly Kind[], run: Run): void =>
    define(name, n, n, (args, k, e, m) =>
      args.some(isError) || kinds.some((kind, i) => !kind.is(args[i]))
        ? goOn(k, refuse(name, args, ...kinds), e, m)
        : run(args, k, e, m),
    );
  /** One that needs no continuation. */
  const simple = (name: string, kinds: readonly Kind[], give: (...args: Value[]) => Value): void =>
    strict(name, kinds.length, kinds, (args, k, e, m) => goOn(k, give(...args), e, m));

  const fiberOf = (x: Value): Fiber => fibers.fiberOf(x) as Fiber;
  const HANDLE: Kind = { what: "a handle", is: (v) => fibers.fiberOf(v) !== undefined };
  const MS: Kind = { what: "a number of milliseconds", is: (v) => typeof v === "number" && v >= 0 };
  const key = (name: string): Value => sym(`:${name}`);

  // ---- how Handles end ----

  const good = (result: Value): End => ({ ok: true, result });
  const bad = (result: Value): End => ({ ok: false, result });
  const endOf = (h: Fiber): End => h.end ?? { ok: !isError(h.value), result: h.value };
  const reasons = new WeakMap<object, Value>();
  /** "A failed Handle gives its Error, or `(error "operation failed" reason)` if the reason is no Error" */
  const awaited = ({ ok, result }: End): Value => {
    if (ok || isError(result)) return result;
    const e = error("operation failed", list(result));
    reasons.set(e, result);
    return e;
  };
  const bare = (waits: boolean): Fiber => {
    const h = fibers.newFiber();
    h.looked = true;
    h.waits = waits;
    h.parked = { k: end, env, meta: null, giveUp: () => {} };
    return h;
  };
  const settle = (h: Fiber, e: End): void => {
    if (h.done || h.cancelled) return;
    h.end = e;
    fibers.settle(h, awaited(e));
  };
  const settled = (e: End): Value => {
    const h = bare(false);
    settle(h, e);
    return h.handle;
  };
  const state = (h: Fiber): string =>
    h.cancelled ? "cancelled" : h.done ? (endOf(h).ok ? "completed" : "failed") : h.waits ? "pending" : "running";
  /** Cancels what depends on h with it; gives what undoes that. */
  const whenCancelled = (h: Fiber, f: () => void): (() => void) => {
    if (h.cancelled) f();
    else if (!h.done) h.dependants.add(f);
    return () => void h.dependants.delete(f);
  };

  // ---- code that runs as a fiber and is a Handle ----

  const context = (): M | null => fibers.current().context ?? null;

  /** "each callback is a fiber of its own": the body runs as one, and its Handle ends as it says. */
  const work = (
    source: Fiber | null,
    body: (self: Fiber, done: Next<End>) => Step,
    next: Next<Fiber>,
    context = around,
  ): Step => {
    const run = (): Step => {
      const self = fibers.current();
      self.context = context;
      self.looked = true;
      self.waits = source !== null && !source.done && !source.cancelled;
      return body(self, (e) => {
        self.end = e;
        return fibers.ended(awaited(e));
      });
    };
    return fibers.spawn(
      run,
      into((h) => next(fiberOf(h))),
      env,
      null,
    );
  };
  const calling = (f: Value, args: readonly Value[], meta: M | null, next: Next<Value>): Step =>
    apply(f, args, { sealed: true, run: (v) => next(v) }, env, meta ?? context());

  /** Waits for h's end. "cascades to dependants of a then-chain"; `owned`: and the other way round. */
  const ending = (h: Fiber, owned: boolean, meta: M | null, next: Next<End>): Step => {
    h.looked = true;
    const self = fibers.current();
    if (h.done && !h.cancelled) return next(endOf(h));
    return fibers.park({ sealed: true, run: () => next(endOf(h)) }, env, meta, (wake) => {
      h.waiters.push(() => fibers.later(wake(nil)));
      const undo = whenCancelled(h, () => void fibers.cancel(self));
      return () => {
        undo();
        if (owned) fibers.cancel(h);
      };
    });
  };
  const ofValue = (v: Value): End =>
    isError(v) ? bad(reasons.has(v as Error) ? reasons.get(v as Error) : v) : good(v);
  /** "aio/then flattens": a Handle that f gave is waited for. */
  const flat = (v: Value, meta: M | null, next: Next<End>): Step => {
    const h = fibers.fiberOf(v);
    return h === undefined ? next(ofValue(v)) : ending(h, true, meta, next);
  };
  const awaiting = (v: Value, meta: M | null, next: Next<End>): Step =>
    fibers.fiberOf(v) !== undefined
      ? flat(v, meta, next)
      : fibers.awaitValue(v, { sealed: true, run: (w) => next(ofValue(w)) }, env, meta, apply, end);

  /** A function that gives the Handle of such a fiber. */
  const worker = (
    name: string,
    kinds: readonly Kind[],
    sourceOf: (args: readonly Value[]) => Fiber | null,
    body: (args: readonly Value[], self: Fiber, done: Next<End>) => Step,
  ): void =>
    strict(name, kinds.length, kinds, (args, k, e, m) =>
      work(
        sourceOf(args),
        (self, done) => body(args, self, done),
        (h) => goOn(k, h.handle, e, m),
      ),
    );
  const first = ([h]: readonly Value[]): Fiber => fiberOf(h);

  // ---- one Handle ----

  define("aio/pure", 1, 1, ([v], k, e, m) => goOn(k, settled(good(v)), e, m));
  define("aio/fail", 1, 1, ([v], k, e, m) => goOn(k, settled(bad(v)), e, m));
  simple("aio/status", [HANDLE], (h) => key(state(fiberOf(h))));
  simple("aio/cancelled?", [HANDLE], (h) => key(String(fiberOf(h).cancelled)));
  for (const [name, wanted] of [
    ["aio/result", "completed"],
    ["aio/error", "failed"],
  ])
    simple(name, [HANDLE], (x) => {
      const h = fiberOf(x);
      if (state(h) !== wanted) return error(`${name}: the handle is :${state(h)}, not :${wanted}`);
      h.looked = true;
      return endOf(h).result;
    });

  let collected: Value[] | null = null;
  const callBack = (f: Value): void => {
    if (collected !== null) collected.push(f);
    else
      fibers.later(() =>
        work(
          null,
          (self) => plain(self, f),
          () => null,
        ),
      );
  };
  /** A callback whose result is nobody's is an ordinary fiber: its Error is reported. */
  const plain = (self: Fiber, f: Value): Step => {
    self.looked = false;
    return apply(f, [], end, env, null);
  };
  const callAll = (fs: readonly Value[], next: () => Step): Step =>
    fs.length === 0
      ? next()
      : fibers.spawn(
          () => apply(fs[0], [], end, env, null),
          into(() => callAll(fs.slice(1), next)),
          env,
          null,
        );
  // "gives :true if it was not terminal, else :false ... runs on-cancel hooks"
  strict("aio/cancel", 1, [HANDLE], ([h], k, e, m) => {
    const calls: Value[] = [];
    collected = calls;
    const yes = fibers.cancel(fiberOf(h));
    collected = null;
    return callAll(calls, () => goOn(k, key(String(yes)), e, m));
  });
  strict("aio/on-cancel", 2, [HANDLE, FUNCTION], ([x, f], k, e, m) => {
    const h = fiberOf(x);
    if (h.cancelled) return callAll([f], () => goOn(k, x, e, m));
    if (!h.done) h.hooks.add(() => callBack(f));
    return goOn(k, x, e, m);
  });

  // ---- chains ----

  const follow = (name: string, react: (e: End, f: Value, done: Next<End>) => Step): void =>
    worker(name, [HANDLE, FUNCTION], first, ([h, f], self, done) =>
      ending(fiberOf(h), false, null, (e) => {
        self.waits = false;
        return react(e, f, done);
      }),
    );
  follow("aio/then", (e, f, done) => (e.ok ? calling(f, [e.result], null, (v) => flat(v, null, done)) : done(e)));
  follow("aio/catch", (e, f, done) => (e.ok ? done(e) : calling(f, [e.result], null, (v) => flat(v, null, done))));

  /** Runs body with a cleanup that is an `ensure`'s. */
  const ensuring = (
    body: (meta: M) => Step,
    cleanup: (next: Next<Value>, meta: M | null) => Step,
    done: Next<End>,
  ): Step => {
    let ended: End | null = null;
    const meta: M = {
      tag: Symbol("ensure"),
      k: { sealed: true, run: () => done(ended as End) },
      next: context(),
      cleanup: (k, m) => cleanup((v) => goOn(k, v, env, m), m),
    };
    bodies.set(meta, (e) => {
      ended = e;
      return goOn(end, nil, env, meta);
    });
    return body(meta);
  };
  const bodies = new WeakMap<M, Next<End>>();
  const leave = (meta: M, e: End): Step => (bodies.get(meta) as Next<End>)(e);
  /** A callback that tidies up: waited for, also if it gives a Handle; an Error is reported. */
  const tidy = (f: Value, args: readonly Value[], meta: M | null, next: Next<Value>): Step =>
    calling(f, args, meta, (v) => {
      if (isError(v)) fibers.report(v);
      const h = fibers.fiberOf(v);
      if (h === undefined || h.done) return next(nil);
      return fibers.park({ sealed: true, run: () => next(nil) }, env, meta, (wake) => {
        h.looked = true;
        h.waiters.push(() => fibers.later(wake(nil)));
        return null;
      });
    });
  // "aio/finally runs on every outcome, sync and pending"
  worker("aio/finally", [HANDLE, FUNCTION], first, ([h, f], self, done) =>
    ensuring(
      (meta) =>
        ending(fiberOf(h), false, meta, (e) => {
          self.waits = false;
          return leave(meta, e);
        }),
      (next, meta) => tidy(f, [], meta, next),
      done,
    ),
  );
  // "aio/bracket always releases"
  worker("aio/bracket", [HANDLE, FUNCTION, FUNCTION], first, ([h, release, use], self, done) =>
    ending(fiberOf(h), true, null, (e) => {
      self.waits = false;
      if (!e.ok) return done(e);
      return ensuring(
        (meta) => calling(use, [e.result], meta, (v) => flat(v, meta, (used) => leave(meta, used))),
        (next, meta) => tidy(release, [e.result], meta, next),
        done,
      );
    }),
  );
  worker(
    "aio/scope",
    [FUNCTION],
    () => null,
    ([f], self, done) => calling(f, [self.handle], null, (v) => flat(v, null, done)),
  );

  // ---- several Handles ----

  /** Who listens is told in turn: a Handle that ends because another did comes after all who listen to that one. */
  let telling: (() => void)[] | null = null;
  const tell = (f: () => void): void => {
    if (telling !== null) {
      telling.push(f);
      return;
    }
    telling = [f];
    for (const next of telling) next();
    telling = null;
  };
  /** Told about each input that ends, in order (null: it was cancelled); the first answer is the end, and cancels the rest. */
  const among = (inputs: readonly Fiber[], hear: (i: number, e: End | null) => End | "cancelled" | null): Fiber => {
    const h = bare(true);
    const over = (): boolean => h.done || h.cancelled;
    const cancelInputs = (): void => {
      for (const input of inputs) fibers.cancel(input);
    };
    h.parked = { k: end, env, meta: null, giveUp: cancelInputs };
    for (const [i, input] of inputs.entries()) {
      input.looked = true;
      const ended = (): void => {
        if (over()) return;
        const answer = hear(i, input.cancelled ? null : endOf(input));
        if (answer === null) return;
        if (answer === "cancelled") fibers.cancel(h);
        else settle(h, answer);
        cancelInputs();
      };
      if (input.done || input.cancelled) ended();
      else input.waiters.push(() => tell(ended));
    }
    return h;
  };
  const isHandles = (v: Value): boolean => isList(v) && toArray(v).every(HANDLE.is);
  const HANDLES: Kind = { what: "a list of handles", is: isHandles };
  const SOME: Kind = { what: "a non-empty list of handles", is: (v) => v !== nil && isHandles(v) };
  const cancelledError = (): Value => error("async operation cancelled");

  // "results in order, first failure wins and cancels the rest"
  const all = (inputs: readonly Fiber[], whenCancelled: End | "cancelled" = bad(cancelledError())): Fiber => {
    const results: Value[] = inputs.map(() => nil);
    let left = inputs.length;
    const h = among(inputs, (i, e) => {
      if (e === null) return whenCancelled;
      if (!e.ok) return e;
      results[i] = e.result;
      left--;
      return left === 0 ? good(formFromArray(results)) : null;
    });
    if (inputs.length === 0) settle(h, good(nil));
    return h;
  };
  const several = (name: string, kind: Kind, make: (inputs: readonly Fiber[]) => Fiber): void =>
    simple(name, [kind], (l) => make(toArray(l as List).map(fiberOf)).handle);
  several("aio/all", HANDLES, (inputs) => all(inputs));
  // "first terminal wins, others cancelled"
  several("aio/race", SOME, (inputs) => among(inputs, (_, e) => e ?? "cancelled"));
  // "first success"
  several("aio/any", SOME, (inputs) => {
    let left = inputs.length;
    return among(inputs, (_, e) => {
      left--;
      if (e?.ok === true) return e;
      return left > 0 ? null : bad(e === null ? cancelledError() : e.result);
    });
  });
  several("aio/all-settled", HANDLES, (inputs) => {
    const results: Value[] = inputs.map(() => nil);
    let left = inputs.length;
    const h = among(inputs, (i, e) => {
      results[i] =
        e?.ok === true
          ? list(key("status"), key("ok"), key("value"), e.result)
          : list(key("status"), key("error"), key("error"), e === null ? error("cancelled") : e.result);
      left--;
      return left === 0 ? good(formFromArray(results)) : null;
    });
    if (inputs.length === 0) settle(h, good(nil));
    return h;
  });
  // "fails with an Error `:timeout` and cancels h"
  simple("aio/within", [HANDLE, MS], (x, ms) => {
    const source = fiberOf(x);
    if (source.done || source.cancelled) return x;
    const h = among([source], (_, e) => e ?? "cancelled");
    const undo = whenCancelled(source, () => void fibers.cancel(h));
    const disarm = fibers.timer(ms as number, () => {
      settle(h, bad(error(":timeout")));
      fibers.cancel(source);
      return null;
    });
    h.waiters.push(() => {
      undo();
      disarm();
    });
    return h.handle;
  });

  /** One fiber for each item, and all of them. */
  const each = (
    items: readonly Value[],
    run: (item: Value, done: Next<End>) => Step,
    next: Next<readonly Fiber[]>,
    made: readonly Fiber[] = [],
    context = around,
  ): Step =>
    made.length === items.length
      ? next(made)
      : work(
          null,
          (_, done) => run(items[made.length], done),
          (h) => each(items, run, next, [...made, h], context),
          context,
        );
  strict("aio/traverse", 2, [LIST, FUNCTION], ([l, f], k, e, m) =>
    each(
      toArray(l as List),
      (item, done) => calling(f, [item], null, (v) => flat(v, null, done)),
      (hs) => goOn(k, all(hs).handle, e, m),
    ),
  );

  // "sequential-map f items"; library functions that C has in Valk curry
  table.set(
    "sequential-map",
    curriedControl("sequential-map", 2, ([f, l], k, e, m) => {
      if (typeof f !== "function" || !isList(l)) return goOn(k, refuse("sequential-map", [f, l], FUNCTION, LIST), e, m);
      around = inherited(m, end);
      return work(
        null,
        (_, done) => {
          const from = (items: readonly Value[], results: readonly Value[]): Step =>
            items.length === 0
              ? done(good(formFromArray(results)))
              : calling(f, [items[0]], null, (v) =>
                  flat(v, null, (x) => (x.ok ? from(items.slice(1), [...results, x.result]) : done(x))),
                );
          return from(toArray(l), []);
        },
        (h) => goOn(k, h.handle, e, m),
      );
    }),
  );

  const tools = { define, work, calling, flat, ending, awaiting, each, all, good, bad, bare, settle, settled, awaited };
  laterHandles(tools, fibers, apply, end, env);
  return table;
};
