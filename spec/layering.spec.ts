/** STYLE's table of who may import whom, type-only imports too, and a few more things one can see in a file without running it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const files = (folder: string): readonly string[] =>
  !existsSync(join(root, folder))
    ? []
    : readdirSync(join(root, folder))
        .sort()
        .flatMap((name) => {
          const path = `${folder}/${name}`;
          if (statSync(join(root, path)).isDirectory()) return files(path);
          return name.endsWith(".ts") ? [path] : [];
        });

const sources = ["compiler", "runtime", "cli"].flatMap(files);
const text = (path: string): string => readFileSync(join(root, path), "utf8");

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The path of an imported file of ours, or null: a package. */
  readonly file: string | null;
}

const imports: readonly Import[] = sources.flatMap((from) =>
  ts.preProcessFile(text(from), true, true).importedFiles.map(({ fileName: specifier }) => ({
    from,
    specifier,
    file: specifier.startsWith(".") ? relative(root, join(root, dirname(from), specifier)) : null,
  })),
);

/** The part of the house a file is in: its name in the table. */
const area = (path: string): string => {
  const [top, second, ...rest] = path.split("/");
  if (top === "cli") {
    return second === "commands" || second === "plugin" || path === "cli/host.ts"
      ? `cli/${second.replace(/\.ts$/, "")}`
      : "cli";
  }
  // The list of builtins is one thing: an index and a file per area.
  if (top === "runtime" && /^signatures(?:\.ts)?$/.test(second)) return "runtime/signatures.ts";
  return rest.length === 0 ? path : `${top}/${second}`;
};

const phases = ["1-read", "2-expand", "3-analyze", "4-lower", "5-optimize", "6-cps", "7-emit", "8-print"].map(
  (name) => `compiler/${name}`,
);
const compilerParts = ["source", "ir", "diagnostics", "modules"].map((name) => `compiler/${name}`);
const context = "compiler/context.ts";
const compile = "compiler/compile.ts";
/** The same phases for a list that is evaluated. */
const compileCode = "compiler/compile-code.ts";
/** The pipeline, its front, and those for code that runs while programs are compiled and for lists that are evaluated. */
const pipelines = [compile, "compiler/fronts.ts", "compiler/compile-time.ts", compileCode];
const cliParts = ["cli", "cli/host", "cli/commands", "cli/plugin"];
const runtimeParts = ["runtime/kernel", "runtime/lib", "runtime/interop", "runtime/signatures.ts"];
const forCli = [
  ...cliParts,
  ...runtimeParts,
  "runtime/eval",
  compile,
  "compiler/modules",
  "compiler/service",
  "compiler/format",
  "compiler/diagnostics",
];

/**
 * What files of an area may import besides their own area. `runtime/signatures.ts`, data and types that import nothing, is the
 * compiler's only door to the runtime: the IRs take the names of types from it, and `modules/` makes worlds of it.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "compiler/source": [],
  "compiler/ir": ["compiler/source", "runtime/signatures.ts"],
  "compiler/diagnostics": ["compiler/source"],
  [context]: ["compiler/source", "compiler/diagnostics"],
  // What goes into a compilation and comes out of it; the graph and the cache around it.
  "compiler/modules": [
    "compiler/source",
    "compiler/ir",
    "compiler/diagnostics",
    context,
    "compiler/1-read",
    "runtime/signatures.ts",
  ],
  ...Object.fromEntries(
    phases.map((phase) => [
      phase,
      ["compiler/source", "compiler/ir", "compiler/diagnostics", context, "runtime/signatures.ts"],
    ]),
  ),
  ...Object.fromEntries(
    pipelines.map((path) => [path, [...phases, ...compilerParts, ...pipelines, context, "runtime/signatures.ts"]]),
  ),
  "compiler/format": ["compiler/source", "compiler/ir", "compiler/diagnostics", "compiler/1-read"],
  "compiler/service": ["compiler/source", "compiler/ir", "compiler/diagnostics", compile],
  "runtime/signatures.ts": [],
  "runtime/kernel": [],
  "runtime/lib": ["runtime/kernel", "runtime/interop"],
  "runtime/interop": ["runtime/kernel", "runtime/lib"],
  // Besides the compiler its reader alone, for programs that read and do not evaluate.
  "runtime/eval": [
    ...runtimeParts,
    compile,
    compileCode,
    "compiler/modules",
    "compiler/1-read",
    "compiler/ir",
    context,
  ],
  cli: forCli,
  "cli/host": forCli,
  "cli/plugin": forCli,
  "cli/commands": forCli,
};

const nodeAllowed = ["runtime/lib", "runtime/interop", "cli/host", "cli/plugin", "compiler/modules"];

const show = ({ from, specifier }: Import): string => `${from} imports ${specifier}`;

test("every file has a place in the table", () => {
  expect(sources.filter((path) => !(area(path) in allowed))).toEqual([]);
});

test("files import only what the table allows", () => {
  const wrong = imports.filter(({ from, file }) => {
    if (file === null) return false;
    const [here, there] = [area(from), area(file)];
    return here !== there && !(allowed[here] ?? []).includes(there);
  });
  expect(wrong.map(show)).toEqual([]);
});

test("imported files exist and are named with their extension", () => {
  expect(imports.filter(({ file }) => file !== null && !existsSync(join(root, file))).map(show)).toEqual([]);
});

test("only the pipelines import several phases", () => {
  const seen = new Map<string, Set<string>>();
  for (const { from, file } of imports) {
    if (file === null || pipelines.includes(from) || !phases.includes(area(file)) || area(from) === area(file))
      continue;
    seen.set(from, (seen.get(from) ?? new Set()).add(area(file)));
  }
  expect([...seen].filter(([, used]) => used.size > 1).map(([from]) => from)).toEqual([]);
});

test("the phases are the eight folders", () => {
  const numbered = readdirSync(join(root, "compiler"))
    .filter((name) => /^\d/.test(name))
    .sort();
  expect(numbered.map((name) => `compiler/${name}`)).toEqual(phases);
});

test("commands do not import each other", () => {
  // A command in two files: `run-options.ts` is the command line of `run.ts`, which must not load the parser.
  const family = (path: string): string => path.replace(/^.*\/|(?:-.*)?\.ts$/g, "");
  const wrong = imports.filter(
    ({ from, file }) =>
      file !== null && area(from) === "cli/commands" && area(file) === "cli/commands" && family(from) !== family(file),
  );
  expect(wrong.map(show)).toEqual([]);
});

test("node:* is used only behind the walls made for it", () => {
  const wrong = imports.filter(
    ({ from, specifier }) => specifier.startsWith("node:") && !nodeAllowed.includes(area(from)),
  );
  expect(wrong.map(show)).toEqual([]);
});

test("packages are declared, and the runtime needs none", () => {
  const { dependencies } = JSON.parse(text("package.json")) as { dependencies: Record<string, string> };
  const wrong = imports.filter(({ from, specifier, file }) => {
    if (file !== null || specifier.startsWith("node:")) return false;
    const name = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    // `estree` has types only.
    return from.startsWith("runtime/") || !(name in dependencies || name === "estree");
  });
  expect(wrong.map(show)).toEqual([]);
});

test("no file is longer than 500 lines", () => {
  const long = [...sources, ...files("spec")].filter((path) => text(path).split("\n").length > 501);
  expect(long).toEqual([]);
});

test("names are kebab-case and say what is in the file", () => {
  const wrong = sources.filter((path) =>
    path
      .split("/")
      .some(
        (part) =>
          !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.ts)?$/.test(part) || /^(?:utils?|helpers?|misc|common|manager)\b/.test(part),
      ),
  );
  expect(wrong).toEqual([]);
});
