/**
 * A function that is a loop over numbers gets a copy for numbers, and itself becomes the door to it:
 *   (fn f (i x) e)  ->  (fn f (i x) (if (numbers i) (tail f:number i x) e))  (fn f:number (i x) e)
 * In the copy no addition checks its operands, so V8 keeps them unboxed; big integers and Errors take the general one. This is
 * the worker/wrapper split of Peyton Jones and Launchbury (FPCA 1991), with a test instead of a proof at the door.
 */
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { copyBlock } from "../../ir/core-rewrite.ts";
import { forEachOp } from "../../ir/core-walk.ts";
import type { World } from "../../ir/world.ts";
import { type Kinds, NOTHING } from "../facts.ts";
import { flow } from "./types.ts";

/** Larger bodies are not copied. */
const LARGE = 60;

export function specialize(module: Core.Module, world: World, context: Context): Core.Module {
  return { ...module, functions: module.functions.flatMap((f) => split(f, world, context)) };
}

function split(f: Core.Function, world: World, context: Context): readonly Core.Function[] {
  const { lambda } = f;
  const numbers = lambda.rest ? [] : numericParams(lambda);
  if (numbers.length === 0) return [f];
  const worker: Core.Function = { name: `${f.name}:number`, lambda: copy(lambda, context), numbers };
  if (
    checksAmongThemselves(worker, f.name, world, context) >=
    checks(flow(f, new Map(), new Map(), world, context).lambda)
  )
    return [f];
  const params = lambda.params.map((p) => ({ id: context.fresh(), name: p.name }));
  const atoms = params.map((p): Core.Atom => ({ kind: "Var", var: p }));
  const test: Core.Var = { id: context.fresh(), name: "t" };
  const door: Core.Block = {
    stmts: [
      {
        kind: "Let",
        var: test,
        op: { kind: "Prim", prim: "numbers", args: numbers.map((i) => atoms[i]) },
        span: lambda.span,
      },
    ],
    end: {
      kind: "If",
      test: { kind: "Var", var: test },
      then: {
        stmts: [],
        end: {
          kind: "Tail",
          op: { kind: "Call", fn: { kind: "Own", name: worker.name }, args: atoms },
          span: lambda.span,
        },
      },
      else: copyBlock(lambda.body, context.fresh, new Map(lambda.params.map((p, i) => [p, atoms[i]]))),
    },
  };
  return [{ ...f, lambda: { ...lambda, params, body: door }, worker: worker.name }, worker];
}

/** The checks left in the copy when its calls of the function go to itself; what it gives is found from below. */
function checksAmongThemselves(worker: Core.Function, name: string, world: World, context: Context): number {
  const workers = new Map([[name, worker]]);
  let result: Kinds = NOTHING;
  for (;;) {
    const typed = flow(worker, new Map([[worker.name, result]]), workers, world, context);
    if ((typed.result | result) === result) return checks(typed.lambda);
    result |= typed.result;
  }
}

const copy = (lambda: Core.Lambda, context: Context): Core.Lambda => {
  const params = lambda.params.map((p) => ({ id: context.fresh(), name: p.name }));
  const known = new Map(lambda.params.map((p, i): [Core.Var, Core.Atom] => [p, { kind: "Var", var: params[i] }]));
  return { ...lambda, id: context.fresh(), params, body: copyBlock(lambda.body, context.fresh, known) };
};

/** Parameters of a whole-body loop whose variables are operands of arithmetic, or compared with a number. */
function numericParams(lambda: Core.Lambda): readonly number[] {
  const { stmts, end } = lambda.body;
  if (stmts.length > 0 || end.kind !== "Loop") return [];
  const numeric = new Set<Core.Var>();
  let size = 0;
  forEachOp(end.body, (op) => {
    size++;
    if (op.kind === "Closure") size = Infinity;
    if (op.kind !== "Arith") return;
    const compared = op.op === "==" || op.op === "!=";
    if (compared && op.checks.every((c) => c)) return;
    for (const a of op.args) if (a.kind === "Var") numeric.add(a.var);
  });
  if (size > LARGE) return [];
  return lambda.params.flatMap((p, i) => {
    const at = end.inits.findIndex((a) => a.kind === "Var" && a.var === p);
    return at >= 0 && numeric.has(end.params[at]) ? [i] : [];
  });
}

/** How many operands are checked. */
function checks(lambda: Core.Lambda): number {
  let n = 0;
  forEachOp(lambda.body, (op) => {
    if (op.kind === "Arith") n += op.checks.filter((c) => c).length;
  });
  return n;
}
