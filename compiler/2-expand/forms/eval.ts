/** `(eval {code})`: code of the current frame, at this place. Any other `eval` is a call of the function. */
import { body } from "../body.ts";
import { type Expand, isBraces } from "../env.ts";
import { plainCall } from "../expression.ts";

export const expandEval: Expand = (call, env) => {
  const [, code] = call.items;
  return call.items.length === 2 && isBraces(code) ? body(code, env) : plainCall(call, env);
};
