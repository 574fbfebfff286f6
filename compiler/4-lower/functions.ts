/** Lambdas, frames, and the bodies of control operations. */
import type * as Core from "../ir/core.ts";
import { usesVar } from "../ir/core-walk.ts";
import type * as Kernel from "../ir/kernel.ts";
import { impossible } from "../source/impossible.ts";
import type { Span } from "../source/span.ts";
import { bind, blockOf, fnAtom, type Lowering, prim, type Variable, varAtom, variable } from "./lowering.ts";
import { currentFunction, valueOf } from "./names.ts";

export function lambda(l: Lowering, expr: Kernel.Lambda): Core.Lambda {
  const names = expr.rest === null ? expr.params : [...expr.params, expr.rest];
  const params = names.map((name) => {
    const v = variable(l, name.name);
    l.values.set(variableOf(l, name), varAtom(v));
    return v;
  });
  const body = blockOf((b) => {
    openCells(l, expr, b, expr.span);
    return l.finish(expr.body, b, null);
  });
  const { name, span } = expr;
  return { id: l.context.fresh(), name, params, rest: expr.rest !== null, thunk: false, body, span };
}

/** A function of the module that looks first whether run-time code has put something else in its place. */
export function replaceable(l: Lowering, name: string, made: Core.Lambda): Core.Lambda {
  const self = fnAtom({ kind: "Own", name });
  const { span } = made;
  const body = blockOf((b) => {
    const now = bind(l, b, name, { kind: "Global", final: currentFunction(name) }, span);
    const test = bind(l, b, "t", prim("same", now, self), span);
    const otherwise = blockOf((inner) => {
      const args = made.params.map(varAtom);
      const rest = made.rest ? args.pop() : undefined;
      if (rest === undefined) return { kind: "Tail", op: { kind: "Apply", callee: now, args }, span };
      const cons = (item: Core.Atom, list: Core.Atom): Core.Op => {
        return { kind: "Call", fn: { kind: "Builtin", name: "cons" }, args: [item, list] };
      };
      const list = args.reduceRight((tail, item) => bind(l, inner, "args", cons(item, tail), span), rest);
      const unpack: Core.FnRef = { kind: "Builtin", name: "unpack" };
      return { kind: "Tail", op: { kind: "Call", fn: unpack, args: [now, list] }, span };
    });
    return { kind: "If", test, then: made.body, else: otherwise };
  });
  return { ...made, body };
}

const variableOf = ({ facts }: Lowering, name: Kernel.Name): Variable =>
  facts.names.get(name) ?? impossible(`no variable for ${name.name}`);

/** The cells of a frame that is entered. */
export function openCells(l: Lowering, frame: Kernel.Expr, b: Core.Stmt[], span: Span): void {
  for (const v of l.facts.frames.get(frame) ?? []) {
    if (!v.cell) continue;
    const cell = variable(l, v.name);
    const init = v.param ? [valueOf(l, v)] : [];
    b.push({ kind: "Let", var: cell, op: prim("cell", ...init), span });
    l.cells.set(v, varAtom(cell));
  }
}

export function enterFrame(l: Lowering, expr: Kernel.Frame, b: Core.Stmt[]): void {
  const args = expr.args.map((arg, i) => l.atom(arg, b, expr.params[i].name));
  expr.params.forEach((param, i) => {
    l.values.set(variableOf(l, param), args[i]);
  });
  openCells(l, expr, b, expr.span);
}

// ---- control ----

/** The body of a control operation as a closure that the kernel calls. */
export function thunk(l: Lowering, name: string, body: Kernel.Expr, b: Core.Stmt[]): Core.Atom {
  return bindThunk(
    l,
    name,
    blockOf((stmts) => l.finish(body, stmts, null)),
    body.span,
    b,
  );
}

/** The body of an async: a frame, and a world of its own for probes. */
export function asyncThunk(l: Lowering, expr: Kernel.Async, b: Core.Stmt[]): Core.Atom {
  const { span } = expr.body;
  const code = blockOf((stmts) => {
    openCells(l, expr, stmts, span);
    return l.finish(expr.body, stmts, null);
  });
  return bindThunk(l, "async", l.context.options.probe ? probing(l, code, span) : code, span, b);
}

const bindThunk = (l: Lowering, name: string, body: Core.Block, span: Span, b: Core.Stmt[]): Core.Atom =>
  bind(l, b, name, { kind: "Closure", lambda: thunkOf(l, name, body, span) }, span);

export const thunkOf = (
  { context }: Lowering,
  name: string | null,
  body: Core.Block,
  span: Span,
  params: readonly Core.Var[] = [],
): Core.Lambda => ({ id: context.fresh(), name, params, rest: false, thunk: true, body, span });

/** Test mode: the block under the delimiter that `probe` captures to. */
export const probing = (l: Lowering, body: Core.Block, span: Span): Core.Block =>
  blockOf((b) => {
    const inner = bindThunk(l, "probed", body, span, b);
    return { kind: "Tail", op: prim("reset", fnAtom({ kind: "Builtin", name: "PROBE" }), inner), span };
  });

/** The tag of a reset or shift. */
export const tagOf = (l: Lowering, tag: Kernel.Expr | null, b: Core.Stmt[]): Core.Atom =>
  tag === null ? fnAtom({ kind: "Builtin", name: "PROMPT" }) : l.atom(tag, b);

/** A shift whose body has no use for the continuation aborts, and nothing is captured. */
export function shift(l: Lowering, expr: Kernel.Shift, b: Core.Stmt[]): Core.Op {
  const tag = tagOf(l, expr.tag, b);
  const raw = variable(l, expr.k.name);
  const k = variable(l, expr.k.name);
  l.values.set(variableOf(l, expr.k), varAtom(k));
  const { stmts, end } = blockOf((inner) => l.finish(expr.body, inner, null));
  const { span } = expr.body;
  if (!usesVar({ stmts, end }, k)) return prim("abort", tag, bindThunk(l, "abort", { stmts, end }, span, b));
  const made: Core.Stmt = { kind: "Let", var: k, op: prim("function", varAtom(raw)), span: expr.k.span };
  const body = thunkOf(l, "shift", { stmts: [made, ...stmts], end }, span, [raw]);
  return prim("shift", tag, bind(l, b, "shift", { kind: "Closure", lambda: body }, span));
}
