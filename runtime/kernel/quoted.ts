/**
 * Quoted code: list literals that carry what running them means, and the frame they were written in.
 *
 * A literal is evaluated by making one `Quoted`: a view of the constant data, as a list cell whose head and tail are made when
 * somebody asks for them, so that a literal costs the same however long it is and however often it is evaluated. Views of lists
 * in it share its frame. Ordinary cells know nothing of all this: sites that see only those stay monomorphic.
 */
import { Cell } from "./cell.ts";
import { isList, type List, nil, type Value } from "./list.ts";

/** Runs quoted code; compiled `eval` calls it with the list. */
export type Run = (list: Quoted) => Value;
/** The frame for 0; for n, runs the literal in the list whose number `indexes` has at n - 1. */
type Inner = (part: number) => Value;

/** Names as code that is compiled at run time sees them: a value, or a cell that may be unset. The first one that is set counts. */
export interface Frame {
  readonly names: readonly string[];
  readonly values: readonly Value[];
  /** From here on they are globals of the module, which come after the names of whoever runs the code. */
  readonly globals: number;
}

export class Quoted implements List {
  readonly $len: number;
  /** undefined: it has to be compiled; ordinary lists do not even have the property. */
  readonly $code: Run | undefined;
  /** The data. */
  readonly cell: List;
  readonly literal: Literal;
  readonly part: number;
  constructor($len: number, $code: Run | undefined, cell: List, literal: Literal, part: number) {
    this.$len = $len;
    this.$code = $code;
    this.cell = cell;
    this.literal = literal;
    this.part = part;
  }
  get head(): Value {
    const item = this.cell.head;
    if (!isList(item) || item === nil) return item;
    const { indexes, template } = this.literal;
    const part = indexes.length === 0 ? 0 : indexes.indexOf(numbersOf(template).get(item) as number) + 1;
    return new Quoted(item.$len, part === 0 ? undefined : runPart, item, this.literal, part);
  }
  get tail(): List {
    const { tail } = this.cell;
    return tail === nil ? nil : new Quoted(tail.$len, undefined, tail, this.literal, 0);
  }
}

/** What the views of one evaluation of a literal share. */
interface Literal {
  readonly template: List;
  readonly inner: Inner | null;
  readonly indexes: readonly number[];
}

const runPart: Run = ({ literal, part }) => (literal.inner as Inner)(part);

const numbers = /*#__PURE__*/ new WeakMap<List, ReadonlyMap<List, number>>();
/** The lists in a constant by the order of their opening brackets. */
const numbersOf = (template: List): ReadonlyMap<List, number> => {
  const known = numbers.get(template);
  if (known !== undefined) return known;
  const made = new Map<List, number>();
  const later: List[] = [];
  let number = 0;
  for (let list: List | undefined = template; list !== undefined; list = later.pop()) {
    made.set(list, number++);
    const inner: List[] = [];
    for (let cell: List = list; cell !== nil; cell = cell.tail) if (isList(cell.head)) inner.push(cell.head);
    while (inner.length > 0) later.push(inner.pop() as List);
  }
  numbers.set(template, made);
  return made;
};

/**
 * The value of a literal. `run` runs it (nil: it has to be compiled), `inner` knows its frame and runs the lists in it that have
 * these numbers (nil: it has none of either).
 */
export const quoted = (template: List, run: Value, inner: Value, ...indexes: number[]): Value =>
  new Quoted(
    template.$len,
    run === nil ? undefined : (run as Run),
    template,
    { template, inner: inner === nil ? null : (inner as Inner), indexes },
    0,
  );

/** The names and places of a frame, which come in turn; "" stands before those that are globals. */
export const frame = (...items: readonly Value[]): Frame => {
  const names: string[] = [];
  const values: Value[] = [];
  let globals = Infinity;
  for (let i = 0; i < items.length; i += 2) {
    if (items[i] === "") {
      globals = names.length;
      i--;
      continue;
    }
    names.push(items[i] as string);
    values.push(items[i + 1]);
  }
  return { names, values, globals };
};

/** The frame of a list, if it has one. */
export const frameOf = (list: List): Frame | null =>
  list instanceof Quoted && list.literal.inner !== null ? (list.literal.inner(0) as Frame) : null;

/** What is behind a place of a frame: a value, or undefined. */
export const valueAt = (place: Value): Value => (place instanceof Cell ? place.v : place);
