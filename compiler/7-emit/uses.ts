/** How often each variable is used in a function: what is used once may be written where it is used. */
import { opAtoms } from "../ir/core-walk.ts";
import type * as Cps from "../ir/cps.ts";

/** Uses inside a loop or closure that the variable is defined outside of count double: they may happen again. */
export function countUses(fn: Cps.Function): ReadonlyMap<Cps.Var, number> {
  const uses = new Map<Cps.Var, number>();
  const depths = new Map<Cps.Var, number>();
  const use = (v: Cps.Var, depth: number): void =>
    void uses.set(v, (uses.get(v) ?? 0) + ((depths.get(v) ?? 0) === depth ? 1 : 2));
  const atom = (a: Cps.Atom, depth: number): void => {
    if (a.kind === "Var") use(a.var, depth);
  };
  const operation = (op: Cps.Op, depth: number): void => {
    if (op.kind === "Closure") closure(op.fn, depth + 1);
    else if (op.kind === "Goto") for (const a of op.args) atom(a, depth);
    else for (const a of opAtoms(op)) atom(a, depth);
  };
  const closure = (f: Cps.Function, depth: number): void => {
    for (const p of f.params) depths.set(p, depth);
    list(f.body, depth);
  };
  const list = (stmts: readonly Cps.Stmt[], depth: number): void => {
    for (const s of stmts) statement(s, depth);
  };
  const statement = (s: Cps.Stmt, depth: number): void => {
    switch (s.kind) {
      case "Let":
        depths.set(s.var, depth);
        return operation(s.op, depth);
      case "Slot":
        return void depths.set(s.var, depth);
      case "Check":
        use(s.var, depth);
        for (const v of s.live) use(v, depth);
        return;
      case "Guard":
        atom(s.value, depth);
        return list(s.exit, depth);
      case "Report":
        atom(s.value, depth);
        use(s.loaded, depth);
        return atom(s.value, depth);
      case "If":
        atom(s.test, depth);
        list(s.then, depth);
        return list(s.else, depth);
      case "Declare":
        for (const v of s.vars) depths.set(v, depth);
        return;
      case "Assign":
        for (const a of s.values) atom(a, depth);
        return;
      case "Labeled":
        return list(s.body, depth);
      case "Loop":
        return list(s.body, depth + 1);
      case "Break": case "Continue":
        return;
      case "Return":
        return operation(s.op, depth);
      case "Fuel":
        for (const v of s.args) use(v, depth);
        if (s.self.kind === "Local") use(s.self.var, depth - 1);
        return;
      default:
        return s satisfies never;
    }
  };
  closure(fn, 0);
  return uses;
}
