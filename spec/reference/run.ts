/** Runs a program in the judge: `run.ts file.valk`. */
import { files } from "./host.ts";
import { interpret } from "./interpret.ts";

const { stdout, stderr, exitCode } = await interpret(process.argv[2] ?? "", files);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
