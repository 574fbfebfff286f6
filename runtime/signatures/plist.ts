/** Property lists. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const CURRIES = { curries: true } as const;
const SEES_CURRIES = { errors: "sees", curries: true } as const;

export const plistSignatures: readonly Signature[] = [
  ...describe("lib/plist", [
    ["plist/get", "plistGet", "pl key", "any", "The value of the key, or nil.", CURRIES],
    ["plist/set", "plistSet", "pl key x", "cons", "A plist in which the key has the value x.", SEES_CURRIES],
    ["plist/has?", "plistHas", "pl key", "number", "1 if the key is there.", CURRIES],
    ["plist/keys", "plistKeys", "pl", "nil cons", "The keys, in order.", CURRIES],
    ["plist/vals", "plistVals", "pl", "nil cons", "The values, in order.", CURRIES],
    ["get", "get", "pl key default", "any", "The value of the key, or the default.", CURRIES],
  ]),
];
