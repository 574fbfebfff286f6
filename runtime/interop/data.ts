/** Data for JavaScript and from it: `js/obj js/array ->js <-js`. */
import { fromJS, jsNull, promise, toJSValue } from "../kernel/border.ts";
import { Fiber } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, type List, length, nil, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { isKeyword, Sym, sym } from "../kernel/symbol.ts";
import { keyOf } from "./object.ts";

type Properties = Record<PropertyKey, unknown>;

/** An own property, whatever it is called: an assignment to `__proto__` would be something else. */
const define = (object: Properties, key: PropertyKey, value: unknown): void => {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
};

/** `(js/obj :a 1 "b" 2)`: keywords, symbols and strings as names. */
export const object = /*#__PURE__*/ native("js/obj", 0, Infinity, (...pairs: Value[]): Value => {
  if (pairs.length % 2 === 1)
    return error(
      `js/obj: expected names and values in turn, got ${pairs.length} argument${pairs.length === 1 ? "" : "s"}`,
    );
  const made: Properties = {};
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i];
    if (key instanceof ValkError) return key;
    if (!(key instanceof Sym) && typeof key !== "string" && typeof key !== "number" && typeof key !== "symbol")
      return error(`js/obj: argument ${i + 1} must be a name, got ${show(key)}`);
    define(made, keyOf(key), toJSValue(pairs[i + 1]));
  }
  return made;
});

/** `(js/array a b)` */
export const array = /*#__PURE__*/ native("js/array", 0, Infinity, (...items: Value[]): Value => items.map(toJSValue));

/** Keywords and values in turn, and not empty. */
const isRecord = (list: List): boolean => {
  if (length(list) % 2 === 1) return false;
  for (let cell = list; cell !== nil; cell = cell.tail.tail) if (!isKeyword(cell.head)) return false;
  return true;
};

/** Data that JavaScript can use: lists are arrays, plists objects, symbols strings, Handles promises. */
const outwards = (value: Value): unknown => {
  if (value === nil) return [];
  if (isList(value)) return isRecord(value) ? record(value) : toArray(value).map(outwards);
  if (value instanceof Sym) return isKeyword(value) && value.name.length > 1 ? value.name.slice(1) : value.name;
  return value instanceof Fiber ? promise(value) : toJSValue(value);
};
const record = (plist: List): Properties => {
  const made: Properties = {};
  for (let cell = plist; cell !== nil; cell = cell.tail.tail) {
    const key = keyOf(cell.head);
    // The first of several is the one that plist/get finds.
    if (!Object.hasOwn(made, key)) define(made, key, outwards(cell.tail.head));
  }
  return made;
};

/** `(->js v)` */
export const toData = /*#__PURE__*/ native("->js", 1, 1, (value: Value): Value => {
  if (value instanceof ValkError) return value;
  const made = deep("->js", () => outwards(value));
  return made === null ? jsNull : made;
});

class Cyclic extends Error {}

/** JavaScript's data as Valk's: arrays, sets and maps are lists, plain objects plists, true and false 1 and 0. */
const inwards = (value: unknown, around: Set<object>): Value => {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "object" || value === null || value === jsNull) return value === jsNull ? nil : fromJS(value);
  const items = Array.isArray(value) || value instanceof Set ? [...value] : value instanceof Map ? [...value] : null;
  if (items === null && !isPlain(value)) return fromJS(value);
  if (around.has(value)) throw new Cyclic();
  around.add(value);
  const made =
    items !== null
      ? items.map((item) => inwards(item, around))
      : Object.entries(value).flatMap(([key, item]) => [sym(`:${key}`), inwards(item, around)]);
  around.delete(value);
  return fromArray(made);
};
// Not by identity: objects come from other realms, too.
const isPlain = (value: object): boolean => {
  if (isList(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf"))
  );
};

/** `(<-js v)` */
export const fromData = /*#__PURE__*/ native(
  "<-js",
  1,
  1,
  (value: Value): Value => deep("<-js", () => inwards(value, new Set())),
);

const deep = (name: string, convert: () => unknown): Value => {
  try {
    return convert();
  } catch (e) {
    if (e instanceof Cyclic) return error(`${name}: the value contains itself`);
    if (e instanceof RangeError) return error(`${name}: the value is nested too deeply`, nil, e);
    return fromJS(e);
  }
};
