/** Atoms. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const WRITES_TOTAL_SEES = { effect: "writes", fails: false, errors: "sees" } as const;
const READS = { effect: "reads" } as const;
const WRITES_SEES = { effect: "writes", errors: "sees" } as const;
const WRITES = { effect: "writes" } as const;

export const stateSignatures: readonly Signature[] = [
  ...describe("lib/atom", [
    ["atom", "atom", "x", "ref", "A new atom: a cell that can be changed.", WRITES_TOTAL_SEES],
    ["atom/get", "atomGet", "a", "any", "The value in the atom.", READS],
    ["atom/set!", "atomSet", "a x", "nil", "Puts x into the atom; gives nil.", WRITES_SEES],
    ["atom/add!", "atomAdd", "a n", "number bigint", "Adds n to the number in the atom; gives the sum.", WRITES],
  ]),
];
