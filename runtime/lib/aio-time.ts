/** Handles of functions that are called later, or again. */
import { park, wake } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call0, type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { FUNCTION, firstError, type Kind } from "../kernel/wrong.ts";
import { type Ended, failed, flatten, ok, then, work } from "./handle.ts";
import { type Call, isCall, type Options, readCall } from "./operation.ts";
import { after, MS } from "./timer.ts";

/** Lets the fiber wait for ms. */
const pause = (ms: number): Value =>
  park((fiber) => {
    fiber.cancel = after(ms, wake, fiber, nil);
    return nil;
  });

const timed = (name: string, kinds: readonly Kind[], options: number, run: (call: Call) => Value): Fn =>
  native(name, kinds.length, kinds.length + 1 + options, (...given: Value[]): Value => {
    const call = readCall(name, kinds, given);
    return isCall(call) ? run(call) : call;
  });

/** `(aio/schedule [system] ms f)`: calls f after ms and completes with what it gives, whatever that is. */
export const aioSchedule = /*#__PURE__*/ timed("aio/schedule", [MS, FUNCTION], 0, ({ args: [ms, f] }) =>
  work(() => then(pause(ms as number), () => then(call0(f), ok))),
);

const isStop = (v: Value): boolean => v instanceof Sym && v.name === ":stop";
/** `(aio/interval [system] ms f)`: calls f every ms, until it gives `:stop`. A call that takes longer delays the next. */
export const aioInterval = /*#__PURE__*/ timed("aio/interval", [MS, FUNCTION], 0, ({ args: [ms, f] }) => {
  const turn = (): Value =>
    then(pause(ms as number), () =>
      then(call0(f), (v) => (isStop(v) ? ok(nil) : v instanceof ValkError ? failed(v) : turn())),
    );
  return work(turn);
});

// ---- retry ----

const LONGEST = 30_000;
type Backoff = (base: number, attempt: number) => number;
const backoffs: Readonly<Record<string, Backoff>> = {
  ":exponential": (base, attempt) => base * 2 ** (attempt - 1),
  ":linear": (base, attempt) => base * attempt,
  ":none": (base) => base,
};
const ATTEMPTS: Kind = { what: "a whole number from 1", is: (v) => Number.isInteger(v) && (v as number) > 0 };
const BACKOFF: Kind = {
  what: ":exponential, :linear or :none",
  is: (v) => v instanceof Sym && Object.hasOwn(backoffs, v.name),
};

const option = (options: Options, name: string, kind: Kind, otherwise: Value): Value => {
  const value = options.get(name) ?? otherwise;
  return kind.is(value) ? value : error(`aio/retry: :${name} must be ${kind.what}, got ${show(value)}`);
};

/**
 * `(aio/retry [system] f {:max-attempts 3 :base-ms 100 :backoff :exponential})`: as what f makes, called again, after a pause,
 * as long as that fails. The pause is never longer than 30 s.
 */
export const aioRetry = /*#__PURE__*/ timed("aio/retry", [FUNCTION], 1, ({ args: [f], options }) => {
  const most = option(options, "max-attempts", ATTEMPTS, 3),
    base = option(options, "base-ms", MS, 100),
    backoff = option(options, "backoff", BACKOFF, sym(":exponential"));
  const wrong = firstError([most, base, backoff]);
  if (wrong !== null) return wrong;
  const wait = backoffs[(backoff as Sym).name];
  const attempt = (n: number): Value =>
    then(flatten(call0(f)), (ended) =>
      (ended as Ended).ok || n >= (most as number)
        ? ended
        : then(pause(Math.min(wait(base as number, n), LONGEST)), () => attempt(n + 1)),
    );
  return work(() => attempt(1));
});
