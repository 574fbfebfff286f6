/**
 * `(with-handler {(operation {value k} body...)...} {body})`:
 *   (effect/result (handle h body))   where h is (effect/handler (effect/clause 'operation (\ {value k} body)) ...)
 * What is performed in the body arrives at `effect/result` as a request, and that calls the clause: outside of the handler and
 * of its delimiter. k does all of this again around what it resumes, so handlers are deep.
 */
import type { Expr, Name } from "../../ir/kernel.ts";
import { bind, callBuiltin, quote } from "../../ir/kernel-build.ts";
import { mayRead } from "../../ir/kernel-children.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { made } from "../../source/span.ts";
import { bodies } from "../body.ts";
import { type Env, type Expand, isBraces, isNil, madeBy, malformed, wrongCount } from "../env.ts";
import { parameters } from "../names.ts";
import { openFrame } from "../rebound.ts";

interface Clause {
  readonly operation: Syntax & { readonly kind: "Symbol" };
  /** The operation's value and its continuation. */
  readonly params: readonly Name[];
  readonly list: ListSyntax;
}

export const expandWithHandler: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, Number.POSITIVE_INFINITY);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, list] = call.items;
  if (!isBraces(list) && !isNil(list)) return malformed(call, env, "expected clauses in braces", list.span);
  const clauses: Clause[] = [];
  for (const item of list.items) {
    const clause = clauseOf(item, env);
    if (clause === null)
      return malformed(call, env, "expected clauses (operation {value continuation} body)", item.span);
    if (clauses.some(({ operation }) => operation.name === clause.operation.name))
      return malformed(call, env, `two clauses for ${clause.operation.name}`, item.span);
    clauses.push(clause);
  }
  const span = madeBy(call);
  if (clauses.length === 0) return bodies(call.items, 2, env, span);
  const functions = clauses.map((clause) => functionOf(clause, env));
  return bind(span, env.context.fresh(), callBuiltin(span, "effect/handler", ...functions), (handler) => {
    const code = bodies(call.items, 2, env, span);
    const body: Expr = { kind: "WithState", state: handler, delimits: true, body: code, span: call.span };
    return callBuiltin(span, "effect/result", body);
  });
};

function clauseOf(item: Syntax, env: Env): Clause | null {
  if (item.kind !== "List" || item.items.length < 3) return null;
  const [operation, names] = item.items;
  if (operation.kind !== "Symbol" || !isBraces(names)) return null;
  const parsed = parameters(names.items, "", env);
  if (typeof parsed === "string" || parsed.rest !== null || parsed.params.length !== 2) return null;
  return { operation, params: parsed.params, list: item };
}

/** A clause that does not use its k aborts, as `shift` does: nothing is captured, and cleanups run. */
function functionOf({ operation, params, list }: Clause, env: Env): Expr {
  const span = made(list.span, "with-handler");
  const inside = openFrame(env, params, list.items.slice(2));
  const body = bodies(list.items, 2, inside, span);
  const kind = mayRead(body, params[1].name) ? "effect/clause" : "effect/aborting-clause";
  const code: Expr = { kind: "Lambda", name: operation.name, params, rest: null, body, span: list.span };
  return callBuiltin(span, kind, quote(operation.span, operation), code);
}
