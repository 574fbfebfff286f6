/** What build, run and dump share: from an entry to a compiled program. */
import type { compile } from "../compiler/compile.ts";
import { type CacheKey, unitStore } from "../compiler/modules/cache.ts";
import { type Entry, type Graph, graph } from "../compiler/modules/graph.ts";
import type { Store } from "../compiler/modules/kept.ts";
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

/** Where results of earlier compilations are looked for, and these go. */
export interface Keeping {
  /** The program is known by this: an absolute path, or a text. */
  readonly entry: string;
  readonly maps: boolean;
  /** Use nothing of what is there. */
  readonly force?: boolean;
}

/** The compiler is loaded here, and only when something is to be compiled. */
export async function compileProgram(
  units: readonly Unit[],
  options: CompileOptions,
  host: Host,
  keeping: Keeping | null = null,
  summaries: readonly Summary[] = library(host),
): Promise<CompiledProgram> {
  const { compile } = await import("../compiler/compile.ts");
  const evaluate = await evaluatorFor(units, summaries, host);
  if (keeping === null || host.cacheFolder === "") return compile(units, summaries, options, evaluate);
  const { strict: _, ...others } = options;
  const key: CacheKey = { compiler: host.build(), entry: keeping.entry, options: { ...others, cwd: host.cwd } };
  const store = unitStore(host.cacheFolder, key, keeping, host);
  const used: Store = keeping.force === true ? { ...store, get: () => null } : store;
  const program = compile(units, summaries, options, evaluate, used);
  try {
    store.save();
    // So that the cache does not grow for ever.
    host.dropOld(host.cacheFolder, 30);
  } catch {
    // A cache that cannot be written is no reason not to compile.
  }
  return program;
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
