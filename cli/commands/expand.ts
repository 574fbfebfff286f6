/** `valk expand`: a file after its macros, as Valk. */
import type { Command } from "../command.ts";
import { evaluatorFor } from "../evaluator.ts";
import { exit } from "../exit.ts";
import { compileProgram, library, modules, reports } from "../program.ts";
import { report } from "../report.ts";

export const expandCommand: Command = {
  usage: "expand <file>",
  describe: "Print a file with its macros expanded; - reads it from standard input",
  options: {
    json: { type: "boolean", describe: "Print diagnostics as JSON, one a line" },
  },
  examples: [["valk expand app.valk", "what the compiler makes of the macros in app.valk"]],
  positionals: [1, 1],
  run: async ({ positionals: [path], options }, host) => {
    const { expanded } = await import("../../compiler/compile.ts");
    const entry =
      path === "-"
        ? ({ kind: "text", text: host.stdin(), name: "<stdin>" } as const)
        : ({ kind: "file", path } as const);
    const { units } = modules(entry, host);
    const program = await compileProgram(units, {}, host);
    report(reports(units, program), { json: options.json === true }, host);
    const summaries = library(host);
    host.out(expanded(units, units[0].id, summaries, await evaluatorFor(units, summaries, host)));
    return program.failed ? exit.compileErrors : exit.ok;
  },
};
