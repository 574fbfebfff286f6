/**
 * Clauses of `with-handler` that need less than a continuation which is a function.
 *
 * One that ends in `(k v)` on every path that resumes, and needs no continuation until then, is a function call: nothing is
 * captured.
 *   (call effect/clause op (closure (x k) STRAIGHT (tail (k v))))
 *   ->   (call effect/calling-clause op (closure (x) STRAIGHT (return v)))
 * Paths that do not resume (an Error stops a sequence, a clause chooses not to) still leave through the delimiter. STRAIGHT
 * runs above the delimiter instead of below it, which nobody can tell as long as it neither captures nor waits nor performs
 * nor looks at the dynamic state: it calls builtins on data, and nothing else. Tail-resumptive operations: D. Leijen, *Type Directed Compilation
 * of Row-Typed Algebraic Effects*, POPL 2017.
 *
 * The others get the resumption, of which they make the function themselves; where they only call that, nothing is made: `simplify`
 * turns the calls into `effect/resume`.
 *   (call effect/clause op (closure (x k) BODY))
 *   ->   (call effect/capturing-clause op (closure (x r) (let k (call effect/function r)) BODY))
 */
import { signatures } from "../../../runtime/signatures.ts";
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { rewriteBlock } from "../../ir/core-rewrite.ts";
import { forEachOp, isCallOf, opAtoms, usesVar } from "../../ir/core-walk.ts";
import type { World } from "../../ir/world.ts";

const CLAUSE = "effect/clause";

/** Those that know nothing of where they are called: no request context, no handlers, no fiber. */
const DATA =
  "atom date equal error hash io json list logic math number order plist predicate quasi regex string unicode vec";
const modules: ReadonlySet<string> = new Set(DATA.split(" ").map((name) => `lib/${name}`));
const onData: ReadonlySet<string> = new Set(signatures.filter((s) => modules.has(s.module)).map((s) => s.name));

export function handlers(module: Core.Module, world: World, context: Context): Core.Module {
  const inside = (block: Core.Block): Core.Block => {
    /** The operations of clauses, by their code. */
    const clauses = new Map<Core.Var, Core.Atom>();
    forEachOp(block, (op) => {
      if (isClause(op) && op.args[1].kind === "Var") clauses.set(op.args[1].var, op.args[0]);
    });
    const calling = new Set<Core.Var>();
    return rewriteBlock(block, {
      lambda: (lambda) => ({ ...lambda, body: inside(lambda.body) }),
      stmt: (s) => {
        if (s.kind !== "Let") return [s];
        const operation = s.op.kind === "Closure" ? clauses.get(s.var) : undefined;
        if (s.op.kind === "Closure" && operation !== undefined) {
          const { lambda } = s.op;
          if (!straight(lambda.body, lambda.params[1], world))
            return [{ ...s, op: { kind: "Closure", lambda: capturing(lambda, context) } }];
          calling.add(s.var);
          return [{ ...s, op: { kind: "Closure", lambda: direct(lambda, operation, context) } }];
        }
        const code = isClause(s.op) ? s.op.args[1] : undefined;
        if (!isClause(s.op) || code?.kind !== "Var" || !clauses.has(code.var)) return [s];
        return [
          { ...s, op: call(calling.has(code.var) ? "effect/calling-clause" : "effect/capturing-clause", s.op.args) },
        ];
      },
    });
  };
  return {
    ...module,
    functions: module.functions.map((f) => ({ ...f, lambda: { ...f.lambda, body: inside(f.lambda.body) } })),
    init: { ...module.init, body: inside(module.init.body) },
  };
}

const isClause = (op: Core.Op): op is Core.Op & { kind: "Call" } => isCallOf(op, CLAUSE);

const call = (name: string, args: readonly Core.Atom[]): Core.Op => ({
  kind: "Call",
  fn: { kind: "Builtin", name },
  args,
});

/** The code with the resumption in place of the continuation. */
function capturing(code: Core.Lambda, context: Context): Core.Lambda {
  const [x, k] = code.params;
  const resumption = { id: context.fresh(), name: k.name };
  const made: Core.Stmt = { kind: "Let", var: k, op: call("effect/function", [atom(resumption)]), span: code.span };
  return { ...code, params: [x, resumption], body: { ...code.body, stmts: [made, ...code.body.stmts] } };
}

/** The code of straight(code) without its continuation. */
function direct(code: Core.Lambda, operation: Core.Atom, context: Context): Core.Lambda {
  const [x, k] = code.params;
  const value = { id: context.fresh(), name: "left" };
  const left = { id: context.fresh(), name: "left" };
  const body = rewriteBlock(code.body, {
    stmt: (s) => [s.kind === "Guard" && s.label === null ? { ...s, label: left } : s],
    end: (e, before) => leave(e, k, left, before, context),
  });
  return {
    ...code,
    params: [x],
    body: {
      stmts: [{ kind: "Join", label: left, params: [value], body }],
      end: { kind: "Tail", op: call("effect/leave", [operation, atom(value)]), span: code.span },
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

/** Does the block resume somewhere, at ends only, and call nothing but builtins on data? */
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
    end: (end) =>
      end.kind === "Tail" && resumed(end.op, k) !== null ? { kind: "Return", value: { kind: "Nil" } } : end,
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
      return op.fn.kind === "Builtin" && onData.has(op.fn.name) && world.fn(op.fn)?.unwinds === false;
    case "Apply":
    case "Init":
      return false;
    default:
      return op satisfies never;
  }
}
