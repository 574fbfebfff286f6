/** A module after its macros, as Valk again: what `valk expand` prints. */
import type { Name, Ref } from "../../ir/kernel.ts";
import type { ListSyntax, SymbolSyntax, Syntax } from "../../ir/syntax.ts";
import { printSyntax } from "./print.ts";
import type { Recorder } from "./recorder.ts";

/** What 3-analyze found out, as far as names have to be told apart. Its types are structural here: no phase imports another. */
export interface Meanings {
  readonly names: ReadonlyMap<Name, object>;
  readonly reads: ReadonlyMap<
    Ref,
    {
      readonly cells: readonly object[];
      readonly end:
        | { readonly kind: "value" | "cell"; readonly variable: object }
        | { readonly kind: "global"; readonly home: string | null };
    }
  >;
  /** Variables that stand between a template's name and what it means. */
  readonly hidden: ReadonlySet<object>;
}

/** `foreign`: in words, where a name is from that this module does not see under that name; else null. */
export function showExpansion(
  { items, expansions, names }: Recorder,
  meanings: Meanings,
  foreign: (name: string, home: string) => string | null,
): string {
  const rebuild = (syntax: Syntax): Syntax => (syntax.kind === "List" ? list(syntax) : syntax);
  const list = (syntax: ListSyntax): Syntax => {
    for (const [i, item] of syntax.items.entries()) {
      const result = expansions.get(item);
      if (result === undefined) continue;
      const code = rebuild(result);
      if (i > 0) return { ...syntax, items: [...syntax.items.slice(0, i).map(rebuild), code] };
      return syntax.bracket === "form" ? code : { ...syntax, items: [inBody(code)] };
    }
    return { ...syntax, items: syntax.items.map(rebuild) };
  };
  const rebuilt = items.map(rebuild);
  const renamed = newNames(rebuilt, names, meanings);
  const comments = new Set<string>();
  for (const [ref, { end }] of meanings.reads) {
    const where = end.kind === "global" && end.home !== null ? foreign(ref.name, end.home) : null;
    if (where !== null) comments.add(`; \`${ref.name}\` of a template is that of ${where}\n`);
  }
  const texts = rebuilt.map((item) => `${printSyntax(item, (symbol) => renamed.get(symbol) ?? symbol.name)}\n`);
  return [...[...comments].sort(), ...texts].join("");
}

/** `{x}` calls x: the value of a symbol has to be written otherwise. */
const inBody = (code: Syntax): Syntax => {
  if (code.kind !== "Symbol" || code.name.startsWith(":")) return code;
  const head: SymbolSyntax = { kind: "Symbol", name: "do", span: code.span };
  return { kind: "List", bracket: "form", items: [head, code], span: code.span };
};

/**
 * Other names for what two things are called: the fresh names of templates, which nobody can write, and variables that a name
 * of a template is not.
 */
function newNames(
  items: readonly Syntax[],
  names: Recorder["names"],
  meanings: Meanings,
): ReadonlyMap<SymbolSyntax, string> {
  const symbols: SymbolSyntax[] = [];
  const collect = (syntax: Syntax): void => {
    if (syntax.kind === "Symbol") symbols.push(syntax);
    else if (syntax.kind === "List") syntax.items.forEach(collect);
  };
  items.forEach(collect);
  const taken = new Set(symbols.map(({ name }) => name));
  const given = new Map<unknown, string>();
  const nameFor = (what: unknown, wish: string): string => {
    let name = given.get(what);
    for (let i = 1; name === undefined; i++) if (!taken.has(`${wish}${i}`)) name = `${wish}${i}`;
    taken.add(name);
    given.set(what, name);
    return name;
  };
  const hidden = new Map<SymbolSyntax, object>();
  for (const [node, symbol] of names) {
    const read = meanings.reads.get(node as Ref);
    const variables =
      read === undefined
        ? [meanings.names.get(node as Name)]
        : [...read.cells, ...(read.end.kind === "global" ? [] : [read.end.variable])];
    for (const variable of variables)
      if (variable !== undefined && meanings.hidden.has(variable)) hidden.set(symbol, variable);
  }
  const result = new Map<SymbolSyntax, string>();
  for (const symbol of symbols) {
    const variable = hidden.get(symbol);
    const space = symbol.name.indexOf(" ");
    if (variable !== undefined) result.set(symbol, nameFor(variable, `${symbol.name.split(" ")[0]}#`));
    else if (space !== -1) result.set(symbol, nameFor(symbol.name, symbol.name.slice(0, space)));
  }
  return result;
}
