/** Vectors: persistent sequences with quick access by position, counted from 0. */
import { isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, type List, nil, toArray, type Value } from "../kernel/list.ts";
import { firstError, type Kind, LIST, refuse, WHOLE, wrong } from "../kernel/wrong.ts";
import { bit, checked } from "./checked.ts";
import { Vector, vectorOf } from "./vector.ts";

export const VEC: Kind = { what: "a vector", is: (v) => v instanceof Vector };

const inside = (v: Vector, i: Value): i is number =>
  Number.isInteger(i) && (i as number) >= 0 && (i as number) < v.size;
const outside = (name: string, v: Vector, i: Value): Value =>
  wrong(name, 2, v.size === 0 ? "a position in a non-empty vector" : `a position from 0 to ${v.size - 1}`, i);

/** A vector of the arguments. */
export const vec = /*#__PURE__*/ native(
  "vec",
  0,
  Infinity,
  (...items: Value[]): Value => firstError(items) ?? vectorOf(items),
);
/** A vector of a list's elements, which may be Errors. */
export const listToVec = /*#__PURE__*/ checked("list->vec", [LIST], (l: List) => vectorOf(toArray(l)));
export const vecToList = /*#__PURE__*/ checked("vec->list", [VEC], (v: Vector) => fromArray(v.toArray()));

/** The element at a position. Outside of the vector: the default, or an Error if there is none. */
export const vecGet = /*#__PURE__*/ native("vec/get", 2, 3, (v: Value, i: Value, missing?: Value): Value => {
  if (v instanceof Vector && inside(v, i) && !isError(missing)) return v.get(i);
  const args = missing === undefined ? [v, i] : [v, i, missing];
  if (!(v instanceof Vector) || !Number.isInteger(i) || firstError(args) !== null)
    return refuse("vec/get", args, VEC, WHOLE);
  return missing === undefined ? outside("vec/get", v, i) : missing;
});
/** A vector with another element at the position; the position after the last one adds it. The element may be an Error. */
export const vecSet = /*#__PURE__*/ native("vec/set", 3, 3, (v: Value, i: Value, x: Value): Value => {
  if (!(v instanceof Vector) || !Number.isInteger(i)) return refuse("vec/set", [v, i], VEC, WHOLE);
  if (i === v.size) return v.push(x);
  return inside(v, i) ? v.set(i, x) : wrong("vec/set", 2, `a position from 0 to ${v.size}`, i);
});
/** A vector with one more element. It may be an Error. */
export const vecPush = /*#__PURE__*/ native(
  "vec/push",
  2,
  2,
  (v: Value, x: Value): Value => (v instanceof Vector ? v.push(x) : wrong("vec/push", 1, VEC.what, v)),
);
const FULL: Kind = { what: "a non-empty vector", is: (v) => v instanceof Vector && v.size > 0 };
export const vecPop = /*#__PURE__*/ checked("vec/pop", [FULL], (v: Vector) => v.pop());
export const vecLast = /*#__PURE__*/ checked("vec/last", [FULL], (v: Vector) => v.get(v.size - 1));
export const vecLen = /*#__PURE__*/ checked("vec/len", [VEC], (v: Vector) => v.size);
/** From a start to before an end; positions outside are moved to the ends. */
export const vecSlice = /*#__PURE__*/ checked(
  "vec/slice",
  [VEC, WHOLE, WHOLE],
  (v: Vector, start: number, end: number = v.size) => vectorOf(v.toArray().slice(Math.max(0, start), Math.max(0, end))),
  2,
);
export const vecJoin = /*#__PURE__*/ native("vec/join", 0, Infinity, (...vectors: Value[]): Value => {
  if (!vectors.every((v) => v instanceof Vector)) return refuse("vec/join", vectors, VEC);
  return vectorOf((vectors as Vector[]).flatMap((v) => v.toArray()));
});
export const isVec = /*#__PURE__*/ native("vec?", 1, 1, (x: Value): Value => bit(x instanceof Vector));

/** nil, or the Error that the argument of the library function called `name` is no vector. */
export const expectVec = /*#__PURE__*/ native(
  "expect/vec",
  3,
  3,
  (name: Value, position: Value, x: Value): Value =>
    x instanceof Vector ? nil : wrong(name as string, position as number, VEC.what, x),
);
