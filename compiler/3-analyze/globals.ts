/** kernel -> the module's own globals: which names it defines, and which of them are functions with a sole definition. */
import type * as Kernel from "../ir/kernel.ts";
import { children } from "../ir/kernel-children.ts";

export interface OwnGlobal {
  readonly name: string;
  /** The lambda, if this is its one definition, by a top-level `def` or `fun`: then the name is usable from the start. */
  readonly lambda: Kernel.Lambda | null;
  /** Is there a `def` or `fun` of it (and not only a top-level `=`)? Then it is exported, unless an export form says what is. */
  readonly defined: boolean;
}

/** Every name that a `def` anywhere, or a top-level `=`, sets; in order of the first. */
export function collectGlobals(module: Kernel.Module): ReadonlyMap<string, OwnGlobal> {
  const count = new Map<string, number>();
  const lambdas = new Map<string, Kernel.Lambda>();
  const defined = new Set<string>();
  const add = (name: string, def: boolean): void => {
    count.set(name, (count.get(name) ?? 0) + 1);
    if (def) defined.add(name);
  };
  for (const expr of module.body) {
    if (expr.kind === "Define")
      expr.names.forEach((name, i) => {
        const value = expr.values[i];
        if (value.kind === "Lambda") lambdas.set(name.name, value);
      });
    visit(expr, true, add);
  }
  const globals = new Map<string, OwnGlobal>();
  for (const [name, n] of count)
    globals.set(name, { name, lambda: n === 1 ? (lambdas.get(name) ?? null) : null, defined: defined.has(name) });
  return globals;
}

function visit(expr: Kernel.Expr, top: boolean, add: (name: string, def: boolean) => void): void {
  if (expr.kind === "Define" || (expr.kind === "Assign" && top))
    for (const name of expr.names) add(name.name, expr.kind === "Define");
  const inner = top && !opensFrame(expr);
  for (const child of children(expr)) visit(child, inner, add);
}

export const opensFrame = (expr: Kernel.Expr): expr is Kernel.Lambda | Kernel.Frame | Kernel.Async =>
  expr.kind === "Lambda" || expr.kind === "Frame" || expr.kind === "Async";
