/** Lists: immutable cons cells with their length, and the bracket each cell was written with. */

/** Any Valk value. JavaScript's null and undefined are not among them: they become nil at the border. */
export type Value = unknown;

/**
 * A cell. `$len` is twice the length of the list that starts here, plus 1 if the cell is a quoted list `{...}`, 0 if it is a
 * form `(...)`: one small integer, so `len` and the bracket cost no further word.
 *
 * Cells are object literals, with these properties in this order, and known by their `$len`. Not instances of a class: V8 learns for each
 * literal whether its objects live long, and then allocates them where they need not be copied; for `new` it does not. On lists
 * of a million elements that is a factor of 2 to 3. The check is one look at the hidden class, without a walk to a prototype.
 */
export interface List {
  readonly head: Value;
  readonly tail: List;
  readonly $len: number;
}

export const listCell = (head: Value, tail: List, $len: number): List => ({ head, tail, $len });

/** Is it a list? Valk's values are never undefined; null is JavaScript's and no list. */
export const isList = (v: Value): v is List => typeof v === "object" && v !== null && (v as List).$len !== undefined;

/** The empty list; its tail is undefined, so that walking past the end fails loudly. It counts as braces. */
export const nil: List = { head: undefined, tail: undefined as unknown as List, $len: 1 };

/** A new cell in front of `tail`, with `tail`'s bracket (nil: braces). */
export const cons = (head: Value, tail: List): List => ({ head, tail, $len: tail.$len + 2 });

/** A new cell in front of `tail` written as a form: `(head ...)`. */
export const consForm = (head: Value, tail: List): List => listCell(head, tail, (tail.$len | 1) + 1);

/** Number of elements, in O(1). */
export const length = (list: List): number => list.$len >> 1;

/** Was the list written in braces? */
export const isBraces = (list: List): boolean => (list.$len & 1) === 1;

/** A list of the array's elements from `start` on, in braces, in front of `tail`. */
export const fromArray = (items: readonly Value[], tail: List = nil, start = 0): List => {
  let list = tail;
  for (let i = items.length - 1; i >= start; i--) list = cons(items[i], list);
  return list;
};

/** The same as `fromArray`, as a form. */
export const formFromArray = (items: readonly Value[]): List => {
  let list = nil;
  for (let i = items.length - 1; i >= 0; i--) list = consForm(items[i], list);
  return list;
};

/** A list in braces of the arguments. */
export const list = (...items: readonly Value[]): List => fromArray(items);

/** The elements, in order. */
export const toArray = (list: List): Value[] => {
  const items: Value[] = [];
  for (let cell = list; cell !== nil; cell = cell.tail) items.push(cell.head);
  return items;
};
