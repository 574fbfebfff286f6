/** The process: its end, its clock, its stack. */
import { park, wake } from "../kernel/control.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { reporter } from "../kernel/report.ts";
import { type Kind, refuse } from "../kernel/wrong.ts";

interface Host {
  exitCode?: number | string | null | undefined;
  exit?(code: number): unknown;
}
const host = (): Host | undefined => globalThis.process;

/** What has to stop when the program calls exit or shutdown: aio systems register themselves here while they run. */
export const stops: Set<() => void> = /*#__PURE__*/ new Set();

const CODE: Kind = {
  what: "a whole number from 0 to 255",
  is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 255,
};

const finish = (name: string, code: Value): Value => {
  if (!CODE.is(code)) return refuse(name, [code], CODE);
  const process = host();
  if (process) process.exitCode = code as number;
  reporter.exits = true;
  for (const stop of stops) stop();
  return code;
};
/** Records the exit code (default 0), stops the aio systems, gives the code and goes on. */
export const exit = /*#__PURE__*/ native("exit", 0, 1, (code: Value = 0): Value => finish("exit", code));
export const shutdown = /*#__PURE__*/ native("shutdown", 0, 1, (code: Value = 0): Value => finish("shutdown", code));

/** Ends the process at once. */
export const exitNow = /*#__PURE__*/ native("exit-now", 0, 1, (code: Value = 0): Value => {
  if (!CODE.is(code)) return refuse("exit-now", [code], CODE);
  host()?.exit?.(code as number);
  return code;
});

/** A clock that only goes forward, in microseconds. Ignores its arguments. */
export const timeUs = /*#__PURE__*/ native("time-us", 0, Infinity, (): Value => Math.floor(performance.now() * 1000));

/** How many calls are waiting: the fiber parks for a moment, which puts all of them on the heap, where they can be counted. */
export const stackDepth = /*#__PURE__*/ native(
  "stack-depth",
  0,
  0,
  (): Value =>
    park((fiber) => {
      let n = 0;
      let frame = fiber.frames;
      for (let meta = fiber.meta; ; meta = meta.next) {
        for (; frame !== null; frame = frame.next) n++;
        if (meta === null) break;
        frame = meta.frames;
      }
      wake(fiber, n);
      return nil;
    }),
);
