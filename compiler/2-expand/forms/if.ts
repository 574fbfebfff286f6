/** `(if test then else)`, `(when test body...)`, `(unless test body...)` */
import { branch as choose, nil } from "../../ir/kernel-build.ts";
import { bodies, branch } from "../body.ts";
import { type Expand, madeBy, malformed, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";

export const expandIf: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, 3);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, test, yes, no] = call.items;
  return choose(
    call.span,
    expression(test, env),
    branch(yes, env),
    no === undefined ? nil(madeBy(call)) : branch(no, env),
  );
};

export const expandWhen: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, Number.POSITIVE_INFINITY);
  if (wrong !== null) return malformed(call, env, wrong);
  const test = expression(call.items[1], env);
  return choose(call.span, test, bodies(call.items, 2, env, madeBy(call)), nil(madeBy(call)));
};

export const expandUnless: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, Number.POSITIVE_INFINITY);
  if (wrong !== null) return malformed(call, env, wrong);
  const test = expression(call.items[1], env);
  return choose(call.span, test, nil(madeBy(call)), bodies(call.items, 2, env, madeBy(call)));
};
