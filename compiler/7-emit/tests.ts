/** Tests as raw booleans, without a Valk 1 or 0 in between. */
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import * as operators from "./operators.ts";
import { operands } from "./pending.ts";
import type { Writer } from "./writer.ts";

/** A raw boolean that says whether the atom counts as true; it is no Error. */
export function truth(w: Writer, test: Core.Atom, out: Statement[]): Expression {
  if (test.kind === "Lit") return build.literal(test.value !== 0 && test.value !== 0n);
  if (test.kind !== "Var") return build.literal(test.kind !== "Nil");
  const raw = w.pending.get(test.var)?.test;
  const value = operands(w, [test], out)[0];
  if (raw !== undefined) return raw;
  if (w.numbers.has(test.var)) return build.binary("!==", value, build.literal(0));
  return build.call(w.host.runtime("kernel/truth", "truthy"), value);
}

/** A raw boolean or, if it `fails`, perhaps an Error. */
export interface Fused {
  readonly test: Expression;
  readonly fails: boolean;
}

/** What the Let binds, for an If that is its only use: as a test, or null if it has no such form. */
export function fused(w: Writer, { op, span }: Cps.Stmt & { kind: "Let" }, out: Statement[]): Fused | null {
  if (op.kind === "Arith" && operators.isComparison(op.op)) {
    const args = operands(w, op.args, out, operators.repeats(op.op, op.checks));
    const test = operators.comparisonTest(op.op, args, op.checks, w.use);
    return { test: build.locatedCalls(test, span), fails: !isTest(op) };
  }
  if (op.kind === "Prim" && op.prim === "numbers")
    return { test: operators.areNumbers(operands(w, op.args, out)), fails: false };
  if (op.kind === "Prim" && op.prim === "same") {
    const [a, b] = operands(w, op.args, out);
    return { test: build.binary("===", a, b), fails: false };
  }
  if (op.kind === "Call" && op.fn.kind === "Builtin") {
    const inline = operators.predicates.get(op.fn.name);
    if (inline !== undefined)
      return { test: build.locatedCalls(inline(operands(w, op.args, out)[0], w.use), span), fails: false };
  }
  return null;
}

/** A comparison or predicate that never fails? */
export function isTest(op: Cps.Op): boolean {
  if (op.kind === "Arith")
    return operators.isComparison(op.op) && (operators.neverFails(op.op) || op.checks.every((c) => !c));
  return op.kind === "Call" && op.fn.kind === "Builtin" && operators.predicates.has(op.fn.name);
}
