/** `(import {a b :as c} "./other.valk")`, `(import * name "./other.valk")`, at the top level: runs a Valk module at its place and makes names of it visible. Other modules are JavaScript's. */
import { messages } from "../../diagnostics/messages.ts";
import type { Expr, Import, Namespace } from "../../ir/kernel.ts";
import { fail, nil } from "../../ir/kernel-build.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { bindable, type Env, type Expand, malformed } from "../env.ts";
import { importList } from "../import-list.ts";
import { type ImportedJavaScript, importJavaScript } from "./import-javascript.ts";

export interface Imported {
  readonly expr: Expr;
  readonly imports: readonly Import[];
  readonly namespaces: readonly Namespace[];
  readonly javascript: ImportedJavaScript | null;
}

export function importAtTop(call: ListSyntax, env: Env): Imported {
  const nothing = (expr: Expr): Imported => ({ expr, imports: [], namespaces: [], javascript: null });
  const path = call.items[call.items.length - 1];
  const target =
    path.kind === "String"
      ? (env.loads.get(path.value) ?? (path.value.endsWith(".valk") ? null : undefined))
      : undefined;
  if (path.kind === "String" && target === undefined) {
    const javascript = importJavaScript(call, path, env);
    return javascript === null
      ? nothing(malformed(call, env, "expected names in braces, or * and a name", call.items[1].span))
      : { ...nothing(nil(call.span)), javascript };
  }
  if (path.kind !== "String" || call.items.length === 1)
    return nothing(malformed(call, env, "expected a path in quotes", path.span));
  const list = importList(call);
  if (list === null)
    return nothing(malformed(call, env, "expected names in braces, or * and a name", call.items[1].span));
  if (env.evaluated) {
    env.context.report(path.span, messages.importAtRunTime, path.value);
    return nothing(fail(call.span, `import: cannot import ${path.value} at run time`));
  }
  if (target === undefined || target === null) {
    env.context.report(path.span, messages.importNotFound, path.value, env.near?.get(path.value));
    return nothing(fail(call.span, `import: no such module: ${path.value}`));
  }
  const from = { module: target, path: path.value };
  const loading = nothing({ kind: "Load", module: target, span: call.span });
  if (list.kind === "all") {
    if (list.local.name === "js")
      return nothing(
        malformed(call, env, "js/... are the globals of JavaScript: choose another name", list.local.span),
      );
    const name = bindable(list.local, env);
    return name === null ? loading : { ...loading, namespaces: [{ ...from, name }] };
  }
  const imports = list.names.flatMap(({ name, local }) => {
    const bound = bindable(local, env);
    return bound === null ? [] : [{ ...from, name: { name: name.name, span: name.span }, local: bound.name }];
  });
  return { ...loading, imports };
}

export const expandImport: Expand = (call, env) => malformed(call, env, "only at the top level of a module");
