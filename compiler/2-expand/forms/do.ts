/** `(do expression...)` */
import { sequence } from "../../ir/kernel-build.ts";
import type { Expand } from "../env.ts";
import { expressions } from "../expression.ts";

export const expandDo: Expand = (call, env) => sequence(call.span, expressions(call.items, env, 1));
