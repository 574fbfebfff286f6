/**
 * core -> core: a loop's parameter that a closure in the loop captures gets a binding of its own in each iteration,
 *   (loop l (x a) e)  ->  (loop l (x' a) (let x (use x') e))
 * because the parameters become JavaScript variables that are assigned.
 */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import { rewriteBlock } from "../ir/core-rewrite.ts";
import { forEachStmt } from "../ir/core-walk.ts";
import { liveness } from "./liveness.ts";

export function loopBindings(lambda: Core.Lambda, context: Context): Core.Lambda {
  const live = liveness(lambda);
  const body = rewriteBlock(lambda.body, {
    end: (end) => {
      if (end.kind !== "Loop") return end;
      const captured = new Set<Core.Var>();
      const closure = (op: Core.Op): void => {
        if (op.kind === "Closure") for (const v of live.free(op.lambda)) captured.add(v);
      };
      forEachStmt(
        end.body,
        (s) => {
          if (s.kind === "Let") closure(s.op);
        },
        (e) => {
          if (e.kind === "Tail") closure(e.op);
        },
      );
      const copies: Core.Stmt[] = [];
      const params = end.params.map((p) => {
        if (!captured.has(p)) return p;
        const own = { id: context.fresh(), name: p.name };
        copies.push({ kind: "Let", var: p, op: { kind: "Use", atom: { kind: "Var", var: own } }, span: lambda.span });
        return own;
      });
      return copies.length === 0
        ? end
        : { ...end, params, body: { ...end.body, stmts: [...copies, ...end.body.stmts] } };
    },
  });
  return { ...lambda, body };
}
