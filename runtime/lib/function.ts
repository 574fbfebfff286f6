/**
 * Calling with the elements of a list, and the argument checks of the library functions written in Valk. `unpack` calls its
 * function last thing, so that Y passes through: a capture needs no frame of it.
 */
import { curried } from "../kernel/curried.ts";
import { error } from "../kernel/error.ts";
import { apply, native } from "../kernel/function.ts";
import { isList, nil, toArray, type Value } from "../kernel/list.ts";
import { CONS, FUNCTION, type Kind, LIST, refuse, WHOLE, wrong } from "../kernel/wrong.ts";

// A JavaScript call holds its arguments on the stack.
const MOST = 50_000;
const spread = (name: string, f: Value, l: Value): Value => {
  if (typeof f !== "function" || !isList(l)) return refuse(name, [f, l], FUNCTION, LIST);
  return l.$len >> 1 > MOST ? error(`${name}: too many arguments: ${l.$len >> 1}`) : apply(f, toArray(l));
};

/** Calls f with the elements of l as its arguments. */
export const unpack = /*#__PURE__*/ curried("unpack", 2, (f: Value, l: Value): Value => spread("unpack", f, l));
/** The same as `unpack`. */
export const curry = /*#__PURE__*/ curried("curry", 2, (f: Value, l: Value): Value => spread("curry", f, l));

const expect = (builtin: string, kind: Kind): ((name: Value, position: Value, value: Value) => Value) =>
  native(
    builtin,
    3,
    3,
    (name: Value, position: Value, value: Value): Value =>
      kind.is(value) ? nil : wrong(name as string, position as number, kind.what, value),
  );
/** nil, or the Error that the argument of the function called `name` at that position is no function. */
export const expectFunction = /*#__PURE__*/ expect("expect/function", FUNCTION);
export const expectList = /*#__PURE__*/ expect("expect/list", LIST);
export const expectCons = /*#__PURE__*/ expect("expect/non-empty-list", CONS);
export const expectWhole = /*#__PURE__*/ expect("expect/whole", WHOLE);
