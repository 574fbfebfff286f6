/** Runs a program in the judge: `run.ts file.valk`. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Host, interpret } from "./interpret.ts";

export const files: Host = {
  readFile: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  },
  resolve: (path, from) => (from === null ? resolve(path) : resolve(dirname(from), path)),
};

const path = process.argv[2];
if (path?.endsWith(".valk")) {
  const { stdout, stderr, exitCode } = await interpret(path, files);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
