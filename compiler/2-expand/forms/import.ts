/** `(import {names} "./other.valk")`, at the top level: runs a Valk module at its place and makes names of it visible. Other modules are JavaScript's. */
import { messages } from "../../diagnostics/messages.ts";
import type { Expr, Import, Name } from "../../ir/kernel.ts";
import { fail, nil } from "../../ir/kernel-build.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { type Env, type Expand, isNil, malformed, wrongCount } from "../env.ts";
import { nameList } from "../names.ts";
import { type ImportedJavaScript, importJavaScript } from "./import-javascript.ts";

export interface Imported {
  readonly expr: Expr;
  readonly imports: readonly Import[];
  readonly javascript: ImportedJavaScript | null;
}

export function importAtTop(call: ListSyntax, env: Env): Imported {
  const nothing = (expr: Expr): Imported => ({ expr, imports: [], javascript: null });
  const path = call.items[call.items.length - 1];
  const target =
    path.kind === "String"
      ? (env.loads.get(path.value) ?? (path.value.endsWith(".valk") ? null : undefined))
      : undefined;
  if (path.kind === "String" && target === undefined) {
    const javascript = importJavaScript(call, path, env);
    return javascript === null
      ? nothing(malformed(call, env, "expected names in braces, or * and a name", call.items[1].span))
      : { expr: nil(call.span), imports: [], javascript };
  }
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
  return { expr: { kind: "Load", module: target, span: call.span }, imports, javascript: null };
}

export const expandImport: Expand = (call, env) => malformed(call, env, "only at the top level of a module");
