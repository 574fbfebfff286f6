/** Hashes and vectors. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const SEES = { errors: "sees" } as const;
const TOTAL_SEES = { fails: false, errors: "sees" } as const;
const EXPECTS = { errors: "sees", internal: true } as const;

export const dataSignatures: readonly Signature[] = [
  ...describe("lib/hash", [
    ["hash", "hash", "& xs", "ref", "A persistent map of keys and values in turn: `(hash :a 1 :b 2)`."],
    ["hash/get", "hashGet", "h key [default]", "any", "The value of the key, or the default (nil)."],
    ["hash/set", "hashSet", "h key x", "ref", "A hash in which the key has the value x.", SEES],
    ["hash/has?", "hashHas", "h key", "number", "1 if the key is there."],
    ["hash/remove", "hashRemove", "h key", "ref", "The hash without the key."],
    ["hash/len", "hashLen", "h", "number", "The number of keys."],
    ["hash/keys", "hashKeys", "h", "nil cons", "The keys, in an order of the hash's own."],
    ["hash/vals", "hashVals", "h", "nil cons", "The values, in the order of the keys."],
    ["hash/pairs", "hashPairs", "h", "nil cons", "A list of {key value}, in the order of the keys."],
    ["hash/of", "hashOf", "pairs", "ref", "A hash of a list of {key value}; later pairs win."],
    ["hash/merge", "hashMerge", "a b", "ref", "The pairs of both hashes; those of b win."],
    ["hash->plist", "hashToPlist", "h", "nil cons", "The keys and values in turn."],
    ["plist->hash", "plistToHash", "pl", "ref", "A hash of a plist."],
    ["hash?", "isHash", "x", "number", "1 if x is a hash.", TOTAL_SEES],
    ["expect/hash", "expectHash", "name position x", "nil", "nil, or the Error that the argument is no hash.", EXPECTS],
  ]),
  ...describe("lib/vec", [
    ["vec", "vec", "& xs", "ref", "A persistent vector of the arguments."],
    ["vec/get", "vecGet", "v i [default]", "any", "The element at position i, counted from 0; outside: the default."],
    ["vec/set", "vecSet", "v i x", "ref", "A vector with x at position i; the position after the last adds it.", SEES],
    ["vec/push", "vecPush", "v x", "ref", "A vector with x at its end.", SEES],
    ["vec/pop", "vecPop", "v", "ref", "A non-empty vector without its last element."],
    ["vec/last", "vecLast", "v", "any", "The last element of a non-empty vector."],
    ["vec/len", "vecLen", "v", "number", "The number of elements."],
    ["vec/slice", "vecSlice", "v start [end]", "ref", "The elements from start to before end (default: to its end)."],
    ["vec/join", "vecJoin", "& vs", "ref", "The vectors joined to one."],
    ["list->vec", "listToVec", "l", "ref", "A vector of the elements of l."],
    ["vec->list", "vecToList", "v", "nil cons", "A quoted list of the elements of v."],
    ["vec?", "isVec", "x", "number", "1 if x is a vector.", TOTAL_SEES],
    ["expect/vec", "expectVec", "name position x", "nil", "nil, or the Error that the argument is no vector.", EXPECTS],
  ]),
];
