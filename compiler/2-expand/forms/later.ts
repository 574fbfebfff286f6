/** Forms of the language that this compiler does not have yet. */
import { messages } from "../../diagnostics/messages.ts";
import { fail } from "../../ir/kernel-build.ts";
import { type Expand, nameOf } from "../env.ts";

export const expandLater: Expand = (call, env) => {
  env.context.report(call.span, messages.notSupportedYet, nameOf(call));
  return fail(call.span, `${nameOf(call)} is not supported yet`);
};

export const later: readonly string[] = ["new", "js"];
