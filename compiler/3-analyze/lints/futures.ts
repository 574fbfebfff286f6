/** `--futures=warn|deny`: uses of operations that give a Handle, with what code that waits by itself writes instead. */
import { hints, instead } from "../../../runtime/signatures/futures.ts";
import { signatures } from "../../../runtime/signatures.ts";
import type { Context } from "../../context.ts";
import { messages } from "../../diagnostics/messages.ts";
import type * as Kernel from "../../ir/kernel.ts";
import { children } from "../../ir/kernel-children.ts";
import type { World } from "../../ir/world.ts";
import type { OwnGlobal } from "../globals.ts";
import type { Scopes } from "../scope.ts";

/** The forms that make a Handle expand to a call of this builtin. */
const BLOCK = "aio/block";

export function lintFutures(
  module: Kernel.Module,
  globals: ReadonlyMap<string, OwnGlobal>,
  scopes: Scopes,
  world: World,
  context: Context,
): void {
  const { futures } = context.options;
  if (futures === "allow") return;
  const message = futures === "warn" ? messages.future : messages.futureDenied;
  const builtins = new Map(signatures.map((s) => [s.name, s]));
  const hintOf = (ref: Kernel.Ref): string | null => {
    const read = scopes.reads.get(ref);
    if (read?.end.kind !== "global" || read.cells.length > 0 || globals.has(ref.name)) return null;
    const outside = world.lookup(ref.name);
    if (outside?.kind !== "function") return null;
    // Another module of the program may call something of its own so.
    if (outside.fn.kind === "Module") return world.runs(outside.fn.module) ? null : (hints[ref.name] ?? null);
    const signature = outside.fn.kind === "Builtin" ? builtins.get(outside.fn.name) : undefined;
    return signature === undefined ? null : instead(signature, (name) => builtins.has(name));
  };
  const visit = (expr: Kernel.Expr): void => {
    if (expr.kind === "Builtin" && expr.name === BLOCK) {
      const form = expr.span.by ?? "";
      context.report(expr.span, message, form, hints[form]);
    }
    const hint = expr.kind === "Ref" ? hintOf(expr) : null;
    if (expr.kind === "Ref" && hint !== null) context.report(expr.span, message, expr.name, hint);
    for (const child of children(expr)) visit(child);
  };
  for (const expr of module.body) visit(expr);
}
