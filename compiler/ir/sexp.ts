/**
 * S-expressions: the text form of every intermediate representation. Each IR has a `show` (tree -> Sexp) and a `parse`
 * (Sexp -> tree); only this file knows about characters.
 *
 *   symbol   name, or |odd name| where a bare one would read as something else
 *   number   1, -0, 1.5e300, NaN, Infinity;  123n
 *   string   "text" with JSON's escapes
 *   list     (a b c);  in braces {a b c}
 */
export type Sexp = string | number | bigint | SexpString | SexpBraces | readonly Sexp[];
export interface SexpString {
  readonly str: string;
}
export interface SexpBraces {
  readonly braces: readonly Sexp[];
}

export const str = (text: string): SexpString => ({ str: text });
export const braces = (items: readonly Sexp[]): SexpBraces => ({ braces: items });

export const isList = (sexp: Sexp): sexp is readonly Sexp[] => Array.isArray(sexp);
export const isString = (sexp: Sexp): sexp is SexpString => typeof sexp === "object" && "str" in sexp;
export const isBraces = (sexp: Sexp): sexp is SexpBraces => typeof sexp === "object" && "braces" in sexp;

const WIDTH = 100;
const INDENT = 2;

/** The text of an s-expression, broken into lines of at most `width` characters where possible, without a final newline. */
export function printSexp(sexp: Sexp, width = WIDTH): string {
  const widths = new Map<readonly Sexp[], number>();
  const out: string[] = [];
  print(sexp, 0, 0);
  return out.join("");

  /** `after` is the number of closing brackets that follow on the same line. */
  function print(node: Sexp, indent: number, after: number): void {
    const items = itemsOf(node);
    if (items === null) out.push(atom(node));
    else if (indent + flatWidth(node) + after <= width) flat(node);
    else {
      out.push(isList(node) ? "(" : "{");
      broken(items, indent, after);
      out.push(isList(node) ? ")" : "}");
    }
  }

  /** Leading atoms stay on the line of the bracket, everything else gets a line of its own. */
  function broken(items: readonly Sexp[], indent: number, after: number): void {
    let column = indent + 1;
    let inline = true;
    items.forEach((item, i) => {
      const last = i === items.length - 1 ? after + 1 : 0;
      const size = flatWidth(item);
      inline = inline && (i === 0 || (itemsOf(item) === null && column + 1 + size + last <= width));
      if (i > 0) out.push(inline ? " " : `\n${" ".repeat(indent + INDENT)}`);
      if (i > 0 && inline) column++;
      print(item, inline ? column : indent + INDENT, last);
      column += size;
      if (itemsOf(item) !== null) inline = false;
    });
  }

  function flat(node: Sexp): void {
    const items = itemsOf(node);
    if (items === null) {
      out.push(atom(node));
      return;
    }
    out.push(isList(node) ? "(" : "{");
    items.forEach((item, i) => {
      if (i > 0) out.push(" ");
      flat(item);
    });
    out.push(isList(node) ? ")" : "}");
  }

  function flatWidth(node: Sexp): number {
    const items = itemsOf(node);
    if (items === null) return atom(node).length;
    let size = widths.get(items);
    if (size === undefined) {
      size = items.reduce<number>((sum, item) => sum + 1 + flatWidth(item), items.length === 0 ? 2 : 1);
      widths.set(items, size);
    }
    return size;
  }
}

const itemsOf = (node: Sexp): readonly Sexp[] | null => (isList(node) ? node : isBraces(node) ? node.braces : null);

function atom(node: Sexp): string {
  if (typeof node === "string") return symbol(node);
  if (typeof node === "number") return Object.is(node, -0) ? "-0" : String(node);
  if (typeof node === "bigint") return `${node}n`;
  return JSON.stringify((node as SexpString).str);
}

const NUMBER = /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|-?Infinity)$/;
const BIG = /^-?\d+n$/;

/** Names that would not read back as themselves go between bars. */
const symbol = (name: string): string =>
  name === "" || /^;|[\s(){}"|]/.test(name) || NUMBER.test(name) || BIG.test(name)
    ? `|${name.replace(/[\\|]/g, "\\$&")}|`
    : name;

const TOKEN = /\s+|;[^\n]*|([(){}])|("(?:[^"\\]|\\.)*")|\|((?:[^|\\]|\\.)*)\||([^\s(){}"|]+)/gsy;

/** All s-expressions in a text. Comments start with `;` where an atom could start. Throws a SyntaxError with the offset. */
export function parseSexps(text: string): readonly Sexp[] {
  const stack: { items: Sexp[]; close: string }[] = [{ items: [], close: "" }];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [, bracket, string, bars, word] = match;
    const top = stack[stack.length - 1];
    if (bracket === "(" || bracket === "{") stack.push({ items: [], close: bracket === "(" ? ")" : "}" });
    else if (bracket !== undefined) closeList(stack, bracket, match.index);
    else if (string !== undefined) top.items.push(str(JSON.parse(string) as string));
    else if (bars !== undefined) top.items.push(bars.replace(/\\(.)/gs, "$1"));
    else if (word !== undefined) top.items.push(parseWord(word));
  }
  if (end !== text.length) throw new SyntaxError(`s-expression: unexpected character at ${end}`);
  if (stack.length > 1) throw new SyntaxError("s-expression: unclosed bracket");
  return stack[0].items;
}

function closeList(stack: { items: Sexp[]; close: string }[], bracket: string, offset: number): void {
  const done = stack.pop();
  const outer = stack[stack.length - 1];
  if (done === undefined || outer === undefined || done.close !== bracket)
    throw new SyntaxError(`s-expression: unexpected ${bracket} at ${offset}`);
  outer.items.push(bracket === ")" ? done.items : braces(done.items));
}

const parseWord = (word: string): Sexp =>
  NUMBER.test(word) ? Number(word) : BIG.test(word) ? BigInt(word.slice(0, -1)) : word;

/** The one s-expression in a text. */
export function parseSexp(text: string): Sexp {
  const all = parseSexps(text);
  if (all.length !== 1) throw new SyntaxError(`s-expression: expected one, got ${all.length}`);
  return all[0];
}

/** Taking s-expressions apart, with complaints that show them: for the parsers of the IRs. */
export function expectList(sexp: Sexp, what: string): readonly Sexp[] {
  return isList(sexp) ? sexp : unexpected(sexp, what);
}
export function expectSymbol(sexp: Sexp, what: string): string {
  return typeof sexp === "string" ? sexp : unexpected(sexp, what);
}
export function expectString(sexp: Sexp, what: string): string {
  return isString(sexp) ? sexp.str : unexpected(sexp, what);
}
export function expectNumber(sexp: Sexp, what: string): number {
  return typeof sexp === "number" ? sexp : unexpected(sexp, what);
}
export function unexpected(sexp: Sexp | undefined, what: string): never {
  throw new SyntaxError(`s-expression: expected ${what}, got ${sexp === undefined ? "nothing" : printSexp(sexp)}`);
}
