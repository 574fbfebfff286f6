/** `(and expression...)` and `(or expression...)`: the deciding value. An Error decides, too: `If` gives it as it is. */
import type { Expr, Temp } from "../../ir/kernel.ts";
import { bind, branch, constant } from "../../ir/kernel-build.ts";
import { type Expand, madeBy } from "../env.ts";
import { expressions } from "../expression.ts";

type Combine = (span: Expr["span"], value: Temp, rest: Expr) => Expr;

const logic =
  (none: number, combine: Combine): Expand =>
  (call, env) => {
    const operands = expressions(call.items, env, 1);
    const last = operands.pop();
    if (last === undefined) return constant(madeBy(call), none);
    const span = madeBy(call);
    return operands.reduceRight<Expr>(
      (rest, operand) => bind(span, env.context.fresh(), operand, (value) => combine(span, value, rest)),
      last,
    );
  };

export const expandAnd: Expand = logic(1, (span, value, rest) => branch(span, value, rest, value));
export const expandOr: Expand = logic(0, (span, value, rest) => branch(span, value, value, rest));
