/**
 * The border to JavaScript. Outwards: nil is undefined, functions are wrapped, Errors are thrown or reject, what has to wait
 * is a Promise. Inwards: undefined and null are nil, exceptions are Error values. Y never crosses it.
 */
import { Fiber, onSettle, start, Y } from "./control.ts";
import { error, ValkError } from "./error.ts";
import { apply, type Fn, nameOf } from "./function.ts";
import { isList, list, nil, type Value } from "./list.ts";
import { ListView, viewOf } from "./list-view.ts";
import { Ref } from "./ref.ts";
import { sym } from "./symbol.ts";

type Foreign = (...args: unknown[]) => unknown;
const wrappers = /*#__PURE__*/ new WeakMap<Fn, Foreign>();
const wrapped = /*#__PURE__*/ new WeakMap<object, Fn>();

/** Errors that stand for a JavaScript error: as arguments they are that error again. */
const foreign = /*#__PURE__*/ new WeakSet<ValkError>();
/** `js/null`: null where it leaves. A value of its own, because null itself is none of Valk's. */
export const jsNull = /*#__PURE__*/ new Ref("null", null);

/** A Valk value for JavaScript. */
export const toJSValue = (value: Value): unknown => {
  if (typeof value === "function") return isValk(value as Fn) ? toJS(value as Fn) : value;
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value === nil ? undefined : viewOf(value, toJSValue);
  if (value === jsNull) return null;
  return value instanceof ValkError && foreign.has(value) ? value.cause : value;
};

/** A JavaScript value for Valk. */
export const fromJS = (value: unknown): Value => {
  if (value === undefined || value === null) return nil;
  if (typeof value === "function") return wrapped.get(value) ?? value;
  if (typeof value !== "object") return value;
  return value instanceof ListView ? value.$list : isHostError(value) ? errorOf(value) : value;
};

const isValk = (f: Fn): boolean => f.$n !== undefined;

/**
 * The Valk function f as an ordinary JavaScript function, the same one each time: it gives the value if f finishes, a
 * Promise if f has to wait, and throws (rejects with) Errors. A call from JavaScript is always a whole call, as callbacks
 * expect: arguments that are missing are nil, those that are too many are dropped.
 */
export const toJS = (f: Fn): Foreign => {
  let wrapper = wrappers.get(f);
  if (wrapper === undefined) {
    wrapper = (...args) => leave(start(callWhole as Fn, f, args));
    // Some callers look at the number of parameters: express takes a function of four for an error handler.
    Object.defineProperties(wrapper, { name: { value: nameOf(f) }, length: { value: limits(f)[0] } });
    wrappers.set(f, wrapper);
    wrapped.set(wrapper, f);
  }
  return wrapper;
};

/** What an emitted module exports for JavaScript under a name. */
export const exported = (value: Value): unknown => toJSValue(value);

const callWhole = (f: Fn, given: readonly unknown[]): Value => {
  const [min, max] = limits(f);
  const args: Value[] = [];
  for (let i = 0; i < given.length && i < max; i++) args.push(fromJS(given[i]));
  while (args.length < min) args.push(nil);
  return apply(f, args);
};
const limits = (f: Fn): readonly [number, number] => {
  const n = f.$n as number;
  return f.$native !== undefined ? [f.$native.min, f.$native.max] : n < 0 ? [-1 - n, Infinity] : [n, n];
};

const leave = (fiber: Fiber): unknown => {
  fiber.looked = true;
  return fiber.value === Y ? promise(fiber) : out(fiber.value);
};
const out = (value: Value): unknown => {
  if (value instanceof ValkError) throw value;
  return value instanceof Fiber ? leave(value) : toJSValue(value);
};

/** A Promise of the fiber's result. */
export const promise = (fiber: Fiber): Promise<unknown> =>
  new Promise((resolve, reject) => {
    onSettle(fiber, (value) => {
      try {
        resolve(out(value));
      } catch (e) {
        reject(e);
      }
    });
  });

/** Calls a JavaScript function with Valk values. A promise it gives stays one: await understands it. */
export const callForeign = (f: Foreign, args: readonly Value[]): Value => {
  try {
    return fromJS(f(...args.map(toJSValue)));
  } catch (e) {
    return errorOf(e);
  }
};

/** The Error value of something thrown: an Error stays itself; of a system error the code is in the data, as a keyword. */
export const errorOf = (e: unknown): ValkError => {
  if (e instanceof ValkError) return e;
  if (!isHostError(e)) return error(String(e), list(fromJS(e)), e);
  const made = error(e.message, typeof e.code === "string" ? list(sym(`:${e.code}`)) : nil, e);
  foreign.add(made);
  return made;
};
// Not instanceof: errors come from other realms, too.
const isHostError = (e: unknown): e is Error & { readonly code?: unknown } =>
  e instanceof Error || Object.prototype.toString.call(e) === "[object Error]";

/** The Error of an operation that failed with a reason that is no Error. */
export const operationFailed = (reason: unknown): ValkError => error("operation failed", list(fromJS(reason)), reason);
