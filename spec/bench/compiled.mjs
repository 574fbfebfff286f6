/** Compiles the benchmark programs, each once, into a temporary folder from which the runtime is found by package name. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./catalog.mjs";

const run = promisify(execFile);
export const cli = join(root, "dist/cli/main.js");

/** A new folder in which `import "valk/..."` is this checkout; it goes when the process ends. */
export function workspace() {
  if (!existsSync(cli)) throw new Error("dist/cli/main.js is missing: run `npm run build` first");
  const folder = mkdtempSync(join(tmpdir(), "valk-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/valk"), "dir");
  return folder;
}

/** `valk build` from one folder to another. */
export const build = (from, to) => run(process.execPath, [cli, "build", from, "-o", to]);

/** Compiles the programs of the cases into `folder`; what fails: {program: why}. Without main.valk there is nothing to do. */
export async function compileAll(cases, folder) {
  const failures = {};
  for (const [program, from] of new Map(cases.map((entry) => [entry.program, entry.folder]))) {
    if (!existsSync(join(from, "main.valk"))) continue;
    try {
      await build(from, join(folder, program));
    } catch (error) {
      failures[program] = String(error.stderr || error.message).trim();
    }
  }
  return failures;
}
