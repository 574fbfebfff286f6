/** `valk test`: runs files of tests, each in a process of its own, several at a time. */
import type { Command } from "../command.ts";
import { exit, UsageError } from "../exit.ts";
import { basename, type Host, join, relative, resolve } from "../host.ts";
import { type Reporter, reporters, type Sources } from "../test-reporters.ts";
import { type FileResult, failed, fileResult } from "../test-results.ts";

const TEST_FILE = /^test[-_].*\.valk$|[-_.]test\.valk$/;
const CHANNEL = "VALK_TEST_FD"; // runtime/lib/test.ts
const QUIET = 100; // milliseconds without a change before a run begins again

export const test: Command = {
  usage: "test [files or directories...]",
  describe: "Run tests; without files those called test_*.valk or *_test.valk here and below",
  options: {
    reporter: {
      alias: "r",
      type: "string",
      choices: Object.keys(reporters),
      default: "spec",
      describe: "The form of the results",
    },
    jobs: { alias: "j", type: "string", requiresArg: true, describe: "How many files run at a time" },
    timeout: { type: "string", requiresArg: true, default: "60000", describe: "Milliseconds a file may take" },
    watch: { alias: "w", type: "boolean", describe: "Run again when a file changes" },
  },
  examples: [
    ["valk test", "all tests here and below"],
    ["valk test test/list_test.valk --reporter=tap", "one file, results as TAP"],
  ],
  positionals: [0, 10_000],
  run: async ({ positionals, options }, host) => {
    const jobs = wholeNumber("jobs", options.jobs ?? String(host.processors));
    const timeout = wholeNumber("timeout", options.timeout);
    const make = reporters[String(options.reporter)];
    if (make === undefined)
      throw new UsageError(`test: no reporter ${options.reporter}, there are ${Object.keys(reporters).join(" ")}`);
    const run = () => runFiles(testFiles(positionals, host), make(sources(host)), { jobs, timeout }, host);
    const code = await run();
    if (options.watch !== true) return code;
    await again(run, host);
    return exit.ok;
  },
};

const wholeNumber = (name: string, value: unknown): number => {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1)
    throw new UsageError(`test: --${name} must be a whole number from 1 on, got ${value}`);
  return n;
};

const sources = (host: Host): Sources => ({
  text: (path) => {
    const file = resolve(host.cwd, path);
    return path.endsWith(".valk") && host.exists(file) ? host.readFile(file) : null;
  },
  cwd: host.cwd,
});

/** The files that the names mean, relative to the current directory, in the order of the names. */
function testFiles(names: readonly string[], host: Host): readonly string[] {
  const found = (names.length === 0 ? ["."] : names).flatMap((name) => {
    const path = resolve(host.cwd, name);
    if (host.isDirectory(path)) return filesIn(path, host);
    if (!host.exists(path)) throw new UsageError(`test: there is no file ${name}`);
    return [path];
  });
  const files = [...new Set(found)].map((path) => relative(host.cwd, path).replaceAll("\\", "/"));
  if (files.length === 0) throw new UsageError("test: no files called test_*.valk or *_test.valk");
  return files;
}

const filesIn = (folder: string, host: Host): readonly string[] =>
  [...host.list(folder)].sort().flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith(".") || name === "node_modules") return [];
    if (host.isDirectory(path)) return filesIn(path, host);
    return TEST_FILE.test(basename(path)) ? [path] : [];
  });

interface Limits {
  readonly jobs: number;
  readonly timeout: number;
}

/** Results are reported in the order of the files, each as soon as all before it are there. */
async function runFiles(files: readonly string[], reporter: Reporter, limits: Limits, host: Host): Promise<number> {
  const results: (FileResult | undefined)[] = files.map(() => undefined);
  let next = 0;
  let shown = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      results[i] = await runFile(files[i], limits.timeout, host);
      for (let result = results[shown]; result !== undefined; result = results[++shown])
        host.out(reporter.file(result));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits.jobs, files.length) }, work));
  const all = results.filter((result) => result !== undefined);
  host.out(reporter.end(all));
  return all.some(failed) ? exit.failed : exit.ok;
}

async function runFile(path: string, timeout: number, host: Host): Promise<FileResult> {
  const start = performance.now();
  const child = await host.child(["run", path], { timeout, channel: CHANNEL });
  return fileResult(path, child, performance.now() - start, timeout);
}

/** Runs again after changes, until the user interrupts; changes during a run count for the next one. */
async function again(run: () => Promise<number>, host: Host): Promise<void> {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  const later = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (running) return later();
      running = true;
      host.out("\n");
      try {
        await run();
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        host.err(`valk: ${error.message}\n`);
      }
      running = false;
    }, QUIET);
  };
  await host.watch(
    [host.cwd],
    (path) => {
      if (path.endsWith(".valk")) later();
    },
    () => host.err("Watching for changes, until Ctrl+C.\n"),
  );
  clearTimeout(waiting);
}
