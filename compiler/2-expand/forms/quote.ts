/** `(quote datum)` */
import { type Expand, malformed, wrongCount } from "../env.ts";
import { literal } from "../expression.ts";

export const expandQuote: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 1);
  return wrong === null ? literal(call.items[1]) : malformed(call, env, wrong);
};
