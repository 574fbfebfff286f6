/** The part of `valk run` that needs the compiler. */
import { type CachedProgram, type CacheKey, type NewProgram, store } from "../compiler/modules/cache.ts";
import type { Entry } from "../compiler/modules/graph.ts";
import type { RunRequest } from "./commands/run.ts";
import { type Host, join } from "./host.ts";
import { compileProgram, modules, reports, withMap } from "./program.ts";
import { refused, report } from "./report.ts";

/** null: the program has errors; they have been shown. */
export async function compileToCache(
  entry: Entry,
  key: CacheKey,
  { strict, futures, json }: Pick<RunRequest, "strict" | "futures" | "json">,
  host: Host,
): Promise<CachedProgram | null> {
  const { units, absent, manifests } = modules(entry, host);
  // The output runs in this package's runtime, wherever the cache is.
  const program = await compileProgram(
    units,
    { strict, futures, runtime: host.url(host.runtimeFolder), runtimeExtension: ".js", inPlace: true },
    host,
    { entry: key.entry, maps: true },
  );
  const said = reports(units, program);
  report(said, { json }, host);
  if (program.failed) {
    refused(said, { json }, host);
    return null;
  }
  const files = units.filter((unit) => host.exists(unit.id));
  const compiled: NewProgram = {
    texts: new Map([
      ...files.map((unit) => [unit.id, unit.source.text] as const),
      ...manifests.filter((path) => host.exists(path)).map((path) => [path, host.readFile(path)] as const),
    ]),
    absent,
    outputs: new Map([
      ["package.json", '{"type":"module"}\n'],
      ...program.units.flatMap(({ files }, i) =>
        files.flatMap((file) =>
          withMap(file, units[i], host.exists(units[i].id) ? host.url(units[i].id) : units[i].source.path),
        ),
      ),
    ]),
    main: units[0].output,
    reports: said.flatMap(({ source, diagnostics }, i) =>
      diagnostics.length === 0
        ? []
        : [{ path: source.path, file: host.exists(units[i].id) ? units[i].id : null, diagnostics }],
    ),
  };
  return keep(key, compiled, host);
}

/** A cache that cannot be written is no reason not to run. */
const keep = (key: CacheKey, program: NewProgram, host: Host): CachedProgram => {
  if (host.cacheFolder !== "") {
    try {
      const stored = store(host.cacheFolder, key, program, host);
      // So that the cache does not grow for ever.
      host.dropOld(host.cacheFolder, 30);
      return stored;
    } catch {
      // Read-only or full: as if there were none.
    }
  }
  return store(join(host.temporaryFolder(), "run"), key, program, host);
};
