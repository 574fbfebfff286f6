/**
 * core -> which variables are live after each operation, and which a label's continuation needs. One backward walk per lambda;
 * a loop's body is walked twice, since what its next iteration needs is live everywhere in it.
 */
import type * as Core from "../ir/core.ts";
import { opAtoms } from "../ir/core-walk.ts";

export type Live = ReadonlySet<Core.Var>;

export interface Liveness {
  /** Live after the statement, without the variable it defines. */
  after(stmt: Core.Let): readonly Core.Var[];
  /** What the code after a join (or the next iteration of a loop) needs, besides the label's parameters. */
  label(label: Core.Label): readonly Core.Var[];
  /** Free variables of a lambda. */
  free(lambda: Core.Lambda): Live;
}

export function liveness(lambda: Core.Lambda): Liveness {
  const after = new Map<Core.Let, Set<Core.Var>>();
  const labels = new Map<Core.Label, Set<Core.Var>>();
  const closures = new Map<number, Set<Core.Var>>();

  const addAtom = (live: Set<Core.Var>, atom: Core.Atom): void => {
    if (atom.kind === "Var") live.add(atom.var);
  };
  const addLabel = (live: Set<Core.Var>, label: Core.Label | null): void => {
    if (label !== null) for (const v of labels.get(label) ?? []) live.add(v);
  };
  const addOp = (live: Set<Core.Var>, op: Core.Op): void => {
    for (const atom of opAtoms(op)) addAtom(live, atom);
    if (op.kind === "Closure") for (const v of freeOf(op.lambda)) live.add(v);
  };
  const freeOf = (inner: Core.Lambda): Set<Core.Var> => {
    let free = closures.get(inner.id);
    if (free === undefined) {
      free = block(inner.body);
      for (const p of inner.params) free.delete(p);
      closures.set(inner.id, free);
    }
    return free;
  };
  const ending = (end: Core.End): Set<Core.Var> => {
    const live = new Set<Core.Var>();
    switch (end.kind) {
      case "Return":
        addAtom(live, end.value);
        return live;
      case "Tail":
        addOp(live, end.op);
        return live;
      case "Jump":
        for (const arg of end.args) addAtom(live, arg);
        addLabel(live, end.label);
        return live;
      case "If":
        for (const v of block(end.then)) live.add(v);
        for (const v of block(end.else)) live.add(v);
        addAtom(live, end.test);
        return live;
      case "Loop": {
        labels.set(end.label, new Set());
        for (let round = 0; round < 2; round++) {
          const body = block(end.body);
          for (const p of end.params) body.delete(p);
          labels.set(end.label, body);
        }
        addLabel(live, end.label);
        for (const init of end.inits) addAtom(live, init);
        return live;
      }
      default:
        return end satisfies never;
    }
  };
  const block = (b: Core.Block): Set<Core.Var> => {
    let live = ending(b.end);
    for (let i = b.stmts.length - 1; i >= 0; i--) {
      const stmt = b.stmts[i];
      if (stmt.kind === "Let") {
        live.delete(stmt.var);
        after.set(stmt, new Set(live));
        addOp(live, stmt.op);
        // A closure that refers to itself by the variable it is bound to.
        if (stmt.op.kind === "Closure") live.delete(stmt.var);
      } else if (stmt.kind === "Join") {
        for (const p of stmt.params) live.delete(p);
        labels.set(stmt.label, live);
        live = block(stmt.body);
      } else {
        addAtom(live, stmt.value);
        if (stmt.kind === "Guard") addLabel(live, stmt.label);
        else live.add(stmt.loaded);
      }
    }
    return live;
  };
  block(lambda.body);

  const sorted = (vars: Iterable<Core.Var>): Core.Var[] => [...vars].sort((a, b) => a.id - b.id);
  return {
    after: (stmt) => sorted(after.get(stmt) ?? []),
    label: (label) => sorted(labels.get(label) ?? []),
    free: freeOf,
  };
}
