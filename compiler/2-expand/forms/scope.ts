/** Structured concurrency: `(scope {s body})` and `(spawn s body...)`. */
import { bind, branch, callBuiltin } from "../../ir/kernel-build.ts";
import { bodies } from "../body.ts";
import { bindable, type Expand, isBraces, madeBy, malformed, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";
import { openFrame } from "../rebound.ts";
import { bodyAfterName } from "./try.ts";

/** The body is a function of the scope, so it has a frame of its own. */
export const expandScope: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 1);
  if (wrong !== null) return malformed(call, env, wrong);
  const code = call.items[1];
  const name = isBraces(code) && code.items.length > 0 ? bindable(code.items[0], env) : null;
  if (!isBraces(code) || name === null) return malformed(call, env, "expected a name and a body in braces", code.span);
  const inside = openFrame(env, [name], code.items.slice(1));
  const body = bodyAfterName(code, inside);
  const span = madeBy(call);
  return callBuiltin(span, "scope/run", {
    kind: "Lambda",
    name: null,
    params: [name],
    rest: null,
    body,
    span: call.span,
  });
};

/** Nothing is started in what is no scope. */
export const expandSpawn: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, Number.POSITIVE_INFINITY);
  if (wrong !== null) return malformed(call, env, wrong);
  const span = madeBy(call);
  return bind(span, env.context.fresh(), callBuiltin(span, "scope/open", expression(call.items[1], env)), (scope) => {
    const inside = openFrame(env, [], call.items.slice(2));
    const child = { kind: "Async", body: bodies(call.items, 2, inside, span), span: call.span } as const;
    return branch(call.span, callBuiltin(span, "error?", scope), scope, callBuiltin(span, "scope/adopt", scope, child));
  });
};
