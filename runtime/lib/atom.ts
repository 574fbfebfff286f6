/** Atoms: cells that can be changed, shared by whoever has them. */
import { isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { type Kind, NUMBER, refuse, wrong } from "../kernel/wrong.ts";
import { add } from "./number.ts";

export class Atom extends Ref<null> {
  value: Value;
  constructor(value: Value) {
    super("atom", null);
    this.value = value;
  }
}

const ATOM: Kind = { what: "an atom", is: (v) => v instanceof Atom };

/** A new atom. Its value may be an Error. */
export const atom = /*#__PURE__*/ native("atom", 1, 1, (value: Value): Value => new Atom(value));

export const atomGet = /*#__PURE__*/ native(
  "atom/get",
  1,
  1,
  (a: Value): Value => (a instanceof Atom ? a.value : refuse("atom/get", [a], ATOM)),
);

/** Sets the atom and gives nil: a value that is an Error must not stop the sequence around the call. */
export const atomSet = /*#__PURE__*/ native("atom/set!", 2, 2, (a: Value, value: Value): Value => {
  if (!(a instanceof Atom)) return wrong("atom/set!", 1, ATOM.what, a);
  a.value = value;
  return nil;
});

/** Adds n to the number in the atom and gives the sum. */
export const atomAdd = /*#__PURE__*/ native("atom/add!", 2, 2, (a: Value, n: Value): Value => {
  if (!(a instanceof Atom) || !NUMBER.is(n)) return refuse("atom/add!", [a, n], ATOM, NUMBER);
  if (!NUMBER.is(a.value)) return wrong("atom/add!", 1, "an atom that holds a number", a.value);
  const sum = add(a.value, n);
  if (isError(sum)) return sum;
  a.value = sum;
  return sum;
});
