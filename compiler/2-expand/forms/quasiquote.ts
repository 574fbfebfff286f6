/**
 * `(quasiquote template)`: the parts without unquotes stay constants, the lists around unquotes are made by four builtins that
 * keep the template's bracket: `list/of-form`, `list/of-braces` (of their arguments), `list/append-form`,
 * `list/append-braces` (of the elements of their arguments).
 */
import type { Expr } from "../../ir/kernel.ts";
import { bind, callBuiltin, constant } from "../../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { made } from "../../source/span.ts";
import { type Env, type Expand, isSymbol, malformed, wrongCount } from "../env.ts";
import { expression, literal } from "../expression.ts";
import { freshSymbol, hasFresh, templateLiteral } from "../macros/quoted.ts";

export const expandQuasiquote: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 1);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, template] = call.items;
  if (env.template === null) return instantiate(template, 1, env) ?? literal(template);
  // Code of a macro: the symbols say where they come from, and each evaluation has names of its own.
  if (!hasFresh(template)) return instantiate(template, 1, env) ?? templateLiteral(template, env.template);
  const { module } = env.template;
  const span = made(call.span, "quasiquote");
  const number = callBuiltin(span, "macro/fresh", constant(span, 0));
  return bind(span, env.context.fresh(), number, (fresh) => {
    const inside = { ...env, template: { module, fresh } };
    return instantiate(template, 1, inside) ?? templateLiteral(template, inside.template);
  });
};

/** `unquote` and `unquote-splicing` where no quasiquote is around them. */
export const expandUnquote: Expand = (call, env) => malformed(call, env, "only inside a quasiquote");

/** The template's value at a depth of nested quasiquotes; null if it is a constant as it is written. */
function instantiate(template: Syntax, depth: number, env: Env): Expr | null {
  if (template.kind === "Symbol") return freshSymbol(template, env);
  if (template.kind !== "List") return null;
  if (isFormOf(template, "quasiquote")) return listOf(template, depth + 1, env);
  if (isFormOf(template, "unquote")) return depth === 1 ? unquoted(template, env) : listOf(template, depth - 1, env);
  if (isFormOf(template, "unquote-splicing")) {
    return depth === 1 ? malformed(template, env, "only inside a list") : listOf(template, depth - 1, env);
  }
  return listOf(template, depth, env);
}

const isFormOf = (list: ListSyntax, name: string): boolean => list.bracket === "form" && isSymbol(list.items[0], name);

function unquoted(template: ListSyntax, env: Env): Expr {
  const wrong = wrongCount(template, 1, 1);
  return wrong === null ? expression(template.items[1], env) : malformed(template, env, wrong);
}

/** Longer lists are joined of several, because each is a call. */
const LONGEST = 1000;

function listOf(template: ListSyntax, depth: number, env: Env): Expr | null {
  // Elements that follow each other are made into one list; a splice is a list by itself.
  const parts: (Expr | Expr[])[] = [];
  let constant = true;
  for (const item of template.items) {
    const spliced = depth === 1 && item.kind === "List" && isFormOf(item, "unquote-splicing");
    const value = spliced ? unquoted(item, env) : instantiate(item, depth, env);
    constant &&= value === null;
    const last = parts[parts.length - 1];
    if (spliced) parts.push(value as Expr);
    else if (Array.isArray(last) && last.length < LONGEST) last.push(value ?? constantPart(item, env));
    else parts.push([value ?? constantPart(item, env)]);
  }
  return constant ? null : join(template, parts);
}

const constantPart = (item: Syntax, env: Env): Expr =>
  env.template === null ? literal(item) : templateLiteral(item, env.template);

function join(template: ListSyntax, parts: readonly (Expr | Expr[])[]): Expr {
  const span = made(template.span, "quasiquote");
  const bracket = template.bracket;
  const lists = parts.map((part) => (Array.isArray(part) ? callBuiltin(span, `list/of-${bracket}`, ...part) : part));
  return lists.length === 1 && Array.isArray(parts[0])
    ? lists[0]
    : callBuiltin(span, `list/append-${bracket}`, ...lists);
}
