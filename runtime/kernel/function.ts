/**
 * Functions: plain JavaScript functions that know their arity, in the own property `$n` (reading `f.length` costs 22 ns a
 * call in V8, `$n` 1.5 ns).
 *
 *   $n >= 0   exactly $n arguments
 *   $n < 0    -1 - $n arguments and then one List with the rest
 *   $native   a builtin: does not curry; with optional arguments `$n` is VARIADIC and `$native` has the limits
 *   $of       a partial application: of what
 *   $name     the name in Valk. Not the property `name`: giving it a value turns V8's function objects into slow ones
 */
import { callForeign } from "./border.ts";
import { error } from "./error.ts";
import { fromArray, nil, type Value } from "./list.ts";
import { show } from "./show.ts";

export type Fn = ((...args: Value[]) => Value) & { $n?: number; $native?: Native; $of?: Fn; $name?: string };
/** The limits of a builtin: it takes min to max arguments (max may be Infinity). */
export interface Native {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** The `$n` of builtins with optional arguments: no call site compares equal to it. */
export const VARIADIC = -1e9;

/** Marks f as a Valk function of n arguments (n < 0: with a rest list). Pure: a bundler may drop it with f. */
export const def = <F>(n: number, f: F): F => {
  (f as Fn).$n = n;
  return f;
};

/** The same for a function with a name. */
export const named = <F>(name: string, n: number, f: F): F => {
  (f as Fn).$n = n;
  (f as Fn).$name = name;
  return f;
};

/** Marks f as a builtin called `name` that takes min to max arguments. */
export const native = <F>(name: string, min: number, max: number, f: F): F => {
  (f as Fn).$n = min === max ? min : VARIADIC;
  (f as Fn).$native = { name, min, max };
  return f;
};

const plural = (n: number): string => `${n} argument${n === 1 ? "" : "s"}`;
/** The Error of a call with a wrong number of arguments. max is Infinity where there is no upper limit. */
export const arityError = (name: string, min: number, max: number, given: number): Value =>
  error(
    `${name}: expected ${min === max ? plural(min) : max === Infinity ? `at least ${plural(min)}` : `${min} to ${plural(max)}`}, got ${given}`,
  );

// Compiled names are mangled reversibly; `unmangle` is the inverse of compiler/source/names.ts.
const CODES: Readonly<Record<string, string>> = {
  S: "$",
  _: "_",
  q: "?",
  b: "!",
  t: "*",
  p: "+",
  s: "/",
  g: ">",
  l: "<",
  e: "=",
  d: ".",
  c: ":",
  a: "&",
  o: "|",
  r: "%",
  k: "\\",
  h: "#",
  i: "@",
  x: "^",
  n: "~",
  w: "",
  m: "-",
};
export const unmangle = (name: string): string =>
  name.replace(/\$(?:u([0-9a-f]+)\$|(\d.*$)|(.))|_/g, (all, hex, made, code) =>
    all === "_"
      ? "-"
      : hex !== undefined
        ? String.fromCodePoint(Number.parseInt(hex, 16))
        : made !== undefined
          ? ""
          : (CODES[code] ?? all),
  );

/** The name a function prints with; `\` for a lambda that was never named. */
export const nameOf = (f: Fn): string => f.$native?.name ?? f.$name ?? (unmangle(f.name) || "\\");

/** Calls f with any number of arguments: partial application, rest lists, single values, errors. */
export const apply = (f: Value, args: readonly Value[]): Value => {
  if (typeof f !== "function") return args.length === 0 || f instanceof Error ? f : error(`not a function: ${show(f)}`);
  const fn = f as Fn,
    n = fn.$n,
    given = args.length;
  if (n === given) return fn(...args);
  if (n === undefined) return callForeign(fn, args);
  const limits = fn.$native;
  if (limits !== undefined)
    return given < limits.min || given > limits.max
      ? arityError(limits.name, limits.min, limits.max, given)
      : fn(...args);
  if (n < 0) {
    const fixed = -1 - n;
    if (given < fixed || (given === 0 && fixed > 0)) return given === 0 ? f : partial(fn, fixed, args);
    return fn(...args.slice(0, fixed), given > fixed ? fromArray(args, nil, fixed) : nil);
  }
  if (given > n) return arityError(nameOf(fn), n, n, given);
  return given === 0 ? f : partial(fn, n, args);
};

const partial = (f: Fn, wanted: number, args: readonly Value[]): Value => {
  // What is missing is filled by apply, so that a rest list still works.
  const rest = (f.$n as number) < 0;
  const more = (...others: Value[]): Value => f(...args, ...others);
  (more as Fn).$of = f;
  return named(nameOf(f), rest ? (f.$n as number) + args.length : wanted - args.length, more);
};

/** How many arguments a partial application still waits for; 0 for any other function. */
export const missing = (f: Fn): number => {
  const n = f.$n as number;
  return f.$of === undefined ? 0 : n < 0 ? -1 - n : n;
};

/** `(e)`: calls a function without arguments, gives anything else back. */
export const call0 = (f: Value): Value =>
  typeof f === "function" ? ((f as Fn).$n === 0 ? (f as Fn)() : apply(f, [])) : f;
export const call1 = (f: Value, a: Value): Value =>
  typeof f === "function" && (f as Fn).$n === 1 ? (f as Fn)(a) : apply1(f, a);
export const call2 = (f: Value, a: Value, b: Value): Value =>
  typeof f === "function" && (f as Fn).$n === 2 ? (f as Fn)(a, b) : apply2(f, a, b);
/** `apply` for a few arguments: variadic builtins passed as values, as in (foldl + 0 l), are called without an array. */
export const apply1 = (f: Value, a: Value): Value => {
  const limits = (f as Fn).$native;
  return limits !== undefined && limits.min <= 1 && limits.max >= 1 ? (f as Fn)(a) : apply(f, [a]);
};
export const apply2 = (f: Value, a: Value, b: Value): Value => {
  const limits = (f as Fn).$native;
  return limits !== undefined && limits.min <= 2 && limits.max >= 2 ? (f as Fn)(a, b) : apply(f, [a, b]);
};
