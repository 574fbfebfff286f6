/** What quasiquote expands to. The results have the template's bracket. */
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { isList, type List, listCell, nil, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";

// n of a cell in front of `rest`: see the class List.
const put = (item: Value, rest: List, braces: number): List => listCell(item, rest, (rest.$len & ~1) + 2 + braces);
const listOf = (items: readonly Value[], braces: number): List => {
  let result = nil;
  for (let i = items.length - 1; i >= 0; i--) result = put(items[i], result, braces);
  return result;
};
// All parts are copied but a last one that is in the right bracket.
const append = (parts: readonly Value[], braces: number): Value => {
  for (const part of parts) {
    if (isError(part)) return part;
    if (!isList(part)) return error(`unquote-splicing: expected a list, got ${show(part)}`);
  }
  let result = nil;
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i] as List;
    if (result === nil && (part.$len & 1) === braces) result = part;
    else {
      const items = [...toArray(part)];
      for (let j = items.length - 1; j >= 0; j--) result = put(items[j], result, braces);
    }
  }
  return result;
};

/** `(a b ...)` of its arguments, Errors too. */
export const listOfForm = /*#__PURE__*/ native(
  "list/of-form",
  0,
  Infinity,
  (...items: Value[]): Value => listOf(items, 0),
);
/** `{a b ...}` of its arguments, Errors too. */
export const listOfBraces = /*#__PURE__*/ native(
  "list/of-braces",
  0,
  Infinity,
  (...items: Value[]): Value => listOf(items, 1),
);
/** The lists joined to one form. */
export const appendForm = /*#__PURE__*/ native(
  "list/append-form",
  0,
  Infinity,
  (...parts: Value[]): Value => append(parts, 0),
);
/** The lists joined to one list in braces. */
export const appendBraces = /*#__PURE__*/ native(
  "list/append-braces",
  0,
  Infinity,
  (...parts: Value[]): Value => append(parts, 1),
);
