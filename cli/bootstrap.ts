/**
 * The second half of the build: gives the runtime's modules constants of their own, compiles the prelude, which is written in
 * Valk, with the compiler just built, and names the build. Does nothing if neither has changed.
 */
import { hash } from "../compiler/modules/hash.ts";
import { runtimeIndex } from "../compiler/modules/runtime-index.ts";
import type { Unit } from "../compiler/modules/unit.ts";
import { type Host, join, nodeHost, relative } from "./host.ts";
import { ownConstants } from "./own-constants.ts";
import { compileProgram, modules, reports } from "./program.ts";
import { report } from "./report.ts";

/** Path and text of each file. */
const filesIn = (folder: string, extension: string, host: Host): readonly (readonly [path: string, text: string])[] =>
  [...host.list(folder)].sort().flatMap((name) => {
    const path = join(folder, name);
    if (host.isDirectory(path)) return filesIn(path, extension, host);
    return name.endsWith(extension) ? [[path, host.readFile(path)] as const] : [];
  });

/** Prelude modules are runtime modules: their ids and outputs say so, and no facade is needed. */
const preludeUnits = (sources: string, host: Host): readonly Unit[] => {
  const { units } = modules({ kind: "directory", path: sources }, host);
  const id = (path: string): string => `prelude/${relative(host.realpath(sources), path).replace(/\.valk$/, "")}`;
  return units.map((unit) => ({
    id: id(unit.id),
    source: unit.source,
    loads: new Map(
      [...unit.loads].map(([path, target]) => [
        path,
        target === null || target.startsWith("library:") ? target : id(target),
      ]),
    ),
    output: `prelude/${unit.output}`,
    loaded: false,
    library: true,
  }));
};

async function bootstrap(host: Host): Promise<boolean> {
  const dist = join(host.runtimeFolder, "..");
  const root = join(dist, "..");
  const sources = join(root, "runtime/prelude");
  const { version } = JSON.parse(host.readFile(join(root, "package.json"))) as { version: string };
  // The prelude's own output is left out: it follows from the rest.
  const runtime = ["kernel", "lib", "interop"].flatMap((name) => filesIn(join(host.runtimeFolder, name), ".js", host));
  host.writeFiles(ownConstants(new Map(runtime)));
  const compiler = ["compiler", "cli", "runtime/kernel", "runtime/lib", "runtime/interop", "runtime/eval"].map((name) =>
    join(dist, name),
  );
  const index = join(host.runtimeFolder, "eval/modules.js");
  const code = compiler.filter((path) => host.isDirectory(path)).flatMap((path) => filesIn(path, ".js", host));
  const inputs = [
    // The index follows from the rest, too.
    ...code.filter(([path]) => path !== index).flat(),
    host.readFile(join(dist, "runtime/signatures.js")),
    ...filesIn(sources, ".valk", host).flat(),
  ];
  const id = hash(inputs.join("\n"));
  const stamp = join(dist, "build.json");
  const written = `${JSON.stringify({ version, id })}\n`;
  // The compiler of the build writes an empty index.
  const indexed = host.readFile(index).includes("import ");
  const unchanged = indexed && host.exists(stamp) && host.readFile(stamp) === written;
  // An unchanged build is stamped again, because the setup compares its time.
  if (unchanged) {
    host.writeFiles(new Map([[stamp, written]]));
    return true;
  }
  const files = new Map<string, string>();
  if (filesIn(sources, ".valk", host).length > 0) {
    const units = preludeUnits(sources, host);
    const program = await compileProgram(units, { runtime: ".", runtimeExtension: ".js" }, host, null, []);
    report(reports(units, program), { json: false }, host);
    if (program.failed) return false;
    for (const unit of program.units)
      for (const { path, code } of unit.files) files.set(join(host.runtimeFolder, path), code);
    const summaries = program.units.map(({ summary }) => summary);
    files.set(join(host.runtimeFolder, "prelude/summaries.json"), `${JSON.stringify(summaries, null, 1)}\n`);
    files.set(index, runtimeIndex(program.units));
  }
  files.set(stamp, written);
  host.writeFiles(files);
  return true;
}

bootstrap(nodeHost()).then((ok) => {
  if (!ok) process.exitCode = 1;
});
