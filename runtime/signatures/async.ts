/** Fibers, Handles, timers. */
import type { Signature } from "../signatures.ts";
import { aioSignatures } from "./aio.ts";
import { describe } from "./describe.ts";

const WRITES = { effect: "writes" } as const;
const SURE = { effect: "writes", fails: false } as const;
const SUSPENDS = { effect: "suspends" } as const;
// With its continuation an operation gives nil, without it a thunk.
const OPERATION = "nil function";

export const asyncSignatures: readonly Signature[] = [
  ...describe("lib/await", [
    [
      "await",
      "await_",
      "x",
      "any",
      "Waits for a Handle, a promise, or a function that takes the continuation.",
      SUSPENDS,
    ],
    ["await-new", "awaitNew", "x", "any", "The same as await.", SUSPENDS],
    ["aio/await", "aioAwait", "x", "any", "The same as await.", SUSPENDS],
  ]),
  ...describe("lib/timer", [
    ["sleep", "sleep", "ms", "nil", "Suspends the fiber for a time.", SUSPENDS],
    ["aio/sleep", "aioSleep", "[system] ms [options]", "handle", "A Handle that completes after a time.", WRITES],
    ["aio/delay", "aioDelay", "[system] ms [options] [k]", OPERATION, "Goes on after a time.", WRITES],
  ]),
  ...describe("lib/system", [
    ["aio/start", "aioStart", "[options]", "handle", "A completed Handle of a new aio system.", SURE],
    ["aio/run", "aioRun", "[system] [ms]", "nil", "Waits until the system stops or nothing is pending.", SUSPENDS],
    ["aio/stop", "aioStop", "[system]", "nil", "Stops the servers of a system.", WRITES],
  ]),
  ...aioSignatures,
];
