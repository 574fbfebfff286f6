/** Printing, files, the process. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const WRITES_TOTAL_SEES = { effect: "writes", fails: false, errors: "sees" } as const;
const WRITES_SEES = { effect: "writes", errors: "sees" } as const;
const READS = { effect: "reads" } as const;
const WRITES = { effect: "writes" } as const;
const READS_TOTAL_SEES = { effect: "reads", fails: false, errors: "sees" } as const;

export const ioSignatures: readonly Signature[] = [
  ...describe("lib/io", [
    [
      "print",
      "print",
      "& xs",
      "nil",
      "Prints the values, with blanks between them, and ends the line.",
      WRITES_TOTAL_SEES,
    ],
    [
      "printf",
      "printf",
      "format & xs",
      "nil",
      "Prints the format with %s (strings), %d (numbers) and %% filled in.",
      WRITES_SEES,
    ],
    ["println", "println", "format & xs", "nil", "Like printf, and ends the line.", WRITES_SEES],
  ]),
  ...describe("lib/file", [["read-file", "readFile", "path", "string", "The text of a file.", READS]]),
  ...describe("lib/process", [
    ["exit", "exit", "[code]", "number", "Records the exit code, stops the aio systems and goes on.", WRITES],
    ["shutdown", "shutdown", "[code]", "number", "Records the exit code, stops the aio systems and goes on.", WRITES],
    ["exit-now", "exitNow", "[code]", "number", "Ends the process at once.", WRITES],
    ["time-us", "timeUs", "& xs", "number", "A clock in microseconds that only goes forward.", READS_TOTAL_SEES],
    ["stack-depth", "stackDepth", "", "number", "How many calls are waiting.", { effect: "suspends", fails: false }],
  ]),
];
