/** `ensure`: code that runs when a body ends, however it ends. Cleanups are ordinary frames, which captures share and aborts look for. */
import { type Frame, frame1, type Meta, push1, type Resume, Y } from "./control.ts";
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
  return w === Y ? push1(value$1, v) : after(v, w);
};
const value$1: Resume = (w, frame) => after(frame.a, w);
const after = (v: Value, w: Value): Value => (w instanceof ValkError ? w : v);

/** The cleanup frames among those that an abort drops, as frames of their own, innermost first. */
export const dropped = (F: Frame | null, M: Meta | null, base: Meta | null): Frame | null => {
  const found: Value[] = [];
  for (;;) {
    for (; F !== null; F = F.next) if (F.f === ensure$1) found.push(F.a);
    if (M === base || M === null) break;
    F = M.frames;
    M = M.next;
  }
  let list: Frame | null = null;
  for (let i = found.length - 1; i >= 0; i--) {
    const frame = frame1(ensure$1, found[i]);
    frame.next = list;
    list = frame;
  }
  return list;
};
