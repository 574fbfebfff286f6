/** `=` and `def`. */
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import { lambda } from "./functions.ts";
import { effect, guard, type Lowering, NIL, prim, varAtom, variable } from "./lowering.ts";
import { cellOf } from "./names.ts";

export function assign(l: Lowering, expr: Kernel.Assign, b: Core.Stmt[]): Core.Atom {
  const bound = expr.values.map((value, i) => assigned(l, expr.names[i], value, b));
  bound.forEach((value, i) => {
    const name = expr.names[i];
    const v = l.facts.names.get(name);
    if (v === undefined) {
      b.push(effect(l, { kind: "SetGlobal", name: name.name, value }, name.span));
      return;
    }
    l.values.set(v, value);
    if (v.cell) b.push(effect(l, prim("set", cellOf(l, v), value), name.span));
  });
  return NIL;
}

/** The value of one name; a lambda sees itself under the name. */
function assigned(l: Lowering, name: Kernel.Name, value: Kernel.Expr, b: Core.Stmt[]): Core.Atom {
  const v = l.facts.names.get(name);
  if (value.kind !== "Lambda" || v === undefined || v.param || v.assigns !== 1) return l.atom(value, b, name.name);
  const self = variable(l, name.name);
  l.values.set(v, varAtom(self));
  b.push({ kind: "Let", var: self, op: { kind: "Closure", lambda: lambda(l, value) }, span: value.span });
  return varAtom(self);
}

/** Nothing for a sole definition, which is a function of the module. An Error is the result and is not bound. */
export function define(l: Lowering, expr: Kernel.Define, b: Core.Stmt[]): Core.Atom {
  const own = expr.names.length === 1 ? l.facts.globals.get(expr.names[0].name) : undefined;
  if (own?.lambda !== undefined && own.lambda !== null && own.lambda === expr.values[0]) return NIL;
  const bound = expr.values.map((value, i) => l.atom(value, b, expr.names[i].name));
  const set = (to: Core.Stmt[]): void => {
    bound.forEach((value, i) => {
      const { name, span } = expr.names[i];
      to.push(effect(l, { kind: "SetGlobal", name, value }, span));
    });
  };
  if (bound.every((value) => value.kind !== "Var")) {
    set(b);
    return NIL;
  }
  const label = variable(l, "join");
  const param = variable(l, "t");
  const stmts: Core.Stmt[] = [];
  for (const value of bound) guard(value, stmts, label);
  set(stmts);
  b.push({ kind: "Join", label, params: [param], body: { stmts, end: { kind: "Jump", label, args: [NIL] } } });
  return varAtom(param);
}
