/** `(try {body} {e handler})` and `(ensure {body} {cleanup})` */

import type { Expr } from "../../ir/kernel.ts";
import { bind, callBuiltin, branch as choose, frame } from "../../ir/kernel-build.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { bodies, body, branch } from "../body.ts";
import { bindable, type Env, type Expand, isBraces, madeBy, malformed, wrongCount } from "../env.ts";
import { openFrame } from "../rebound.ts";

export const expandTry: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, 2);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, code, handler] = call.items;
  const name = isBraces(handler) && handler.items.length > 0 ? bindable(handler.items[0], env) : null;
  if (!isBraces(handler) || name === null)
    return malformed(call, env, "expected a name and a handler in braces", handler.span);
  const span = madeBy(call);
  return bind(span, env.context.fresh(), branch(code, env), (result) => {
    const inside = openFrame(env, [name], handler.items.slice(1));
    const recovery = frame(handler.span, [name], [result], bodyAfterName(handler, inside));
    return choose(call.span, callBuiltin(span, "error?", result), recovery, result);
  });
};

/** The body in `{name body}`: `{e (f) (g)}` is a sequence, `{e f x}` one expression; a single handler is a branch like any other. */
export function bodyAfterName(handler: ListSyntax, env: Env): Expr {
  const items = handler.items.slice(1);
  return items.length > 1 && items[0].kind !== "List"
    ? body({ ...handler, items }, env)
    : bodies(items, 0, env, handler.span);
}

export const expandEnsure: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, 2);
  if (wrong !== null) return malformed(call, env, wrong);
  return { kind: "Ensure", body: branch(call.items[1], env), cleanup: branch(call.items[2], env), span: call.span };
};
