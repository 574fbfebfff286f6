/** Errors. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const SEES = { errors: "sees" } as const;

export const errorSignatures: readonly Signature[] = [
  ...describe("lib/error", [
    ["error", "error", "message & data", "other", "A new Error value."],
    ["error/message", "message", "e", "string", "The message of an Error.", SEES],
    ["error/data", "data", "e", "nil cons", "The further arguments of the Error.", SEES],
    ["error/cause", "cause", "e", "any", "The JavaScript error behind an Error, or nil.", SEES],
  ]),
];
