/** `(.method object args...)`, `(.-field object)`, `(.-field! object value)`, `(new Class args...)` */
import { callBuiltin, constant } from "../../ir/kernel-build.ts";
import { type Expand, malformed, nameOf, wrongCount } from "../env.ts";
import { expressions } from "../expression.ts";

const MANY = Number.POSITIVE_INFINITY;

export const expandMember: Expand = (call, env) => {
  const name = nameOf(call);
  const field = name.startsWith(".-");
  const sets = field && name.length > 3 && name.endsWith("!");
  const member = sets ? name.slice(2, -1) : name.slice(field ? 2 : 1);
  if (member === "") return malformed(call, env, "expected a name after it");
  const wrong = sets ? wrongCount(call, 2, 2) : wrongCount(call, 1, field ? 1 : MANY);
  if (wrong !== null) return malformed(call, env, wrong);
  const operation = sets ? "js/field!" : field ? "js/field" : "js/method";
  return callBuiltin(call.span, operation, constant(call.items[0].span, member), ...expressions(call.items, env, 1));
};

export const expandNew: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, MANY);
  return wrong === null
    ? callBuiltin(call.span, "js/new", ...expressions(call.items, env, 1))
    : malformed(call, env, wrong);
};
