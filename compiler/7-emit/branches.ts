/** If: with a test that is not written anywhere else, with an Error on a third way, as a conditional expression. */
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import { leaves, not } from "./flow.ts";
import { atom, flushEffects, flushUnlessTaken } from "./pending.ts";
import { fused, truth } from "./tests.ts";
import type { Where, Writer } from "./writer.ts";

type If = Cps.Stmt & { readonly kind: "If" };
type Guard = Cps.Stmt & { readonly kind: "Guard" };

/** The same place but for what follows the list. */
export const within = (where: Where, next: Core.Label | null): Where => ({ next, loop: where.loop });

export function branch(w: Writer, s: If, out: Statement[], where: Where): void {
  flushUnlessTaken(w, [s.test], out);
  branches(w, truth(w, s.test, out), s, out, where);
}

function branches(w: Writer, test: Expression, s: If, out: Statement[], where: Where): void {
  flushEffects(w, out);
  if (test.type === "Literal" && typeof test.value === "boolean") {
    w.list(test.value ? s.then : s.else, out, where);
    return;
  }
  const written = (stmts: readonly Cps.Stmt[]): readonly Statement[] => {
    const arm: Statement[] = [];
    w.list(stmts, arm, where);
    return arm;
  };
  const then = written(s.then);
  const otherwise = written(s.else);
  if (leaves(then)) {
    const [a, b] = [simpleResult(then), simpleResult(otherwise)];
    if (a !== null && b !== null) out.push(build.ret(build.conditional(test, a, b)));
    else out.push(build.when(test, then), ...otherwise);
  } else if (then.length === 0) {
    out.push(otherwise.length === 0 ? build.expression(test) : build.when(not(test), otherwise));
  } else out.push(build.when(test, then, otherwise));
}

/** What a mere `return x` gives. */
function simpleResult(stmts: readonly Statement[]): Expression | null {
  const only = stmts.length === 1 && stmts[0].type === "ReturnStatement" ? (stmts[0].argument ?? null) : null;
  return only !== null && ["Identifier", "Literal", "MemberExpression"].includes(only.type) ? only : null;
}

/** let t = comparison; [guard t]; if t: written as one test. Gives the number of statements it took, 0 if it does not apply. */
export function testAndBranch(
  w: Writer,
  stmts: readonly Cps.Stmt[],
  i: number,
  out: Statement[],
  where: Where,
): number {
  const s = stmts[i];
  if (s.kind !== "Let") return 0;
  const following = stmts[i + 1];
  const guard = following?.kind === "Guard" ? following : null;
  const taken = guard === null ? 2 : 3;
  const test = stmts[i + taken - 1];
  if (test?.kind !== "If" || !isOnlyTest(w, s.var, guard, test)) return 0;
  flushUnlessTaken(w, s.op.kind === "Arith" || s.op.kind === "Call" ? s.op.args : [], out);
  const made = fused(w, s, out);
  if (made === null) return 0;
  const inner = i + taken === stmts.length ? where : within(where, null);
  if (made.fails && guard !== null)
    threeWays(w, build.declare("const", w.name(s.var), made.test), s.var, guard, test, out, inner);
  else branches(w, made.test, test, out, inner);
  return taken;
}

/** Is the variable used by the guard and the test, and nowhere else? */
function isOnlyTest(w: Writer, v: Cps.Var, guard: Guard | null, test: If): boolean {
  const isVar = (a: Core.Atom): boolean => a.kind === "Var" && a.var === v;
  if (!isVar(test.test) || (guard !== null && !isVar(guard.value))) return false;
  const exits = guard === null ? 0 : 1 + guard.exit.reduce((n, e) => n + exitUses(e, isVar), 0);
  return w.uses.get(v) === 1 + exits;
}
/** How often the statement uses the variable; too often to go on where that is hard to say. */
function exitUses(e: Cps.Stmt, isVar: (a: Core.Atom) => boolean): number {
  if (e.kind === "Assign") return e.values.filter(isVar).length;
  if (e.kind === "Return" && e.op.kind === "Use") return isVar(e.op.atom) ? 1 : 0;
  if (e.kind === "Return" && e.op.kind === "Goto") return e.op.args.filter(isVar).length;
  return e.kind === "Break" || e.kind === "Continue" ? 0 : Infinity;
}

/** The test is true, false or an Error. */
function threeWays(
  w: Writer,
  declaration: Statement,
  v: Cps.Var,
  guard: Guard,
  s: If,
  out: Statement[],
  where: Where,
): void {
  const is = (operator: "===" | "!==", value: boolean): Expression =>
    build.binary(operator, build.id(w.name(v)), build.literal(value));
  const exit: Statement[] = [];
  const then: Statement[] = [];
  out.push(declaration);
  w.list(guard.exit, exit, within(where, null));
  w.list(s.then, then, where);
  if (leaves(then)) {
    out.push(build.when(is("===", true), then), build.when(is("!==", false), exit));
    w.list(s.else, out, where);
    return;
  }
  const otherwise: Statement[] = [];
  w.list(s.else, otherwise, where);
  out.push(build.when(is("===", true), then, [build.when(is("===", false), otherwise, exit)]));
}

/** let p; l: { if (t) { p = a; break l } else { p = b; break l } } of atoms is  const p = t ? a : b. Gives whether it applied. */
export function choice(
  w: Writer,
  s: Cps.Stmt & { kind: "Declare" },
  next: Cps.Stmt | undefined,
  out: Statement[],
): boolean {
  if (s.vars.length !== 1 || next?.kind !== "Labeled" || next.body.length !== 1) return false;
  const [variable] = s.vars;
  const branch = next.body[0];
  if (branch.kind !== "If") return false;
  const a = chosen(w, branch.then, variable, next.label);
  const b = chosen(w, branch.else, variable, next.label);
  if (a === null || b === null) return false;
  flushUnlessTaken(w, [branch.test], out);
  const test = truth(w, branch.test, out);
  out.push(build.declare("const", w.name(variable), build.conditional(test, atom(w, a), atom(w, b))));
  return true;
}

/** The atom, if all the branch does is give it to the variable. */
function chosen(
  { pending }: Writer,
  side: readonly Cps.Stmt[],
  variable: Cps.Var,
  label: Core.Label,
): Core.Atom | null {
  const [set, leave] = side;
  if (side.length !== 2 || set.kind !== "Assign" || leave.kind !== "Break" || leave.label !== label) return null;
  if (set.values.length !== 1 || set.vars[0] !== variable) return null;
  const [value] = set.values;
  return value.kind === "Var" && pending.has(value.var) ? null : value;
}
