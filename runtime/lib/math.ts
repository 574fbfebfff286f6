/** Functions of numbers. Big integers are accepted where the result is one, too. */
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import { type Kind, NUMBER, refuse, wrong } from "../kernel/wrong.ts";
import { checked } from "./checked.ts";
import { lt } from "./number.ts";

const PLAIN: Kind = { what: "a number that is no big integer", is: (v) => typeof v === "number" };

const unary = (name: string, f: (x: number) => number): Value => checked(`math/${name}`, [PLAIN], f);
/** What is whole already stays as it is, big integers too. */
const rounding = (name: string, f: (x: number) => number): Value =>
  checked(`math/${name}`, [NUMBER], (x: number | bigint) => (typeof x === "bigint" ? x : f(x)));

export const floor = /*#__PURE__*/ rounding("floor", Math.floor);
export const ceil = /*#__PURE__*/ rounding("ceil", Math.ceil);
export const trunc = /*#__PURE__*/ rounding("trunc", Math.trunc);
/** To the nearest whole number; halves go away from zero. */
export const round = /*#__PURE__*/ rounding("round", (x) => Math.sign(x) * Math.round(Math.abs(x)));
export const abs = /*#__PURE__*/ checked("math/abs", [NUMBER], (x: number | bigint) => (x < 0 ? -x : x));
export const sqrt = /*#__PURE__*/ unary("sqrt", Math.sqrt);
export const exp = /*#__PURE__*/ unary("exp", Math.exp);
export const log = /*#__PURE__*/ unary("log", Math.log);
export const sin = /*#__PURE__*/ unary("sin", Math.sin);
export const cos = /*#__PURE__*/ unary("cos", Math.cos);
export const tan = /*#__PURE__*/ unary("tan", Math.tan);
export const atan = /*#__PURE__*/ checked("math/atan", [PLAIN, PLAIN], (y: number, x = 1) => Math.atan2(y, x), 1);
/** A number from 0 to before 1. */
export const random = /*#__PURE__*/ native("math/random", 0, 0, (): Value => Math.random());

const LONGEST = 10_000_000; // bits of a power
/** x to the power of n. */
export const pow = /*#__PURE__*/ checked("math/pow", [NUMBER, NUMBER], (x: number | bigint, n: number | bigint) => {
  if (typeof x === "number" && typeof n === "number") return x ** n;
  if (typeof x !== "bigint" || typeof n !== "bigint") return error("math/pow: cannot mix a number and a big integer");
  if (n < 0n) return wrong("math/pow", 2, "a big integer from 0 on", n);
  if (x > 1n || x < -1n) {
    const bits = BigInt(x.toString(16).length * 4) * n;
    if (bits > LONGEST) return error("math/pow: the result is too long");
  }
  return x ** n;
});

const extreme = (name: string, better: (a: Value, b: Value) => Value): Value =>
  native(`math/${name}`, 1, Infinity, (...xs: Value[]): Value => {
    if (!xs.every(NUMBER.is)) return refuse(`math/${name}`, xs, NUMBER);
    let best = xs[0];
    for (const x of xs.slice(1)) {
      const test = better(x, best);
      if (isError(test)) return error(`math/${name}: cannot mix a number and a big integer`);
      if (test === true || Number.isNaN(x)) best = x;
    }
    return best;
  });
export const min = /*#__PURE__*/ extreme("min", (a, b) => lt(a, b));
export const max = /*#__PURE__*/ extreme("max", (a, b) => lt(b, a));

/** The big integer of a whole number. */
export const numToBig = /*#__PURE__*/ checked("num->big", [NUMBER], (x: number | bigint) =>
  typeof x === "bigint" || Number.isInteger(x) ? BigInt(x) : wrong("num->big", 1, "a whole number", x),
);
/** The number of a big integer; past 2^53 the nearest there is. */
export const bigToNum = /*#__PURE__*/ checked("big->num", [NUMBER], (x: number | bigint) => Number(x));

const BASE: Kind = {
  what: "a whole number from 2 to 36",
  is: (v) => Number.isInteger(v) && (v as number) >= 2 && (v as number) <= 36,
};
/** The digits of a number in a base (10). */
export const numToStr = /*#__PURE__*/ checked(
  "num->str",
  [NUMBER, BASE],
  (x: number, base = 10) => x.toString(base),
  1,
);
