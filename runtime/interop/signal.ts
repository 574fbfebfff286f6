/** AbortSignals: JavaScript's way to cancel, as ours, in both directions. */

import { awaitValue } from "../kernel/await.ts";
import { errorOf, toJSValue } from "../kernel/border.ts";
import { cancel, isTerminal, onCancel } from "../kernel/cancel.ts";
import { type Fiber, onSettle, park, push2, type Resume, spawn, wake, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call0, type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { FUNCTION, type Kind, refuse } from "../kernel/wrong.ts";

const SIGNAL: Kind = {
  what: "an AbortSignal, or nil",
  is: (v) =>
    v === nil || (typeof v === "object" && v !== null && typeof (v as Partial<AbortSignal>).aborted === "boolean"),
};

/** The Error of what a signal's owner gave as the reason. Its data start with :ABORT_ERR. */
const aborted = (signal: AbortSignal): ValkError => {
  const { reason } = signal as { readonly reason: unknown };
  return reason instanceof Error ? errorOf(reason) : error("the operation was aborted", nil, toJSValue(reason));
};

/**
 * `(js/abortable signal f)`: runs f as a fiber of its own and gives its value. When the signal aborts, the fiber is cancelled,
 * with all that is under it, and the value is the Error of the signal's reason. A signal that is nil never aborts.
 */
export const abortable = /*#__PURE__*/ native("js/abortable", 2, 2, (signal: Value, f: Value): Value => {
  if (!SIGNAL.is(signal) || typeof f !== "function") return refuse("js/abortable", [signal, f], SIGNAL, FUNCTION);
  if (signal === nil) return call0(f);
  if ((signal as AbortSignal).aborted) return aborted(signal as AbortSignal);
  const fiber = spawn(() => call0(f));
  return fiber === Y ? push2(spawned, signal, f) : follow(signal as AbortSignal, fiber as Fiber);
});
const spawned: Resume = (fiber, { a: signal }) => follow(signal as AbortSignal, fiber as Fiber);

const follow = (signal: AbortSignal, fiber: Fiber): Value => {
  if (isTerminal(fiber)) return awaitValue(fiber);
  // An abort while the fiber was being started.
  if (signal.aborted) {
    cancel(fiber);
    return aborted(signal);
  }
  return park((waiter) => {
    const stop = (): void => void cancel(fiber);
    signal.addEventListener("abort", stop, { once: true });
    onSettle(fiber, (value) => {
      signal.removeEventListener("abort", stop);
      wake(waiter, signal.aborted && value instanceof ValkError ? aborted(signal) : value);
    });
    waiter.cancel = stop;
    return nil;
  });
};

/** `(js/signal)`: an AbortSignal that aborts when the fiber that asks for it is cancelled, for JavaScript that takes one. */
export const signal = /*#__PURE__*/ native(
  "js/signal",
  0,
  0,
  (): Value =>
    park((fiber) => {
      const controller = new AbortController();
      onCancel(fiber, () => controller.abort());
      wake(fiber, controller.signal);
      return nil;
    }),
) as Fn;
