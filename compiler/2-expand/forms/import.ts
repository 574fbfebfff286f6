/** `(import {names} "./other.valk")`, at the top level: runs a Valk module at its place and makes names of it visible. */
import { messages } from "../../diagnostics/messages.ts";
import type { Expr, Import, Name } from "../../ir/kernel.ts";
import { fail } from "../../ir/kernel-build.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { type Env, type Expand, isNil, malformed, wrongCount } from "../env.ts";
import { nameList } from "../names.ts";
import { expandLater } from "./later.ts";

export interface Imported {
  readonly expr: Expr;
  readonly imports: readonly Import[];
}

export function importAtTop(call: ListSyntax, env: Env): Imported {
  const nothing = (expr: Expr): Imported => ({ expr, imports: [] });
  const path = call.items[call.items.length - 1];
  const target =
    path.kind === "String"
      ? (env.loads.get(path.value) ?? (path.value.endsWith(".valk") ? null : undefined))
      : undefined;
  // No Valk module: JavaScript's.
  if (path.kind === "String" && target === undefined && call.items.length > 2) return nothing(expandLater(call, env));
  const wrong = wrongCount(call, 2, 2);
  if (wrong !== null) return nothing(malformed(call, env, wrong));
  if (path.kind !== "String") return nothing(malformed(call, env, "expected a path in quotes", path.span));
  const names: readonly Name[] | null = isNil(call.items[1]) ? [] : nameList(call.items[1], env);
  if (names === null) return nothing(malformed(call, env, "expected names in braces", call.items[1].span));
  if (target === undefined || target === null) {
    env.context.report(path.span, messages.importNotFound, path.value);
    return nothing(fail(call.span, `import: no such module: ${path.value}`));
  }
  const imports = names.map((name) => ({ module: target, path: path.value, name, local: name.name }));
  return { expr: { kind: "Load", module: target, span: call.span }, imports };
}

export const expandImport: Expand = (call, env) => malformed(call, env, "only at the top level of a module");
