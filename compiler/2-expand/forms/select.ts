/** `(select {condition result}...)` and `(case subject {key result}...)` */
import type { Expr } from "../../ir/kernel.ts";
import { bind, callBuiltin, branch as choose, constant } from "../../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { made, type Span } from "../../source/span.ts";
import { branch } from "../body.ts";
import {
  type Env,
  type Expand,
  isBraces,
  isRebound,
  madeBy,
  malformed,
  nameOf,
  OTHERWISE,
  wrongCount,
} from "../env.ts";
import { expression } from "../expression.ts";
import { homeMeaning } from "../macros/scope.ts";

/** `select/test` gives the condition, or the Error that it is neither a number nor nil. */
export const expandSelect: Expand = (call, env) => {
  const wrong = clauseProblem(call, 1);
  if (wrong !== null) return malformed(call, env, wrong.what, wrong.span);
  const test = (key: Syntax): Expr => callBuiltin(made(key.span, "select"), "select/test", expression(key, env));
  return clauses(call, 1, "No selection found", test, env);
};

/** An Error subject is the result before any key is evaluated; `case/equal` gives the Error if the key is one. */
export const expandCase: Expand = (call, env) => {
  const count = wrongCount(call, 1, Number.POSITIVE_INFINITY);
  if (count !== null) return malformed(call, env, count);
  const wrong = clauseProblem(call, 2);
  if (wrong !== null) return malformed(call, env, wrong.what, wrong.span);
  const span = madeBy(call);
  return bind(span, env.context.fresh(), expression(call.items[1], env), (subject) => {
    const test = (key: Syntax): Expr =>
      callBuiltin(made(key.span, "case"), "case/equal", subject, expression(key, env));
    return choose(span, callBuiltin(span, "error?", subject), subject, clauses(call, 2, "No case found", test, env));
  });
};

function clauses(call: ListSyntax, from: number, none: string, test: (key: Syntax) => Expr, env: Env): Expr {
  const span = madeBy(call);
  // In textual order first (fresh names, diagnostics), then nested from the end.
  const expanded = call.items.slice(from).map((clause) => {
    const [key, result] = (clause as ListSyntax).items;
    return {
      test: isOtherwise(key, env) ? null : test(key),
      result: branch(result, env),
      span: made(clause.span, nameOf(call)),
    };
  });
  const otherwise: Expr = callBuiltin(span, "error", constant(span, none));
  return expanded.reduceRight<Expr>(
    (rest, clause) => (clause.test === null ? clause.result : choose(clause.span, clause.test, clause.result, rest)),
    otherwise,
  );
}

const isOtherwise = (key: Syntax, env: Env): boolean =>
  key.kind === "Symbol" &&
  key.name === OTHERWISE &&
  !isRebound(key, env) &&
  (key.mark === undefined || homeMeaning(key, env.macros) === null);

/** The first item from `from` on that is no clause. */
function clauseProblem(call: ListSyntax, from: number): { what: string; span: Span } | null {
  const bad = call.items.slice(from).find((item) => !isBraces(item) || item.items.length !== 2);
  const what = nameOf(call) === "case" ? "expected {key result} clauses" : "expected {condition result} clauses";
  return bad === undefined ? null : { what, span: bad.span };
}
