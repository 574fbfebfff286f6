/** The parts of binding forms whose names or body are the value of an expression: compiler/2-expand/forms/computed.ts. */
import { error, isError } from "../kernel/error.ts";
import { type Fn, named, native } from "../kernel/function.ts";
import { formFromArray, fromArray, isBraces, isList, type List, nil, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { isKeyword, Sym, sym } from "../kernel/symbol.ts";

const isName = (v: Value): v is Sym => v instanceof Sym && !isKeyword(v);
const values = (n: number): string => `${n} ${n === 1 ? "value" : "values"}`;

/** A list in braces of the names, if it is a list of names or one name. There must be `count` values; -1: at least one name. */
export const names = /*#__PURE__*/ native("binding/names", 3, 3, (form: Value, given: Value, count: Value): Value => {
  if (isError(given)) return given;
  const items = isName(given) ? [given] : isList(given) ? toArray(given) : null;
  if (items === null || !items.every(isName) || (items.length === 0 && form !== "\\"))
    return error(`${form}: expected a list of names, got ${show(given)}`);
  if (count !== -1 && count !== items.length) return error(`${form}: expected ${values(items.length)}, got ${count}`);
  return fromArray(items);
});

/** A list that is run, as what stands in braces. */
export const body = /*#__PURE__*/ native("binding/body", 2, 2, (form: Value, code: Value): Value => {
  if (isError(code)) return code;
  if (!isList(code)) return error(`${form}: expected a list, as in braces, got ${show(code)}`);
  return code === nil || isBraces(code) ? code : fromArray([code]);
});

export const name = /*#__PURE__*/ native(
  "binding/name",
  2,
  2,
  (list: Value, i: Value): Value => toArray(list as List)[i as number],
);
export const has = /*#__PURE__*/ native(
  "binding/has",
  2,
  2,
  (list: Value, symbol: Value): Value => (toArray(list as List).includes(symbol) ? 1 : 0),
);
/** What `=` binds to the name: the value of its last place in the list. */
export const value = /*#__PURE__*/ native(
  "binding/value",
  3,
  3,
  (list: Value, all: Value, symbol: Value): Value => toArray(all as List)[toArray(list as List).lastIndexOf(symbol)],
);

/** A function that was made for the name. */
export const withName = /*#__PURE__*/ native(
  "binding/named",
  2,
  2,
  (symbol: Value, f: Value): Value =>
    typeof f === "function" ? named((symbol as Sym).name, (f as Fn).$n as number, f) : f,
);

/** `{((\ {} {(= {x} 10) (= {y} 20) ((\ {} body))}))}`: code that does what `(let {x 10 y 20} body)` says. */
export const letCode = /*#__PURE__*/ native("binding/let", 2, 2, (list: Value, code: Value): Value => {
  if (isError(list)) return list;
  if (!isList(list)) return error(`let: expected names and values, got ${show(list)}`);
  if (isError(code)) return code;
  const items = toArray(list);
  const steps: Value[] = [];
  for (let i = 0; i < items.length; i += 2) {
    if (!isName(items[i]) || i + 1 === items.length) return error(`let: expected names and values, got ${show(list)}`);
    steps.push(formFromArray([sym("="), fromArray([items[i]]), items[i + 1]]));
  }
  const frame = (inside: Value): Value => formFromArray([formFromArray([sym("\\"), fromArray([]), inside])]);
  return fromArray([frame(fromArray([...steps, frame(code)]))]);
});
