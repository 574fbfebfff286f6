/**
 * fixtures/errors/<area>/<case>/main.valk: what the compiler says about each line. `;! E0201 W0301` at the end of a line are the
 * codes of the diagnostics on it, in the order in which they are reported; a line without has none. Where there is a file `said`
 * it is what the terminal shows; UPDATE=1 writes it again.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { compile } from "../compiler/compile.ts";
import { renderTerminal } from "../compiler/diagnostics/render-terminal.ts";
import { lineStarts, positionAt } from "../compiler/source/source.ts";
import { evaluator } from "./evaluator.ts";
import { preludeSummaries, unitsOf } from "./library.ts";

const root = fileURLToPath(new URL("../fixtures/errors/", import.meta.url));
const summaries = preludeSummaries();
const evaluate = await evaluator();

const cases = readdirSync(root)
  .sort()
  .flatMap((area) =>
    readdirSync(join(root, area))
      .sort()
      .map((name) => `${area}/${name}`),
  );

test.each(cases)("%s", (name) => {
  const units = unitsOf(join(root, name, "main.valk"));
  const program = compile(units, summaries, {}, evaluate);
  for (const [i, { source }] of units.entries()) {
    const starts = lineStarts(source.text);
    const expected = source.text
      .split("\n")
      .flatMap((line, at) => (/;! (.*)$/.exec(line)?.[1].split(" ") ?? []).map((code) => `${at + 1} ${code}`));
    const found = program.units[i].diagnostics.map(
      ({ code, span }) => `${positionAt(starts, span.start).line + 1} ${code}`,
    );
    expect(found.sort()).toEqual(expected.sort());
  }
  const said = join(root, name, "said");
  if (!existsSync(said)) return;
  const shown = units
    .map(({ source }, i) => renderTerminal(program.units[i].diagnostics, source))
    .filter((text) => text !== "")
    .join("\n")
    .replaceAll(`fixtures/errors/${name}/`, "");
  if (process.env.UPDATE === "1") writeFileSync(said, shown);
  else expect(shown).toBe(readFileSync(said, "utf8"));
});
