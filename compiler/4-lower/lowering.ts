/** What the parts of this phase share while they lower one module, and the small things all of them make. */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import type { World } from "../ir/world.ts";
import type { Span } from "../source/span.ts";

/** What 3-analyze found out; its types are structural here, so that the phases need not import each other. */
export interface Facts {
  readonly globals: ReadonlyMap<string, { readonly lambda: Kernel.Lambda | null; readonly defined: boolean }>;
  readonly reads: ReadonlyMap<Kernel.Ref, Read>;
  readonly frames: ReadonlyMap<Kernel.Expr, readonly Variable[]>;
  readonly names: ReadonlyMap<Kernel.Name, Variable>;
  readonly visible: ReadonlyMap<Kernel.Expr, readonly Seen[]>;
  /** May code that is compiled at run time assign the module's globals? */
  readonly dynamic: boolean;
}
export interface Seen {
  readonly name: string;
  readonly read: Read;
}
export interface Variable {
  readonly name: string;
  readonly param: boolean;
  readonly assigns: number;
  readonly cell: boolean;
}
export interface Read {
  readonly cells: readonly Variable[];
  readonly end:
    | { readonly kind: "value"; readonly variable: Variable }
    | { readonly kind: "cell"; readonly variable: Variable }
    | { readonly kind: "global"; readonly name: string; readonly set: boolean; readonly home: string | null };
}

/** Where a value goes: out of the function, or to a join point of one parameter. */
export type Target = Core.Label | null;

export interface Lowering {
  readonly facts: Facts;
  readonly world: World;
  readonly context: Context;
  /** What a variable was last bound to, in the order of the text. */
  readonly values: Map<Variable, Core.Atom>;
  readonly cells: Map<Variable, Core.Atom>;
  readonly temps: Map<number, Core.Atom>;
  /** What the tests around this place say of temps. */
  readonly truths: Map<number, boolean>;
  /** The value of an expression that is not in tail position; its statements go to `b`. */
  readonly atom: (expr: Kernel.Expr, b: Core.Stmt[], hint?: string) => Core.Atom;
  /** The same in tail position with respect to target: ends the block. */
  readonly finish: (expr: Kernel.Expr, b: Core.Stmt[], target: Target) => Core.End;
}

export const variable = ({ context }: Lowering, name: string): Core.Var => ({ id: context.fresh(), name });

/** Gives what the operation gives a variable. (In probe mode a call is followed by a probe.) */
export function bind(l: Lowering, b: Core.Stmt[], name: string, op: Core.Op, span: Span): Core.Atom {
  if (op.kind === "Use") return op.atom;
  const v = variable(l, name);
  b.push({ kind: "Let", var: v, op, span });
  return isCall(op) && l.context.options.probe ? bind(l, b, name, prim("probe", varAtom(v)), span) : varAtom(v);
}
const isCall = (op: Core.Op): boolean =>
  op.kind === "Apply" || (op.kind === "Prim" && op.prim === "eval") || (op.kind === "Call" && op.fn.kind !== "Builtin");

/** An operation whose value is of no interest. */
export const effect = (l: Lowering, op: Core.Op, span: Span): Core.Stmt => ({
  kind: "Let",
  var: variable(l, "_"),
  op,
  span,
});

export const guard = (value: Core.Atom, b: Core.Stmt[], label: Target): void => {
  if (value.kind === "Var") b.push({ kind: "Guard", value, label });
};

export const leave = (value: Core.Atom, target: Target): Core.End =>
  target === null ? { kind: "Return", value } : { kind: "Jump", label: target, args: [value] };

/** A block that `write` fills and ends. */
export const blockOf = (write: (b: Core.Stmt[]) => Core.End): Core.Block => {
  const stmts: Core.Stmt[] = [];
  const end = write(stmts);
  return { stmts, end };
};

export const varAtom = (v: Core.Var): Core.Atom => ({ kind: "Var", var: v });
export const fnAtom = (fn: Core.FnRef): Core.Atom => ({ kind: "Fn", fn });
export const NIL: Core.Atom = { kind: "Nil" };
export const prim = (name: Core.Prim, ...args: readonly Core.Atom[]): Core.Op => ({ kind: "Prim", prim: name, args });
