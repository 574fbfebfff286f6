/** `valk build`: a file with what it loads, or a directory, to JavaScript modules. */
import type { Entry } from "../../compiler/modules/graph.ts";
import type { CompiledProgram, Unit } from "../../compiler/modules/unit.ts";
import type { Command, Line } from "../command.ts";
import { runtimeCopy } from "../copy-runtime.ts";
import { exit, UsageError } from "../exit.ts";
import { futuresOption } from "../futures-option.ts";
import { dirname, type Host, join, relative, resolve } from "../host.ts";
import { type CompileOptions, compileProgram, modules, reports, withMap } from "../program.ts";
import { refused, report } from "../report.ts";

export const build: Command = {
  usage: "build <file|dir>",
  describe: "Compile a file and what it loads, or all files of a directory",
  options: {
    o: { alias: "out", type: "string", requiresArg: true, default: "out", describe: "Output directory" },
    "source-map": { type: "boolean", describe: "Write source maps" },
    declaration: { type: "boolean", describe: "Write TypeScript declarations (.d.ts)" },
    strict: { type: "boolean", describe: "Treat warnings as errors: nothing is written" },
    runtime: {
      choices: ["package", "copy"],
      requiresArg: true,
      default: "package",
      describe: "Import the runtime from the package valk, or copy the modules it needs into the output",
    },
    futures: futuresOption,
    force: { type: "boolean", describe: "Compile everything, also what has not changed since the last build" },
    json: { type: "boolean", describe: "Print diagnostics as JSON, one a line" },
  },
  examples: [
    ["valk build app.valk -o out", "app.valk becomes out/app.js"],
    ["valk build src --runtime=copy", "the output runs without any package"],
  ],
  positionals: [1, 1],
  run: async ({ positionals: [path], options }, host) => {
    const root = outputRoot(path, String(options.o), host);
    const { units } = modules(entryOf(path, host), host);
    const copy = options.runtime === "copy";
    const runtime = copy ? { runtime: `./${runtimeName}`, runtimeExtension: ".js" } : {};
    const program = await compileProgram(
      units,
      {
        strict: options.strict === true,
        futures: options.futures as CompileOptions["futures"],
        declaration: options.declaration === true,
        outputRoot: root,
        ...runtime,
      },
      host,
      {
        entry: path === "-" ? units[0].id : resolve(host.cwd, path),
        maps: options["source-map"] === true,
        force: options.force === true,
      },
    );
    const said = reports(units, program);
    const form = { json: options.json === true };
    report(said, form, host);
    if (program.failed) {
      refused(said, form, host);
      return exit.compileErrors;
    }
    const files = outputs(units, program, root, options, host);
    if (copy) for (const [to, text] of await runtimeCopy(files, join(root, runtimeName), host)) files.set(to, text);
    const type = packageType(root, host);
    if (type !== null) files.set(join(root, "package.json"), type);
    host.writeFiles(files);
    if (options.json !== true) summarize(units, program, root, host);
    return exit.ok;
  },
};

/** The folder of a copied runtime in the output. */
const runtimeName = "valk-runtime";

const entryOf = (path: string, host: Host): Entry => {
  if (path === "-") return { kind: "text", text: host.stdin(), name: "<stdin>" };
  return { kind: host.isDirectory(resolve(host.cwd, path)) ? "directory" : "file", path };
};

const outputRoot = (path: string, out: string, host: Host): string => {
  const root = resolve(host.cwd, out);
  if (host.exists(root)) throw new UsageError(`build: -o names a directory, but ${out} is a file`);
  if (root === resolve(host.cwd, path) && path.endsWith(".valk"))
    throw new UsageError("build: the output would replace the source");
  return root;
};

/** Absolute paths and texts of everything that was compiled. */
const outputs = (
  units: readonly Unit[],
  program: CompiledProgram,
  root: string,
  options: Line["options"],
  host: Host,
): Map<string, string> => {
  const files = new Map<string, string>();
  const owners = new Map<string, string>();
  program.units.forEach((compiled, i) => {
    const unit = units[i];
    for (const file of compiled.files) {
      const target = join(root, file.path);
      const owner = owners.get(target);
      if (owner !== undefined)
        throw new UsageError(`build: ${owner} and ${unit.source.path} would both be written to ${file.path}`);
      owners.set(target, unit.source.path);
      const source = host.exists(unit.id) ? relative(dirname(target), unit.id).replaceAll("\\", "/") : unit.source.path;
      const texts = options["source-map"] === true ? withMap(file, unit, source) : [[file.path, file.code] as const];
      for (const [to, text] of texts) files.set(join(root, to), text);
    }
  });
  return files;
};

/**
 * The output is ES modules called `.js`: Node wants to read that in a package.json. One is written unless the nearest one
 * says it already; an existing one in the output directory is the user's and stays.
 */
const packageType = (root: string, host: Host): string | null => {
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (host.exists(path)) {
      if (isModulePackage(host.readFile(path))) return null;
      if (folder !== root) break;
      host.err(`valk: ${path} does not say "type": "module", which the output needs\n`);
      return null;
    }
    if (dirname(folder) === folder) break;
  }
  return '{\n  "type": "module"\n}\n';
};

const isModulePackage = (text: string): boolean => {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type === "module";
  } catch {
    return false;
  }
};

const summarize = (units: readonly Unit[], program: CompiledProgram, root: string, host: Host): void => {
  const where = relative(host.cwd, root) || ".";
  for (const [i, { files }] of program.units.entries()) {
    for (const { path } of files) host.out(`${units[i].source.path} -> ${where}/${path}\n`);
  }
};
