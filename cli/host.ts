/** The world outside, as one object: files, terminal, process. Commands get it as an argument; tests pass fakes. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { WritableFiles } from "../compiler/modules/host.ts";
import { leave } from "../runtime/kernel/report.ts";

export { basename, dirname, join, relative, resolve } from "node:path";

export interface Host extends WritableFiles {
  readonly cwd: string;
  /** Directories in which loads are looked up, from VALK_PATH. */
  readonly loadPath: readonly string[];
  /** Where the compile cache lives. */
  readonly cacheFolder: string;
  /** The compiled runtime of this package. */
  readonly runtimeFolder: string;
  /** The library's modules, as Valk sources. */
  readonly libraryFolder: string;
  /** Does stderr show colours? */
  readonly colors: boolean;
  version(): string;
  /** Version and build of the compiler: differs between two builds of one version. */
  build(): string;
  url(path: string): string;
  /** The file that an import of a package gets. */
  packageFile(name: string): string;
  out(text: string): void;
  err(text: string): void;
  /** All of standard input. */
  stdin(): string;
  /** Removes what stands in a directory and has not been written for so many days. */
  dropOld(folder: string, days: number): void;
  /** A new empty directory that may be removed by anybody later. */
  temporaryFolder(): string;
  /** Runs this program with other arguments in a process of its own. */
  child(args: readonly string[], options: ChildOptions): Promise<Child>;
  /** How many processes may run at a time. */
  readonly processors: number;
  /** Calls `changed` when a file in one of the folders changes, until the process is interrupted; `ready`, when that has begun. */
  watch(folders: readonly string[], changed: (path: string) => void, ready: () => void): Promise<void>;
  /** Runs a compiled program with these arguments, in this process. Rejects if its top level failed. */
  runModule(path: string, script: string, args: readonly string[]): Promise<void>;
  /**
   * Calls `unfinished` when the process ends by itself, nothing being left to do, and no exit code has been set: what it gives
   * is the exit code.
   */
  whenIdle(unfinished: () => number): void;
  /** Ends the process, with the exit code that has been set if none is given. */
  exit(code?: number): void;
}

export interface ChildOptions {
  /** Milliseconds after which it is stopped. */
  readonly timeout: number;
  /** The name of an environment variable that tells it the file descriptor it may write further text to. */
  readonly channel: string;
}
export interface Child {
  /** null: it was stopped. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** What it wrote to the further file descriptor. */
  readonly told: string;
}

/** The folder of this package's compiled code. */
const dist = dirname(dirname(fileURLToPath(import.meta.url)));

/** No file has a NUL in its name, and Node throws for one. */
const is = (path: string, what: "isFile" | "isDirectory"): boolean =>
  !path.includes("\0") && (statSync(path, { throwIfNoEntry: false })?.[what]() ?? false);

interface Build {
  readonly version: string;
  readonly id: string;
}

const readBuild = (): Build => {
  const path = join(dist, "build.json");
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Build;
  return {
    version: (JSON.parse(readFileSync(join(dist, "../package.json"), "utf8")) as Build).version,
    id: "development",
  };
};

const cacheFolder = (env: NodeJS.ProcessEnv): string => {
  const base = env.XDG_CACHE_HOME || (env.HOME ? join(env.HOME, ".cache") : env.LOCALAPPDATA);
  return base ? join(base, "valk") : "";
};

const dropOld = (folder: string, days: number): void => {
  const limit = Date.now() - days * 86_400_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < limit) rmSync(path, { recursive: true, force: true });
  }
};

export const nodeHost = (): Host => ({
  cwd: process.cwd(),
  loadPath: (process.env.VALK_PATH ?? "").split(delimiter).filter((path) => path !== ""),
  cacheFolder: cacheFolder(process.env),
  runtimeFolder: join(dist, "runtime"),
  libraryFolder: join(dist, "../runtime/library"),
  get colors() {
    return process.stderr.isTTY === true && !process.env.NO_COLOR;
  },
  version: () => readBuild().version,
  build: () => {
    const { version, id } = readBuild();
    return `${version}+${id}`;
  },
  readFile: (path) => {
    const text = readFileSync(path, "utf8");
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  },
  exists: (path) => is(path, "isFile"),
  isDirectory: (path) => is(path, "isDirectory"),
  realpath: (path) => realpathSync(path),
  list: (path) => readdirSync(path),
  url: (path) => pathToFileURL(path).href,
  packageFile: (name) => fileURLToPath(import.meta.resolve(name)),
  writeFiles,
  dropOld,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: () => readFileSync(0, "utf8"),
  temporaryFolder: () => mkdtempSync(join(tmpdir(), "valk-")),
  processors: availableParallelism(),
  child,
  watch: watchFolders,
  runModule: async (path, script, args) => {
    process.argv.splice(1, process.argv.length, script, ...args);
    try {
      await import(pathToFileURL(path).href);
    } catch (error) {
      // Node's loader rejects a second Promise where a module of CommonJS fails, and would end the process before the report.
      process.on("unhandledRejection", () => {});
      throw error;
    }
  },
  exit: (code) => {
    if (code !== undefined) process.exitCode = code;
    leave();
  },
  whenIdle: (unfinished) =>
    void process.on("exit", (code) => {
      if (code === 0 && process.exitCode === undefined) process.exitCode = unfinished();
    }),
});

const CHANNEL = 3;
const child: Host["child"] = (args, { timeout, channel }) =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, [channel]: String(CHANNEL) };
    const running = spawn(process.execPath, [join(dist, "cli/main.js"), ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const texts = ["", "", ""];
    for (const [i, stream] of running.stdio.slice(1).entries())
      (stream as Readable).setEncoding("utf8").on("data", (text: string) => {
        texts[i] += text;
      });
    const clock = setTimeout(() => running.kill("SIGKILL"), timeout);
    running.on("error", reject);
    running.on("close", (code) => {
      clearTimeout(clock);
      resolve({ code, out: texts[0], err: texts[1], told: texts[2] });
    });
  });

const watchFolders: Host["watch"] = (folders, changed, ready) =>
  new Promise((resolve) => {
    const watchers = folders.map((folder) =>
      watch(folder, { recursive: true }, (_, name) => {
        if (name !== null) changed(join(folder, name));
      }),
    );
    process.once("SIGINT", () => {
      for (const watcher of watchers) watcher.close();
      resolve();
    });
    ready();
  });

/** Temporary files stand beside their targets, because a rename is atomic only within a file system. */
export function writeFiles(files: ReadonlyMap<string, string>): void {
  const temporary = new Map<string, string>();
  try {
    for (const [path, text] of files) {
      if (is(path, "isDirectory")) throw new Error(`${path} is a directory`);
      mkdirSync(dirname(path), { recursive: true });
      const other = `${path}.${process.pid}.tmp`;
      temporary.set(other, path);
      writeFileSync(other, text);
    }
    for (const [other, path] of temporary) renameSync(other, path);
  } finally {
    for (const other of temporary.keys()) rmSync(other, { force: true });
  }
}
