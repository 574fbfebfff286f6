/**
 * Rebuilding core: the only file, with core-walk.ts, that knows the shape of its trees. Whatever does not change keeps its
 * identity, so that `after === before` says that a pass had nothing to do.
 */
import { impossible } from "../source/impossible.ts";
import type * as Core from "./core.ts";

/**
 * What to change; each function gives its argument back to leave it alone. Order is the order of the text, a variable's binding
 * before its uses; `op`, `stmt` and `block` see what they get with its parts already rebuilt.
 */
export interface Changes {
  /** A value that is read, wherever it stands. */
  readonly atom?: (atom: Core.Atom) => Core.Atom;
  /** The operation of a Let (with its variable) or Tail (null). */
  readonly op?: (op: Core.Op, variable: Core.Var | null) => Core.Op;
  /** A closure's lambda, instead of going into it with the same changes. */
  readonly lambda?: (lambda: Core.Lambda) => Core.Lambda;
  /** A statement: one, several or none in its place. */
  readonly stmt?: (stmt: Core.Stmt) => Core.Stmt | readonly Core.Stmt[];
  readonly block?: (block: Core.Block) => Core.Block;
  /** A variable where it is bound; `atom` sees its uses. */
  readonly bind?: (variable: Core.Var) => Core.Var;
  /** A label where it is defined, and its uses. */
  readonly define?: (label: Core.Label) => Core.Label;
  readonly label?: (label: Core.Label) => Core.Label;
}

const same = <T>(value: T): T => value;

function mapAll<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  let changed = false;
  const result = items.map((item) => {
    const next = change(item);
    changed ||= next !== item;
    return next;
  });
  return changed ? result : items;
}

/** The object with some properties replaced; itself if they are what it has. */
function update<T extends object>(node: T, parts: Partial<T>): T {
  for (const key in parts) if (parts[key] !== node[key]) return { ...node, ...parts };
  return node;
}

export function mapBlock(block: Core.Block, changes: Changes): Core.Block {
  const stmts: Core.Stmt[] = [];
  let changed = false;
  for (const stmt of block.stmts) {
    const inner = mapStmt(stmt, changes);
    const next = changes.stmt === undefined ? inner : changes.stmt(inner);
    changed ||= next !== stmt;
    if (Array.isArray(next)) stmts.push(...(next as readonly Core.Stmt[]));
    else stmts.push(next as Core.Stmt);
  }
  const end = mapEnd(block.end, changes);
  const result = changed || end !== block.end ? { stmts: changed ? stmts : block.stmts, end } : block;
  return changes.block === undefined ? result : changes.block(result);
}

export function mapLambda(lambda: Core.Lambda, changes: Changes): Core.Lambda {
  const params = mapAll(lambda.params, changes.bind ?? same);
  return update(lambda, { params, body: mapBlock(lambda.body, changes) });
}

/** The functions and the top level of a module, each lambda by `change`. */
export function mapModule(module: Core.Module, change: (lambda: Core.Lambda) => Core.Lambda): Core.Module {
  const functions = mapAll(module.functions, (f) => update(f, { lambda: change(f.lambda) }));
  return update(module, { functions, init: change(module.init) });
}

function mapStmt(stmt: Core.Stmt, changes: Changes): Core.Stmt {
  const { atom = same, bind = same, define = same, label = same } = changes;
  switch (stmt.kind) {
    case "Let": {
      const variable = bind(stmt.var);
      return update(stmt, { var: variable, op: mapOp(stmt.op, variable, changes) });
    }
    case "Guard":
      return update(stmt, { value: atom(stmt.value), label: stmt.label === null ? null : label(stmt.label) });
    case "Join":
      return update(stmt, {
        label: define(stmt.label),
        params: mapAll(stmt.params, bind),
        body: mapBlock(stmt.body, changes),
      });
    case "Report":
      return update(stmt, { value: atom(stmt.value), loaded: mapVar(stmt.loaded, changes) });
    default:
      return stmt satisfies never;
  }
}

function mapEnd(end: Core.End, changes: Changes): Core.End {
  const { atom = same, bind = same, define = same, label = same } = changes;
  switch (end.kind) {
    case "Return":
      return update(end, { value: atom(end.value) });
    case "Tail":
      return update(end, { op: mapOp(end.op, null, changes) });
    case "Jump":
      return update(end, { label: label(end.label), args: mapAll(end.args, atom) });
    case "If":
      return update(end, {
        test: atom(end.test),
        then: mapBlock(end.then, changes),
        else: mapBlock(end.else, changes),
      });
    case "Loop": {
      const inits = mapAll(end.inits, atom);
      return update(end, {
        inits,
        label: define(end.label),
        params: mapAll(end.params, bind),
        body: mapBlock(end.body, changes),
      });
    }
    default:
      return end satisfies never;
  }
}

function mapOp(op: Core.Op, variable: Core.Var | null, changes: Changes): Core.Op {
  const inner = mapOpAtoms(op, changes);
  return changes.op === undefined ? inner : changes.op(inner, variable);
}

/** An operation with its atoms (and a closure's lambda) changed. */
export function mapOpAtoms(op: Core.Op, changes: Changes): Core.Op {
  const { atom = same } = changes;
  switch (op.kind) {
    case "Use":
      return update(op, { atom: atom(op.atom) });
    case "Arith":
    case "Prim":
      return update(op, { args: mapAll(op.args, atom) });
    case "Call":
      return mapCall(op, changes);
    case "Apply":
      return update(op, { callee: atom(op.callee), args: mapAll(op.args, atom) });
    case "Closure":
      return update(op, {
        lambda: changes.lambda === undefined ? mapLambda(op.lambda, changes) : changes.lambda(op.lambda),
      });
    case "Read":
      return update(op, { cells: mapAll(op.cells, atom), final: op.final === null ? null : mapFinal(op.final, atom) });
    case "Global":
      return update(op, { final: mapFinal(op.final, atom) });
    case "SetGlobal":
      return update(op, { value: atom(op.value) });
    case "Init":
      return op;
    default:
      return op satisfies never;
  }
}

/** A called variable may become another closure's, or a function; both take the same arguments. */
function mapCall(op: Core.Op & { kind: "Call" }, { atom = same }: Changes): Core.Op {
  if (op.fn.kind !== "Local") return update(op, { args: mapAll(op.args, atom) });
  const before: Core.Atom = { kind: "Var", var: op.fn.var };
  const callee = atom(before);
  const args = mapAll(op.args, atom);
  if (callee.kind === "Fn") return { ...op, fn: callee.fn, args };
  if (callee.kind !== "Var") return impossible(`the called variable ${op.fn.var.name} became a constant`);
  return update(op, { fn: update(op.fn, { var: callee.var }), args });
}

function mapFinal(final: Core.Final, atom: (atom: Core.Atom) => Core.Atom): Core.Final {
  switch (final.kind) {
    case "Atom":
      return update(final, { atom: atom(final.atom) });
    case "Global":
      return update(final, { otherwise: final.otherwise === null ? null : mapFinal(final.otherwise, atom) });
    case "Unbound":
      return final;
    default:
      return final satisfies never;
  }
}

/** For the places where only a variable can stand. */
function mapVar(variable: Core.Var, { atom = same }: Changes): Core.Var {
  const mapped = atom({ kind: "Var", var: variable });
  return mapped.kind === "Var" ? mapped.var : variable;
}

/** The block with variables replaced by atoms, and those again, until none is in the map; closures included. */
export function substitute(block: Core.Block, atoms: ReadonlyMap<Core.Var, Core.Atom>): Core.Block {
  return atoms.size === 0 ? block : mapBlock(block, { atom: substitution(atoms) });
}

export const substitution =
  (atoms: ReadonlyMap<Core.Var, Core.Atom>) =>
  (atom: Core.Atom): Core.Atom => {
    let result = atom;
    for (let next: Core.Atom | undefined = atom; next !== undefined; ) {
      result = next;
      next = result.kind === "Var" ? atoms.get(result.var) : undefined;
    }
    return result;
  };

/** A copy with variables, labels and lambda ids of its own; what is free in it stays. For inlining. */
export const rename = (lambda: Core.Lambda, fresh: () => number): Core.Lambda => renaming(fresh).lambda(lambda);

/** The same of a block; jumps out of it go where they went. */
export const renameBlock = (block: Core.Block, fresh: () => number): Core.Block => renaming(fresh).block(block);

function renaming(fresh: () => number): {
  lambda(lambda: Core.Lambda): Core.Lambda;
  block(block: Core.Block): Core.Block;
} {
  const renamed = new Map<Core.Var, Core.Var>();
  const bind = (variable: Core.Var): Core.Var => {
    const copy = { id: fresh(), name: variable.name };
    renamed.set(variable, copy);
    return copy;
  };
  const use = (variable: Core.Var): Core.Var => renamed.get(variable) ?? variable;
  const lambda = (l: Core.Lambda): Core.Lambda => ({ ...mapLambda(l, changes), id: fresh() });
  const changes: Changes = {
    atom: (atom) => (atom.kind === "Var" && renamed.has(atom.var) ? { kind: "Var", var: use(atom.var) } : atom),
    lambda,
    bind,
    define: bind,
    label: use,
  };
  return { lambda, block: (block) => mapBlock(block, changes) };
}
