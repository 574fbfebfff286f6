/**
 * A function that calls itself in tail position becomes a loop:
 *   (fn f (x) ... (tail f a) ...)  ->  (fn f (x) (loop l (x' x) ... (jump l a) ...))
 * Closures made in the loop get a binding of their own in each iteration: 6-cps sees to it, for all loops.
 */
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { rewriteBlock } from "../../ir/core-rewrite.ts";

export function loops(module: Core.Module, context: Context): Core.Module {
  const inner = (block: Core.Block): Core.Block =>
    rewriteBlock(block, {
      lambda: (l) => ({ ...l, body: inner(l.body) }),
      stmt: (s) => {
        if (s.kind !== "Let" || s.op.kind !== "Closure") return [s];
        const self = s.var;
        const lambda = loop(
          s.op.lambda,
          (op) => op.kind === "Call" && op.fn.kind === "Local" && op.fn.var === self,
          context,
        );
        return [{ ...s, op: { kind: "Closure", lambda } }];
      },
    });
  return {
    ...module,
    functions: module.functions.map(({ name, lambda }) => {
      const body = inner(lambda.body);
      const isSelf = (op: Core.Op): boolean => op.kind === "Call" && op.fn.kind === "Own" && op.fn.name === name;
      return { name, lambda: loop({ ...lambda, body }, isSelf, context) };
    }),
    init: { ...module.init, body: inner(module.init.body) },
  };
}

function loop(lambda: Core.Lambda, isSelf: (op: Core.Op) => boolean, context: Context): Core.Lambda {
  let found = false;
  const label = { id: context.fresh(), name: "loop" };
  const body = rewriteBlock(lambda.body, {
    end: (end) => {
      if (end.kind !== "Tail" || !isSelf(end.op) || end.op.kind !== "Call") return end;
      found = true;
      return { kind: "Jump", label, args: end.op.args, span: end.span };
    },
  });
  if (!found) return lambda;
  // The parameters become the loop's; the function gets fresh ones that only start it.
  const params = lambda.params.map((p) => ({ id: context.fresh(), name: p.name }));
  const inits = params.map((p): Core.Atom => ({ kind: "Var", var: p }));
  return { ...lambda, params, body: { stmts: [], end: { kind: "Loop", label, params: lambda.params, inits, body } } };
}
