/** Scopes, request context, channels and `await-any` (LANGUAGE 7). */
import { error, isError } from "../../runtime/kernel/error.ts";
import { type Fn, nameOf } from "../../runtime/kernel/function.ts";
import { list, nil, type Value } from "../../runtime/kernel/list.ts";
import { Ref } from "../../runtime/kernel/ref.ts";
import { sym } from "../../runtime/kernel/symbol.ts";
import { type Kind, refuse, WHOLE } from "../../runtime/kernel/wrong.ts";
import { eq } from "../../runtime/lib/equal.ts";
import type { Apply, Scheduler } from "./fibers.ts";
import { control } from "./library.ts";
import {
  CLEANING,
  CLEANUP,
  codeOf,
  dropped,
  type Env,
  type Fiber,
  functionValue,
  goOn,
  inherited,
  into,
  type K,
  type M,
  type Parked,
  type Step,
  type Structure,
  seal,
  shielded,
  statesOf,
  withState,
} from "./machine.ts";

/** What a scope and a deadline have in common: they end what waits under them. */
interface Guard {
  readonly kind: "guard";
  error: Value | null;
  /** A scope's body is left; a deadline only fails the await. */
  readonly leaves: boolean;
  readonly fibers: Set<Fiber>;
  /** A deadline's time. */
  readonly at: number | null;
  readonly span: Span | null;
}
interface Local {
  readonly kind: "local";
  readonly key: Value;
  readonly value: Value;
  readonly span: Span;
}
interface Span {
  readonly trace: number;
  readonly number: number;
  readonly parent: Value;
}
interface Scope {
  readonly guard: Guard;
  readonly children: Set<Fiber>;
  idle: (() => void) | null;
  ended: boolean;
}
type Run = (args: readonly Value[], k: K, env: Env, meta: M | null) => Step;

export const structures = (fibers: Scheduler, machine: () => { apply: Apply; end: K }) => {
  const scopes = new WeakMap<object, Scope>();
  const end: K = { sealed: true, run: (v, env, m) => machine().end.run(v, env, m) };
  const chainOf = (meta: M | null): M[] => (meta === null ? [] : [meta, ...chainOf(meta.next)]);

  // ---- guards ----

  const statesAround = (fiber: Fiber, parked: Parked): object[] => [
    ...statesOf(parked.meta),
    ...statesOf(fiber.context ?? null),
  ];
  const isGuard = (state: object): state is Guard => (state as Guard).kind === "guard";
  const newGuard = (leaves: boolean, at: number | null, span: Span | null): Guard => ({
    kind: "guard",
    error: null,
    leaves,
    fibers: new Set(),
    at,
    span,
  });
  /** Where the code under the guard ends: for a scope, only its own body is under it. */
  const place = (guard: Guard, chain: readonly M[]): number =>
    chain.findIndex((e) => e.state === guard && (!guard.leaves || e.tag === guard));

  /** Takes away what a parked fiber would have done under the guard: how it goes on, or null if it goes on waiting. */
  const leave = (guard: Guard, fiber: Fiber): (() => Step) | null => {
    const parked = fiber.parked as Parked;
    const chain = chainOf(parked.meta);
    const i = place(guard, chain);
    if (i < 0) return null;
    const above = chain.slice(0, i);
    const resume = (k: K, meta: M | null) => (): Step => {
      fiber.parked = null;
      return goOn(k, guard.error, parked.env, meta);
    };
    // "nothing interrupts a cleanup"
    if (!guard.leaves) return above.some((e) => e.tag === CLEANING) ? null : resume(parked.k, parked.meta);
    const cleaning = shielded(above, end, chain[i], guard.error);
    if (cleaning === null) return resume(end, dropped(above, end, chain[i]));
    parked.meta = cleaning;
    return null;
  };
  const fire = (guard: Guard, e: Value): void => {
    if (guard.error !== null) return;
    guard.error = e;
    for (const fiber of guard.fibers) {
      const { parked } = fiber;
      const on = parked === null ? null : leave(guard, fiber);
      if (on === null) continue;
      parked?.giveUp();
      fiber.parked = null;
      fibers.later(fibers.asFiber(fiber, on));
    }
  };
  fibers.setPassed((fiber) => {
    for (const guard of statesAround(fiber, fiber.parked as Parked).filter(isGuard)) {
      if (guard.error === null) guard.fibers.add(fiber);
      else {
        const on = leave(guard, fiber);
        if (on !== null) return on();
      }
    }
    return null;
  });

  // ---- scopes ----

  const childless = (s: Scope, k: K, env: Env, meta: M | null): Step =>
    s.children.size === 0
      ? goOn(k, nil, env, meta)
      : fibers.park(k, env, meta, (wake) => {
          s.idle = () => fibers.later(wake(nil));
          return () => {
            s.idle = null;
          };
        });
  const scope: Structure["scope"] = (body, k, env, meta) => {
    const ref = new Ref("scope", null);
    const s: Scope = { guard: newGuard(true, null, null), children: new Set(), idle: null, ended: false };
    scopes.set(ref, s);
    const close = (after: K, m: M | null): Step => {
      s.ended = true;
      for (const child of [...s.children]) fibers.cancel(child);
      return childless(s, after, env, m);
    };
    const outer: M = { tag: CLEANUP, k: seal(k, env), next: meta, cleanup: close };
    // "children are awaited or cancelled before the scope ends"
    const finish: K = {
      sealed: true,
      run: (v, _env, m) => {
        if (s.guard.error !== null) return goOn(end, s.guard.error, env, m);
        return isError(v)
          ? goOn(end, v, env, m)
          : childless(s, { sealed: true, run: (_, e, m2) => goOn(end, v, e, m2) }, env, m);
      },
    };
    return body(ref, finish, { tag: s.guard, k: end, next: outer, cleanup: null, state: s.guard });
  };
  const SCOPE: Kind = { what: "a scope", is: (v) => typeof v === "object" && v !== null && scopes.has(v) };
  const failure = (s: Scope, child: Fiber): void => {
    if (!isError(child.value) || child.cancelled || s.ended || s.guard.error !== null) return;
    fire(s.guard, child.value);
    for (const sibling of [...s.children]) fibers.cancel(sibling);
  };
  const spawn: Structure["spawn"] = (parent, run, k, env, meta) => {
    if (!SCOPE.is(parent)) return goOn(k, refuse("spawn", [parent], SCOPE), env, meta);
    const s = scopes.get(parent as object) as Scope;
    if (s.ended) return goOn(k, error("spawn: the scope has ended"), env, meta);
    if (s.guard.error !== null) return goOn(k, s.guard.error, env, meta);
    const adopt = into((handle, env2, m) => {
      const child = fibers.fiberOf(handle) as Fiber;
      child.looked = true;
      if (child.done) failure(s, child);
      else {
        s.children.add(child);
        child.waiters.push(() => {
          s.children.delete(child);
          failure(s, child);
          if (s.children.size > 0 || s.idle === null) return;
          const { idle } = s;
          s.idle = null;
          idle();
        });
        if (s.ended || s.guard.error !== null) fibers.cancel(child);
      }
      return goOn(k, handle, env2, m);
    });
    return fibers.spawn(run, adopt, env, meta);
  };

  // ---- context ----

  const contexts = (meta: M | null): readonly (Local | Guard)[] =>
    statesOf(meta).filter((s): s is Local | Guard => !isGuard(s) || !s.leaves);
  let spans = 0;
  const newSpan = (meta: M | null): Span => {
    const outer = contexts(meta)[0]?.span;
    return { trace: outer?.trace ?? Math.random(), number: ++spans, parent: outer?.number ?? nil };
  };
  const local: Structure["local"] = (key, value, body, k, env, meta) => {
    const failed = [key, value].find(isError);
    if (failed !== undefined) return goOn(k, failed, env, meta);
    const state: Local = { kind: "local", key, value, span: newSpan(meta) };
    return body(withState(state, seal(k, env), meta));
  };
  const MS: Kind = { what: "a number of milliseconds", is: (v) => typeof v === "number" && v >= 0 };
  const deadline: Structure["deadline"] = (ms, body, k, env, meta) => {
    if (typeof ms !== "number") return goOn(k, refuse("ctx/with-deadline", [ms], MS), env, meta);
    const guard = newGuard(false, fibers.time() + ms, newSpan(meta));
    const pass = (): Step => {
      fire(guard, error("deadline exceeded", list(sym(":timeout"))));
      return null;
    };
    if (ms <= 0) pass();
    const stop = ms <= 0 ? () => {} : fibers.timer(ms, pass);
    const done = (after: K, m: M | null): Step => {
      for (const fiber of guard.fibers)
        if (fiber.parked === null || !statesAround(fiber, fiber.parked).includes(guard)) guard.fibers.delete(fiber);
      if (guard.fibers.size === 0) stop();
      return goOn(after, nil, env, m);
    };
    return body(withState(guard, end, { tag: CLEANUP, k: seal(k, env), next: meta, cleanup: done }));
  };

  const table = new Map<string, Value>();
  const define = (name: string, min: number, max: number, run: Run): void =>
    void table.set(name, control(name, min, max, run));
  const asks = (name: string, give: (meta: M | null) => Value): void =>
    define(name, 0, 0, (_args, k, env, m) => goOn(k, give(m), env, m));
  const locals = (meta: M | null) => contexts(meta).filter((c) => c.kind === "local");
  define("ctx/get", 1, 1, ([key], k, env, m) =>
    goOn(k, isError(key) ? key : (locals(m).find((c) => eq(c.key, key))?.value ?? nil), env, m),
  );
  asks("ctx/locals", (m) => {
    const all = locals(m);
    return list(...all.filter((c, i) => all.findIndex((d) => eq(c.key, d.key)) === i).map((c) => list(c.key, c.value)));
  });
  const left = (meta: M | null): number =>
    Math.min(...contexts(meta).map((c) => (c.kind === "guard" ? (c.at as number) : Infinity))) - fibers.time();
  asks("ctx/deadline", (m) => (left(m) === Infinity ? nil : Math.max(0, left(m))));
  asks("ctx/deadline-exceeded?", (m) => (left(m) <= 0 ? sym(":true") : nil));
  asks("trace/id", (m) => contexts(m)[0]?.span?.trace ?? nil);
  asks("trace/span", (m) => contexts(m)[0]?.span?.number ?? nil);
  asks("trace/parent-span", (m) => contexts(m)[0]?.span?.parent ?? nil);

  return { structure: { scope, spawn, local, deadline } satisfies Structure, table, define, end };
};
export type Structures = ReturnType<typeof structures>;

/** Channels and `await-any`. */
export const choices = (fibers: Scheduler, apply: Apply, { define, end }: Structures): void => {
  interface Waiting {
    readonly resume: (v: Value) => void;
    readonly value: Value;
  }
  interface Channel {
    readonly capacity: number;
    readonly buffer: Value[];
    readonly receivers: Waiting[];
    readonly senders: Waiting[];
    closed: boolean;
  }
  const channels = new WeakMap<object, Channel>();
  const channelOf = (v: Value): Channel => channels.get(v as object) as Channel;
  const CHANNEL: Kind = { what: "a channel", is: (v) => typeof v === "object" && v !== null && channels.has(v) };
  const SENT: Kind = { what: "a value other than nil, which says that a channel is closed", is: (v) => v !== nil };
  const CAPACITY: Kind = { what: "a whole number, at least 0", is: (v) => WHOLE.is(v) && (v as number) >= 0 };

  const join = (queue: Waiting[], resume: (v: Value) => void, value: Value) => {
    const entry = { resume, value };
    queue.push(entry);
    return (): void => {
      const i = queue.indexOf(entry);
      if (i >= 0) queue.splice(i, 1);
    };
  };
  define("channel", 0, 1, ([capacity = 0], k, env, m) => {
    if (!CAPACITY.is(capacity)) return goOn(k, refuse("channel", [capacity], CAPACITY), env, m);
    const ref = new Ref("channel", null);
    channels.set(ref, { capacity: capacity as number, buffer: [], receivers: [], senders: [], closed: false });
    return goOn(k, ref, env, m);
  });
  const trySend = (name: string, c: Channel, value: Value): Value | undefined => {
    if (c.closed) return error(`${name}: the channel is closed`);
    const receiver = c.receivers.shift();
    if (receiver !== undefined) receiver.resume(value);
    else if (c.buffer.length < c.capacity) c.buffer.push(value);
    else return undefined;
    return nil;
  };
  const tryReceive = (c: Channel): Value | undefined => {
    const sender = c.senders.shift();
    if (sender !== undefined) {
      c.buffer.push(sender.value);
      sender.resume(nil);
    }
    return c.buffer.length > 0 ? c.buffer.shift() : c.closed ? nil : undefined;
  };
  type Start = (args: readonly Value[], resume: (v: Value) => void) => { now: Value } | { close: () => void };
  const send =
    (name: string): Start =>
    ([c, value], resume) => {
      const now = trySend(name, channelOf(c), value);
      return now === undefined ? { close: join(channelOf(c).senders, resume, value) } : { now };
    };
  const receive: Start = ([c], resume) => {
    const now = tryReceive(channelOf(c));
    return now === undefined ? { close: join(channelOf(c).receivers, resume, nil) } : { now };
  };

  const suspends = (name: string, kinds: readonly Kind[], start: Start): void =>
    define(name, kinds.length, kinds.length, (args, k, env, m) => {
      if (args.some(isError) || kinds.some((kind, i) => !kind.is(args[i])))
        return goOn(k, refuse(name, args, ...kinds), env, m);
      let wake: (v: Value) => void = () => {};
      const begun = start(args, (v) => wake(v));
      if ("now" in begun) return fibers.atOnce(goOn(k, begun.now, env, m) as () => Step);
      let waits = false;
      const step = fibers.park(k, env, m, (go) => {
        waits = true;
        wake = (v) => fibers.later(go(v));
        return begun.close;
      });
      if (!waits) begun.close(); // a deadline had passed
      return step;
    });
  /** "An async operation takes its continuation last ... With k the call gives nil; without, a thunk" */
  const operation = (name: string, kinds: readonly Kind[], start: Start): void => {
    const launch = (args: readonly Value[], f: Value, k: K, env: Env, m: M | null): Step => {
      const owner = fibers.owners.get(f as object);
      let waiting = true;
      const resume = (v: Value): void => {
        if (!waiting) return;
        waiting = false;
        if (owner !== undefined) owner.wake(v);
        else fibers.later(fibers.asFiber(fibers.newFiber(), () => apply(f, [v], end, env, inherited(m, end))));
      };
      const begun = start(args, resume);
      if ("now" in begun) resume(begun.now);
      else
        owner?.closing(() => {
          waiting = false;
          begun.close();
        });
      return goOn(k, nil, env, m);
    };
    define(name, kinds.length, kinds.length + 1, (given, k, env, m) => {
      const f = given[kinds.length];
      const args = given.slice(0, kinds.length);
      if (args.some(isError) || kinds.some((kind, i) => !kind.is(args[i])))
        return goOn(k, refuse(name, args, ...kinds), env, m);
      if (f !== undefined) return launch(args, f, k, env, m);
      const thunk = functionValue(name, 1, {
        kind: "control",
        run: ([f2], k2, env2, m2) => launch(args, f2, k2, env2, m2),
      });
      return goOn(k, thunk, env, m);
    });
  };
  suspends("chan/send", [CHANNEL, SENT], send("chan/send"));
  suspends("chan/recv", [CHANNEL], receive);
  operation("chan/send-async", [CHANNEL, SENT], send("chan/send-async"));
  operation("chan/recv-async", [CHANNEL], receive);
  define("chan/close", 1, 1, ([ref], k, env, m) => {
    if (!CHANNEL.is(ref)) return goOn(k, refuse("chan/close", [ref], CHANNEL), env, m);
    const c = channelOf(ref);
    c.closed = true;
    for (const w of c.receivers.splice(0)) w.resume(nil);
    for (const w of c.senders.splice(0)) w.resume(error("chan/send: the channel is closed"));
    return goOn(k, nil, env, m);
  });

  // ---- await-any ----

  define("await-any", 1, Infinity, (xs, k, env, m) => {
    let over = false,
      beginning = true;
    let early: (() => Step) | null = null;
    let go: (v: Value) => (() => Step) | null = () => null;
    const others: (() => void)[] = [];
    const callers: { readonly i: number; readonly fiber: Fiber }[] = [];
    // "the others are given up", also functions that wait themselves; the one that has won goes on
    const giveUp = (winner = -1): void => {
      over = true;
      for (const give of others) give();
      for (const { i, fiber } of callers) if (i !== winner) fibers.cancel(fiber);
    };
    const waiting = fibers.current();
    const at = fibers.park(k, env, m, (wake) => {
      go = wake;
      return () => giveUp();
    });
    if (waiting.parked === null) return at;
    const win = (i: number, v: Value): boolean => {
      if (over) return false;
      giveUp(i);
      const on = go(isError(v) ? v : list(i, v));
      if (on === null) return false;
      if (beginning) early = on;
      else fibers.later(on);
      return true;
    };
    const begin = (i: number): Step => {
      if (over || i === xs.length) {
        beginning = false;
        return early === null ? null : fibers.atOnce(early);
      }
      const x = xs[i];
      const handle = fibers.fiberOf(x);
      if (handle !== undefined) {
        handle.looked = true;
        if (handle.done) win(i, handle.value);
        else handle.waiters.push(() => win(i, handle.value));
        return begin(i + 1);
      }
      if (typeof x !== "function") {
        win(i, x);
        return begin(i + 1);
      }
      const continuation = functionValue("k", 1, {
        kind: "control",
        run: ([v], k2, env2, m2) => goOn(k2, win(i, v) ? nil : error("continuation already called"), env2, m2),
      });
      fibers.owners.set(continuation, { wake: (v) => void win(i, v), closing: (close) => void others.push(close) });
      const caller = fibers.newFiber();
      callers.push({ i, fiber: caller });
      caller.looked = true;
      caller.waiters.push(() => {
        const v = caller.value;
        if (isError(v)) win(i, v);
        else if (typeof v === "function" && codeOf(v as Fn)?.kind === "partial")
          win(i, error(`await: ${nameOf(v as Fn)} is missing an argument`));
      });
      return fibers.asBelow(
        () => begin(i + 1),
        caller,
        () => apply(x, [continuation], end, env, inherited(m, end)),
      );
    };
    return begin(0);
  });
};
