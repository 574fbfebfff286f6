/**
 * fixtures/stages/<phase>/<case>: main.valk and what `dump` shows of it. `UPDATE_STAGES=1` writes what the compiler gives now:
 * read the difference before it goes in.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { dump, phases } from "../compiler/compile.ts";
import { preludeSummaries, unitsOf } from "./library.ts";

const STAGES = fileURLToPath(new URL("../fixtures/stages/", import.meta.url));
const update = process.env.UPDATE_STAGES === "1";
const summaries = preludeSummaries();
const folders = readdirSync(STAGES).sort();

test("every folder is a phase", () => {
  expect(folders.filter((name) => !(phases as readonly string[]).includes(name))).toEqual([]);
});

for (const phase of phases.filter((name) => folders.includes(name)))
  describe(phase, () => {
    test.each(readdirSync(join(STAGES, phase)).sort())("%s", (name) => {
      const folder = join(STAGES, phase, name);
      const expected = join(folder, phase === "emit" ? "expected.js" : `expected.${phase}`);
      const units = unitsOf(join(folder, "main.valk"));
      // What these phases make of a program without the optimizer's help; `optimize` shows the help.
      const text = dump(units, units[0].id, phase, summaries, { optimize: phase === "optimize" });
      const actual = text.replace(/^\/\/ Compiled by .*\n+/, "");
      if (update) writeFileSync(expected, actual);
      expect(actual).toBe(existsSync(expected) ? readFileSync(expected, "utf8") : null);
    });
  });
