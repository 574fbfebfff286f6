/** If. A test made of tests (and, or) goes straight to the branches instead of making a value first. */
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import { blockOf, guard, type Lowering, type Target, variable } from "./lowering.ts";

export function branch(l: Lowering, expr: Kernel.If, b: Core.Stmt[], target: Target): Core.End {
  if (!isCompound(expr.test)) {
    return decide(l, expr.test, b, target, (truth, side) => l.finish(truth ? expr.then : expr.else, side, target));
  }
  const yes = variable(l, "yes");
  const no = variable(l, "no");
  const inner: Core.Stmt[] = [];
  const body = blockOf((stmts) => jump(l, expr.test, stmts, { yes, no, fail: target }));
  inner.push({ kind: "Join", label: yes, params: [], body });
  const end = l.finish(expr.then, inner, target);
  b.push({ kind: "Join", label: no, params: [], body: { stmts: inner, end } });
  return l.finish(expr.else, b, target);
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
