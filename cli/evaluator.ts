/** Running the code of macros: the runtime is loaded when a program has any. */
import type { Evaluate } from "../compiler/compile.ts";
import type { Summary } from "../compiler/modules/summary.ts";
import type { Unit } from "../compiler/modules/unit.ts";
import { type Host, join } from "./host.ts";

/** null: the program has no procedural macros. */
export async function evaluatorFor(
  units: readonly Unit[],
  summaries: readonly Summary[],
  host: Pick<Host, "url" | "runtimeFolder">,
): Promise<Evaluate | null> {
  const has = units.some(({ source }) => source.text.includes("defmacro")) || summaries.some(({ macros }) => macros);
  if (!has) return null;
  const { createEvaluator, modulesForMacros } = await import("../runtime/eval/expander.ts");
  const names = modulesForMacros(summaries.map(({ output }) => output.replace(/\.js$/, "")));
  const modules = await Promise.all(
    names.map(async (name) => [name, await import(host.url(join(host.runtimeFolder, `${name}.js`)))] as const),
  );
  return createEvaluator(new Map(modules));
}
