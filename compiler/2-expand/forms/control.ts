/** Delimiters, captures and fibers: `reset shift reset-at shift-at async`. */
import type { Expr, Name } from "../../ir/kernel.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { bodies } from "../body.ts";
import { bindable, type Env, type Expand, isBraces, madeBy, malformed, withNames, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";
import { openFrame } from "../rebound.ts";

const MANY = Number.POSITIVE_INFINITY;

/** `(reset body...)` */
export const expandReset: Expand = (call, env) => ({
  kind: "Reset",
  tag: null,
  body: bodies(call.items, 1, env, madeBy(call)),
  span: call.span,
});

/** `(reset-at tag body...)` */
export const expandResetAt: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, MANY);
  if (wrong !== null) return malformed(call, env, wrong);
  const tag = expression(call.items[1], env);
  return { kind: "Reset", tag, body: bodies(call.items, 2, env, madeBy(call)), span: call.span };
};

/** `(shift k body...)` and `(shift {k} {body})` */
export const expandShift: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, MANY);
  return wrong === null ? shift(call, null, 1, env) : malformed(call, env, wrong);
};

/** `(shift-at tag k body...)` */
export const expandShiftAt: Expand = (call, env) => {
  const wrong = wrongCount(call, 3, MANY);
  return wrong === null ? shift(call, expression(call.items[1], env), 2, env) : malformed(call, env, wrong);
};

/** The item at `at` names the continuation, what follows is the body. */
function shift(call: ListSyntax, tag: Expr | null, at: number, env: Env): Expr {
  const k = continuation(call.items[at], env);
  if (k === null) return malformed(call, env, "expected a name for the continuation", call.items[at].span);
  return {
    kind: "Shift",
    tag,
    k,
    body: bodies(call.items, at + 1, withNames(env, [k]), madeBy(call)),
    span: call.span,
  };
}

function continuation(syntax: Syntax, env: Env): Name | null {
  if (!isBraces(syntax)) return bindable(syntax, env);
  return syntax.items.length === 1 ? bindable(syntax.items[0], env) : null;
}

/** `(async body...)` */
export const expandAsync: Expand = (call, env) => {
  const inside = openFrame(env, [], call.items.slice(1));
  return { kind: "Async", body: bodies(call.items, 1, inside, madeBy(call)), span: call.span };
};
