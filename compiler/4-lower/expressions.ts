/** Expressions: as a value in the middle of a block, as an operation, as the end of a block. */
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import type { Syntax } from "../ir/syntax.ts";
import { impossible } from "../source/impossible.ts";
import { assign, define } from "./assign.ts";
import { applyTo } from "./calls.ts";
import { asyncThunk, enterFrame, lambda, shift, tagOf, thunk } from "./functions.ts";
import { bind, blockOf, guard, type Lowering, leave, NIL, prim, type Target, varAtom, variable } from "./lowering.ts";
import { builtin, readOf } from "./names.ts";
import { namesAround, quotedCode } from "./quoted.ts";
import { branch, started } from "./tests.ts";

/** `hint`: a name for the variable, if it needs one. */
export function atom(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[], hint = "t"): Core.Atom {
  switch (expr.kind) {
    case "Const":
      return { kind: "Lit", value: expr.value };
    case "Quote":
      return quote(expr.datum);
    case "Temp":
      return l.temps.get(expr.temp) ?? impossible("unbound temp");
    case "Seq":
      return joined(l, expr, b, hint);
    case "If":
      return joined(l, { ...expr, test: started(l, expr.test, b) }, b, hint);
    case "Bind":
      l.temps.set(expr.temp, atom(l, expr.value, b));
      return atom(l, expr.body, b, hint);
    case "Frame":
      enterFrame(l, expr, b);
      return atom(l, expr.body, b, hint);
    case "Assign":
      return assign(l, expr, b);
    case "Define":
      return define(l, expr, b);
    default:
      return bind(l, b, hint, operation(l, expr, b, hint), expr.span);
  }
}

const called = (l: Lowering, ref: Kernel.Ref, args: number, b: Core.Stmt[]): Core.Atom =>
  bind(l, b, "t", readOf(l, ref, args), ref.span);

function joined(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[], hint: string): Core.Atom {
  const label = variable(l, "join");
  const param = variable(l, hint);
  b.push({ kind: "Join", label, params: [param], body: blockOf((inner) => finish(l, expr, inner, label)) });
  return varAtom(param);
}

/** The one operation an expression comes down to after its parts are evaluated. */
function operation(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[], hint: string): Core.Op {
  switch (expr.kind) {
    case "Ref":
      return readOf(l, expr);
    case "Builtin":
      return builtin(l, expr.name);
    case "Lambda":
      return { kind: "Closure", lambda: lambda(l, expr) };
    case "Call": {
      const callee = expr.callee.kind === "Ref" ? called(l, expr.callee, expr.args.length, b) : atom(l, expr.callee, b);
      const args = expr.args.map((arg) => atom(l, arg, b));
      return applyTo(l, callee, args, b, expr.span);
    }
    case "Force":
      return applyTo(
        l,
        expr.expr.kind === "Ref" ? called(l, expr.expr, 0, b) : atom(l, expr.expr, b),
        [],
        b,
        expr.span,
      );
    case "Reset":
      return prim("reset", tagOf(l, expr.tag, b), thunk(l, "reset", expr.body, b));
    case "Shift":
      return shift(l, expr, b);
    case "Async":
      return prim("spawn", asyncThunk(l, expr, b));
    case "Ensure":
      return prim("ensure", thunk(l, "ensure", expr.body, b), thunk(l, "cleanup", expr.cleanup, b));
    case "WithState":
      return prim(
        expr.delimits === true ? "handle" : "withState",
        atom(l, expr.state, b),
        thunk(l, expr.delimits === true ? "handle" : "with", expr.body, b),
      );
    case "Load":
      return l.world.runs(expr.module) ? { kind: "Init", module: expr.module } : { kind: "Use", atom: NIL };
    case "Code":
      return quotedCode(l, expr, b);
    case "Eval": {
      const value = atom(l, expr.value, b);
      return prim("eval", value, ...namesAround(l, expr));
    }
    case "Fail":
      return prim("fail", { kind: "Lit", value: expr.message });
    default:
      return { kind: "Use", atom: atom(l, expr, b, hint) };
  }
}

export function finish(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[], target: Target): Core.End {
  switch (expr.kind) {
    case "If":
      return branch(l, expr, b, target);
    case "Seq": {
      for (const e of expr.body.slice(0, -1)) guard(atom(l, e, b, "_"), b, target);
      return finish(l, expr.body[expr.body.length - 1], b, target);
    }
    case "Bind":
      l.temps.set(expr.temp, atom(l, expr.value, b));
      return finish(l, expr.body, b, target);
    case "Frame":
      enterFrame(l, expr, b);
      return finish(l, expr.body, b, target);
    case "Const":
    case "Quote":
    case "Temp":
    case "Assign":
    case "Define":
      return leave(atom(l, expr, b), target);
    default:
      return target === null ? tail(l, expr, b) : leave(atom(l, expr, b), target);
  }
}

/** An operation at the end of a function. */
function tail(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[]): Core.End {
  const op = operation(l, expr, b, "t");
  if (op.kind !== "Closure" && op.kind !== "Use") return { kind: "Tail", op, span: expr.span };
  const name = expr.kind === "Lambda" ? (expr.name ?? "fn") : "t";
  return leave(bind(l, b, name, op, expr.span), null);
}

function quote(datum: Syntax): Core.Atom {
  switch (datum.kind) {
    case "Number":
    case "BigInt":
    case "String":
      return { kind: "Lit", value: datum.value };
    case "List":
      return datum.items.length === 0 ? NIL : { kind: "Datum", datum };
    case "Symbol":
      return { kind: "Datum", datum };
    default:
      return datum satisfies never;
  }
}
