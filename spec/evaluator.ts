/** What runs the code of macros, in the runtime of the build: `await evaluator()`. */
import type { Evaluate } from "../compiler/compile.ts";
import { createEvaluator, modulesForMacros } from "../runtime/eval/expander.ts";
import { preludeUnits } from "./library.ts";

const runtime = new URL("../dist/runtime/", import.meta.url);

export const evaluator = async (): Promise<Evaluate> => {
  const names = modulesForMacros(preludeUnits().map(({ id }) => id));
  const modules = new Map<string, object>();
  // One after the other: jest cannot load modules that import each other twice at a time.
  for (const name of names) modules.set(name, (await import(new URL(`${name}.js`, runtime).href)) as object);
  return createEvaluator(modules);
};
