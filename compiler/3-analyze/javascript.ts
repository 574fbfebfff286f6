/** kernel -> the pieces of JavaScript in a module: what the expressions in `(js "..")` are. */
import type * as Kernel from "../ir/kernel.ts";
import { children } from "../ir/kernel-children.ts";

/** Each text once, in the order of the program. */
export function inlineJavaScript(module: Kernel.Module): readonly string[] {
  const found = new Set<string>();
  const visit = (expr: Kernel.Expr): void => {
    if (expr.kind === "Call" && expr.callee.kind === "Builtin" && expr.callee.name === "js/expression") {
      const [code] = expr.args;
      if (code.kind === "Const" && typeof code.value === "string") found.add(code.value);
    }
    for (const child of children(expr)) visit(child);
  };
  for (const expr of module.body) visit(expr);
  return [...found];
}
