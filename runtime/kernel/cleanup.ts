/** `ensure`: code that runs when a body ends, however it ends. Cleanups are ordinary frames, which captures share and aborts look for. */
import { copyOf, type Dynamic, type Frame, type Meta, push1, type Resume, STATE, withState, Y } from "./control.ts";
import { ValkError } from "./error.ts";
import type { Value } from "./list.ts";
import { R } from "./registers.ts";

type Code = () => Value;

/** Runs body, then cleanup, on a value, an Error, an abort or a cancellation. An Error of cleanup replaces the value. */
export const ensure = (body: Code, cleanup: Code): Value => {
  const v = body();
  if (v !== Y) return clean(cleanup, v);
  R.cleanups = true;
  return push1(ensure$1, cleanup);
};
const ensure$1: Resume = (v, frame) => clean(frame.a as Code, v);

const clean = (cleanup: Code, v: Value): Value => {
  const w = cleanup();
  if (w !== Y) return after(v, w);
  R.cleanups = true;
  return push1(value$1, v);
};
const value$1: Resume = (w, frame) => after(frame.a, w);
const after = (v: Value, w: Value): Value => (w instanceof ValkError ? w : v);

/**
 * The cleanup frames among those of (F, M) above base, which are dropped: as frames of their own, innermost first, on top of
 * `under`. Each runs in the dynamic state of its `ensure`, but for handlers: without their delimiters they could not go on.
 */
export const dropped = (
  F: Frame | null,
  M: Meta | null,
  base: Meta | null,
  under: Frame | null = null,
): Frame | null => {
  const found: Code[] = [];
  for (;;) {
    for (; F !== null; F = F.next) if (F.f === ensure$1) found.push(F.a as Code);
    if (M === base || M === null) break;
    if (M.tag === STATE) {
      const { value } = M.dyn as Dynamic;
      for (let i = 0; i < found.length; i++) found[i] = inState(value, found[i]);
    }
    F = M.frames;
    M = M.next;
  }
  let frames = under;
  for (let i = found.length - 1; i >= 0; i--) frames = { f: ensure$1, next: frames, a: found[i] };
  return frames;
};
const inState =
  (value: Value, cleanup: Code): Code =>
  () =>
    withState(value, cleanup);

// ---- cancellation (cancel.ts, guard.ts) ----

/** Frames, and the prompts beyond. */
export interface Rest {
  readonly frames: Frame | null;
  readonly meta: Meta | null;
}

/**
 * If a cleanup is under way in (F, M) above base: the continuation up to the end of the outermost one, then the cleanups
 * outside of it, with `v` as the value that goes through them, to `last` and base. Else null.
 */
export const shielded = (
  F: Frame | null,
  M: Meta | null,
  base: Meta | null,
  v: Value,
  last: Frame | null,
): Rest | null => {
  let from: Frame | null = null,
    under: Meta | null = null,
    depth = 0;
  const metas: Meta[] = [];
  for (let f = F, m = M; ; m = m.next) {
    for (; f !== null; f = f.next)
      if (f.f === value$1) {
        from = f;
        under = m;
        depth = metas.length;
      }
    if (m === base || m === null) break;
    metas.push(m);
    f = m.frames;
  }
  if (from === null) return null;
  const after: Frame = { f: value$1, next: dropped(from.next, under, base, last), a: v };
  // Frames are shared: those between the last prompt and the cleanup's end are copied.
  const frames = copy(depth === 0 ? F : metas[depth - 1].frames, from, after);
  let meta = base;
  if (depth === 0) return { frames, meta };
  for (let i = depth - 1; i >= 0; i--) {
    const m = metas[i],
      f = i === depth - 1 ? frames : m.frames;
    meta = copyOf(m, f, meta);
  }
  return { frames: F, meta };
};
const copy = (F: Frame | null, end: Frame, after: Frame): Frame => {
  if (F === end || F === null) return after;
  const head: Frame = { ...F };
  let tail = head;
  for (let f = F.next; f !== end && f !== null; f = f.next) tail = tail.next = { ...f };
  tail.next = after;
  return head;
};
/** A frame that gives v, whatever comes; an Error other than v is told to `wrong`. */
export const reporting = (v: Value, wrong: (e: ValkError) => void): Frame => ({
  f: result$1,
  next: null,
  a: v,
  b: wrong,
});
const result$1: Resume = (v, frame) => {
  if (v !== frame.a && v instanceof ValkError) (frame.b as (e: ValkError) => void)(v);
  return frame.a;
};
