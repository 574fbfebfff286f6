/** `valk dump`: a module between two phases, as text. */
import type { Phase } from "../../compiler/compile.ts";
import { nearest } from "../../compiler/diagnostics/nearest.ts";
import type { Command } from "../command.ts";
import { evaluatorFor } from "../evaluator.ts";
import { exit, UsageError } from "../exit.ts";
import { compileProgram, library, modules, reports } from "../program.ts";
import { report } from "../report.ts";

export const dumpCommand: Command = {
  usage: "dump <file> --after=<phase>",
  describe: "Print what a compiler phase makes of a file",
  options: {
    after: {
      type: "string",
      requiresArg: true,
      default: "emit",
      describe: "read, expand, lower, optimize, cps or emit",
    },
    optimize: { type: "boolean", default: true, describe: "Run the optimizer (--no-optimize: not)" },
    json: { type: "boolean", describe: "Print diagnostics as JSON, one a line" },
  },
  examples: [["valk dump app.valk --after=lower", "the program in A-normal form"]],
  positionals: [1, 1],
  run: async ({ positionals: [path], options }, host) => {
    const { dump, phases } = await import("../../compiler/compile.ts");
    const phase = phases.find((name) => name === options.after) as Phase | undefined;
    if (phase === undefined) {
      const [near] = nearest(String(options.after), phases, 1);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      throw new UsageError(`dump: there is no phase ${options.after}${hint}\nPhases: ${phases.join(", ")}.`);
    }
    const entry =
      path === "-"
        ? ({ kind: "text", text: host.stdin(), name: "<stdin>" } as const)
        : ({ kind: "file", path } as const);
    const { units } = modules(entry, host);
    const settings = { optimize: options.optimize !== false };
    const program = await compileProgram(units, settings, host);
    report(reports(units, program), { json: options.json === true }, host);
    if (program.failed) return exit.compileErrors;
    const text = dump(
      units,
      units[0].id,
      phase,
      library(host),
      settings,
      await evaluatorFor(units, library(host), host),
    );
    host.out(text.endsWith("\n") ? text : `${text}\n`);
    return exit.ok;
  },
};
