/** Questions about values. All see Errors as ordinary values, `not` excepted. */
import { curried } from "../kernel/curried.ts";
import { ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { isList, nil, type Value } from "../kernel/list.ts";
import { typeOf } from "../kernel/ref.ts";
import { isKeyword, Sym } from "../kernel/symbol.ts";

/** The name of x's type, a string. */
export const type = /*#__PURE__*/ native("type", 1, 1, (x: Value): Value => typeOf(x));

export const isNil = /*#__PURE__*/ curried("nil?", 1, (x: Value): Value => (x === nil ? 1 : 0));
export const isErrorValue = /*#__PURE__*/ native("error?", 1, 1, (x: Value): Value => (x instanceof ValkError ? 1 : 0));
export const isListValue = /*#__PURE__*/ native("list?", 1, 1, (x: Value): Value => (isList(x) ? 1 : 0));
export const isNumber = /*#__PURE__*/ native(
  "number?",
  1,
  1,
  (x: Value): Value => (typeof x === "number" || typeof x === "bigint" ? 1 : 0),
);
export const isString = /*#__PURE__*/ native("string?", 1, 1, (x: Value): Value => (typeof x === "string" ? 1 : 0));
export const isSymbol = /*#__PURE__*/ native("symbol?", 1, 1, (x: Value): Value => (x instanceof Sym ? 1 : 0));
export const isKeywordValue = /*#__PURE__*/ native("keyword?", 1, 1, (x: Value): Value => (isKeyword(x) ? 1 : 0));
export const isFunction = /*#__PURE__*/ native("fn?", 1, 1, (x: Value): Value => (typeof x === "function" ? 1 : 0));
export const isRef = /*#__PURE__*/ native("ref?", 1, 1, (x: Value): Value => (typeOf(x) === "ref" ? 1 : 0));
