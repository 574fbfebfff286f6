/**
 * `(with-handler {(operation {value k} body...)...} {body})`: a delimiter, and the handler as dynamic state above it.
 *
 * A clause becomes a function of the operation's value that captures up to the handler's own delimiter, so `perform` only has
 * to find it. Its body runs under that delimiter but below the dynamic state: what it performs goes to the handlers around, and
 * k brings both back (deep handlers). A clause that does not use its k aborts, as `shift` does.
 */
import type { Expr, Name } from "../../ir/kernel.ts";
import { bind, callBuiltin, frame, quote, ref } from "../../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { made, type Span } from "../../source/span.ts";
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
  const operations = clauses.map(({ operation }) => quote(operation.span, operation));
  return bind(span, env.context.fresh(), callBuiltin(span, "effect/handler", ...operations), (handler) => {
    const functions = clauses.map((clause) => functionOf(clause, handler, env));
    const body = bodies(call.items, 2, env, span);
    return bind(span, env.context.fresh(), callBuiltin(span, "effect/clauses", handler, ...functions), () => ({
      kind: "Reset",
      tag: handler,
      body: { kind: "WithState", state: handler, body, span: body.span },
      span: call.span,
    }));
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

/** Names that no program can write: the clause's own frame binds the real ones. */
const hidden = (name: string, span: Span): Name => ({ name: `${name} of handler`, span });

function functionOf({ operation, params, list }: Clause, handler: Expr, env: Env): Expr {
  const span = made(list.span, "with-handler");
  const value = hidden("value", span);
  const k = hidden("k", span);
  const inside = openFrame(
    env,
    params.map(({ name }) => name),
    list.items.slice(2),
  );
  const args = [ref(span, value.name), ref(span, k.name)];
  const body = frame(list.span, params, args, bodies(list.items, 2, inside, span));
  return {
    kind: "Lambda",
    name: operation.name,
    params: [value],
    rest: null,
    body: { kind: "Shift", tag: handler, k, body, span: list.span },
    span: list.span,
  };
}
