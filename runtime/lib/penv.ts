/** `(penv)`: the names of a frame and what they mean. */
import { ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, list, type Value } from "../kernel/list.ts";
import type { Sym } from "../kernel/symbol.ts";

/** A list of {name value}, without the names that nothing is bound to yet. */
export const pairs = /*#__PURE__*/ native("penv/pairs", 0, Infinity, (...items: Value[]): Value => {
  const found: Value[] = [];
  for (let i = 0; i < items.length; i += 2) {
    const [name, value] = [items[i] as Sym, items[i + 1]];
    const unbound = value instanceof ValkError && value.message === `unbound symbol ${name.name}`;
    if (!unbound) found.push(list(name, value));
  }
  return fromArray(found);
});
