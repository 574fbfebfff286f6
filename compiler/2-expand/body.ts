/** The body rule: what a brace list means where it is known to be code. */
import type { Expr } from "../ir/kernel.ts";
import { nil, sequence } from "../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../ir/syntax.ts";
import type { Span } from "../source/span.ts";
import { type Env, isBraces } from "./env.ts";
import { application, expression, expressions } from "./expression.ts";
import { quoted } from "./quoted.ts";

/**
 * If the first element is a list, the body is a sequence; otherwise the whole body is one expression, as in parentheses.
 * The one exception is a list that starts with a keyword: `{:status "200"}` is that list.
 */
export function body(list: ListSyntax, env: Env): Expr {
  const [first] = list.items;
  if (first === undefined) return nil(list.span);
  if (first.kind === "List") return sequence(list.span, expressions(list.items, env));
  if (first.kind === "Symbol" && first.name.startsWith(":") && list.items.length > 1) return quoted(list, env);
  return application(list, env);
}

/** A branch, or one of several bodies: braces follow the body rule, anything else is an ordinary expression. */
export const branch = (syntax: Syntax, env: Env): Expr =>
  isBraces(syntax) ? body(syntax, env) : expression(syntax, env);

/** The `body...` of a form from its item `from` on: one after the other; nothing is nil. */
export function bodies(items: readonly Syntax[], from: number, env: Env, span: Span): Expr {
  const result: Expr[] = [];
  for (let i = from; i < items.length; i++) result.push(branch(items[i], env));
  return sequence(span, result);
}
