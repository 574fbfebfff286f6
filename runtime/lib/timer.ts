/** Timers. */
import { park, wake } from "../kernel/control.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { type Kind, refuse } from "../kernel/wrong.ts";
import { handled, operation, type Start } from "./operation.ts";

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

/** `(sleep ms)`: suspends the fiber. */
export const sleep = /*#__PURE__*/ native("sleep", 1, 1, (ms: Value): Value => {
  if (!MS.is(ms)) return refuse("sleep", [ms], MS);
  return park((fiber) => {
    fiber.cancel = after(ms as number, wake, fiber, nil);
    return nil;
  });
});

const startDelay: Start = (done, [ms]) => after(ms as number, done, nil, nil);
/** `(aio/sleep [system] ms)`: a Handle that completes with nil. */
export const aioSleep = /*#__PURE__*/ handled("aio/sleep", [MS], startDelay);
/** `(aio/delay [system] ms k)`: the same as an operation. */
export const aioDelay = /*#__PURE__*/ operation("aio/delay", [MS], startDelay);
