/**
 * aio systems: what `aio/start` gives and other calls take first, as in the C runtime. There is one event loop here, so a
 * system is only a group of servers that stop together, and something `aio/run` can wait for.
 */
import { deliver } from "../kernel/await.ts";
import { Fiber, park } from "../kernel/control.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { firstError, type Kind, refuse } from "../kernel/wrong.ts";
import { completed } from "./handle.ts";
import { stops } from "./process.ts";

interface System {
  /** Stops what runs in it. */
  readonly parts: Set<() => void>;
  /** Fibers in `aio/run`. */
  readonly waiting: Set<Fiber>;
}

const create = (): Ref<System> => new Ref("aio_system", { parts: new Set(), waiting: new Set() });
// For calls that name no system. Made at the first need, so that importing this module does nothing.
let shared: Ref<System> | null = null;
export const sharedSystem = (): Ref<System> => {
  shared ??= create();
  return shared;
};

/** The system that a first argument names: the Ref, or the Handle of one. */
export const systemOf = (value: Value): Ref<System> | null => {
  const result = value instanceof Fiber ? value.value : value;
  return isRef(result, "aio_system") ? (result as Ref<System>) : null;
};

const stopSystem = ({ target }: Ref<System>): void => {
  const parts = [...target.parts],
    waiting = [...target.waiting];
  target.parts.clear();
  target.waiting.clear();
  for (const stop of parts) stop();
  for (const fiber of waiting) deliver(fiber, nil);
};

/** Adds something that stops with the system; the result takes it out again. */
export const addPart = (system: Ref<System>, stop: () => void): (() => void) => {
  system.target.parts.add(stop);
  const stopAll = (): void => stopSystem(system);
  // `exit` and `shutdown` stop the systems in which something runs.
  stops.add(stopAll);
  return () => {
    system.target.parts.delete(stop);
    stops.delete(stopAll);
  };
};

const SYSTEM: Kind = { what: "an aio system", is: (v) => systemOf(v) !== null };
const MS: Kind = { what: "a number of milliseconds", is: (v) => typeof v === "number" && v >= 0 };

/** `(aio/start [options])`: a completed Handle of a system. The options tune the C runtime and mean nothing here. */
export const aioStart = /*#__PURE__*/ native(
  "aio/start",
  0,
  1,
  (options?: Value): Value => firstError([options]) ?? completed(create()),
);

/** `(aio/stop [system])`: stops its servers; nil. */
export const aioStop = /*#__PURE__*/ native("aio/stop", 0, 1, (given?: Value): Value => {
  const system = given === undefined ? sharedSystem() : systemOf(given);
  if (system === null) return refuse("aio/stop", [given], SYSTEM);
  stopSystem(system);
  return nil;
});

/** `(aio/run [system] [ms])`: waits until the system stops, nothing is pending any more, or ms have passed; nil. */
export const aioRun = /*#__PURE__*/ native("aio/run", 0, 2, (...args: Value[]): Value => {
  const named = systemOf(args[0]);
  const rest = named === null ? args : args.slice(1);
  if (rest.length > 1 || (rest.length === 1 && !MS.is(rest[0])))
    return refuse("aio/run", args, args.length === 2 || typeof args[0] !== "number" ? SYSTEM : MS, MS);
  const { waiting } = (named ?? sharedSystem()).target;
  const ms = rest[0] as number | undefined;
  return park((fiber) => {
    const wakeUp = (): void => {
      if (waiting.delete(fiber)) deliver(fiber, nil);
    };
    waiting.add(fiber);
    globalThis.process?.once?.("beforeExit", wakeUp);
    const timer = ms === undefined ? undefined : setTimeout(wakeUp, Math.min(ms, 2 ** 31 - 1));
    fiber.cancel = () => {
      waiting.delete(fiber);
      clearTimeout(timer);
    };
    return nil;
  });
});
