/**
 * `(macro {x & more} {template})`: the template with the call's arguments in the places of the parameters. The arguments of
 * `more` stand one after the other where its name stands. `x#` is a name that nothing else has, another in each expansion.
 */
import type { ListSyntax, Mark, SymbolSyntax, Syntax } from "../../ir/syntax.ts";
import type { Span } from "../../source/span.ts";
import type { Macro } from "./module.ts";

export function substitute(macro: Macro, call: ListSyntax, mark: Mark): Syntax {
  const args = new Map(macro.params.map((param, i) => [param, call.items[i + 1]]));
  const more = call.items.slice(macro.params.length + 1);

  const items = (template: ListSyntax): readonly Syntax[] =>
    template.items.flatMap((item) => (item.kind === "Symbol" && item.name === macro.rest ? more : [instantiate(item)]));
  const instantiate = (template: Syntax): Syntax => {
    const span = expandedSpan(macro, call, template.span);
    switch (template.kind) {
      case "Symbol":
        // A macro that a macro made: what was a name of the maker's module still is.
        return args.get(template.name) ?? symbol(template.name, span, { ...mark, ...homeOf(template) });
      case "List":
        return { ...template, items: items(template), span };
      default:
        return { ...template, span };
    }
  };
  return asExpression({ ...macro.body, items: items(macro.body), span: expandedSpan(macro, call, macro.body.span) });
}

const homeOf = ({ mark }: SymbolSyntax): Partial<Mark> => (mark === undefined ? {} : { module: mark.module });

/** A name of a template in its expansion. */
export function symbol(name: string, span: Span, mark: Mark): SymbolSyntax {
  if (name.startsWith(":")) return { kind: "Symbol", name, span };
  if (isFresh(name)) return { kind: "Symbol", name: `${name} ${mark.expansion}`, span };
  return { kind: "Symbol", name, span, mark };
}

/** `x#` */
export const isFresh = (name: string): boolean => name.length > 1 && name.endsWith("#");

/** The place of what an expansion adds: the call, and the part of the template. */
export const expandedSpan = (
  macro: Macro,
  call: ListSyntax,
  { start, end }: { readonly start: number; readonly end: number },
  source = macro.module.source,
): Span => ({
  start: call.span.start,
  end: call.span.end,
  by: macro.name.name,
  template: {
    macro: macro.name.name,
    source,
    start,
    end,
    ...(call.span.template === undefined ? {} : { outer: call.span.template }),
  },
});

/** The body rule: a body as one expression. */
function asExpression(body: ListSyntax): Syntax {
  const [first] = body.items;
  if (first === undefined) return body;
  if (first.kind === "Symbol" && first.name.startsWith(":") && body.items.length > 1) return body;
  if (first.kind !== "List") return { ...body, bracket: "form" };
  if (body.items.length === 1) return first;
  // `do` is what it is everywhere: the mark of no module is nobody's.
  const head: SymbolSyntax = { kind: "Symbol", name: "do", span: body.span, mark: { module: "", expansion: 0 } };
  return { ...body, bracket: "form", items: [head, ...body.items] };
}
