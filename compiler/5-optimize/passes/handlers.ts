/**
 * A clause of `with-handler` that ends in `(k v)` on every path that resumes, and needs no continuation until then, is a
 * function call: nothing is captured.
 *   (fn (x) (let s (closure (k) STRAIGHT (tail (k v)))) (tail (shift h s)))   ->   (fn (x) STRAIGHT (return v))
 * Paths that do not resume (an Error stops a sequence, a clause chooses not to) still leave through the delimiter. STRAIGHT
 * runs above the delimiter instead of below it, which nobody can tell as long as it neither captures nor waits nor performs:
 * it calls builtins that do not suspend, and nothing else. Tail-resumptive operations: D. Leijen, *Type Directed Compilation
 * of Row-Typed Algebraic Effects*, POPL 2017. That the delimiter exists is known because `perform` has found the handler.
 */
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { rewriteBlock } from "../../ir/core-rewrite.ts";
import { forEachOp, opAtoms, usesVar } from "../../ir/core-walk.ts";
import type { World } from "../../ir/world.ts";

export function handlers(module: Core.Module, world: World, context: Context): Core.Module {
  const inside = (block: Core.Block): Core.Block => {
    const clauses = new Set<Core.Var>();
    forEachOp(block, (op) => {
      if (op.kind !== "Call" || op.fn.kind !== "Builtin" || op.fn.name !== "effect/clauses") return;
      for (const arg of op.args.slice(1)) if (arg.kind === "Var") clauses.add(arg.var);
    });
    return rewriteBlock(block, {
      lambda: (lambda) => ({ ...lambda, body: inside(lambda.body) }),
      stmt: (s) => {
        if (s.kind !== "Let" || s.op.kind !== "Closure" || !clauses.has(s.var)) return [s];
        return [{ ...s, op: { kind: "Closure", lambda: direct(s.op.lambda, world, context) } }];
      },
    });
  };
  return {
    ...module,
    functions: module.functions.map((f) => ({ ...f, lambda: { ...f.lambda, body: inside(f.lambda.body) } })),
    init: { ...module.init, body: inside(module.init.body) },
  };
}

/** The clause without its capture, or as it is. */
function direct(clause: Core.Lambda, world: World, context: Context): Core.Lambda {
  const { stmts, end } = clause.body;
  const [made] = stmts;
  if (stmts.length !== 1 || made.kind !== "Let" || made.op.kind !== "Closure") return clause;
  if (end.kind !== "Tail" || end.op.kind !== "Prim" || end.op.prim !== "shift") return clause;
  const [tag] = end.op.args;
  const { body } = made.op.lambda;
  const [first, ...rest] = body.stmts;
  if (first?.kind !== "Let" || first.op.kind !== "Prim" || first.op.prim !== "function") return clause;
  const code: Core.Block = { stmts: rest, end: body.end };
  if (!straight(code, first.var, world)) return clause;
  const value = { id: context.fresh(), name: "left" };
  const left = { id: context.fresh(), name: "left" };
  const inner = rewriteBlock(code, {
    stmt: (s) => [s.kind === "Guard" && s.label === null ? { ...s, label: left } : s],
    end: (e, before) => leave(e, first.var, left, before, context),
  });
  const leaving: Core.Lambda = { ...made.op.lambda, body: { stmts: [], end: { kind: "Return", value: atom(value) } } };
  return {
    ...clause,
    body: {
      stmts: [
        { kind: "Join", label: left, params: [value], body: inner },
        { ...made, op: { kind: "Closure", lambda: leaving } },
      ],
      end: { ...end, op: { kind: "Prim", prim: "shift", args: [tag, atom(made.var)] } },
    },
  };
}

const atom = (v: Core.Var): Core.Atom => ({ kind: "Var", var: v });
const is = (a: Core.Atom, v: Core.Var): boolean => a.kind === "Var" && a.var === v;

/** The value that an operation in tail position resumes k with: `(k v)` or `(resume k v)`. */
function resumed(op: Core.Op, k: Core.Var): Core.Atom | null {
  if (op.kind === "Apply" && is(op.callee, k) && op.args.length === 1) return op.args[0];
  const isResume = op.kind === "Call" && op.fn.kind === "Module" && op.fn.name === "resume";
  return isResume && op.fn.module === "prelude/function" && is(op.args[0], k) ? op.args[1] : null;
}

/** A path that resumes returns; one that does not goes to where the others leave. */
function leave(end: Core.End, k: Core.Var, left: Core.Label, before: Core.Stmt[], context: Context): Core.End {
  if (end.kind === "Return") return { kind: "Jump", label: left, args: [end.value] };
  if (end.kind !== "Tail") return end;
  const value = resumed(end.op, k);
  if (value !== null) return { kind: "Return", value };
  const result = { id: context.fresh(), name: "t" };
  before.push({ kind: "Let", var: result, op: end.op, span: end.span });
  return { kind: "Jump", label: left, args: [atom(result)] };
}

/** Does the block resume somewhere, at ends only, and call nothing but builtins that do not suspend? */
function straight(block: Core.Block, k: Core.Var, world: World): boolean {
  let resumes = false;
  let other = false;
  forEachOp(block, (op, v) => {
    const value = v === null ? resumed(op, k) : null;
    if (value !== null && !is(value, k)) resumes = true;
    else if (!harmless(op, world) || opAtoms(op).some((a) => is(a, k))) other = true;
    else if (op.kind === "Closure" && usesVar(op.lambda.body, k)) other = true;
  });
  return resumes && !other && !usesVar(withoutTails(block, k), k);
}

/** For the check that k is nowhere else: in a guard, a test, a jump, a closure. */
const withoutTails = (block: Core.Block, k: Core.Var): Core.Block =>
  rewriteBlock(block, {
    end: (end) => (end.kind === "Tail" && resumed(end.op, k) !== null ? { kind: "Return", value: { kind: "Nil" } } : end),
  });

function harmless(op: Core.Op, world: World): boolean {
  switch (op.kind) {
    case "Use":
    case "Arith":
    case "Closure":
    case "Read":
    case "Global":
    case "SetGlobal":
      return true;
    case "Prim":
      return ["cell", "set", "unbound", "fail", "numbers"].includes(op.prim);
    case "Call":
      return op.fn.kind === "Builtin" && world.fn(op.fn)?.unwinds === false;
    case "Apply":
    case "Init":
      return false;
    default:
      return op satisfies never;
  }
}
