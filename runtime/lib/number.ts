/**
 * Arithmetic and order. `add`, `lt`, ... take two arguments and are what compiled code calls when its operands are not both
 * numbers; the variadic builtins behind them are the values of `+`, `<`, ...
 */
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import { NUMBER, refuse, STRING } from "../kernel/wrong.ts";

// Cold: the operands are neither two numbers nor two big integers.
const refuseNumbers = (name: string, args: readonly Value[]): Value =>
  args.every(NUMBER.is) ? error(`${name}: cannot mix a number and a big integer`) : refuse(name, args, NUMBER);

export const add = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return typeof a === "bigint" && typeof b === "bigint" ? a + b : refuseNumbers("+", [a, b]);
};
export const sub = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return typeof a === "bigint" && typeof b === "bigint" ? a - b : refuseNumbers("-", [a, b]);
};
export const mul = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a * b;
  return typeof a === "bigint" && typeof b === "bigint" ? a * b : refuseNumbers("*", [a, b]);
};

const byZero = (name: string): Value => error(`${name}: division by zero`);

/** `/`: truncates where both operands are whole. */
export const div = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") {
    if (b === 0) return byZero("/");
    const q = a / b;
    return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(q) : q;
  }
  if (typeof a === "bigint" && typeof b === "bigint") return b === 0n ? byZero("/") : a / b;
  return refuseNumbers("/", [a, b]);
};
/** `/.`: never truncates; of two big integers it gives a number. */
export const divf = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return b === 0 ? byZero("/.") : a / b;
  if (typeof a === "bigint" && typeof b === "bigint") return b === 0n ? byZero("/.") : Number(a) / Number(b);
  return refuseNumbers("/.", [a, b]);
};
/** `%`: has the sign of the dividend. */
export const rem = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return b === 0 ? byZero("%") : a % b;
  if (typeof a === "bigint" && typeof b === "bigint") return b === 0n ? byZero("%") : a % b;
  return refuseNumbers("%", [a, b]);
};

export const lt = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a < b;
  return typeof a === "bigint" && typeof b === "bigint" ? a < b : refuseNumbers("<", [a, b]);
};
export const gt = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a > b;
  return typeof a === "bigint" && typeof b === "bigint" ? a > b : refuseNumbers(">", [a, b]);
};
export const le = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a <= b;
  return typeof a === "bigint" && typeof b === "bigint" ? a <= b : refuseNumbers("<=", [a, b]);
};
export const ge = (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a >= b;
  return typeof a === "bigint" && typeof b === "bigint" ? a >= b : refuseNumbers(">=", [a, b]);
};

type Binary = (a: Value, b: Value) => Value;

// Three and more operands: all are checked before anything is computed, so that messages name the right position.
const fold = (name: string, f: Binary, args: readonly Value[]): Value => {
  if (!args.every(NUMBER.is)) return refuse(name, args, NUMBER);
  let value = args[0];
  for (let i = 1; i < args.length; i++) {
    value = f(value, args[i]);
    if (isError(value)) return value;
  }
  return value;
};
const one = (name: string, a: Value): Value => (NUMBER.is(a) ? a : refuse(name, [a], NUMBER));

// `arguments` instead of a rest parameter: V8 makes no array as long as only its length is looked at.
export const plus = /*#__PURE__*/ native("+", 0, Infinity, function (a: Value, b: Value): Value {
  if (arguments.length === 2) return add(a, b);
  return arguments.length === 0 ? 0 : arguments.length === 1 ? one("+", a) : fold("+", add, [...arguments]);
});
export const times = /*#__PURE__*/ native("*", 0, Infinity, function (a: Value, b: Value): Value {
  if (arguments.length === 2) return mul(a, b);
  return arguments.length === 0 ? 1 : arguments.length === 1 ? one("*", a) : fold("*", mul, [...arguments]);
});
/** `(- x)` is the negative of x. */
export const minus = /*#__PURE__*/ native("-", 1, Infinity, function (a: Value, b: Value): Value {
  if (arguments.length === 2) return sub(a, b);
  if (arguments.length > 2) return fold("-", sub, [...arguments]);
  return typeof a === "number" || typeof a === "bigint" ? -a : one("-", a);
});
/** `(/ x)` is x. */
export const divide = /*#__PURE__*/ native("/", 1, Infinity, (a: Value, b: Value, ...more: Value[]): Value => {
  if (more.length > 0) return fold("/", div, [a, b, ...more]);
  return b !== undefined ? div(a, b) : one("/", a);
});
/** `(/. x)` is 1 / x. */
export const divideFloat = /*#__PURE__*/ native("/.", 1, Infinity, (a: Value, b: Value, ...more: Value[]): Value => {
  if (more.length > 0) return fold("/.", divf, [a, b, ...more]);
  if (b !== undefined) return divf(a, b);
  return typeof a === "bigint" ? divf(1n, a) : typeof a === "number" ? divf(1, a) : one("/.", a);
});
export const remainder = /*#__PURE__*/ native("%", 1, Infinity, (a: Value, b: Value, ...more: Value[]): Value => {
  if (more.length > 0) return fold("%", rem, [a, b, ...more]);
  return b !== undefined ? rem(a, b) : one("%", a);
});

const truth = (test: Value): Value => (test === true ? 1 : test === false ? 0 : test);
/** 1, 0 or an Error as true, false or an Error: what a test of compiled code looks at. */
export const test = (value: Value): Value => (value === 1 ? true : value === 0 ? false : value);
const chain = (name: string, f: Binary, args: readonly Value[]): Value => {
  if (!args.every(NUMBER.is)) return refuse(name, args, NUMBER);
  let result: Value = 1;
  for (let i = 1; i < args.length; i++) {
    const test = f(args[i - 1], args[i]);
    if (isError(test)) return test;
    if (test === false) result = 0;
  }
  return result;
};
const comparison = (name: string, f: Binary): Binary =>
  native(name, 1, Infinity, function (a: Value, b: Value): Value {
    return arguments.length === 2 ? truth(f(a, b)) : chain(name, f, [...arguments]);
  });
export const less = /*#__PURE__*/ comparison("<", lt);
export const greater = /*#__PURE__*/ comparison(">", gt);
export const lessEqual = /*#__PURE__*/ comparison("<=", le);
export const greaterEqual = /*#__PURE__*/ comparison(">=", ge);

/** Three-way comparison: -1, 0 or 1. */
export const ord = /*#__PURE__*/ native("ord", 2, 2, (a: Value, b: Value): Value => {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  return refuseNumbers("ord", [a, b]);
});

const NUMERAL = /^[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|0[xX][\da-fA-F]+|0[bB][01]+)$/;
const parse = (text: string): Value => {
  const trimmed = text.replace(/^\s+/, "");
  if (text === "") return 0; // as in C
  const negative = trimmed.startsWith("-");
  const digits = trimmed.replace(/^[+-]/, "");
  if (/^[+-]?\d+n$/.test(trimmed)) return BigInt(digits.slice(0, -1)) * (negative ? -1n : 1n);
  if (!NUMERAL.test(trimmed)) return error(`str->num: not a number: ${JSON.stringify(text)}`);
  const value = Number(digits);
  const exact = !/^(?:\d+|0[xXbB].*)$/.test(digits) || Number.isSafeInteger(value) || BigInt(digits) === BigInt(value);
  if (!exact || value === Infinity) return error(`str->num: out of range: ${trimmed}`);
  return negative ? -value : value;
};
/** The number that a string is, in the notation of the language; leading blanks are skipped. */
export const strToNum = /*#__PURE__*/ native(
  "str->num",
  1,
  1,
  (text: Value): Value => (typeof text === "string" ? parse(text) : refuse("str->num", [text], STRING)),
);
