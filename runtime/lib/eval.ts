/**
 * `eval` as a builtin: runs lists that carry their code. Compiled modules that evaluate lists have one each, with their globals
 * and the compiler behind it (eval/evaluate.ts); this is the one that belongs to no module.
 */
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { isList, nil, type Value } from "../kernel/list.ts";
import type { Quoted } from "../kernel/quoted.ts";

export const evaluate = /*#__PURE__*/ native("eval", 1, 1, (x: Value): Value => {
  if (!isList(x) || x === nil) return x;
  const code = (x as Quoted).$code;
  return code === undefined
    ? error("eval: there is no module here whose names the list could mean")
    : code(x as Quoted);
});
