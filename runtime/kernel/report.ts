/** How failures that nobody handles reach the user: of programs, and of fibers whose result nobody asked for. */
import type { Fiber } from "./control.ts";
import type { ValkError } from "./error.ts";
import { trace, traceLines } from "./trace.ts";

/** How failures reach the user; the command line replaces `report` to show the place in the source. */
export const reporter: { report: (error: ValkError) => void; main: Fiber | null; exits: boolean } = {
  /** The top level of a module that JavaScript imported, while it waits. */
  main: null,
  /** The program has called `exit`: it ends with its top level, whatever else it has started. */
  exits: false,
  report: (error) =>
    write(
      `Error: ${error.message}\n${traceLines(trace(error))
        .map((line) => `    ${line}\n`)
        .join("")}`,
    ),
};

// The kernel runs in browsers, too: what Node has it takes from globalThis.
interface Stream {
  write(text: string, done?: () => void): unknown;
}
interface Host {
  readonly argv: readonly string[];
  exitCode?: number | string | null;
  readonly stdout?: Stream;
  readonly stderr: Stream;
  exit?(): void;
  getBuiltinModule?(name: string): unknown;
  nextTick?(f: () => void): void;
}
export const host = (): Host | undefined => (globalThis as { process?: Host }).process;
const write = (text: string): void => {
  const stderr = host()?.stderr;
  if (stderr) stderr.write(text);
  else console.error(text);
};

/** Reports an Error that nobody handles, and makes it the outcome of the program. */
export const fail = (error: ValkError): void => {
  reporter.report(error);
  const process = host();
  if (process !== undefined) process.exitCode = 1;
};

/** Ends the process, with the exit code that has been set. A pipe whose reader is slow gets all that was written first. */
export const leave = (): void => {
  const process = host(),
    { stdout, stderr, exit } = process ?? {};
  stdout?.write("", () => stderr?.write("", () => exit?.call(process)));
};

// Fibers that failed. As with rejected promises, who wants the result asks for it before the present turn of the event loop and
// its microtasks are over.
let unseen: Fiber[] = [];
/** Told about every fiber that ends with an Error nobody has asked for yet. */
export const failed = (fiber: Fiber): void => {
  if (unseen.push(fiber) > 1) return;
  const tick = host()?.nextTick;
  // A tick that a microtask asks for comes after all microtasks, and before any timer.
  queueMicrotask(() => (tick === undefined ? setTimeout(reportUnseen, 0) : tick(reportUnseen)));
};
const reportUnseen = (): void => {
  const fibers = unseen;
  unseen = [];
  for (const fiber of fibers) if (!fiber.looked) fail(fiber.value as ValkError);
};
