/** Runs the text of a program in every mode and in the judge, hundreds of programs in one thread. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { compile } from "../../compiler/compile.ts";
import { graph } from "../../compiler/modules/graph.ts";
import { files, type ModeName, modes, openRuntimes, refused, type Variant, variants } from "../modes.ts";
import { interpret } from "../reference/interpret.ts";

/**
 * What a program printed in each way to run it, or "endless": none of the modes ended in time. Exit codes are left out: whether a
 * fiber that failed counts as seen depends on when somebody awaits it, which modes and judge need not agree on.
 */
export type Run = ReadonlyMap<ModeName | "judge", string> | "endless";
export interface Arena {
  run(text: string): Promise<Run>;
  close(): Promise<void>;
}

const LATE = "not ended in time\n";
// What functions of the runtime that have no name in the program are called is no matter of the modes: continuations.
const shown = (stdout: string): string => stdout.replace(/\b[fkq](?=>|: expected)/g, "k");
const modeNames = Object.keys(modes) as readonly ModeName[];
// Modules are never freed: after so many programs the thread is replaced.
const PROGRAMS_PER_THREAD = 3000;

export const openArena = (milliseconds = 1500): Arena => {
  const folder = mkdtempSync(join(tmpdir(), "valk-fuzz-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const runtimeOf = openRuntimes(folder);
  let worker: Worker | null = null;
  let programs = 0;

  const inThread = async (job: object): Promise<string> => {
    if (worker !== null && programs++ % PROGRAMS_PER_THREAD === PROGRAMS_PER_THREAD - 1) await stop();
    // As much JavaScript stack as a main program has. Hooks that load TypeScript are none of its business.
    worker ??= new Worker(new URL("worker.mjs", import.meta.url), { resourceLimits: { stackSizeMb: 1 }, execArgv: [] });
    const thread = worker;
    return new Promise((done) => {
      const finish = (text: string): void => {
        clearTimeout(timer);
        thread.off("message", answered).off("error", died);
        done(text);
      };
      const answered = (stdout: string): void => finish(shown(stdout));
      const died = (error: Error): void => {
        worker = null;
        finish(`the thread died: ${error.stack ?? error}\n`);
      };
      const timer = setTimeout(() => void stop().then(() => finish(LATE)), milliseconds);
      thread.on("message", answered).on("error", died);
      thread.postMessage(job);
    });
  };
  const stop = async (): Promise<void> => {
    const thread = worker;
    worker = null;
    await thread?.terminate();
  };

  const compiled = (text: string, variant: Variant): { readonly code: string } | { readonly failure: string } => {
    const { url, summaries } = runtimeOf(variant);
    const found = graph({ kind: "text", text, name: "main.valk" }, files, { cwd: folder, loadPath: [] });
    if (found.kind === "failure") return { failure: found.text };
    try {
      const options = { ...variants[variant], runtime: url, runtimeExtension: ".js" };
      const program = compile(found.units, summaries, options);
      return program.failed ? { failure: refused(program).stderr } : { code: program.units[0].files[0].code };
    } catch (e) {
      return { failure: `the compiler failed: ${(e as Error).stack}\n` };
    }
  };
  const judged = async (text: string): Promise<string> => {
    try {
      const { stdout } = await interpret("main.valk", {
        readFile: () => text,
        resolve: (path) => resolve(folder, path),
      });
      return shown(stdout);
    } catch (e) {
      return `the judge failed: ${(e as Error).stack}\n`;
    }
  };

  return {
    run: async (text) => {
      const codes = new Map((Object.keys(variants) as readonly Variant[]).map((v) => [v, compiled(text, v)]));
      const results = new Map<ModeName | "judge", string>();
      for (const name of modeNames) {
        const { variant, fuel } = modes[name];
        const code = codes.get(variant) as ReturnType<typeof compiled>;
        const job = { ...code, runtime: runtimeOf(variant).url, fuel };
        results.set(name, "failure" in code ? code.failure : await inThread(job));
        // The judge cannot be stopped: it runs only what ends elsewhere.
        if (name === "unoptimised" && [...results.values()].every((text) => text === LATE)) return "endless";
      }
      results.set("judge", await judged(text));
      return results;
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
