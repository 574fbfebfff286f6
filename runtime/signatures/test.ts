/** What the test framework needs. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const WRITES = { effect: "writes" } as const;
const TELLS = { effect: "writes", fails: false, errors: "sees" } as const;
const SEES = { effect: "reads", errors: "sees" } as const;

export const testSignatures: readonly Signature[] = [
  ...describe("lib/test", [
    [
      "test/report",
      "report",
      "kind & data",
      "nil",
      "Tells valk test, if it runs the program, what has happened.",
      TELLS,
    ],
    ["error/where", "where", "e", "string nil", "The place file:line:column where an Error was made, or nil.", SEES],
    ["test/capture-start", "captureStart", "", "ref", "Keeps what the program prints from now on.", WRITES],
    ["test/capture-stop", "captureStop", "capture", "cons", "Ends a capture: {:stdout s :stderr s}.", WRITES],
  ]),
];
