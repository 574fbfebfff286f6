/** `valk run`: compiles into the cache, unless it is there, and runs it in this process. */
import { type CachedProgram, type CacheKey, lookup } from "../../compiler/modules/cache.ts";
import type { Entry } from "../../compiler/modules/graph.ts";
import { ValkError } from "../../runtime/kernel/error.ts";
import { reporter } from "../../runtime/kernel/report.ts";
import { trace, waitingAt } from "../../runtime/kernel/trace.ts";
import { exit } from "../exit.ts";
import { failure } from "../failure.ts";
import { dirname, type Host, resolve } from "../host.ts";

export type Futures = "allow" | "warn" | "deny";

export interface RunRequest {
  readonly program:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "stdin" };
  /** The program's own arguments. */
  readonly args: readonly string[];
  readonly strict: boolean;
  readonly futures: Futures;
  readonly json: boolean;
}

/** Calls on JavaScript's stack that an Error of a program started by `valk run` remembers. */
const STACK_LIMIT = 25;

/** The top level waits, and no timer, socket or other fiber is left that could go on with it. */
const WAITS = "the program still waits here, but nothing is left that could go on with it";

/** Gives null where the program ran: then it has set the exit code itself, perhaps not yet. */
export async function run(request: RunRequest, host: Host): Promise<number | null> {
  const { program, strict, futures, json, args } = request;
  const entry: Entry =
    program.kind === "file"
      ? program
      : program.kind === "text"
        ? { kind: "text", text: program.text, name: "<eval>" }
        : { kind: "text", text: host.stdin(), name: "<stdin>" };
  const key: CacheKey = {
    compiler: host.build(),
    entry: entry.kind === "text" ? `${entry.name}\n${entry.text}` : resolve(host.cwd, entry.path),
    options: { strict, futures, cwd: host.cwd, loadPath: host.loadPath.join("\n"), runtime: host.runtimeFolder },
  };
  const ready = host.cacheFolder === "" ? null : lookup(host.cacheFolder, key, host);
  const compiled =
    ready ??
    (await (await import("../compile-to-cache.ts")).compileToCache(entry, key, { strict, futures, json }, host));
  if (compiled === null) return exit.compileErrors;
  if (ready !== null) await showWarnings(ready, entry, json, host);
  return await start(compiled.main, entry, args, host);
}

/** A program from the cache warns again, because the warning still holds. */
const showWarnings = async ({ reports }: CachedProgram, entry: Entry, json: boolean, host: Host): Promise<void> => {
  if (reports.length === 0) return;
  const { report } = await import("../report.ts");
  const text = (file: string | null): string =>
    file === null ? (entry.kind === "text" ? entry.text : "") : host.readFile(file);
  const shown = reports.map(({ path, file, diagnostics }) => ({ source: { path, text: text(file) }, diagnostics }));
  report(shown, { json }, host);
};

const start = async (main: string, entry: Entry, args: readonly string[], host: Host): Promise<number | null> => {
  const text = (path: string): string | null => {
    if (entry.kind === "text" && path === entry.name) return entry.text;
    const file = resolve(host.cwd, path);
    return path.endsWith(".valk") && host.exists(file) ? host.readFile(file) : null;
  };
  const report = (error: ValkError): void => host.err(failure(error.message, trace(error), text, host.cwd));
  // For what fails besides the top level, such as a fiber nobody waits for.
  reporter.report = report;
  // V8 keeps ten frames, and some of them are the runtime's. More make every Error dearer.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_LIMIT);
  const script = entry.kind === "text" ? entry.name : resolve(host.cwd, entry.path);
  host.whenIdle(() => {
    const { main } = reporter;
    if (main === null) return exit.ok;
    host.err(failure(WAITS, waitingAt(main), text, host.cwd));
    return exit.waits;
  });
  try {
    await host.runModule(main, script, args);
    if (reporter.exits) host.exit();
    return null;
  } catch (error) {
    // The first Error at top level; anything else comes out of JavaScript modules, with a stack of their own.
    if (error instanceof ValkError) report(error);
    else if (error instanceof Error) {
      const { failedImport } = await import("../failed-import.ts");
      host.err(failedImport(error, `${ownStack(error)}\n`, entry, dirname(main), host));
    } else host.err(`${String(error)}\n`);
    // Whatever it has started ends with it.
    host.exit(exit.failed);
    return exit.failed;
  }
};

/** The stack without Node's loader and this command, which are below everything. */
const ownStack = ({ stack, message }: Error): string =>
  stack
    ?.split("\n")
    .filter((line) => !/^ {4}at .*(?:\bnode:internal\/|\/dist\/cli\/(?:host|main|commands\/run)\.js:)/.test(line))
    .join("\n") ?? message;
