/** Signals of the operating system. */
import { constants } from "node:os";
import { deliver } from "../kernel/await.ts";
import { type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { Sym } from "../kernel/symbol.ts";
import { FUNCTION, type Kind, refuse } from "../kernel/wrong.ts";
import { handled, operation, type Start } from "./operation.ts";

/** "SIGTERM" for "SIGTERM" or :SIGTERM; null for what is no signal. */
export const signalName = (value: Value): NodeJS.Signals | null => {
  const name = value instanceof Sym ? value.name.replace(/^:/, "") : value;
  return typeof name === "string" && Object.hasOwn(constants.signals, name) ? (name as NodeJS.Signals) : null;
};
export const SIGNAL: Kind = { what: "a signal such as :SIGTERM", is: (v) => signalName(v) !== null };
const CATCHABLE: Kind = {
  what: "a signal that can be caught, such as :SIGTERM",
  is: (v) => ![null, "SIGKILL", "SIGSTOP"].includes(signalName(v)),
};

// The host does not count listeners of signals as something to wait for; a fiber that waits for one is.
const HOUR = 3_600_000;
const startWait: Start = (done, [value]) => {
  const name = signalName(value) as NodeJS.Signals;
  const alive = setInterval(() => {}, HOUR);
  const stop = (): void => {
    clearInterval(alive);
    process.off(name, came);
  };
  const came = (): void => {
    stop();
    done(name);
  };
  process.on(name, came);
  return stop;
};
/** `(signal/wait-async signal k)`: waits until the process gets it; its name. The signal's usual effect does not happen. */
export const signalWait = /*#__PURE__*/ operation("signal/wait-async", [CATCHABLE], startWait);
export const signalWaitHandle = /*#__PURE__*/ handled("signal/wait", [CATCHABLE], startWait);

/** `(signal/on signal handler)`: runs the handler with the name, as a fiber, each time. It does not keep the program alive. */
export const signalOn = /*#__PURE__*/ native("signal/on", 2, 2, (value: Value, handler: Value): Value => {
  if (!CATCHABLE.is(value) || !FUNCTION.is(handler)) return refuse("signal/on", [value, handler], CATCHABLE, FUNCTION);
  const name = signalName(value) as NodeJS.Signals;
  const came = (): void => deliver(handler as Fn, name);
  process.on(name, came);
  return new Ref("signal", () => process.off(name, came));
});

const HANDLER: Kind = { what: "a signal handler, as signal/on gives it", is: (v) => isRef(v, "signal") };
/** `(signal/off handler)`: takes it away; nil. Without handlers the signal has its usual effect again. */
export const signalOff = /*#__PURE__*/ native("signal/off", 1, 1, (ref: Value): Value => {
  if (!HANDLER.is(ref)) return refuse("signal/off", [ref], HANDLER);
  (ref as Ref<() => void>).target();
  return nil;
});
