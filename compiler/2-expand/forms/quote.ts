/** `(quote datum)` */
import { ref } from "../../ir/kernel-build.ts";
import { type Expand, malformed, wrongCount } from "../env.ts";
import { literal } from "../expression.ts";

export const expandQuote: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 1);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, datum] = call.items;
  return datum.kind === "List" && datum.quoted !== undefined ? ref(datum.span, datum.quoted) : literal(datum);
};
