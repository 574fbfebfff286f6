/** `(load "path")`: runs a module at its place. A computed path is looked up, and the file compiled, when it is reached. */
import { messages } from "../../diagnostics/messages.ts";
import type { Expr } from "../../ir/kernel.ts";
import { callBuiltin, fail } from "../../ir/kernel-build.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { type Env, type Expand, malformed, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";

/** At the top level of a module a file that does not exist is an error: nothing is emitted. */
export const loadAtTop = (call: ListSyntax, env: Env): Expr => load(call, env, "loadNotFound");

/** Anywhere else it may never be reached. */
export const expandLoad: Expand = (call, env) => load(call, env, "loadMissing");

function load(call: ListSyntax, env: Env, missing: "loadNotFound" | "loadMissing"): Expr {
  const wrong = wrongCount(call, 1, 1);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, path] = call.items;
  if (path.kind !== "String" || env.evaluated) return callBuiltin(call.span, "load", expression(path, env));
  const module = env.loads.get(path.value) ?? null;
  if (module !== null) return { kind: "Load", module, span: call.span };
  env.context.report(path.span, messages[missing], path.value, env.near?.get(path.value));
  return fail(call.span, `load: no such file: ${path.value}`);
}
