#!/usr/bin/env node
/**
 * The program `valk`. Starting an unchanged program must cost little more than starting Node, so that `valk run` without
 * options goes past the argument parser, and neither it nor the compiler is loaded on a cache hit.
 */
import { type RunRequest, run } from "./commands/run.ts";
import { exit, UsageError } from "./exit.ts";
import { type Host, nodeHost } from "./host.ts";

const plain = { strict: false, futures: "allow", json: false } as const;
/** `run file args`, `run - args`, `run -e text args`: everything else needs the argument parser. */
const plainRun = ([command, first, ...rest]: readonly string[]): RunRequest | null => {
  if (command !== "run" || first === undefined) return null;
  if (first === "-") return { program: { kind: "stdin" }, args: rest, ...plain };
  if (first === "-e" && rest.length > 0) {
    return { program: { kind: "text", text: rest[0] }, args: rest.slice(1), ...plain };
  }
  return first.startsWith("-") ? null : { program: { kind: "file", path: first }, args: rest, ...plain };
};

/** Runs one command line; gives the exit code, or null where the program that ran decides. */
export async function main(argv: readonly string[], host: Host): Promise<number | null> {
  try {
    const request = plainRun(argv);
    if (request !== null) return await run(request, host);
    const { command } = await import("./command.ts");
    return await command(argv, host);
  } catch (error) {
    return explain(error, host);
  }
}

const explain = (error: unknown, host: Host): number => {
  if (error instanceof UsageError) {
    host.err(`valk: ${error.message}\n`);
    return exit.usage;
  }
  // Files that cannot be read or written: the system's words and no stack.
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof Error && typeof code === "string" && typeof syscall === "string") {
    host.err(`valk: ${error.message}\n`);
    return exit.usage;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  host.err(
    `valk: internal error, a mistake in the compiler and not in your program.\n` +
      `Please report it with the program that shows it, \`valk --version\` (${host.version()}) and the lines below.\n\n${stack}\n`,
  );
  return exit.compileErrors;
};

// `main` is imported by tests; only as the program it starts by itself.
if (process.argv[1] !== undefined && import.meta.url === nodeHost().url(nodeHost().realpath(process.argv[1]))) {
  // Whoever read the output, `head` for example, has enough: as if ended by SIGPIPE. A program that writes it as a stream sees the Error.
  process.stdout.on("error", (e: NodeJS.ErrnoException) => {
    if (process.stdout.listenerCount("error") > 1) return;
    if (e.code !== "EPIPE") throw e;
    process.exit(128 + 13);
  });
  main(process.argv.slice(2), nodeHost()).then((code) => {
    if (code !== null) process.exitCode = code;
  });
}
