/** Walks over core that every pass shares: the only place, with `core-map.ts`, that knows the shape of its trees. */
import type * as Core from "./core.ts";

/** The variables and constants an operation reads, closures' bodies excepted. */
export function opAtoms(op: Core.Op): readonly Core.Atom[] {
  switch (op.kind) {
    case "Use":
      return [op.atom];
    case "Arith":
    case "Prim":
      return op.args;
    case "Call":
      return op.fn.kind === "Local" ? [{ kind: "Var", var: op.fn.var }, ...op.args] : op.args;
    case "Apply":
      return [op.callee, ...op.args];
    case "Closure":
    case "Init":
      return [];
    case "Read":
      return op.final?.kind === "Atom" ? [...op.cells, op.final.atom] : op.cells;
    case "Global":
      return op.final.kind === "Atom" ? [op.final.atom] : [];
    case "SetGlobal":
      return [op.value];
    default:
      return op satisfies never;
  }
}

/** Is it a call of that builtin? */
export const isCallOf = (op: Core.Op | undefined, name: string): op is Core.Op & { readonly kind: "Call" } =>
  op?.kind === "Call" && op.fn.kind === "Builtin" && op.fn.name === name;

/** The lambdas directly in a block, in order, nested blocks included, nested lambdas' own excepted. */
export function forEachStmt(block: Core.Block, visit: (stmt: Core.Stmt) => void, end?: (end: Core.End) => void): void {
  for (const stmt of block.stmts) {
    visit(stmt);
    if (stmt.kind === "Join") forEachStmt(stmt.body, visit, end);
  }
  end?.(block.end);
  if (block.end.kind === "If") {
    forEachStmt(block.end.then, visit, end);
    forEachStmt(block.end.else, visit, end);
  } else if (block.end.kind === "Loop") forEachStmt(block.end.body, visit, end);
}

/** Every operation of a block, nested blocks included, with the variable it defines (null in tail position). */
export function forEachOp(block: Core.Block, visit: (op: Core.Op, v: Core.Var | null) => void): void {
  forEachStmt(
    block,
    (stmt) => {
      if (stmt.kind === "Let") visit(stmt.op, stmt.var);
    },
    (end) => {
      if (end.kind === "Tail") visit(end.op, null);
    },
  );
}

/** Is the variable read anywhere in the block, closures included? */
export function usesVar(block: Core.Block, v: Core.Var): boolean {
  let found = false;
  const atom = (a: Core.Atom): void => {
    if (a.kind === "Var" && a.var === v) found = true;
  };
  const visit = (b: Core.Block): void =>
    forEachStmt(
      b,
      (s) => {
        if (s.kind === "Let") operation(s.op);
        else if (s.kind !== "Join") atom(s.value);
      },
      (end) => {
        if (end.kind === "Tail") operation(end.op);
        else if (end.kind === "Return") atom(end.value);
        else if (end.kind === "If") atom(end.test);
        else for (const a of end.kind === "Jump" ? end.args : end.inits) atom(a);
      },
    );
  const operation = (op: Core.Op): void => {
    for (const a of opAtoms(op)) atom(a);
    if (op.kind === "Closure") visit(op.lambda.body);
  };
  visit(block);
  return found;
}
