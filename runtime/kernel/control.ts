/**
 * The control kernel: frames, prompts, run loop, fibers.
 *
 * A compiled function returns its value, or Y: "unwinding". A caller that sees Y pushes one frame (its resume function and
 * its live locals) and returns Y too. So the JavaScript stack moves to the heap, innermost frame first, until the run loop
 * at the bottom takes it and serves the request that started the unwinding.
 *
 * The continuation of running code is   JS stack, then F, then M:
 *   F  heap frames up to the nearest prompt, a list that ends in null
 *   M  what lies beyond: a list of Meta, one for each prompt, each with the frames under it
 * New frames are linked to F in O(1), because whoever owns the remainder knows F. A frame's `next` is written once. Frames
 * never cross a prompt, so a captured list ends in null and k goes on top of any continuation by one Meta: no walk, no copy.
 * runtime/README.md has the calling convention and the laws.
 */
import { dropped } from "./cleanup.ts";
import { error, ValkError } from "./error.ts";
import { nil, type Value } from "./list.ts";
import { PATIENCE, R } from "./registers.ts";
import { failed } from "./report.ts";

export { ensure } from "./cleanup.ts";

/** What a function returns while the stack unwinds. It must never reach a data structure or JavaScript. */
export const Y: { readonly unwinding: true } = { unwinding: true };

/** Continues a frame with the value its call returned. */
export type Resume = (value: Value, frame: Frame) => Value;
// A request or thunk takes what its operation gives it; the kernel passes arguments on without looking at them.
type Code = (...args: Value[]) => Value;

/**
 * The resume function and the live locals. Four shapes in all (1, 2, 4, 8 slots), so that the run loop's reads stay polymorphic.
 * They are literals and not instances of a class for the reason given in list.ts: deep recursion makes millions that live long.
 */
export interface Frame {
  readonly f: Resume; next: Frame | null; readonly a: Value; readonly b?: Value; readonly c?: Value; readonly d?: Value;
  readonly e?: Value; readonly g?: Value; readonly h?: Value; readonly i?: Value;
}
export const frame1 = (f: Resume, a: Value): Frame => ({ f, next: null, a });
/** A delimiter; compared by identity, named for messages. */
export interface Tag { readonly name: string }
/** One that is a piece of the dynamic state above it, too. */
export abstract class HandlerTag implements Tag { abstract readonly name: string }
/** Dynamic state (request context): innermost first. */
export interface Dynamic { readonly value: Value; readonly next: Dynamic | null }
/** A prompt in the metacontinuation: the frames under it, and the dynamic state of the code above it. */
export class Meta {
  tag: Tag; frames: Frame | null; next: Meta | null; dyn: Value;
  constructor(tag: Tag, frames: Frame | null, next: Meta | null, dyn: Value) {
    this.tag = tag; this.frames = frames; this.next = next; this.dyn = dyn;
  }
}
/** A captured continuation: frames up to the nearest prompt, then the prompts from `top` to before `base`. */
export class Kont {
  tag: Tag; frames: Frame | null; top: Meta | null; base: Meta | null;
  constructor(tag: Tag, frames: Frame | null, top: Meta | null, base: Meta | null) {
    this.tag = tag; this.frames = frames; this.top = top; this.base = base;
  }
}
type Waiter = Fiber | ((value: Value) => void);
/** Flags of a fiber: somebody asked for the result; it has been cancelled; it runs no code (a Handle of an operation). */
export const LOOKED = 1, CANCELLED = 2, BARE = 4;
/** A thread of Valk code. While it is parked it holds its continuation; it is also the Handle of its result. */
export class Fiber {
  frames: Frame | null; meta: Meta | null; waiters: Waiter[] | null; value: Value; flags: number;
  /**
   * Not null exactly while it is parked: called with the fiber and true it gives up the operation that the fiber waits for and
   * closes what is under it; the operation does not go on with the fiber then. Of a fiber that was cancelled while it ran
   * (cancel.ts): is called when it parks or ends; true: it goes on.
   */
  cancel: ((fiber: Fiber, close?: true) => unknown) | null;
  constructor(meta: Meta | null) {
    this.frames = null; this.meta = meta; this.waiters = null; this.value = Y; this.flags = 0; this.cancel = null;
  }
  /** Did anybody ask for the result? If not, a failure is reported. */
  get looked(): boolean { return (this.flags & LOOKED) !== 0; }
  set looked(yes: boolean) { this.flags = (this.flags & ~LOOKED) | (yes ? LOOKED : 0); }
  /** What kind of value it is to programs; ref.ts asks, without importing this. */
  get $kind(): string { return "handle"; }
}

// ---- unwinding: the capture buffer and the request ----

const CALL = 0, SHIFT = 1, RESUME = 2, AWAIT = 3, ABORT = 4;
let tail: Frame | null = null; // frames pushed since the last prompt, a ring: tail.next is the innermost
let closed: Meta | null = null; // segments finished by a prompt, outermost first
let op = 0, x: Value, y: Value; // the request: what the run loop shall do
let dyn: Dynamic | null = null;
let full = 0; // fuel of the present run loop
let depth = 0; // run loops on the JS stack; more than one: we are inside a JS callback

const request = (o: number, a: Value, b: Value): Value => { op = o; x = a; y = b; return Y; };
const link = (frame: Frame): Value => {
  if (tail === null) frame.next = frame; else { frame.next = tail.next; tail.next = frame; }
  tail = frame;
  return Y;
};
export const push1 = (f: Resume, a: Value): Value => link({ f, next: null, a });
export const push2 = (f: Resume, a: Value, b: Value): Value => link({ f, next: null, a, b });
export const push4 = (f: Resume, a: Value, b: Value, c: Value, d: Value): Value => link({ f, next: null, a, b, c, d });
export const push8 = (f: Resume, a: Value, b: Value, c: Value, d: Value, e: Value, g: Value, h: Value, i: Value): Value =>
  link({ f, next: null, a, b, c, d, e, g, h, i });
const take = (F: Frame | null): Frame | null => { // the pushed frames, linked to the frames below them
  if (tail === null) return F;
  const head = tail.next;
  tail.next = F;
  tail = null;
  return head;
};
const close = (tag: Tag, F: Frame | null, value: Value): Value => { // a prompt passes: what was pushed, and F, is its segment
  closed = new Meta(tag, take(F), closed, value);
  return Y;
};

// ---- what compiled code calls ----

/** Out of fuel: goes on with f(...args) on an empty JavaScript stack. */
export const overflow = (f: Code, ...args: Value[]): Value => request(CALL, f, args);
/** The tag of plain reset and shift. */
export const PROMPT: Tag = { name: "reset" };
/** The tag of withState. */
export const STATE: Tag = { name: "state" };
const FIBER: Tag = { name: "fiber" };

/** Runs body under a delimiter. */
export const reset = (tag: Tag, body: Code): Value => { R.fuel -= 2; const v = body(); return v === Y ? under(tag, null, Y) : v; };
/** Captures up to the nearest delimiter with this tag and runs body(k) under it, k a Kont. */
export const shift = (tag: Tag, body: (k: Kont) => Value): Value => request(SHIFT, tag, body);
/** A shift that does not use k: body's value is the delimiter's, after the cleanups of the frames that are dropped. */
export const abort = (tag: Tag, body: Code): Value => request(ABORT, tag, body);
/** (k v) in tail position. */
export const jump = (k: Kont, v: Value): Value => request(RESUME, k, v);
/** (k v) elsewhere: runs natively where nothing below it is needed; four JS frames a level. */
export const resume = (k: Kont, v: Value): Value =>
  k.top === k.base && (R.fuel -= 4) >= 0 ? under(k.tag, k.frames, v) : request(RESUME, k, v);
// Goes on with F and v under a prompt that lives on the JS stack. Serves what needs nothing below it, passes on the rest.
const under = (tag: Tag, F: Frame | null, v: Value): Value => {
  for (;;) {
    while (v !== Y) {
      if (F === null) return v;
      const frame = F;
      F = frame.next;
      v = frame.f(v, frame);
      if (R.made !== null) below(F);
    }
    if (closed !== null) break;
    if (op === SHIFT && x === tag) {
      const k = new Kont(tag, take(F), null, null);
      R.captures++; F = null;
      v = (y as Code)(k);
    } else if (op === ABORT && x === tag && !R.cleanups) { tail = F = null; v = (y as Code)(); }
    else if (op === RESUME && F === null && tail === null && (x as Kont).tag === tag && (x as Kont).top === (x as Kont).base) {
      F = (x as Kont).frames;
      v = y;
    } else break;
  }
  return close(tag, F, null);
};
// Tells the Errors made since the last time what is below them on the heap.
const below = (F: Frame | null): void => { for (let e = R.made; e !== null; e = e.next) e.frames ??= F; };
const placed = (F: Frame | null, M: Meta | null): void => {
  below(F);
  for (let e = R.made; e !== null; e = e.next) e.meta ??= M;
  R.made = null;
};
/** Runs body with one more piece of dynamic state. */
export const withState = (value: Value, body: Code): Value => {
  const outer = dyn;
  R.fuel -= 2;
  dyn = { value, next: outer };
  const v = body();
  dyn = outer;
  return v === Y ? close(STATE, null, value) : v;
};
export const state = (): Dynamic | null => dyn;
/** Runs body under a handler: its delimiter, and in the dynamic state. */
export const handle = (tag: Tag, body: Code): Value => {
  const outer = dyn;
  R.fuel -= 3;
  dyn = { value: tag, next: outer };
  let v = body();
  if (v === Y) v = under(tag, null, Y);
  dyn = outer;
  return v;
};
/** (k v) for a k that was captured up to a handler. */
export const rehandle = (k: Kont, v: Value): Value => {
  const outer = dyn;
  dyn = { value: k.tag, next: outer };
  v = resume(k, v);
  dyn = outer;
  return v;
};
/** Suspends the whole fiber. register(fiber) arranges one wake(fiber, v); an Error as its value is the result at once. */
export const park = (register: (fiber: Fiber) => Value): Value => request(AWAIT, register, undefined);
// What a new fiber takes over of the code that starts it.
const inherited = (): Meta | null => (dyn === null ? null : new Meta(STATE, null, null, dyn));
/** Runs body now, as a fiber, up to its first wait; gives the fiber, which is its handle. */
export const spawn = (body: Code): Value => {
  const fiber = new Fiber(inherited());
  R.fuel -= 2;
  const v = body();
  if (v === Y) return close(FIBER, null, fiber);
  settle(fiber, v);
  return fiber;
};
/** Calls waiter with the fiber's result, once, when it ends. */
export const onSettle = (fiber: Fiber, waiter: Waiter): void => {
  fiber.looked = true;
  const waiters = (fiber.waiters ??= []), n = waiters.push(waiter);
  // Fibers that were cancelled meanwhile stay in the list until there are many.
  if (n >= 16 && (n & (n - 1)) === 0) fiber.waiters = waiters.filter((w) => typeof w === "function" || w.cancel !== null);
};
// ---- entries from JS ----

/** Runs f(...args) as a fiber for a JS caller: if .value is still Y, it waits. */
export const start = (f: Code, ...args: Value[]): Fiber => {
  const fiber = new Fiber(inherited());
  enter(fiber, request(CALL, f, args));
  return fiber;
};
let ready: Value[] = []; // fiber, value, fiber, value ...: woken while a run loop was busy
/** Stands in `cancel` of a fiber that is parked with nothing to close. */
export const nothing = (): void => {};
/** A fiber that is parked before the frames. Without frames: a Handle, which the value it is woken with completes. */
export const parked = (frames: Frame | null): Fiber => {
  const fiber = new Fiber(null);
  fiber.frames = frames; fiber.cancel = nothing;
  return fiber;
};
/** Goes on with a parked fiber. False if it is not parked any more: it was woken before, or cancelled. */
export const wake = (fiber: Fiber, v: Value): boolean => {
  if (fiber.cancel === null) return false;
  fiber.cancel = null;
  if (depth > 0) { ready.push(fiber, v); return true; }
  // Made by the event loop: its call path is the fiber's.
  if (v instanceof ValkError && v.frames === null && v.meta === null) { v.frames = fiber.frames; v.meta = fiber.meta; }
  enter(fiber, v);
  return true;
};
/** Ends a fiber that has nothing to do any more, or a pending Handle, with v; who waits for it goes on. */
export const end = (fiber: Fiber, v: Value): void => {
  fiber.cancel = null;
  if (depth > 0) settle(fiber, v); else enter(fiber, v);
};
/** Is Valk code running below this JavaScript frame? */
export const running = (): boolean => depth > 0;
/** k as a value: an ordinary function of one argument, that the event loop may call, too. */
export const asFunction = (kont: Kont): Code => {
  const k = ((v) => (depth > 0 ? resume(kont, v) : start(resume as Code, kont, v).value)) as Code & { $n: number };
  k.$n = 1;
  return k;
};
/** Runs f apart from what is running now. Whatever f leaves behind is dropped, also when it is thrown out of. */
export const apart = <T>(f: () => T): T => {
  const saved = [tail, closed, op, x, y, dyn, full, depth, ready, R.fuel, R.made] as const;
  tail = closed = dyn = R.made = null;
  ready = [];
  depth = 0;
  try { return f(); } finally { [tail, closed, op, x, y, dyn, full, depth, ready, R.fuel, R.made] = saved; }
};
const enter = (fiber: Fiber, v: Value): void => {
  if (depth > 0) { nested(fiber, v); return; }
  depth = 1;
  full = R.fuel = R.full;
  if (fiber.frames !== null && fiber.meta === null) turn(fiber, fiber.frames, v); else run(fiber, v, null);
  while (ready.length > 0) {
    const batch = ready;
    ready = [];
    for (let i = 0; i < batch.length; i += 2) { R.patience = PATIENCE; run(batch[i] as Fiber, batch[i + 1], null); }
  }
  depth = 0;
  if (dyn !== null) dyn = null;
};
const nested = (fiber: Fiber, v: Value): void => { // a JS callback inside Valk code: only a part of the JS stack is left
  const outer = dyn, fuel = R.fuel, part = full, made = R.made;
  depth++;
  R.made = null;
  full = R.fuel = full >> 1 || 1;
  run(fiber, v, null);
  depth--;
  dyn = outer; R.fuel = fuel; full = part; R.made = made;
};
const settle = (fiber: Fiber, v: Value): void => {
  fiber.frames = fiber.meta = null;
  if (fiber.cancel !== null) { fiber.cancel(fiber); return; } // cancelled while it ran
  fiber.value = v;
  const waiters = fiber.waiters;
  if (waiters === null) { if (v instanceof ValkError && !fiber.looked) failed(fiber); return; }
  fiber.waiters = null;
  for (const w of waiters) if (typeof w === "function") w(v); else if (w.cancel !== null) { w.cancel = null; ready.push(w, v); }
};

// ---- the run loop ----

const dynOf = (M: Meta | null): Dynamic | null => (M === null ? null : (M.dyn as Dynamic | null));
// A prompt on top of an equal prompt is that prompt. Without this a shift that resumes in tail position leaks one Meta for
// each operation, and so does a reset in tail position.
const prompt = (tag: Tag, F: Frame | null, M: Meta | null): Meta =>
  F === null && M !== null && M.tag === tag ? M : promptMeta(tag, F, M);
const promptMeta = (tag: Tag, F: Frame | null, M: Meta | null): Meta =>
  tag instanceof HandlerTag ? new Meta(tag, F, M, { value: tag, next: dynOf(M) }) : new Meta(tag, F, M, dynOf(M));
const stateMeta = (value: Value, F: Frame | null, M: Meta | null): Meta => new Meta(STATE, F, M, { value, next: dynOf(M) });
/** The prompt of e with other frames under it, on top of M. */
export const copyOf = (e: Meta, F: Frame | null, M: Meta | null): Meta =>
  e.tag === STATE ? stateMeta((e.dyn as Dynamic).value, F, M) : promptMeta(e.tag, F, M);
const find = (tag: Tag, M: Meta | null): Meta | null => { while (M !== null && M.tag !== tag) M = M.next; return M; };
const noPrompt = (): Value =>
  error(depth > 1 ? "shift: cannot capture across a JavaScript frame" : "shift: no enclosing reset");
const reinstate = (k: Kont, F: Frame | null, M: Meta | null): Meta => { // the prompts of k on top of (F, M), outermost first
  M = prompt(k.tag, F, M);
  if (k.top === k.base) return M;
  const between: Meta[] = [];
  for (let e = k.top; e !== k.base && e !== null; e = e.next) between.push(e);
  for (let i = between.length - 1; i >= 0; i--) M = copyOf(between[i], between[i].frames, M);
  return M;
};

// `waits`: the fiber is the code of an await of the spawner, which goes on only if that woke it.
interface Spawner { readonly spawner: Fiber; readonly fiber: Fiber; readonly waits: boolean; readonly next: Spawner | null }
// The code of an await waits in its turn: it is a fiber of its own, after which this one goes on if it was woken.
const helperOf = (spawner: Fiber, next: Spawner | null): Spawner => {
  const fiber = new Fiber(null);
  fiber.looked = true;
  return { spawner, fiber, waits: true, next };
};
// What a fiber that was woken at once goes on with: Y if it was not, or has had enough of that and waits for its turn.
const woken = (fiber: Fiber): Value => {
  let i = ready.length - 2;
  while (i >= 0 && ready[i] !== fiber) i -= 2;
  if (i < 0 || (depth === 1 && --R.patience <= 0)) return Y;
  if (i < ready.length - 2) return ready.splice(i, 2)[1];
  const v = ready.pop() as Value;
  ready.pop();
  return v;
};

// A JavaScript exception that no interop call caught (a RangeError, a bug) ends the fiber it happened in, with an Error value.
const crashed = (fiber: Fiber, e: unknown): void => {
  tail = closed = null;
  x = y = undefined;
  fiber.cancel = null;
  settle(fiber, e instanceof ValkError ? e : error(String(e instanceof Error ? e.message : e), undefined, e));
};
// A fiber that goes on with one frame and awaits again: what programs that wait do all day. The same as `run`, which takes over
// if anything else comes; but so small that V8 keeps its values in registers (1000 fibers: two thirds of the time an await).
const turn = (fiber: Fiber, frame: Frame, v: Value): void => {
  try {
    v = frame.f(v, frame);
    if (R.made !== null) placed(frame.next, null);
    fiber.frames = frame.next;
    if (v === Y && op === AWAIT && closed === null && fiber.cancel === null) {
      fiber.frames = take(frame.next);
      fiber.cancel = nothing;
      R.fuel = full;
      const register = x as Code;
      x = undefined;
      v = register(fiber);
      if (v === nil && fiber.cancel !== null) return;
      if (v === Y) { const helper = helperOf(fiber, null); run(helper.fiber, Y, helper); return; }
      if (fiber.cancel === null) { if ((v = woken(fiber)) === Y) return; }
      else if (!(v instanceof ValkError)) return; else fiber.cancel = null;
    }
  } catch (e) { crashed(fiber, e); return; }
  run(fiber, v, null);
};
// Goes on with fiber and v until it and the fibers it started park or end. `up`: spawners waiting below.
const run = (fiber: Fiber, v: Value, up: Spawner | null): void => {
  try {
  for (;;) {
    let F = fiber.frames, M = fiber.meta;
    dyn = dynOf(M);
    slice: for (;;) {
      while (v !== Y) {
        if (F !== null) {
          const frame: Frame = F;
          F = frame.next;
          v = frame.f(v, frame);
          if (R.made !== null) placed(F, M);
        } else if (M !== null) { F = M.frames; M = M.next; dyn = dynOf(M); }
        else { settle(fiber, v); break slice; }
      }
      F = take(F);
      while (closed !== null) {
        const s: Meta = closed;
        closed = s.next;
        if (s.tag === FIBER) { // s.dyn is the new fiber: its spawner waits until it parks
          fiber.frames = F; fiber.meta = M;
          up = { spawner: fiber, fiber: s.dyn as Fiber, waits: false, next: up };
          fiber = s.dyn as Fiber; M = fiber.meta; fiber.meta = null;
        } else if (s.tag === STATE) M = stateMeta(s.dyn, F, M);
        else M = prompt(s.tag, F, M);
        F = s.frames;
      }
      dyn = dynOf(M);
      R.fuel = full;
      const a = x, b = y;
      x = y = undefined;
      switch (op) {
        case CALL: v = (a as Code)(...(b as Value[])); break;
        case SHIFT: case ABORT: {
          const base = find(a as Tag, M);
          if (base === null) { v = noPrompt(); break; }
          const between = M !== base; // prompts that k takes along; without any it must not keep what lies beyond
          const k = op === SHIFT ? new Kont(a as Tag, F, between ? M : null, between ? base : null) : null;
          R.captures++;
          F = k === null && R.cleanups ? dropped(F, M, base) : null;
          M = base; dyn = dynOf(base);
          v = (b as Code)(k);
          break;
        }
        case RESUME: M = reinstate(a as Kont, F, M); F = (a as Kont).frames; dyn = dynOf(M); v = b; break;
        case AWAIT: {
          fiber.frames = F; fiber.meta = M;
          if (fiber.cancel !== null && fiber.cancel(fiber) !== true) break slice; // cancelled while it ran
          F = fiber.frames; M = fiber.meta;
          if (dyn !== null && R.guard !== null && (v = R.guard(fiber as never, dyn as never)) !== Y) {
            F = fiber.frames; M = fiber.meta; dyn = dynOf(M); break;
          }
          fiber.cancel = nothing;
          v = (a as Code)(fiber);
          if (v === Y) {
            up = helperOf(fiber, up);
            fiber = up.fiber; F = null; M = inherited();
            break;
          }
          if (fiber.cancel === null) { if ((v = woken(fiber)) === Y) break slice; }
          else if (v === nil || !(v instanceof ValkError)) break slice;
          else fiber.cancel = null;
          break;
        }
      }
      if (R.made !== null) placed(F, M);
    }
    do {
      if (up === null) return;
      fiber = up.spawner;
      v = up.waits ? woken(fiber) : up.fiber;
      up = up.next;
    } while (v === Y);
  }
  } catch (e) {
    for (; up !== null; up = up.next) if (!up.waits) ready.push(up.spawner, up.fiber);
    crashed(fiber, e);
  }
};
