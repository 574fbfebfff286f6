/**
 * JavaScript as the judge sees it (LANGUAGE 8): its own border for functions, since what the judge calls functions are no code
 * that JavaScript could call. Plain data and objects go through the runtime's library, like the other builtins.
 */

import * as data from "../../runtime/interop/data.ts";
import * as object from "../../runtime/interop/object.ts";
import { fromJS as dataFromJS, errorOf, toJSValue } from "../../runtime/kernel/border.ts";
import { error, isError } from "../../runtime/kernel/error.ts";
import { type Fn, nameOf } from "../../runtime/kernel/function.ts";
import { fromArray, isList, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { Ref } from "../../runtime/kernel/ref.ts";
import { show } from "../../runtime/kernel/show.ts";
import type { Apply, scheduler } from "./fibers.ts";
import { control } from "./library.ts";
import { type Env, goOn, type K, type M, type Step } from "./machine.ts";

type Foreign = (...args: unknown[]) => unknown;
export const isThenable = (x: unknown): x is PromiseLike<unknown> =>
  typeof x === "object" && x !== null && typeof (x as { then?: unknown }).then === "function";

/** `js/name`: null, true and false are values; `js/a.b` is a property. */
export const globalOf = (name: string): Value => {
  const [first, ...fields] = name.slice("js/".length).split(".");
  return fields.reduce<Value>((value, field) => object.field(field, value), object.global(first));
};

export const interop = (fibers: ReturnType<typeof scheduler>, apply: Apply, end: K, nowhere: Env) => {
  const wrappers = new WeakMap<object, Foreign>();
  const wrapped = new WeakMap<object, Fn>();
  let pending = 0;

  /** "A Valk function handed to JS is wrapped once (same identity each time)" */
  const wrapper = (f: Fn): Foreign => {
    const known = wrappers.get(f);
    if (known !== undefined) return known;
    // "returns its value if it finished, a Promise if it had to wait; Error values throw or reject"
    const made: Foreign = (...given) => {
      const fiber = fibers.nested(() => apply(f, whole(f, given), end, nowhere, null));
      if (fiber.done) return leave(fiber.value);
      return new Promise((resolve, reject) => {
        fiber.waiters.push(() => (isError(fiber.value) ? reject(fiber.value) : resolve(toJS(fiber.value))));
      });
    };
    Object.defineProperties(made, { name: { value: nameOf(f) }, length: { value: whole(f, []).length } });
    wrappers.set(f, made);
    wrapped.set(made, f);
    return made;
  };
  const leave = (value: Value): unknown => {
    if (isError(value)) throw value;
    return toJS(value);
  };
  /** A call from JavaScript is whole: what is missing is nil, what is too much is dropped. */
  const whole = (f: Fn, given: readonly unknown[]): Value[] => {
    const n = f.$n as number;
    const [min, max] = f.$native ? [f.$native.min, f.$native.max] : n < 0 ? [-1 - n, Infinity] : [n, n];
    const args = given.slice(0, max).map(fromJS);
    while (args.length < min) args.push(nil);
    return args;
  };

  /** With JavaScript functions for ours, also in lists. */
  const outwards = (value: Value): Value => {
    if (typeof value === "function") return (value as Fn).$n === undefined ? value : wrapper(value as Fn);
    if (!isList(value) || value === nil) return value;
    const items = toArray(value).map(outwards);
    return items.every((item, i) => item === toArray(value)[i]) ? value : fromArray(items);
  };
  const inwards = (value: Value): Value => (typeof value === "function" ? (wrapped.get(value) ?? value) : value);
  const toJS = (value: Value): unknown => toJSValue(outwards(value));
  const fromJS = (value: unknown): Value => inwards(dataFromJS(value));

  const attempt = (f: () => unknown): Value => {
    try {
      return fromJS(f());
    } catch (e) {
      return errorOf(e);
    }
  };
  const call = (f: Foreign, args: readonly Value[]): Value => attempt(() => f(...args.map(toJS)));

  /** "`await` ... a JS promise is waited for" */
  const awaitPromise = (promise: PromiseLike<unknown>, k: K, env: Env, m: M | null): Step =>
    fibers.park(k, env, m, (wake) => {
      const settle = (value: Value): void => {
        pending--;
        fibers.later(wake(value));
      };
      pending++;
      promise.then(
        (value) => settle(fromJS(value)),
        (reason) => settle(reasonOf(reason)),
      );
      return null;
    });
  const reasonOf = (reason: unknown): Value =>
    reason instanceof Error || isError(reason)
      ? errorOf(reason)
      : error("operation failed", fromArray([fromJS(reason)]));

  const builtins = new Map<string, Value>();
  for (const f of [...Object.values(object), ...Object.values(data)]) {
    const { $native } = f as Fn;
    if ($native === undefined) continue;
    const { name, min, max } = $native;
    builtins.set(
      name,
      control(name, min, max, (args, k, env, m) => goOn(k, inwards((f as Fn)(...args.map(outwards))), env, m)),
    );
  }
  const define = (name: string, min: number, max: number, run: Parameters<typeof control>[3]): void =>
    void builtins.set(name, control(name, min, max, run));

  // "(js "expression")": an expression that sees JavaScript's globals.
  define("js/expression", 1, 1, ([code], k, env, m) =>
    goOn(
      k,
      attempt(() => new Function(`"use strict"; return (${code}\n);`)()),
      env,
      m,
    ),
  );

  // ---- iteration ----

  interface Iterator {
    source: { next(): unknown; return?(): unknown } | null;
  }
  const iteratorOf = (x: Value): Value => {
    if (isError(x) || (x instanceof Ref && x.kind === "iterator")) return x;
    const iterable = Object(isList(x) ? toArray(x) : toJS(x)) as Record<symbol, unknown>;
    const make = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    if (typeof make !== "function") return error(`js/iterator: ${show(x)} is not iterable`);
    return new Ref("iterator", { source: make.call(iterable) });
  };
  /** The value that f gives, waited for if it is a promise. */
  const settled = (f: () => unknown, env: Env, m: M | null, then: (value: Value) => Step): Step => {
    let result: unknown;
    try {
      result = f();
    } catch (e) {
      result = errorOf(e);
    }
    return isThenable(result) ? awaitPromise(result, { sealed: true, run: then }, env, m) : then(result ?? nil);
  };
  define("js/iterator", 1, 1, ([x], k, env, m) => goOn(k, iteratorOf(x), env, m));
  define("js/next", 1, 2, ([it, last = nil], k, env, m) => {
    const { target } = it as Ref<Iterator>;
    const { source } = target;
    if (source === null) return goOn(k, last, env, m);
    return settled(
      () => source.next(),
      env,
      m,
      (step) => {
        const { done, value } = isError(step)
          ? { done: true, value: step }
          : (step as { done?: boolean; value?: unknown });
        if (done) target.source = null;
        return goOn(k, isError(value) ? value : done ? last : fromJS(value), env, m);
      },
    );
  });
  define("js/return", 1, 1, ([it], k, env, m) => {
    const { target } = it as Ref<Iterator>;
    const { source } = target;
    target.source = null;
    if (source === null || typeof source.return !== "function") return goOn(k, nil, env, m);
    return settled(
      () => source.return?.(),
      env,
      m,
      (v) => goOn(k, isError(v) ? v : nil, env, m),
    );
  });
  define("js/list", 1, 1, ([x], k, env, m) => {
    if (isError(x) || isList(x)) return goOn(k, x, env, m);
    const iterable = toJS(x) as Iterable<unknown>;
    const value =
      typeof iterable[Symbol.iterator] === "function"
        ? attempt(() => fromArray([...iterable].map(fromJS)))
        : error(`js/list: ${show(x)} is not iterable`);
    return goOn(k, value, env, m);
  });

  return {
    builtins,
    call,
    fromJS,
    awaitPromise,
    /** How many fibers wait for promises. */
    pending: () => pending,
  };
};
