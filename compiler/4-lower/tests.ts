/** If. A test made of tests (and, or) goes straight to the branches instead of making a value first. */
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import { forEachChild } from "../ir/kernel-children.ts";
import { blockOf, guard, type Lowering, type Target, variable } from "./lowering.ts";

/** So many tests of an else-if chain become nested blocks; a longer one (a `select` or `case`) goes on after them, side by side. */
const CHAIN = 64;

export function branch(l: Lowering, expr: Kernel.If, b: Core.Stmt[], target: Target): Core.End {
  const rest = afterChain(expr);
  if (rest === null) return choose(l, expr, b, target, (side) => l.finish(expr.else, side, target));
  const no = variable(l, "no");
  const toRest: Core.End = { kind: "Jump", label: no, args: [] };
  const tests = (from: Kernel.Expr, stmts: Core.Stmt[]): Core.End =>
    from === rest || from.kind !== "If" ? toRest : choose(l, from, stmts, target, (side) => tests(from.else, side));
  b.push({ kind: "Join", label: no, params: [], body: blockOf((stmts) => tests(expr, stmts)) });
  return l.finish(rest, b, target);
}

/** What is left of a long chain after its first tests, null if it is short. What a test binds is visible in the rest, so such a chain stays nested. */
function afterChain(expr: Kernel.If): Kernel.Expr | null {
  let rest: Kernel.Expr = expr;
  for (let i = 0; i < CHAIN; i++, rest = rest.else) if (rest.kind !== "If") return null;
  if (rest.kind !== "If") return null;
  for (let one: Kernel.If = expr; one !== rest; one = one.else as Kernel.If) if (binds(one.test)) return null;
  return rest;
}

function binds(expr: Kernel.Expr): boolean {
  if (expr.kind === "Assign") return true;
  if (expr.kind === "Lambda") return false;
  let found = false;
  forEachChild(expr, (child) => {
    found ||= binds(child);
  });
  return found;
}

function choose(
  l: Lowering,
  expr: Kernel.If,
  b: Core.Stmt[],
  target: Target,
  otherwise: (b: Core.Stmt[]) => Core.End,
): Core.End {
  if (!isCompound(expr.test)) {
    return decide(l, expr.test, b, target, (truth, side) =>
      truth ? l.finish(expr.then, side, target) : otherwise(side),
    );
  }
  const yes = variable(l, "yes");
  const no = variable(l, "no");
  const inner: Core.Stmt[] = [];
  const body = blockOf((stmts) => jump(l, expr.test, stmts, { yes, no, fail: target }));
  inner.push({ kind: "Join", label: yes, params: [], body });
  const end = l.finish(expr.then, inner, target);
  b.push({ kind: "Join", label: no, params: [], body: { stmts: inner, end } });
  return otherwise(b);
}

const isCompound = (expr: Kernel.Expr): boolean =>
  expr.kind === "If" || (expr.kind === "Bind" && (isCompound(expr.body) || expr.body.kind === "Temp"));

/** An if with a simple test; an Error leaves. */
function decide(
  l: Lowering,
  test: Kernel.Expr,
  b: Core.Stmt[],
  fail: Target,
  write: (truth: boolean, b: Core.Stmt[]) => Core.End,
): Core.End {
  const value = l.atom(test, b);
  guard(value, b, fail);
  const side = (truth: boolean): Core.Block => assuming(l, test, truth, () => blockOf((stmts) => write(truth, stmts)));
  return { kind: "If", test: value, then: side(true), else: side(false) };
}

interface Labels {
  readonly yes: Core.Label;
  readonly no: Core.Label;
  readonly fail: Target;
}

/** Evaluates the expression as a test and jumps. */
function jump(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[], labels: Labels): Core.End {
  const to = (truth: boolean): Core.End => ({ kind: "Jump", label: truth ? labels.yes : labels.no, args: [] });
  if (expr.kind === "Bind") {
    l.temps.set(expr.temp, l.atom(expr.value, b));
    return jump(l, expr.body, b, labels);
  }
  if (expr.kind === "If") {
    return decide(l, expr.test, b, labels.fail, (truth, side) => jump(l, truth ? expr.then : expr.else, side, labels));
  }
  const known = expr.kind === "Temp" ? l.truths.get(expr.temp) : undefined;
  return known === undefined ? decide(l, expr, b, labels.fail, to) : to(known);
}

/** In a branch it is known what its test says of a temp. */
function assuming<T>({ truths }: Lowering, tested: Kernel.Expr, truth: boolean, f: () => T): T {
  if (tested.kind !== "Temp") return f();
  const before = truths.get(tested.temp);
  truths.set(tested.temp, truth);
  const result = f();
  if (before === undefined) truths.delete(tested.temp);
  else truths.set(tested.temp, before);
  return result;
}

/** Evaluates the part of a test that always runs, so that it stands before the join and dominates what follows. */
export function started(l: Lowering, expr: Kernel.Expr, b: Core.Stmt[]): Kernel.Expr {
  if (expr.kind === "Bind") {
    l.temps.set(expr.temp, l.atom(expr.value, b));
    return started(l, expr.body, b);
  }
  if (expr.kind === "If") return { ...expr, test: started(l, expr.test, b) };
  if (expr.kind === "Temp") return expr;
  const temp = -l.context.fresh();
  l.temps.set(temp, l.atom(expr, b));
  return { kind: "Temp", temp, span: expr.span };
}
