/**
 * `eval/evaluate` for programs that run in this package (`valk run`): the compiler is loaded when the first list needs it.
 * Programs that are built name `eval/evaluate` itself, which bundlers see.
 */
import { native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import type { Frame, Quoted } from "../kernel/quoted.ts";
import type { Scope } from "../kernel/scope.ts";
import { constantValue } from "./constant.ts";
import type * as Evaluate from "./evaluate.ts";

interface Modules {
  createRequire(url: string): (path: string) => unknown;
}

let loaded: typeof Evaluate | null = null;
// Evaluation cannot wait for an import.
const load = (): typeof Evaluate => {
  if (loaded === null) {
    const { createRequire } = process.getBuiltinModule("node:module") as unknown as Modules;
    loaded = createRequire(import.meta.url)("./evaluate.js") as typeof Evaluate;
  }
  return loaded;
};

export const evaluateIn = (x: Value, caller: Frame | null, scope: Scope): Value =>
  constantValue(x) ?? load().evaluateIn(x, caller, scope);

export const evaluator = (scope: Scope): Value =>
  native("eval", 1, 1, (x: Value): Value => {
    const code = (x as Quoted).$code;
    return code === undefined ? evaluateIn(x, null, scope) : code(x as Quoted);
  });
