/** `(let {body})` and `(let {name value ...} {body})`: a frame, in which the names are bound one after the other. */
import type { Expr, Name } from "../../ir/kernel.ts";
import { frame, sequence } from "../../ir/kernel-build.ts";
import type { Syntax } from "../../ir/syntax.ts";
import { body } from "../body.ts";
import { bindable, type Env, type Expand, isBraces, isNil, madeBy, malformed, wrongCount } from "../env.ts";
import { openFrame } from "../rebound.ts";
import { assign } from "./assign.ts";
import { computedBody, computedLet, isComputed } from "./computed.ts";
import { named } from "./lambda.ts";

export const expandLet: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 2);
  if (wrong !== null) return malformed(call, env, wrong);
  const [first, code] = call.items.length === 2 ? [null, call.items[1]] : call.items.slice(1);
  const names = first === null || isComputed(first) ? [] : bindings(first, env);
  if (names === null) return malformed(call, env, "expected names and values in braces", first?.span);
  if (!isBraces(code) && !isNil(code) && !isComputed(code))
    return malformed(call, env, "expected a body in braces", code.span);
  const run = (inside: Env): Expr =>
    isBraces(code) || isNil(code) ? body(code, inside) : computedBody(call, code, inside);
  if (first === null) return frame(call.span, [], [], run(openFrame(env, [], [code])));
  if (isComputed(first)) return computedLet(call, env);
  const inside = openFrame(env, names, call.items.slice(1));
  const values = first.kind === "List" ? first.items : [];
  const assigns: Expr[] = names.map((name, i) => assign(name, named(name.name, values[2 * i + 1], inside)));
  return frame(call.span, [], [], sequence(madeBy(call), [...assigns, run(inside)]));
};

/** The names of `{x 10 y 20}`, or null if it is anything else. */
function bindings(list: Syntax, env: Env): readonly Name[] | null {
  if (!isBraces(list) && !isNil(list)) return null;
  const { items } = list;
  if (items.length % 2 !== 0) return null;
  const names: Name[] = [];
  for (let i = 0; i < items.length; i += 2) {
    const name = bindable(items[i], env);
    if (name === null) return null;
    names.push(name);
  }
  return names;
}
