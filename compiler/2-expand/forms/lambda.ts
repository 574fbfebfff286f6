/** `(\ {params} {body})` and `(fun {name params} {body})` */
import type { Expr } from "../../ir/kernel.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { body } from "../body.ts";
import { bindable, type Env, type Expand, isBraces, isNil, malformed, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";
import { parameters } from "../names.ts";
import { openFrame } from "../rebound.ts";
import { computedFun, computedLambda, isComputed } from "./computed.ts";

export const expandLambda: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, 2);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, list, code] = call.items;
  if (isComputed(list) || isComputed(code)) return computedLambda(call, env);
  const expected = "expected a parameter list in braces";
  if (!isBraces(list) && !isNil(list)) return malformed(call, env, expected, list.span);
  return lambda(call, { name: null, items: list.items, expected }, env);
};

export const expandFun: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, 2);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, list, code] = call.items;
  if (isComputed(list)) return computedFun(call, null, env);
  const name = isBraces(list) && list.items.length > 0 ? bindable(list.items[0], env) : null;
  const expected = "expected a name and parameters in braces";
  if (!isBraces(list) || name === null) return malformed(call, env, expected, list.span);
  if (isComputed(code)) return computedFun(call, name, env);
  const value = lambda(call, { name: name.name, items: list.items.slice(1), expected }, env);
  return value.kind === "Fail" ? value : { kind: "Define", names: [name], values: [value], span: call.span };
};

interface Head {
  readonly name: string | null;
  /** The parameters. */
  readonly items: readonly Syntax[];
  /** What is said if they are none. */
  readonly expected: string;
}

/** The lambda whose body is the call's last argument. */
function lambda(call: ListSyntax, { name, items, expected }: Head, env: Env): Expr {
  const code = call.items[2];
  const parsed = parameters(items, expected, env);
  if (typeof parsed === "string") return malformed(call, env, parsed, call.items[1].span);
  if (!isBraces(code) && !isNil(code)) return malformed(call, env, "expected a body in braces", code.span);
  const { params, rest } = parsed;
  const inside = openFrame(env, [...params, ...(rest === null ? [] : [rest])], [code]);
  return { kind: "Lambda", name, params, rest, body: body(code, inside), span: call.span };
}

/** A name of a macro's own, `x#`, without what makes it another in each expansion. */
const shownName = (name: string): string => name.split(" ", 1)[0];

/** A value that is bound to `name`: a lambda is called so in messages. */
export function named(name: string, syntax: Syntax, env: Env): Expr {
  const value = expression(syntax, env);
  return value.kind === "Lambda" && value.name === null ? { ...value, name: shownName(name) } : value;
}
