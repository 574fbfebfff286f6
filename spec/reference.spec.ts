/** The judge gives each program of fixtures/run its expected output and exit code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { files } from "./reference/host.ts";
import { interpret } from "./reference/interpret.ts";

const RUN = fileURLToPath(new URL("../fixtures/run/", import.meta.url));
const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

for (const area of foldersIn(RUN))
  describe(area, () => {
    for (const name of foldersIn(join(RUN, area)))
      test(name, async () => {
        const folder = join(RUN, area, name);
        const exit = join(folder, "exit");
        const { stdout, exitCode } = await interpret(join(folder, "main.valk"), files);
        expect(stdout).toBe(readFileSync(join(folder, "stdout"), "utf8"));
        expect(exitCode).toBe(existsSync(exit) ? Number(readFileSync(exit, "utf8")) : 0);
      });
  });
