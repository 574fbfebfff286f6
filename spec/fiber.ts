/** Compiled code by hand, for tests of the runtime. */

import { awaitValue } from "../runtime/kernel/await.ts";
import { Fiber, onSettle, push1, type Resume, start, Y } from "../runtime/kernel/control.ts";
import type { Fn } from "../runtime/kernel/function.ts";
import type { Value } from "../runtime/kernel/list.ts";
import { list } from "../runtime/kernel/list.ts";
import { sym } from "../runtime/kernel/symbol.ts";

const goOn: Resume = (v, frame) => (frame.a as (v: Value) => Value)(v);
/** What follows a call that may unwind. */
export const then = (v: Value, next: (v: Value) => Value): Value => (v === Y ? push1(goOn, next) : next(v));
/** `(await x)` and what follows. */
export const wait = (x: Value, next: (v: Value) => Value): Value => then(awaitValue(x), next);
/** Runs body as a fiber; its value, Error or not. */
export const run = (body: () => Value): Promise<Value> => settled(start(body as Fn));
export const settled = (fiber: Value): Promise<Value> =>
  new Promise((resolve) => {
    if (!(fiber instanceof Fiber)) throw new Error("no fiber");
    fiber.looked = true;
    if (fiber.value !== Y) resolve(fiber.value);
    else onSettle(fiber, resolve);
  });
/** Awaits the operations one after the other, each made from the result before. */
export const chain = (...steps: readonly ((v: Value) => Value)[]): Promise<Value> =>
  run(() =>
    steps.reduceRight<(v: Value) => Value>(
      (next, step) => (v) => wait(step(v), next),
      (v) => v,
    )(undefined),
  );
/** A plist from names and values. */
export const plist = (...items: readonly Value[]): Value =>
  list(...items.map((x, i) => (i % 2 === 0 ? sym(`:${x}`) : x)));
export const tick = (ms = 0): Promise<void> => new Promise((done) => setTimeout(done, ms));
