/** `(penv)`: what the names of the current frame mean now, as a list of {name value}, the last name in the text first. */
import { callBuiltin, nil, quote } from "../../ir/kernel-build.ts";
import { type Expand, madeBy, malformed, wrongCount } from "../env.ts";
import { expression } from "../expression.ts";
import { namesOfFrame } from "../rebound.ts";

export const expandPenv: Expand = (call, env) => {
  const wrong = wrongCount(call, 0, 0);
  if (wrong !== null) return malformed(call, env, wrong);
  const by = madeBy(call);
  const names = namesOfFrame(env).filter((name) => !env.macros.visible.has(name));
  if (names.length === 0) return nil(call.span);
  return callBuiltin(
    call.span,
    "penv/pairs",
    ...names.flatMap((name) => {
      const symbol = { kind: "Symbol", name, span: by } as const;
      return [quote(by, symbol), expression(symbol, env)];
    }),
  );
};
