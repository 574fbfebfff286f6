/** `==`: structural equality, which never fails. */
import { ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { isList, type List, nil, type Value } from "../kernel/list.ts";
import { Sym } from "../kernel/symbol.ts";

/** Are the values equal? Lists, hashes and vectors element by element, Errors by message, numbers by value; everything else by identity. */
export const eq = (a: Value, b: Value): boolean =>
  a === b || ((typeof a === "object" || typeof a === "bigint" || typeof b === "bigint") && deep(a, b));

/** A value that is equal to others by what is in it, such as a hash. */
interface Content {
  $equal?(other: Value): boolean;
}

// A number and a big integer compare exactly in JavaScript, too.
const flat = (a: Value, b: Value): boolean => {
  if (a === b) return true;
  if (typeof a === "bigint") return typeof b === "number" && a <= b && a >= b;
  if (typeof b === "bigint") return typeof a === "number" && a <= b && a >= b;
  if (a instanceof Sym) return b instanceof Sym && a.name === b.name; // in the code of macros a symbol knows its place
  if (a instanceof ValkError) return b instanceof ValkError && a.message === b.message;
  return (a as Content | null)?.$equal?.(b) === true;
};

// A loop with its own stack: neither long nor deeply nested lists may overflow JavaScript's.
const deep = (a: Value, b: Value): boolean => {
  if (!(isList(a) && isList(b))) return flat(a, b);
  const later: List[] = [];
  let x: List = a;
  let y: List = b;
  for (;;) {
    if (x.$len >> 1 !== y.$len >> 1) return false;
    while (x !== y && x !== nil) {
      const p = x.head;
      const q = y.head;
      x = x.tail;
      y = y.tail;
      if (isList(p) && isList(q)) {
        if (p.$len >> 1 !== q.$len >> 1) return false;
        if (x !== nil) later.push(x, y);
        x = p;
        y = q;
      } else if (!flat(p, q)) return false;
    }
    if (later.length === 0) return true;
    y = later.pop() as List;
    x = later.pop() as List;
  }
};

const chain = (a: Value, b: Value, more: readonly Value[], wanted: boolean): number => {
  if (eq(a, b) !== wanted) return 0;
  let left = b;
  for (const right of more) {
    if (eq(left, right) !== wanted) return 0;
    left = right;
  }
  return 1;
};

export const equal = /*#__PURE__*/ native(
  "==",
  1,
  Infinity,
  (a: Value, b: Value, ...more: Value[]): Value => (b === undefined ? 1 : chain(a, b, more, true)),
);

/** Each argument differs from the next. */
export const unequal = /*#__PURE__*/ native(
  "!=",
  1,
  Infinity,
  (a: Value, b: Value, ...more: Value[]): Value => (b === undefined ? 1 : chain(a, b, more, false)),
);

/** What `case` compares its subject with its keys by: `==`, but the first Error of the two is the result. */
export const caseEqual = /*#__PURE__*/ native(
  "case/equal",
  2,
  2,
  (a: Value, b: Value): Value => (a instanceof ValkError ? a : b instanceof ValkError ? b : eq(a, b) ? 1 : 0),
);
