/** Waiting for a time, as the host does it. */
import type { Kind } from "../kernel/wrong.ts";

export const MS: Kind = { what: "a number of milliseconds", is: (v) => typeof v === "number" && v >= 0 };

// The host fires at once what is further away than this (about 24 days).
const LONGEST = 2 ** 31 - 1;
/** Calls f(a, b) after ms. Gives a function that stops it. */
export const after = <A, B>(ms: number, f: (a: A, b: B) => unknown, a: A, b: B): (() => void) => {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number): void => {
    timer = left > LONGEST ? setTimeout(wait, LONGEST, left - LONGEST) : setTimeout(f, left, a, b);
  };
  wait(ms);
  return () => clearTimeout(timer);
};
