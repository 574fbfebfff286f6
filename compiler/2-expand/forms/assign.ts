/** `(= {names} values...)` and `(def {names} values...)` */
import type { Expr, Name } from "../../ir/kernel.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { type Env, type Expand, expectedValues, malformed } from "../env.ts";
import { nameList } from "../names.ts";
import { computedAssign, computedDefine, isComputed } from "./computed.ts";
import { named } from "./lambda.ts";

export const expandAssign: Expand = (call, env) => binding("Assign", call, env);
export const expandDefine: Expand = (call, env) => binding("Define", call, env);

function binding(kind: "Assign" | "Define", call: ListSyntax, env: Env): Expr {
  if (isComputed(call.items[1]) && call.items.length > 2)
    return (kind === "Assign" ? computedAssign : computedDefine)(call, env);
  const names = nameList(call.items[1], env);
  if (names === null) return malformed(call, env, "expected names in braces", call.items[1]?.span);
  const given = call.items.length - 2;
  if (given !== names.length) return malformed(call, env, expectedValues(names.length, given));
  return { kind, names, values: names.map((name, i) => named(name.name, call.items[i + 2], env)), span: call.span };
}

/** `=` of one name. */
export const assign = (name: Name, value: Expr): Expr => ({
  kind: "Assign",
  names: [name],
  values: [value],
  span: { start: name.span.start, end: value.span.end, by: "let" },
});
