/**
 * JavaScript objects: what the forms `(.method obj a)`, `(.-field obj)`, `(.-field! obj v)`, `(new C a)`, `js/name` and
 * `(js "..")` call, and functions for what is known only at run time. An exception becomes an Error value here, at the call
 * that threw. Where the object is an Error, that is the result; Errors among the arguments are values like others, because
 * JavaScript has functions that take errors.
 */
import { errorOf, fromJS, jsNull, toJSValue } from "../kernel/border.ts";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, nil, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { Sym } from "../kernel/symbol.ts";
import { type Kind, refuse } from "../kernel/wrong.ts";

type Code = (...args: unknown[]) => unknown;
type Class = new (...args: unknown[]) => unknown;
type Properties = Record<PropertyKey, unknown>;

/** What f gives, or the Error of what it throws. */
export const attempt = (f: () => unknown): Value => {
  try {
    return fromJS(f());
  } catch (e) {
    return errorOf(e);
  }
};

/** The object as JavaScript knows it; an Error if it has no properties. */
const target = (name: string, object: Value): Properties | ValkError =>
  object instanceof ValkError
    ? object
    : object === nil || object === jsNull
      ? error(`${name}: expected a JavaScript object, got ${show(object)}`)
      : (toJSValue(object) as Properties);

/** `(js "..")`: the compiler passes the expression as a function. */
export const expression = /*#__PURE__*/ native("js/expression", 1, 1, (f: Value): Value => attempt(f as Code));

const CONSTANTS: ReadonlyMap<Value, Value> = /*#__PURE__*/ new Map<Value, Value>([
  ["null", jsNull],
  ["undefined", nil],
  ["true", true],
  ["false", false],
]);

/** `js/name`: a global of JavaScript. */
export const global = /*#__PURE__*/ native("js/global", 1, 1, (name: Value): Value => {
  const constant = CONSTANTS.get(name);
  if (constant !== undefined) return constant;
  return (name as string) in globalThis
    ? attempt(() => (globalThis as Properties)[name as string])
    : error(`js/${name}: JavaScript has no global of that name`);
});

/** `(.method object args...)` */
export const method = /*#__PURE__*/ native(
  "js/method",
  2,
  Infinity,
  (name: Value, object: Value, ...args: Value[]): Value => {
    const self = target(`.${name}`, object);
    if (self instanceof ValkError) return self;
    return attempt(() => {
      const f = self[name as string];
      if (typeof f !== "function") return error(`.${name}: ${show(object)} has no method ${name}`);
      return (f as Code).apply(self, args.map(toJSValue));
    });
  },
);

/** `(.-field object)` */
export const field = /*#__PURE__*/ native("js/field", 2, 2, (name: Value, object: Value): Value => {
  const self = target(`.-${name}`, object);
  return self instanceof ValkError ? self : attempt(() => self[name as string]);
});

/** `(.-field! object value)` */
export const setField = /*#__PURE__*/ native(
  "js/field!",
  3,
  3,
  (name: Value, object: Value, value: Value): Value => set(target(`.-${name}!`, object), name as string, value),
);
const set = (self: Properties | ValkError, key: PropertyKey, value: Value): Value =>
  self instanceof ValkError
    ? self
    : attempt(() => {
        self[key] = toJSValue(value);
      });

/** `(new C args...)` */
export const construct = /*#__PURE__*/ native("js/new", 1, Infinity, (constructor: Value, ...args: Value[]): Value => {
  if (constructor instanceof ValkError) return constructor;
  if (typeof constructor !== "function") return error(`new: expected a JavaScript class, got ${show(constructor)}`);
  return attempt(() => new (toJSValue(constructor) as Class)(...args.map(toJSValue)));
});

// ---- properties whose names are computed ----

/** A property's name: a string, a keyword without its colon, a symbol, a number, a symbol of JavaScript. */
const KEY: Kind = {
  what: "a property name",
  is: (v) => typeof v === "string" || typeof v === "number" || typeof v === "symbol" || v instanceof Sym,
};
const OBJECT: Kind = { what: "a JavaScript object", is: (v) => v !== nil && v !== jsNull };
const CLASS: Kind = { what: "a JavaScript class", is: (v) => typeof v === "function" };
export const keyOf = (key: Value): PropertyKey =>
  key instanceof Sym ? (key.name.length > 1 ? key.name.replace(/^:/, "") : key.name) : (key as PropertyKey);

/** A function of an object and a property's name. */
const property = (name: string, f: (self: Properties, key: PropertyKey) => unknown) =>
  native(
    name,
    2,
    2,
    (object: Value, key: Value): Value =>
      OBJECT.is(object) && !(object instanceof ValkError) && KEY.is(key)
        ? attempt(() => f(Object(toJSValue(object)) as Properties, keyOf(key)))
        : refuse(name, [object, key], OBJECT, KEY),
  );
export const get = /*#__PURE__*/ property("js/get", (self, key) => self[key]);
export const has = /*#__PURE__*/ property("js/has?", (self, key) => (key in self ? 1 : 0));
/** In strict mode what cannot be deleted throws. */
export const remove = /*#__PURE__*/ property("js/delete!", (self, key) => {
  delete self[key];
});
export const put = /*#__PURE__*/ native(
  "js/set!",
  3,
  3,
  (object: Value, key: Value, value: Value): Value =>
    OBJECT.is(object) && !(object instanceof ValkError) && KEY.is(key)
      ? set(toJSValue(object) as Properties, keyOf(key), value)
      : refuse("js/set!", [object, key], OBJECT, KEY),
);
/** The own enumerable names, as strings. */
export const keys = /*#__PURE__*/ native(
  "js/keys",
  1,
  1,
  (object: Value): Value =>
    OBJECT.is(object) && !(object instanceof ValkError)
      ? attempt(() => fromArray(Object.keys(toJSValue(object) as object)))
      : refuse("js/keys", [object], OBJECT),
);
export const isInstance = /*#__PURE__*/ native(
  "js/instance?",
  2,
  2,
  (object: Value, constructor: Value): Value =>
    CLASS.is(constructor)
      ? attempt(() => (toJSValue(object) instanceof (toJSValue(constructor) as Class) ? 1 : 0))
      : refuse("js/instance?", [nil, constructor], { what: "a value", is: () => true }, CLASS),
);
/** What JavaScript's typeof says of the value when it leaves. */
export const typeName = /*#__PURE__*/ native("js/typeof", 1, 1, (value: Value): Value => typeof toJSValue(value));
