/** Handles by themselves: making, asking, cancelling them. */
import { deliver } from "../kernel/await.ts";
import { isCancelled, onCancel } from "../kernel/cancel.ts";
import { Fiber, push1, type Resume, Y } from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { call0, def, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { FUNCTION, refuse } from "../kernel/wrong.ts";
import { cancelAll, endOf, failed, HANDLE, isOver, ok, pending, type State, settled, stateOf } from "./handle.ts";
import { isCall, readCall } from "./operation.ts";
import { spawn } from "./spawn.ts";

/** `(aio/pure v)`: a Handle that has completed with v, whatever v is. */
export const aioPure = /*#__PURE__*/ native("aio/pure", 1, 1, (v: Value): Value => settled(ok(v)));
/** `(aio/fail reason)`: a Handle that has failed. */
export const aioFail = /*#__PURE__*/ native("aio/fail", 1, 1, (reason: Value): Value => settled(failed(reason)));
/** `(aio/never [system])`: a Handle that runs until it is cancelled. It keeps no program alive. */
export const aioNever = /*#__PURE__*/ native("aio/never", 0, 1, (...given: Value[]): Value => {
  const call = readCall("aio/never", [], given);
  return isCall(call) ? pending() : call;
});

const isHandle = (v: Value): v is Fiber => v instanceof Fiber;
const flag = (yes: boolean): Value => sym(yes ? ":true" : ":false");

/** `(aio/status h)`: `:pending`, `:running`, `:completed`, `:failed` or `:cancelled`. */
export const aioStatus = /*#__PURE__*/ native(
  "aio/status",
  1,
  1,
  (h: Value): Value => (isHandle(h) ? sym(`:${stateOf(h)}`) : refuse("aio/status", [h], HANDLE)),
);
/** `(aio/cancelled? h)`: `:true` or `:false`. */
export const aioCancelled = /*#__PURE__*/ native(
  "aio/cancelled?",
  1,
  1,
  (h: Value): Value => (isHandle(h) ? flag(isCancelled(h)) : refuse("aio/cancelled?", [h], HANDLE)),
);

const ask = (name: string, wanted: State) =>
  native(name, 1, 1, (h: Value): Value => {
    if (!isHandle(h)) return refuse(name, [h], HANDLE);
    const state = stateOf(h);
    if (state !== wanted) return error(`${name}: the handle is :${state}, not :${wanted}`);
    h.looked = true;
    return endOf(h).result;
  });
/** `(aio/result h)`: what it completed with. */
export const aioResult = /*#__PURE__*/ ask("aio/result", "completed");
/** `(aio/error h)`: the reason it failed with. */
export const aioError = /*#__PURE__*/ ask("aio/error", "failed");

// ---- cancellation ----

// While `aio/cancel` cancels: the functions that it calls before it returns.
let calls: Value[] | null = null;
/** Calls f without arguments as a fiber of its own: before `aio/cancel` returns, or when the code that runs has ended or waits. */
const callBack = (f: Value): void => {
  if (calls !== null) calls.push(f);
  else
    deliver(
      def(1, () => call0(f)),
      nil,
    );
};

/** `(aio/cancel h)`: `:true`, or `:false` if it had ended. */
export const aioCancel = /*#__PURE__*/ native("aio/cancel", 1, 1, (h: Value): Value => {
  if (!isHandle(h)) return refuse("aio/cancel", [h], HANDLE);
  const own: Value[] = [];
  calls = own;
  let done = false;
  try {
    done = cancelAll(h);
  } finally {
    calls = null;
  }
  return callAll(own, 0, flag(done));
});
const callAll = (functions: readonly Value[], from: number, value: Value): Value => {
  for (let i = from; i < functions.length; i++)
    if (spawn(() => call0(functions[i])) === Y) return push1(called, [functions, i + 1, value]);
  return value;
};
const called: Resume = (_, frame) => callAll(...(frame.a as Parameters<typeof callAll>));

/** `(aio/on-cancel h f)`: calls f when h is cancelled, at once if it has been; gives h. */
export const aioOnCancel = /*#__PURE__*/ native("aio/on-cancel", 2, 2, (h: Value, f: Value): Value => {
  if (!isHandle(h) || typeof f !== "function") return refuse("aio/on-cancel", [h, f], HANDLE, FUNCTION);
  if (isCancelled(h)) return callAll([f], 0, h);
  if (!isOver(h)) onCancel(h, () => callBack(f));
  return h;
});
