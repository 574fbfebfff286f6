/** `valk run` with options, and its help. */
import type { Command } from "../command.ts";
import { UsageError } from "../exit.ts";
import { futuresOption } from "../futures-option.ts";
import { type Futures, type RunRequest, run } from "./run.ts";

export const runCommand: Command = {
  usage: "run <file> [args...]",
  describe: "Run a program; - reads it from standard input",
  options: {
    e: { alias: "eval", type: "string", requiresArg: true, describe: "Run this program text" },
    strict: { type: "boolean", describe: "Treat warnings as errors" },
    futures: futuresOption,
    json: { type: "boolean", describe: "Print diagnostics as JSON, one a line" },
  },
  examples: [
    ["valk run app.valk 1 2", "what follows the file are the program's arguments"],
    ["valk run -e '(print (+ 1 2))'", "prints 3"],
  ],
  positionals: [0, Number.POSITIVE_INFINITY],
  run: async ({ positionals, options }, host) => {
    const text = options.e;
    const [first, ...rest] = positionals;
    if (text === undefined && first === undefined)
      throw new UsageError("run: missing argument: valk run <file> [args...]\nSee valk run --help.");
    const program: RunRequest["program"] =
      text !== undefined
        ? { kind: "text", text: String(text) }
        : first === "-"
          ? { kind: "stdin" }
          : { kind: "file", path: first };
    const args = text !== undefined ? positionals : rest;
    const strict = options.strict === true,
      json = options.json === true;
    return await run({ program, args, strict, futures: options.futures as Futures, json }, host);
  },
};
