/** `(eval {code})`: code of the current frame, at this place. `(eval e)`: runs the list that e gives, in a frame of its own. */
import { body } from "../body.ts";
import { type Expand, isBraces } from "../env.ts";
import { expression, plainCall } from "../expression.ts";

export const expandEval: Expand = (call, env) => {
  const [, code] = call.items;
  if (call.items.length !== 2) return plainCall(call, env);
  return isBraces(code) ? body(code, env) : { kind: "Eval", value: expression(code, env), span: call.span };
};
