/** `(defmacro {name args} {body})` and `(macro {args} {template})`: definitions, which only the top level can have. */
import { type Expand, malformed, nameOf } from "../env.ts";

export const expandMacroForm: Expand = (call, env) =>
  malformed(
    call,
    env,
    env.evaluated
      ? "only at the top level of a file; code that is evaluated can load one"
      : nameOf(call) === "macro"
        ? "only as the value of a def at the top level of a module"
        : "only at the top level of a module",
  );
