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
        operation(s.op, depth);
        break;
      case "Slot":
        depths.set(s.var, depth);
        break;
      case "Check":
        use(s.var, depth);
        for (const v of s.live) use(v, depth);
        break;
      case "Guard":
        atom(s.value, depth);
        list(s.exit, depth);
        break;
      case "Report":
        // It is looked at and then given.
        atom(s.value, depth);
        atom(s.value, depth);
        use(s.loaded, depth);
        break;
      case "If":
        atom(s.test, depth);
        list(s.then, depth);
        list(s.else, depth);
        break;
      case "Declare":
        for (const v of s.vars) depths.set(v, depth);
        break;
      case "Assign":
        for (const a of s.values) atom(a, depth);
        break;
      case "Labeled":
        list(s.body, depth);
        break;
      case "Loop":
        list(s.body, depth + 1);
        break;
      case "Break":
      case "Continue":
        break;
      case "Return":
        operation(s.op, depth);
        break;
      case "Fuel":
        for (const v of s.args) use(v, depth);
        if (s.self.kind === "Local") use(s.self.var, depth - 1);
        break;
      default:
        s satisfies never;
    }
  };
  closure(fn, 0);
  return uses;
}
