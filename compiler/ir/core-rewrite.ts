/** Rebuilding core: with core-walk.ts the one place that knows the shape of blocks. */
import type * as Core from "./core.ts";

export interface Rewrite {
  /** A statement, after its own blocks were rewritten, as any number of statements. */
  readonly stmt?: (stmt: Core.Stmt) => readonly Core.Stmt[];
  /** The end of a block, after its own blocks were rewritten. Further statements may go in front of it. */
  readonly end?: (end: Core.End, before: Core.Stmt[]) => Core.End;
  /** Lambdas in closures; without it they stay as they are. */
  readonly lambda?: (lambda: Core.Lambda) => Core.Lambda;
}

export function rewriteBlock(block: Core.Block, rewrite: Rewrite): Core.Block {
  const stmts: Core.Stmt[] = [];
  for (const stmt of block.stmts) {
    const inner = inside(stmt, rewrite);
    if (rewrite.stmt === undefined) stmts.push(inner);
    else stmts.push(...rewrite.stmt(inner));
  }
  const end = endInside(block.end, rewrite);
  return { stmts, end: rewrite.end?.(end, stmts) ?? end };
}

function inside(stmt: Core.Stmt, rewrite: Rewrite): Core.Stmt {
  if (stmt.kind === "Join") return { ...stmt, body: rewriteBlock(stmt.body, rewrite) };
  if (stmt.kind === "Let" && stmt.op.kind === "Closure" && rewrite.lambda !== undefined)
    return { ...stmt, op: { kind: "Closure", lambda: rewrite.lambda(stmt.op.lambda) } };
  return stmt;
}

function endInside(end: Core.End, rewrite: Rewrite): Core.End {
  if (end.kind === "If")
    return { ...end, then: rewriteBlock(end.then, rewrite), else: rewriteBlock(end.else, rewrite) };
  if (end.kind === "Loop") return { ...end, body: rewriteBlock(end.body, rewrite) };
  return end;
}

/** An operation with its atoms replaced. */
export function mapAtoms(op: Core.Op, f: (atom: Core.Atom) => Core.Atom): Core.Op {
  switch (op.kind) {
    case "Use":
      return { ...op, atom: f(op.atom) };
    case "Arith":
    case "Prim":
      return { ...op, args: op.args.map(f) };
    case "Call": {
      if (op.fn.kind !== "Local") return { ...op, args: op.args.map(f) };
      const callee = f({ kind: "Var", var: op.fn.var });
      const args = op.args.map(f);
      return callee.kind === "Var"
        ? { kind: "Call", fn: { kind: "Local", var: callee.var }, args }
        : { kind: "Apply", callee, args };
    }
    case "Apply":
      return { ...op, callee: f(op.callee), args: op.args.map(f) };
    case "Read": {
      const final = op.final?.kind === "Atom" ? ({ kind: "Atom", atom: f(op.final.atom) } as const) : op.final;
      return { ...op, cells: op.cells.map(f), final };
    }
    case "Global":
      return op.final.kind === "Atom" ? { ...op, final: { kind: "Atom", atom: f(op.final.atom) } } : op;
    case "SetGlobal":
      return { ...op, value: f(op.value) };
    case "Closure":
    case "Init":
      return op;
    default:
      return op satisfies never;
  }
}

/** A copy of a block with fresh variables and labels; variables free in it stay, unless `known` replaces them. */
export function copyBlock(
  block: Core.Block,
  fresh: () => number,
  known: ReadonlyMap<Core.Var, Core.Atom> = new Map(),
): Core.Block {
  const atoms = new Map<Core.Var, Core.Atom>(known);
  const labels = new Map<Core.Label, Core.Label>();
  const bound = (v: Core.Var): Core.Var => {
    const copy = { id: fresh(), name: v.name };
    atoms.set(v, { kind: "Var", var: copy });
    return copy;
  };
  const atom = (a: Core.Atom): Core.Atom => (a.kind === "Var" ? (atoms.get(a.var) ?? a) : a);
  const label = (l: Core.Label | null): Core.Label | null => (l === null ? null : (labels.get(l) ?? l));
  const operation = (op: Core.Op): Core.Op =>
    op.kind === "Closure" ? { kind: "Closure", lambda: lambda(op.lambda) } : mapAtoms(op, atom);
  const lambda = (l: Core.Lambda): Core.Lambda => ({
    ...l,
    id: fresh(),
    params: l.params.map(bound),
    body: copy(l.body),
  });
  const copy = (b: Core.Block): Core.Block => {
    const stmts = b.stmts.map((s): Core.Stmt => {
      switch (s.kind) {
        case "Let": {
          // A closure may mention itself, so its variable is bound first.
          if (s.op.kind === "Closure") {
            const v = bound(s.var);
            return { ...s, var: v, op: operation(s.op) };
          }
          const op = operation(s.op);
          return { ...s, var: bound(s.var), op };
        }
        case "Guard":
          return { ...s, value: atom(s.value), label: label(s.label) };
        case "Report":
          return { ...s, value: atom(s.value) };
        case "Join": {
          const l = { id: fresh(), name: s.label.name };
          labels.set(s.label, l);
          const body = copy(s.body);
          return { kind: "Join", label: l, params: s.params.map(bound), body };
        }
        default:
          return s satisfies never;
      }
    });
    return { stmts, end: ending(b.end) };
  };
  const ending = (e: Core.End): Core.End => {
    switch (e.kind) {
      case "Return":
        return { ...e, value: atom(e.value) };
      case "Tail":
        return { ...e, op: operation(e.op) };
      case "Jump":
        return { ...e, label: label(e.label) as Core.Label, args: e.args.map(atom) };
      case "If":
        return { ...e, test: atom(e.test), then: copy(e.then), else: copy(e.else) };
      case "Loop": {
        const inits = e.inits.map(atom);
        const l = { id: fresh(), name: e.label.name };
        labels.set(e.label, l);
        const params = e.params.map(bound);
        return { kind: "Loop", label: l, params, inits, body: copy(e.body) };
      }
      default:
        return e satisfies never;
    }
  };
  return copy(block);
}

/** The block with what it returns going to a join point instead; a call in tail position becomes an ordinary one. */
export function returnTo(block: Core.Block, label: Core.Label, fresh: () => number): Core.Block {
  return rewriteBlock(block, {
    stmt: (s) => [s.kind === "Guard" && s.label === null ? { ...s, label } : s],
    end: (e, before) => {
      if (e.kind === "Return") return { kind: "Jump", label, args: [e.value] };
      if (e.kind !== "Tail") return e;
      const v = { id: fresh(), name: "t" };
      before.push({ kind: "Let", var: v, op: e.op, span: e.span });
      return { kind: "Jump", label, args: [{ kind: "Var", var: v }] };
    },
  });
}
