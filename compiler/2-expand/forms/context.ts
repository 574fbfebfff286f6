/** Request context: `(ctx/with key value body...)` and `(ctx/with-deadline ms body...)`. No frame. */
import type { Expr, Temp } from "../../ir/kernel.ts";
import { bind, branch, callBuiltin } from "../../ir/kernel-build.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { bodies } from "../body.ts";
import { type Env, type Expand, madeBy, malformed, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";

const MANY = Number.POSITIVE_INFINITY;

export const expandWith: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, MANY);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, key, value] = call.items;
  const made = callBuiltin(madeBy(call), "ctx/local", expression(key, env), expression(value, env));
  return under(call, env, made, (state) => withState(call, state, bodies(call.items, 3, env, madeBy(call))));
};

export const expandWithDeadline: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, MANY);
  if (wrong !== null) return malformed(call, env, wrong);
  const made = callBuiltin(madeBy(call), "ctx/until", expression(call.items[1], env));
  return under(call, env, made, (state) => ({
    kind: "Ensure",
    body: withState(call, state, bodies(call.items, 2, env, madeBy(call))),
    cleanup: callBuiltin(madeBy(call), "ctx/done", state),
    span: call.span,
  }));
};

/** The body, if the state could be made; else what it gave, an Error. */
const under = (call: ListSyntax, env: Env, made: Expr, use: (state: Temp) => Expr): Expr =>
  bind(madeBy(call), env.context.fresh(), made, (state) =>
    branch(call.span, callBuiltin(madeBy(call), "error?", state), state, use(state)),
  );
const withState = (call: ListSyntax, state: Expr, body: Expr): Expr => ({
  kind: "WithState",
  state,
  body,
  span: call.span,
});
