/** What code compiled at run time needs of the prelude: its modules, and what the compiler knows of them. */
import type { CompiledUnit } from "./unit.ts";

/** The text of runtime/eval/prelude.js. */
export function preludeIndex(units: readonly Pick<CompiledUnit, "files" | "summary">[]): string {
  const summaries = units.flatMap(({ summary }) => summary ?? []);
  const outputs = summaries.map(({ output }) => output.replace(/\.js$/, ""));
  const name = (i: number): string => `module${i}`;
  return [
    ...outputs.map((output, i) => `import * as ${name(i)} from "../${output}.js";\n`),
    `export const modules = { ${outputs.map((output, i) => `${JSON.stringify(output)}: ${name(i)}`).join(", ")} };\n`,
    `export const summaries = ${JSON.stringify(summaries)};\n`,
  ].join("");
}
