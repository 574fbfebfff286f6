/** Which modules of the runtime code that is compiled at run time may import: those that emitted code and signatures name. */
import { signatures } from "../../runtime/signatures.ts";
import type { CompiledUnit } from "./unit.ts";

const KERNEL =
  "await border cancel cell cleanup control curried error function guard list main place probe quoted ref registers scope show symbol truth wrong".split(
    " ",
  );
const OTHERS = ["lib/quasi", "lib/spawn", "eval/evaluate", "eval/load"];

/** The text of runtime/eval/modules.js; `prelude`: the library's modules that are written in Valk. */
export function runtimeIndex(prelude: readonly Pick<CompiledUnit, "summary">[]): string {
  const summaries = prelude.flatMap(({ summary }) => summary ?? []);
  const names = new Set([
    ...KERNEL.map((name) => `kernel/${name}`),
    ...signatures.map(({ module }) => module),
    ...OTHERS,
    ...summaries.map(({ output }) => output.replace(/\.js$/, "")),
  ]);
  const table = [...names].map((name, i): readonly [string, string] => [name, `module${i}`]);
  return [
    ...table.map(([name, local]) => `import * as ${local} from "../${name}.js";\n`),
    `export const modules = { ${table.map(([name, local]) => `${JSON.stringify(name)}: ${local}`).join(", ")} };\n`,
    `export const summaries = ${JSON.stringify(summaries)};\n`,
  ].join("");
}
