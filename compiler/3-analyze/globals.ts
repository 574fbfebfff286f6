/** kernel -> the module's own globals: which names it defines, and which of them are functions with a sole definition. */
import type * as Kernel from "../ir/kernel.ts";

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

/** The direct sub-expressions, in evaluation order. */
export function children(expr: Kernel.Expr): readonly Kernel.Expr[] {
  switch (expr.kind) {
    case "Const":
    case "Quote":
    case "Ref":
    case "Builtin":
    case "Temp":
    case "Load":
    case "Fail":
      return [];
    case "Lambda":
    case "Async":
      return [expr.body];
    case "Code":
      return expr.bodies.map(({ lambda }) => lambda);
    case "Eval":
      return [expr.value];
    case "Call":
      return [expr.callee, ...expr.args];
    case "Force":
      return [expr.expr];
    case "If":
      return [expr.test, expr.then, expr.else];
    case "Seq":
      return expr.body;
    case "Assign":
    case "Define":
      return expr.values;
    case "Frame":
      return [...expr.args, expr.body];
    case "Bind":
      return [expr.value, expr.body];
    case "Reset":
    case "Shift":
      return expr.tag === null ? [expr.body] : [expr.tag, expr.body];
    case "Ensure":
      return [expr.body, expr.cleanup];
    case "WithState":
      return [expr.state, expr.body];
    default:
      return expr satisfies never;
  }
}
