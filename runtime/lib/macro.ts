/** Fresh names for the code of macros. It runs while programs are compiled, and nowhere else. */
import { native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import { Sym } from "../kernel/symbol.ts";

let last = 0;

/** Numbers start again for each call of a macro, so that an expansion does not depend on those before it. */
export const restart = (): void => {
  last = 0;
};

export const fresh = /*#__PURE__*/ native("macro/fresh", 1, 1, (_: Value): Value => ++last);

/** A symbol that no text contains: the separator is the one of compiler/ir/macro.ts. */
export const name = /*#__PURE__*/ native(
  "macro/name",
  2,
  2,
  (text: string, number: number): Value => new Sym(`${text}\u0001${number}`),
);
