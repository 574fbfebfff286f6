/** Lists. Everything is a loop: a list may have millions of elements. */
import { curried } from "../kernel/curried.ts";
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import {
  cons as cell,
  consForm,
  fromArray,
  isBraces,
  isList,
  type List,
  listCell,
  nil,
  toArray,
  type Value,
} from "../kernel/list.ts";
import { R } from "../kernel/registers.ts";
import { ANY, CONS, type Kind, LIST, NUMBER, refuse, WHOLE, wrong } from "../kernel/wrong.ts";
import { eq } from "./equal.ts";
import { add, mul } from "./number.ts";

/** The items in front of `tail`, all in the given bracket. */
const build = (items: readonly Value[], braces: boolean, tail: List = nil): List => {
  let result = tail;
  for (let i = items.length - 1; i >= 0; i--)
    result = braces ? listCell(items[i], result, (result.$len | 1) + 2) : consForm(items[i], result);
  return result;
};

export const list = /*#__PURE__*/ native("list", 0, Infinity, (...items: Value[]): Value => fromArray(items));

/** Puts x in front of l, whose bracket the result has. x may be an Error. */
export const cons = /*#__PURE__*/ native(
  "cons",
  2,
  2,
  (x: Value, l: Value): Value =>
    (l as List).$len !== undefined ? { head: x, tail: l, $len: (l as List).$len + 2 } : wrong("cons", 2, LIST.what, l),
);

// Only a cell has a `$len`, so the question what l is and whether it is empty are one look; anything else gives undefined.
export const head = /*#__PURE__*/ native(
  "head",
  1,
  1,
  (l: Value): Value => ((l as List).$len > 1 ? (l as List).head : refuse("head", [l], CONS)),
);

export const tail = /*#__PURE__*/ native(
  "tail",
  1,
  1,
  (l: Value): Value => ((l as List).$len > 1 ? (l as List).tail : refuse("tail", [l], CONS)),
);

export const init = /*#__PURE__*/ native(
  "init",
  1,
  1,
  (l: Value): Value =>
    isList(l) && l !== nil ? build(toArray(l).slice(0, -1), isBraces(l)) : refuse("init", [l], CONS),
);

// The nth cell from 0 on; the caller knows that it is there.
const cellAt = (l: List, n: number): List => {
  let at = l;
  for (let i = 0; i < n; i++) at = at.tail;
  return at;
};
export const last = /*#__PURE__*/ curried(
  "last",
  1,
  (l: Value): Value => (isList(l) && l !== nil ? cellAt(l, (l.$len >> 1) - 1).head : refuse("last", [l], CONS)),
);

/** The number of elements of a list, or of UTF-16 units of a string. */
export const len = /*#__PURE__*/ native(
  "len",
  1,
  1,
  (x: Value): Value =>
    isList(x) ? x.$len >> 1 : typeof x === "string" ? x.length : wrong("len", 1, "a list or a string", x),
);

// Copies `items` in front of `rest` in the bracket wanted; shares `rest` where it is in that bracket already.
const append = (items: readonly Value[], rest: List, braces: boolean): List =>
  build(items, braces, rest === nil || isBraces(rest) === braces ? rest : build(toArray(rest), braces));

/** Lists joined to one, in the bracket of the first that is not nil; what is no list is appended as an element. */
export const join = /*#__PURE__*/ native("join", 1, Infinity, (first: Value, ...more: Value[]): Value => {
  if (!isList(first)) return wrong("join", 1, LIST.what, first);
  const all = [first, ...more];
  const bracket = all.find((part) => isList(part) && part !== nil) as List | undefined;
  const braces = bracket === undefined || isBraces(bracket);
  let result = nil;
  for (let i = all.length - 1; i >= 0; i--) {
    const part = all[i];
    if (!isList(part)) result = append([part], result, braces);
    else if (part !== nil)
      result = result === nil && isBraces(part) === braces ? part : append(toArray(part), result, braces);
  }
  return result;
});

const LONGEST = 536_870_912;
/** The numbers from a to before b. */
export const range = /*#__PURE__*/ native("range", 2, 2, (a: Value, b: Value): Value => {
  if (typeof a !== "number" || typeof b !== "number") return refuseRange(a, b);
  const count = Math.ceil(b - a);
  if (!(count > 0)) return nil;
  if (count > LONGEST) return error("range: too many elements");
  let result = nil;
  for (let i = count - 1; i >= 0; i--) result = { head: a + i, tail: result, $len: result.$len + 2 };
  return result;
});
const PLAIN: Kind = { what: "a number", is: (v) => typeof v === "number" };
const refuseRange = (a: Value, b: Value): Value => refuse("range", [a, b], PLAIN);

/** The nth element, counted from 1. */
export const nth = /*#__PURE__*/ curried(
  "nth",
  2,
  (n: Value, l: Value): Value =>
    typeof n === "number" && isList(l) && Number.isInteger(n) && n > 0 && n <= l.$len >> 1
      ? cellAt(l, n - 1).head
      : refuseNth(n, l),
);
const refuseNth = (n: Value, l: Value): Value =>
  Number.isInteger(n) && isList(l) && l !== nil
    ? wrong("nth", 1, `a whole number from 1 to ${l.$len >> 1}`, n)
    : refuse("nth", [n, l], WHOLE, l === nil ? CONS : LIST);

const at = (name: string, n: number, l: Value): Value =>
  isList(l) && l.$len >> 1 >= n
    ? cellAt(l, n - 1).head
    : wrong(name, 1, n === 1 ? CONS.what : `a list of at least ${n} elements`, l);
export const fst = /*#__PURE__*/ curried("fst", 1, (l: Value): Value => at("fst", 1, l));
export const snd = /*#__PURE__*/ curried("snd", 1, (l: Value): Value => at("snd", 2, l));
export const trd = /*#__PURE__*/ curried("trd", 1, (l: Value): Value => at("trd", 3, l));

const front = (n: number, l: List): List => {
  if (n >= l.$len >> 1) return l;
  const items: Value[] = [];
  let at = l;
  for (let i = 0; i < n; i++) {
    items.push(at.head);
    at = at.tail;
  }
  return build(items, isBraces(l));
};
const clamp = (n: number, l: List): number => Math.max(0, Math.min(n, l.$len >> 1));
const counted = (n: Value, l: Value): boolean => typeof n === "number" && Number.isInteger(n) && isList(l);

/** The first n elements, or all there are. */
export const take = /*#__PURE__*/ curried(
  "take",
  2,
  (n: Value, l: Value): Value => (counted(n, l) ? front(n as number, l as List) : refuse("take", [n, l], WHOLE, LIST)),
);

/** What is left without the first n elements. */
export const drop = /*#__PURE__*/ curried(
  "drop",
  2,
  (n: Value, l: Value): Value =>
    counted(n, l) ? cellAt(l as List, clamp(n as number, l as List)) : refuse("drop", [n, l], WHOLE, LIST),
);

/** A list of the first n elements and of the others. */
export const split = /*#__PURE__*/ curried(
  "split",
  2,
  (n: Value, l: Value): Value =>
    counted(n, l)
      ? fromArray([front(n as number, l as List), cellAt(l as List, clamp(n as number, l as List))])
      : refuse("split", [n, l], WHOLE, LIST),
);

/** Is x an element of l? */
export const exists = /*#__PURE__*/ curried(
  "exists",
  2,
  (x: Value, l: Value): Value => (isList(l) && !isError(x) ? contains(x, l) : refuse("exists", [x, l], ANY, LIST)),
);
const contains = (x: Value, l: List): number => {
  for (let at = l; at !== nil; at = at.tail) if (eq(at.head, x)) return 1;
  return 0;
};

const onto = (l: List, rest: List): List => {
  let result = rest;
  for (let at = l; at !== nil; at = at.tail) result = { head: at.head, tail: result, $len: (result.$len | 1) + 2 };
  return result;
};
export const reverse = /*#__PURE__*/ curried(
  "reverse",
  1,
  (l: Value): Value => (isList(l) ? onto(l, nil) : refuse("reverse", [l], LIST)),
);

/**
 * How many continuations have been captured so far. A loop that finds the count as it was knows that nobody else holds the
 * cells it has made in the meantime.
 */
export const captures = /*#__PURE__*/ native("list/captures", 0, 0, (): Value => R.captures);
/**
 * The elements of `made` in reverse: how map and filter end. The cells in front of `shared`, a tail of `made`, belong to the
 * caller alone and are turned around in place, which saves a second list; those from `shared` on may be in a continuation that
 * is resumed again, and are copied.
 */
export const turn = /*#__PURE__*/ native("list/turn", 2, 2, (made: Value, shared: Value): Value => {
  let result = nil;
  let at = made as List;
  while (at !== shared) {
    const next = at.tail;
    const cell = at as { tail: List; $len: number };
    cell.tail = result;
    cell.$len = result.$len + 2;
    result = at;
    at = next;
  }
  return onto(at, result);
});

/** The elements of l in reverse, in front of rest: how loops with an accumulator end. */
export const reverseOnto = /*#__PURE__*/ native(
  "list/onto",
  2,
  2,
  (l: Value, rest: Value): Value => (isList(l) && isList(rest) ? onto(l, rest) : refuse("list/onto", [l, rest], LIST)),
);

const total = (name: string, start: number, f: (a: Value, b: Value) => Value, l: Value): Value => {
  if (!isList(l)) return refuse(name, [l], LIST);
  let value: Value = start;
  for (let at = l; at !== nil; at = at.tail) {
    // 0 and 1 are neutral for big integers, too: a sum of big integers only is one.
    if (at === l && typeof at.head === "bigint") value = at.head;
    else
      value = NUMBER.is(at.head)
        ? f(value, at.head)
        : wrong(name, 1, "a list of numbers", isError(at.head) ? at.head : l);
    if (isError(value)) return value;
  }
  return value;
};
export const sum = /*#__PURE__*/ curried("sum", 1, (l: Value): Value => total("sum", 0, add, l));
export const product = /*#__PURE__*/ curried("product", 1, (l: Value): Value => total("product", 1, mul, l));

/** n times x. */
export const copies = /*#__PURE__*/ native("list/copies", 2, 2, (x: Value, n: Value): Value => {
  if (!Number.isInteger(n)) return refuse("list/copies", [x, n], ANY, WHOLE);
  if ((n as number) > LONGEST) return error("repeat: too many elements");
  let result = nil;
  for (let i = n as number; i > 0; i--) result = cell(x, result);
  return result;
});
