/** The ways to run a program that must agree: compiled in several modes, and by the reference interpreter, the judge. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { compile } from "../compiler/compile.ts";
import type { Options } from "../compiler/context.ts";
import { type Entry, graph } from "../compiler/modules/graph.ts";
import type { Files } from "../compiler/modules/host.ts";
import { runtimeIndex } from "../compiler/modules/runtime-index.ts";
import type { Summary } from "../compiler/modules/summary.ts";
import type { CompiledProgram, OutputFile, Unit } from "../compiler/modules/unit.ts";
import { evaluator } from "./evaluator.ts";
import { files as judgeFiles } from "./reference/host.ts";
import { interpret } from "./reference/interpret.ts";

const evaluate = await evaluator();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const builtRuntime = join(root, "dist/runtime");

/** How the program and the prelude are compiled. */
export const variants = {
  optimised: {},
  unoptimised: { optimize: false },
  probe: { probe: true },
} as const satisfies Record<string, Partial<Options>>;
export type Variant = keyof typeof variants;

interface Mode {
  readonly variant: Variant;
  /** Calls until the JavaScript stack moves to the heap; null: the runtime's own figure. */
  readonly fuel: number | null;
}
/** How it is compiled and run. With fuel 1 every call unwinds; 7 makes frames of the heap and of the stack meet in all ways. */
export const modes = {
  optimised: { variant: "optimised", fuel: null },
  unoptimised: { variant: "unoptimised", fuel: null },
  "fuel 1": { variant: "optimised", fuel: 1 },
  "fuel 7": { variant: "unoptimised", fuel: 7 },
  probe: { variant: "probe", fuel: null },
} as const satisfies Record<string, Mode>;
export type ModeName = keyof typeof modes;

/** What a program did, as far as modes must agree: the wording of what goes to stderr is tested elsewhere. */
export interface Outcome {
  readonly stdout: string;
  /** null: it was stopped because it did not end in time. */
  readonly exit: number | null;
  readonly stderr: string;
}

const is = (path: string, what: "isFile" | "isDirectory"): boolean =>
  statSync(path, { throwIfNoEntry: false })?.[what]() ?? false;
export const files: Files = {
  readFile: (path) => readFileSync(path, "utf8"),
  exists: (path) => is(path, "isFile"),
  isDirectory: (path) => is(path, "isDirectory"),
  realpath: (path) => realpathSync(path),
  list: (path) => readdirSync(path),
};

const unitsOf = (entry: Entry, cwd: string): readonly Unit[] => {
  const found = graph(entry, files, { cwd, loadPath: [], libraryFolder: join(root, "runtime/library") });
  if (found.kind === "failure") throw new Error(found.text);
  return found.units;
};

const write = (folder: string, output: readonly OutputFile[]): void => {
  for (const { path, code } of output) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
};

/** A runtime whose prelude is compiled in a variant: what `map` calls unwinds and is probed, too. */
export interface Runtime {
  readonly url: string;
  readonly summaries: readonly Summary[];
}

export interface Bench {
  /** The program, compiled anew; its modules are written when it runs. */
  compiled(main: string, variant: Variant): CompiledProgram;
  /** The compilation that `run` uses. */
  program(main: string, variant: Variant): CompiledProgram;
  run(main: string, mode: ModeName): Promise<Outcome>;
  /** Milliseconds spent in each mode, compilation not counted. */
  readonly times: ReadonlyMap<string, number>;
  judge(main: string): Promise<Outcome>;
  close(): void;
}

/** Code that is evaluated needs the compiler, where the runtime expects it. */
const carryCompiler = (folder: string): void => {
  if (existsSync(join(folder, "compiler"))) return;
  for (const part of ["compiler", "runtime/signatures", "runtime/signatures.js"])
    cpSync(join(root, "dist", part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.endsWith(".d.ts"),
    });
  symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"));
};

/** Runtimes compiled into a folder when they are first asked for. */
export const openRuntimes = (folder: string): ((variant: Variant) => Runtime) => {
  const runtimes = new Map<Variant, Runtime>();
  return (variant) => {
    const known = runtimes.get(variant);
    if (known !== undefined) return known;
    const target = join(folder, `runtime-${variant}`);
    cpSync(builtRuntime, target, { recursive: true, filter: (path) => !path.endsWith(".d.ts") });
    carryCompiler(folder);
    const made = { url: pathToFileURL(target).href, summaries: compilePrelude(variant, target) };
    runtimes.set(variant, made);
    return made;
  };
};

/** Modes need compiled runtimes: a folder with them, until `close`. Uses the kernel and the library of the build. */
export function openBench(secondsToRun = 20): Bench {
  const folder = mkdtempSync(join(tmpdir(), "valk-modes-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const runtimeOf = openRuntimes(folder);
  const programs = new Map<string, CompiledProgram>();
  const times = new Map<string, number>();
  const slots = pool(2);
  let last = 0;

  const compiled = (main: string, variant: Variant): CompiledProgram => {
    const { url, summaries } = runtimeOf(variant);
    const units = unitsOf({ kind: "file", path: main }, dirname(main));
    const options = { ...variants[variant], runtime: url, runtimeExtension: ".js", inPlace: true };
    return compile(units, summaries, options, evaluate);
  };
  const programOf = (main: string, variant: Variant): CompiledProgram => {
    const program = programs.get(`${variant} ${main}`) ?? compiled(main, variant);
    programs.set(`${variant} ${main}`, program);
    return program;
  };
  /** Writes its modules; the one to run. */
  const written = (program: CompiledProgram): string => {
    const target = join(folder, `program-${++last}`);
    for (const unit of program.units) write(target, unit.files);
    // Of a module's files the last is the one that JavaScript imports.
    return join(target, program.units[0].files.at(-1)?.path ?? "");
  };
  const measured = async (name: string, work: () => Promise<Outcome>): Promise<Outcome> => {
    const start = performance.now();
    const outcome = await work();
    times.set(name, (times.get(name) ?? 0) + performance.now() - start);
    return outcome;
  };

  return {
    compiled,
    program: programOf,
    run: async (main, name) => {
      const { variant, fuel } = modes[name];
      const program = programOf(main, variant);
      if (program.failed) return refused(program);
      const data: ProgramData = {
        program: pathToFileURL(written(program)).href,
        runtime: runtimeOf(variant).url,
        fuel,
      };
      return slots(() => measured(name, () => runInThread(data, secondsToRun)));
    },
    judge: (main) =>
      measured("reference", async () => {
        const { stdout, stderr, exitCode } = await interpret(main, judgeFiles);
        return { stdout, exit: exitCode, stderr };
      }),
    times,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Compiled into the folder, beside the library it imports. */
const compilePrelude = (variant: Variant, target: string): readonly Summary[] => {
  const sources = join(root, "runtime/prelude");
  const found = unitsOf({ kind: "directory", path: sources }, root);
  const ids = new Map(found.map(({ id, output }) => [id, `prelude/${output.replace(/\.js$/, "")}`]));
  const nameOf = (id: string): string => ids.get(id) ?? id;
  const units = found.map((unit) => ({
    ...unit,
    id: nameOf(unit.id),
    loads: new Map([...unit.loads].map(([path, id]) => [path, id === null ? null : nameOf(id)])),
    output: `prelude/${unit.output}`,
    loaded: false,
    library: true,
  }));
  const program = compile(units, [], { ...variants[variant], runtime: ".", runtimeExtension: ".js" });
  if (program.failed) throw new Error(`the prelude does not compile: ${refused(program).stderr}`);
  for (const unit of program.units) write(target, unit.files);
  writeFileSync(join(target, "eval/modules.js"), runtimeIndex(program.units));
  return program.units.flatMap(({ summary }) => summary ?? []);
};

export const refused = (program: CompiledProgram): Outcome => ({
  stdout: "",
  exit: 3,
  stderr: program.units.flatMap(({ diagnostics }) => diagnostics.map(({ code, text }) => `${code} ${text}\n`)).join(""),
});

interface ProgramData {
  readonly program: string;
  readonly runtime: string;
  readonly fuel: number | null;
}

/** A thread has its own modules, registers and exit code, and starts five times as fast as a process. */
const runInThread = (workerData: ProgramData, seconds: number): Promise<Outcome> =>
  new Promise((resolve) => {
    let stdout = "",
      stderr = "";
    let late = false;
    const worker = new Worker(new URL("fixture-worker.mjs", import.meta.url), {
      workerData,
      stdout: true,
      stderr: true,
      // As much JavaScript stack as a main program has.
      resourceLimits: { stackSizeMb: 1 },
    });
    const timer = setTimeout(() => {
      late = true;
      void worker.terminate();
    }, seconds * 1000);
    worker.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    worker.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    worker.on("error", (error) => {
      stderr += `${error.stack ?? String(error)}\n`;
    });
    worker.on("exit", (code) => {
      clearTimeout(timer);
      // What the thread wrote last arrives after the news of its end.
      setImmediate(() => resolve({ stdout, exit: late ? null : code, stderr }));
    });
  });

/** At most so many of the jobs run at a time. */
const pool = (size: number) => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(job: () => Promise<T>): Promise<T> => {
    if (running === size) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
};

const fixtures = join(root, "fixtures/run");
const foldersIn = (path: string): readonly string[] =>
  readdirSync(path)
    .sort()
    .filter((name) => is(join(path, name), "isDirectory"));

export interface Fixture {
  /** area/case */
  readonly name: string;
  readonly main: string;
  readonly stdout: string;
  readonly exit: number;
}

export const runFixtures = (): readonly Fixture[] =>
  foldersIn(fixtures).flatMap((area) =>
    foldersIn(join(fixtures, area)).map((name) => {
      const text = (file: string): string | null => {
        const path = join(fixtures, area, name, file);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      };
      return {
        name: `${area}/${name}`,
        main: join(fixtures, area, name, "main.valk"),
        stdout: text("stdout") ?? "",
        exit: Number(text("exit") ?? 0),
      };
    }),
  );

/** Makes what the judge gave the expected outcome. */
export const updateFixture = ({ main }: Fixture, { stdout, exit }: Outcome): void => {
  const path = (file: string): string => join(dirname(main), file);
  writeFileSync(path("stdout"), stdout);
  if (exit === 0) rmSync(path("exit"), { force: true });
  else writeFileSync(path("exit"), `${exit}\n`);
};
