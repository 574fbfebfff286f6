/** Lists, and what quasiquote expands to. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const TOTAL_SEES = { fails: false, errors: "sees" } as const;
const SEES = { errors: "sees" } as const;
const CURRIES = { curries: true } as const;
const INTERNAL = { internal: true } as const;
const TOTAL_SEES_INTERNAL = { fails: false, errors: "sees", internal: true } as const;

const COUNTS = { effect: "reads", fails: false, internal: true } as const;
const TURNS = { effect: "writes", fails: false, internal: true } as const;

export const listSignatures: readonly Signature[] = [
  ...describe("lib/list", [
    ["list", "list", "& xs", "nil cons", "A quoted list of the arguments.", TOTAL_SEES],
    ["cons", "cons", "x l", "cons", "A list of x and the elements of l, in the bracket of l.", SEES],
    ["head", "head", "l", "any", "The first element of a non-empty list."],
    ["tail", "tail", "l", "nil cons", "A non-empty list without its first element."],
    ["init", "init", "l", "nil cons", "A non-empty list without its last element."],
    ["last", "last", "l", "any", "The last element of a non-empty list.", CURRIES],
    ["len", "len", "x", "number", "The number of elements of a list, or of UTF-16 units of a string."],
    [
      "join",
      "join",
      "l & xs",
      "nil cons",
      "The lists joined to one; an argument after the first that is no list is appended as an element.",
      SEES,
    ],
    ["range", "range", "a b", "nil cons", "The numbers from a to before b."],
    ["nth", "nth", "n l", "any", "The nth element of l, counted from 1.", CURRIES],
    ["fst", "fst", "l", "any", "The first element.", CURRIES],
    ["snd", "snd", "l", "any", "The second element.", CURRIES],
    ["trd", "trd", "l", "any", "The third element.", CURRIES],
    ["take", "take", "n l", "nil cons", "The first n elements of l, or all there are.", CURRIES],
    ["drop", "drop", "n l", "nil cons", "The elements of l after the first n.", CURRIES],
    ["split", "split", "n l", "cons", "A list of (take n l) and (drop n l).", CURRIES],
    ["exists", "exists", "x l", "number", "1 if an element of l is == to x.", CURRIES],
    ["reverse", "reverse", "l", "nil cons", "The elements in reverse, as a quoted list.", CURRIES],
    ["sum", "sum", "l", "number bigint", "The sum of a list of numbers.", CURRIES],
    ["product", "product", "l", "number bigint", "The product of a list of numbers.", CURRIES],
    ["list/onto", "reverseOnto", "l rest", "nil cons", "The elements of l in reverse, in front of rest.", INTERNAL],
    ["list/captures", "captures", "", "number", "How many continuations have been captured.", COUNTS],
    ["list/turn", "turn", "made shared", "nil cons", "The elements of made in reverse, in place up to shared.", TURNS],
    ["list/copies", "copies", "x n", "nil cons", "A quoted list of n times x.", INTERNAL],
  ]),
  ...describe("lib/order", [
    [
      "list/sort",
      "sortNatural",
      "l",
      "nil cons",
      "The list in the natural order of its numbers, strings or symbols.",
      INTERNAL,
    ],
  ]),
  ...describe("lib/quasi", [
    ["list/of-form", "listOfForm", "& xs", "nil cons", "A form of the arguments.", TOTAL_SEES_INTERNAL],
    ["list/of-braces", "listOfBraces", "& xs", "nil cons", "A list in braces of the arguments.", TOTAL_SEES_INTERNAL],
    ["list/append-form", "appendForm", "& ls", "nil cons", "The lists joined to one form.", INTERNAL],
    ["list/append-braces", "appendBraces", "& ls", "nil cons", "The lists joined to one list in braces.", INTERNAL],
  ]),
];
