/** Values -> what the compiler reads. */
import { EMBEDDED, type ListSyntax, type Syntax } from "../../compiler/compile-code.ts";
import { isBraces, isList, type List, nil, type Value } from "../kernel/list.ts";
import { type Frame, frameOf, Quoted } from "../kernel/quoted.ts";
import { Sym } from "../kernel/symbol.ts";

/** Deeper lists are refused: the compiler recurses on them. */
const MOST_NESTED = 1000;
const NOWHERE = { start: 0, end: 0, by: "eval" } as const;
/** Where one of these is a head, names may be bound that a literal in the list could mean. */
const BINDERS: ReadonlySet<string> = new Set([
  "\\",
  "fun",
  "=",
  "def",
  "let",
  "shift",
  "shift-at",
  "async-shift",
  "try",
]);

export interface Code {
  readonly syntax: ListSyntax;
  /** What the code calls `;value 0`, `;value 1` ...: functions, Errors, literals that have code. */
  readonly values: readonly Value[];
  /** Literals with a frame in it; the first is the list itself, or null. */
  readonly literals: readonly (Quoted | null)[];
}

/** The list as syntax; null if it is nested too deeply. */
export const codeOf = (list: List): Code | null => {
  const values: Value[] = [];
  const literals: (Quoted | null)[] = [list instanceof Quoted ? list : null];
  const frames: (Frame | null)[] = [frameOf(list)];
  const binds = bindsNames(list);
  let deep = false;

  const embed = (value: Value): string => `${EMBEDDED}${values.push(value) - 1}`;
  /** The number of the frame a literal in the list has: that of the list around it, or one of its own. */
  const frameNumber = (item: List, around: number): number => {
    if (!(item instanceof Quoted) || item.literal === literals[around]?.literal) return around;
    const known = literals.findIndex((literal) => literal?.literal === item.literal);
    if (known >= 0) return known;
    const frame = frameOf(item);
    if (frame === null) return around;
    frames.push(frame);
    return literals.push(item) - 1;
  };
  const convert = (value: Value, around: number, depth: number): Syntax => {
    if (typeof value === "number") return { kind: "Number", value, span: NOWHERE };
    if (typeof value === "bigint") return { kind: "BigInt", value, span: NOWHERE };
    if (typeof value === "string") return { kind: "String", value, span: NOWHERE };
    if (value instanceof Sym) {
      const own = around > 0 && frames[around]?.names.includes(value.name);
      return { kind: "Symbol", name: value.name, span: NOWHERE, ...(own ? { own: `${value.name};${around}` } : {}) };
    }
    if (isList(value)) return convertList(value, around, depth);
    return { kind: "Symbol", name: embed(value), span: NOWHERE };
  };
  const convertList = (value: List, around: number, depth: number): ListSyntax => {
    const items: Syntax[] = [];
    const number = frameNumber(value, around);
    if (depth > MOST_NESTED) deep = true;
    else for (let cell = value; cell !== nil; cell = cell.tail) items.push(convert(cell.head, number, depth + 1));
    const [, datum] = items;
    if (
      value !== nil &&
      isQuote(value) &&
      datum?.kind === "List" &&
      !(list instanceof Quoted) &&
      hasLiterals(value.tail.head as List)
    )
      items[1] = { ...datum, quoted: embed(value.tail.head) };
    // Not of the list's own literal: what is compiled for it is kept for its other evaluations.
    const asValue =
      !binds && value instanceof Quoted && value.$code !== undefined && value.literal !== literals[0]?.literal;
    return {
      kind: "List",
      bracket: isBraces(value) ? "braces" : "form",
      items,
      span: NOWHERE,
      ...(asValue ? { value: embed(value) } : {}),
    };
  };
  const syntax = convertList(list, 0, 0);
  return deep ? null : { syntax, values, literals };
};

const isQuote = ({ head, tail }: List): boolean =>
  head instanceof Sym && head.name === "quote" && tail !== nil && tail.tail === nil;
/** Are there literals in a list? Then a quote of it gives the very list, so that they keep their frames. */
const hasLiterals = (list: List): boolean => {
  const waiting: List[] = [list];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next instanceof Quoted) return true;
    for (let cell = next; cell !== nil; cell = cell.tail) if (isList(cell.head)) waiting.push(cell.head);
  }
  return false;
};

/** May the code bind names for literals in it that have code already? Then what they mean is decided anew. */
const bindsNames = (list: List): boolean => {
  const waiting: List[] = [list];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next !== nil && next.head instanceof Sym && BINDERS.has(next.head.name)) return true;
    for (let cell = next; cell !== nil; cell = cell.tail)
      if (isList(cell.head) && !(cell.head instanceof Quoted && cell.head.$code !== undefined)) waiting.push(cell.head);
  }
  return false;
};
