/** Quasiquotes in the code of macros: their symbols become parts of programs, and know the module they were written in. */
import type { Expr } from "../../ir/kernel.ts";
import { callBuiltin, constant } from "../../ir/kernel-build.ts";
import { templateName } from "../../ir/macro.ts";
import type { Syntax } from "../../ir/syntax.ts";
import { made } from "../../source/span.ts";
import type { Env, TemplateEnv } from "../env.ts";
import { literal } from "../expression.ts";
import { isFresh } from "./template.ts";

/** A constant part of a template, its symbols written as `templateName` has them. */
export const templateLiteral = (datum: Syntax, { module }: TemplateEnv): Expr => literal(named(datum, module));

const named = (datum: Syntax, module: string): Syntax => {
  if (datum.kind === "List") return { ...datum, items: datum.items.map((item) => named(item, module)) };
  if (datum.kind !== "Symbol" || datum.name.startsWith(":")) return datum;
  // In a macro that a macro made what was a name of the maker's module still is.
  const { start, end } = (datum.mark === undefined ? undefined : datum.span.template) ?? datum.span;
  return { ...datum, name: templateName(datum.name, datum.mark?.module ?? module, start, end) };
};

/** Does the template make names? */
export const hasFresh = (template: Syntax): boolean =>
  template.kind === "List" ? template.items.some(hasFresh) : template.kind === "Symbol" && isFresh(template.name);

/** `x#` in a template that is being evaluated; null for any other symbol. */
export function freshSymbol({ name, span }: Syntax & { readonly kind: "Symbol" }, { template }: Env): Expr | null {
  if (template === null || template.fresh === null || !isFresh(name)) return null;
  const by = made(span, "quasiquote");
  return callBuiltin(by, "macro/name", constant(by, name), template.fresh);
}
