/** Runs the text of a program in several modes and in the judge, thousands of programs in one thread. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { compile } from "../../compiler/compile.ts";
import { graph } from "../../compiler/modules/graph.ts";
import { evaluator } from "../evaluator.ts";
import { files, type ModeName, modes, openRuntimes, refused, type Variant, variants } from "../modes.ts";
import { Endless } from "../reference/fibers.ts";
import { interpret } from "../reference/interpret.ts";

/** What a program printed in each way to run it, and its exit code; "endless": none of the modes ended in time. */
export type Run = ReadonlyMap<ModeName | "judge", string> | "endless";
export interface Arena {
  /** `fresh`: in a thread that has run no other program. */
  run(text: string, names: readonly ModeName[], fresh?: boolean): Promise<Run>;
  close(): Promise<void>;
}

export const allModes = Object.keys(modes) as readonly ModeName[];

interface Answer {
  readonly stdout: string;
  readonly exit: number;
}
/** What a program printed that was stopped. */
export const LATE = "not ended in time\n";
/** The order of functions in a hash is that in which they were made, and differs. */
const settled = (stdout: string): string => stdout.replace(/<hash .*<lambda .*>/g, (text) => [...text].sort().join(""));
const shown = ({ stdout, exit }: Answer): string => `${settled(stdout)}${exit === 0 ? "" : `[exit ${exit}]\n`}`;
/** Those of the judge; it takes some millions a second, and programs some thousands. */
const STEPS = 20_000_000;
// Modules are never freed: after so many programs the thread is replaced.
const PROGRAMS_PER_THREAD = 5000;

interface Job {
  readonly code: string;
  readonly runtime: string;
  readonly fuel: number | null;
}
type Compiled = { readonly code: string } | { readonly failure: string };

export const openArena = async (milliseconds = 4000): Promise<Arena> => {
  const folder = mkdtempSync(join(tmpdir(), "valk-fuzz-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const runtimeOf = openRuntimes(folder);
  const evaluate = await evaluator();
  let worker: Worker | null = null;
  let programs = 0;

  /** What the jobs printed, one after the other in the same thread; LATE for one that does not end and those after it. */
  const inThread = async (jobs: readonly Job[]): Promise<readonly string[]> => {
    // As much JavaScript stack as a main program has. Hooks that load TypeScript are none of its business.
    worker ??= new Worker(new URL("worker.mjs", import.meta.url), { resourceLimits: { stackSizeMb: 1 }, execArgv: [] });
    const thread = worker;
    const texts: string[] = [];
    return new Promise((done) => {
      const finish = (missing: string): void => {
        clearTimeout(timer);
        thread.off("message", answered).off("error", died);
        done(jobs.map((_, i) => texts[i] ?? missing));
      };
      const answered = (answer: Answer): void => {
        if (texts.push(shown(answer)) === jobs.length) finish("");
      };
      const died = (error: Error): void => {
        worker = null;
        finish(`the thread died: ${error.stack ?? error}\n`);
      };
      const timer = setTimeout(() => void stop().then(() => finish(LATE)), milliseconds * jobs.length);
      thread.on("message", answered).on("error", died);
      thread.postMessage(jobs);
    });
  };
  const stop = async (): Promise<void> => {
    const thread = worker;
    worker = null;
    programs = 0;
    await thread?.terminate();
  };

  const compiled = (text: string, variant: Variant): Compiled => {
    const { url, summaries } = runtimeOf(variant);
    const found = graph({ kind: "text", text, name: "main.valk" }, files, { cwd: folder, loadPath: [] });
    if (found.kind === "failure") return { failure: found.text };
    try {
      const options = { ...variants[variant], runtime: url, runtimeExtension: ".js" };
      const program = compile(found.units, summaries, options, evaluate);
      return program.failed ? { failure: refused(program).stderr } : { code: program.units[0].files[0].code };
    } catch (e) {
      return { failure: `the compiler failed: ${(e as Error).stack}\n` };
    }
  };
  const judged = async (text: string): Promise<string> => {
    try {
      const { stdout, exitCode } = await interpret("main.valk", {
        readFile: () => text,
        resolve: (path) => resolve(folder, path),
        steps: STEPS,
      });
      return shown({ stdout, exit: exitCode });
    } catch (e) {
      if (e instanceof Endless) return LATE;
      return `the judge failed: ${(e as Error).stack}\n`;
    }
  };

  return {
    run: async (text, names, fresh = false) => {
      if (fresh || programs++ >= PROGRAMS_PER_THREAD) await stop();
      const codes = new Map<Variant, Compiled>();
      for (const { variant } of names.map((name) => modes[name]))
        if (!codes.has(variant)) codes.set(variant, compiled(text, variant));
      const results = new Map<ModeName | "judge", string>();
      const jobs = names.flatMap((name): { readonly name: ModeName; readonly job: Job }[] => {
        const { variant, fuel } = modes[name];
        const code = codes.get(variant) as Compiled;
        if ("code" in code) return [{ name, job: { code: code.code, runtime: runtimeOf(variant).url, fuel } }];
        results.set(name, code.failure);
        return [];
      });
      const texts = jobs.length === 0 ? [] : await inThread(jobs.map(({ job }) => job));
      jobs.forEach(({ name }, i) => {
        results.set(name, texts[i]);
      });
      // The judge runs only what ends elsewhere, since it has no clock.
      if (results.size > 0 && texts[0] === LATE) return "endless";
      results.set("judge", await judged(text));
      return results;
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
