/** What build, run and dump share: from an entry to a compiled program. */
import type { compile } from "../compiler/compile.ts";
import { type Entry, type Graph, graph } from "../compiler/modules/graph.ts";
import type { Summary } from "../compiler/modules/summary.ts";
import type { CompiledProgram, OutputFile, Unit } from "../compiler/modules/unit.ts";
import { evaluatorFor } from "./evaluator.ts";
import { UsageError } from "./exit.ts";
import { type Host, join } from "./host.ts";
import type { Report } from "./report.ts";

/** The program's modules; ends the command if the entry cannot be read. */
export function modules(entry: Entry, host: Host): Graph {
  const found = graph(entry, host, host);
  if (found.kind === "failure") throw new UsageError(found.text);
  return found;
}

/** Summaries of the prelude, as the build left them. */
export function library(host: Host): readonly Summary[] {
  const path = join(host.runtimeFolder, "prelude/summaries.json");
  return host.exists(path) ? (JSON.parse(host.readFile(path)) as readonly Summary[]) : [];
}

export type CompileOptions = NonNullable<Parameters<typeof compile>[2]>;

/** The compiler is loaded here, and only when something is to be compiled. */
export async function compileProgram(
  units: readonly Unit[],
  options: CompileOptions,
  host: Host,
  summaries: readonly Summary[] = library(host),
): Promise<CompiledProgram> {
  const { compile } = await import("../compiler/compile.ts");
  return compile(units, summaries, options, await evaluatorFor(units, summaries, host));
}

/** What the compiler said, unit by unit. */
export const reports = (units: readonly Unit[], program: CompiledProgram): readonly Report[] =>
  program.units.map(({ diagnostics }, i) => ({ source: units[i].source, diagnostics }));

/** A file and its map, the map naming `source` as what a debugger should open. */
export function withMap(
  file: OutputFile,
  unit: Unit,
  source: string,
): readonly (readonly [path: string, text: string])[] {
  if (file.map === undefined) return [[file.path, file.code]];
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  const map = file.map.replace(
    `"sources":${JSON.stringify([unit.source.path])}`,
    () => `"sources":${JSON.stringify([source])}`,
  );
  return [
    [file.path, `${file.code}//# sourceMappingURL=${encodeURI(name)}.map\n`],
    [`${file.path}.map`, map],
  ];
}
