/** What `and`, `or`, `not`, `do` are as values: functions of evaluated arguments. And the test of a `select` clause. */
import { curried } from "../kernel/curried.ts";
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { truthy } from "../kernel/truth.ts";

export const not = /*#__PURE__*/ curried("not", 1, (x: Value): Value => (isError(x) ? x : truthy(x) ? 0 : 1));

/** The first false value or Error, else the last value. */
export const and = /*#__PURE__*/ native("and", 0, Infinity, (...values: Value[]): Value => {
  for (const value of values) if (isError(value) || !truthy(value)) return value;
  return values.length === 0 ? 1 : values[values.length - 1];
});

/** The first true value or Error, else the last value. */
export const or = /*#__PURE__*/ native("or", 0, Infinity, (...values: Value[]): Value => {
  for (const value of values) if (truthy(value)) return value;
  return values.length === 0 ? 0 : values[values.length - 1];
});

/** The first Error, else the last value. */
export const sequence = /*#__PURE__*/ native("do", 0, Infinity, (...values: Value[]): Value => {
  for (const value of values) if (isError(value)) return value;
  return values.length === 0 ? nil : values[values.length - 1];
});

/** The condition of a `select` clause, or the Error that it is none. */
export const selectTest = /*#__PURE__*/ native(
  "select/test",
  1,
  1,
  (x: Value): Value =>
    typeof x === "number" || typeof x === "bigint" || typeof x === "boolean" || x === nil || isError(x)
      ? x
      : noCondition(x),
);
const noCondition = (x: Value): Value => error(`select: condition must be a number or nil, got ${show(x)}`);
