/** The natural order: numbers by value, strings and symbols by their UTF-16 units. Other values, and mixtures, have none. */
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { Sym } from "../kernel/symbol.ts";
import { firstError, LIST, refuse } from "../kernel/wrong.ts";

type Key = number | bigint | string;
const key = (value: Value): Key | undefined => {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
  return value instanceof Sym ? value.name : undefined;
};
const sortOf = (value: Value): string => (value instanceof Sym ? "symbol" : typeof value);
const compare = (a: Value, b: Value): number => {
  const x = key(a) as Key;
  const y = key(b) as Key;
  return x < y ? -1 : x > y ? 1 : 0;
};

/** The list in its natural order, stable. */
export const sortNatural = /*#__PURE__*/ native("list/sort", 1, 1, (l: Value): Value => {
  if (!isList(l)) return refuse("sort", [l], LIST);
  const items = toArray(l);
  const failed = firstError(items);
  if (failed !== null) return failed;
  for (const item of items) {
    if (key(item) === undefined)
      return error(`sort: no natural order for ${show(item)}, pass a comparison: (sort f l)`);
    if (sortOf(item) !== sortOf(items[0])) return error(`sort: cannot compare ${show(items[0])} with ${show(item)}`);
  }
  return fromArray(items.sort(compare));
});
