/** Handles that have to do with time and systems, and what `aio/let` and `aio/do` are written with (LANGUAGE 7). */
import { isError } from "../../runtime/kernel/error.ts";
import { arityError } from "../../runtime/kernel/function.ts";
import { isList, length, list, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { isRef, Ref } from "../../runtime/kernel/ref.ts";
import { Sym } from "../../runtime/kernel/symbol.ts";
import { FUNCTION, type Kind, refuse, wrong } from "../../runtime/kernel/wrong.ts";
import type { Apply, Scheduler } from "./fibers.ts";
import type { Next, Run } from "./handles.ts";
import {
  type End,
  type Env,
  type Fiber,
  functionValue,
  goOn,
  inherited,
  into,
  type K,
  type M,
  type Step,
} from "./machine.ts";

/** What handles.ts makes Handles with. */
export interface Tools {
  readonly define: (name: string, min: number, max: number, run: Run) => void;
  readonly work: (source: Fiber | null, body: (self: Fiber, done: Next<End>) => Step, next: Next<Fiber>) => Step;
  readonly calling: (f: Value, args: readonly Value[], meta: M | null, next: Next<Value>) => Step;
  readonly flat: (v: Value, meta: M | null, next: Next<End>) => Step;
  readonly awaiting: (v: Value, meta: M | null, next: Next<End>) => Step;
  readonly ending: (h: Fiber, owned: boolean, meta: M | null, next: Next<End>) => Step;
  readonly each: (
    items: readonly Value[],
    run: (item: Value, done: Next<End>) => Step,
    next: Next<readonly Fiber[]>,
  ) => Step;
  readonly all: (inputs: readonly Fiber[], whenCancelled: End | "cancelled") => Fiber;
  readonly good: (result: Value) => End;
  readonly bad: (reason: Value) => End;
  readonly bare: (waits: boolean) => Fiber;
  readonly settle: (h: Fiber, e: End) => void;
  readonly settled: (e: End) => Value;
  readonly awaited: (e: End) => Value;
}

export const laterHandles = (tools: Tools, fibers: Scheduler, apply: Apply, end: K, env: Env): void => {
  const { define, work, calling, flat, ending, awaiting, each, all, good, bad, bare, settle, settled, awaited } = tools;
  const MS: Kind = { what: "a number of milliseconds", is: (v) => typeof v === "number" && v >= 0 };

  // ---- time; "a first argument that is an aio system is accepted" ----

  const isSystem = (v: Value): boolean => isRef(fibers.fiberOf(v)?.value ?? v, "aio_system");
  interface Given {
    readonly args: readonly Value[];
    readonly options: ReadonlyMap<string, Value>;
  }
  const read = (name: string, kinds: readonly Kind[], given: readonly Value[]): Given | Value => {
    const failed = given.find(isError);
    if (failed !== undefined) return failed;
    const named = given.length > 0 && isSystem(given[0]);
    let args = named ? given.slice(1) : given;
    const options = new Map<string, Value>();
    const last = args[args.length - 1];
    if (args.length > kinds.length && isList(last)) {
      if (length(last) % 2 === 1) return wrong(name, given.length, "a plist (keys and values in turn)", last);
      const items = toArray(last);
      for (let i = items.length - 2; i >= 0; i -= 2)
        if (items[i] instanceof Sym) options.set((items[i] as Sym).name, items[i + 1]);
      args = args.slice(0, -1);
    }
    if (args.length === kinds.length + 1 && !named) return wrong(name, 1, "an aio system", given[0]);
    if (args.length !== kinds.length) return arityError(name, kinds.length, kinds.length + 2, given.length);
    for (const [i, kind] of kinds.entries())
      if (!kind.is(args[i])) return wrong(name, i + 1 + (named ? 1 : 0), kind.what, args[i]);
    return { args, options };
  };
  const timed = (
    name: string,
    kinds: readonly Kind[],
    extra: number,
    run: (given: Given, give: Next<Value>) => Step,
  ): void =>
    define(name, kinds.length, kinds.length + 1 + extra, (given, k, e, m) => {
      const call = read(name, kinds, given);
      return isError(call) ? goOn(k, call, e, m) : run(call as Given, (v) => goOn(k, v, e, m));
    });
  const pause = (ms: number, next: () => Step): Step =>
    fibers.sleep(ms, { sealed: true, run: () => next() }, env, null);

  timed("aio/never", [], 0, (_, give) => give(bare(false).handle));
  timed("aio/sleep", [MS], 1, ({ args: [ms] }, give) => {
    const h = bare(false);
    const stop = fibers.timer(ms as number, () => {
      settle(h, good(nil));
      return null;
    });
    h.parked = { k: end, env, meta: null, giveUp: stop };
    return give(h.handle);
  });
  define("aio/delay", 1, 4, (given, k, e, m) => {
    const last = given[given.length - 1];
    const f = typeof last === "function" ? last : null;
    const call = read("aio/delay", [MS], f === null ? given : given.slice(0, -1));
    if (isError(call)) return goOn(k, call, e, m);
    const begin = (to: Value, meta: M | null): void => {
      const owner = fibers.owners.get(to as object);
      const stop = fibers.timer((call as Given).args[0] as number, () => {
        if (owner === undefined)
          return fibers.spawn(
            () => apply(to, [nil], end, env, inherited(meta, end)),
            into(() => null),
            env,
            null,
          );
        owner.wake(nil);
        return null;
      });
      owner?.closing(stop);
    };
    if (f !== null) {
      begin(f, m);
      return goOn(k, nil, e, m);
    }
    const thunk = functionValue("aio/delay", 1, {
      kind: "control",
      run: ([to], k2, e2, m2) => {
        begin(to, m2);
        return goOn(k2, nil, e2, m2);
      },
    });
    return goOn(k, thunk, e, m);
  });
  timed("aio/schedule", [MS, FUNCTION], 0, ({ args: [ms, f] }, give) =>
    work(
      null,
      (_, done) => pause(ms as number, () => calling(f, [], null, (v) => done(good(v)))),
      (h) => give(h.handle),
    ),
  );
  timed("aio/interval", [MS, FUNCTION], 0, ({ args: [ms, f] }, give) =>
    work(
      null,
      (_, done) => {
        const turn = (): Step =>
          pause(ms as number, () =>
            calling(f, [], null, (v) =>
              v instanceof Sym && v.name === ":stop" ? done(good(nil)) : isError(v) ? done(bad(v)) : turn(),
            ),
          );
        return turn();
      },
      (h) => give(h.handle),
    ),
  );
  timed("aio/retry", [FUNCTION], 1, ({ args: [f], options }, give) => {
    const most = Number(options.get(":max-attempts") ?? 3),
      base = Number(options.get(":base-ms") ?? 100);
    const backoff = options.get(":backoff");
    const kind = backoff instanceof Sym ? backoff.name : ":exponential";
    const wait = (n: number): number =>
      Math.min(30_000, kind === ":linear" ? base * n : kind === ":none" ? base : base * 2 ** (n - 1));
    return work(
      null,
      (_, done) => {
        const attempt = (n: number): Step =>
          calling(f, [], null, (v) =>
            flat(v, null, (e) => (e.ok || n >= most ? done(e) : pause(wait(n), () => attempt(n + 1)))),
          );
        return attempt(1);
      },
      (h) => give(h.handle),
    );
  });

  // ---- systems ----

  const waiting = new Map<Ref, Set<() => void>>();
  const shared = new Ref("aio_system", null);
  const systemIn = (x: Value): Ref | null => (isSystem(x) ? ((fibers.fiberOf(x)?.value ?? x) as Ref) : null);
  define("aio/start", 0, 1, (args, k, e, m) =>
    goOn(k, isError(args[0]) ? args[0] : settled(good(new Ref("aio_system", null))), e, m),
  );
  const SYSTEM: Kind = { what: "an aio system", is: isSystem };
  define("aio/stop", 0, 1, ([given], k, e, m) => {
    const system = given === undefined ? shared : systemIn(given);
    if (system === null) return goOn(k, refuse("aio/stop", [given], SYSTEM), e, m);
    for (const wakeUp of waiting.get(system) ?? []) wakeUp();
    waiting.delete(system);
    return goOn(k, nil, e, m);
  });
  // "suspends until the system stops, nothing is pending, or ms passed"
  define("aio/run", 0, 2, (args, k, e, m) => {
    const named = systemIn(args[0]);
    const rest = named === null ? args : args.slice(1);
    if (rest.length > 1 || (rest.length === 1 && !MS.is(rest[0])))
      return goOn(k, refuse("aio/run", args, args.length === 2 || typeof args[0] !== "number" ? SYSTEM : MS, MS), e, m);
    const group = waiting.get(named ?? shared) ?? new Set();
    waiting.set(named ?? shared, group);
    return fibers.park(k, e, m, (wake) => {
      const wakeUp = (): void => fibers.later(wake(nil));
      group.add(wakeUp);
      fibers.idle.push(() => {
        wakeUp();
        return null;
      });
      return rest.length === 0 ? null : fibers.timer(rest[0] as number, () => wake(nil)?.() ?? null);
    });
  });

  // ---- aio/let and aio/do, which forms.ts writes with these ----

  /** The Handle of a body. */
  define("aio/let of", 1, 1, ([body], k, e, m) =>
    work(
      null,
      (_, done) => calling(body, [], null, (v) => flat(v, null, done)),
      (h) => goOn(k, h.handle, e, m),
    ),
  );
  const give = (e: End, k: K, env: Env, m: M | null, shape: (v: Value) => Value): Step =>
    goOn(k, e.ok ? shape(e.result) : awaited(e), env, m);
  /** "groups in parallel": the values of the functions as a list, or the Error of the first failure. */
  define("aio/let group", 1, Infinity, (fs, k, e, m) =>
    each(
      fs,
      (f, done) => calling(f, [], null, (v) => awaiting(v, null, done)),
      (hs) => ending(all(hs, "cancelled"), true, m, (ended) => give(ended, k, e, m, (v) => v)),
    ),
  );
  /** The value of what is bound, in a list; or the Error it failed with. */
  define("aio/do value", 1, 1, ([x], k, e, m) => awaiting(x, m, (ended) => give(ended, k, e, m, (v) => list(v))));
};
