/**
 * Every program of fixtures/run gives its expected output and exit code in every mode. `UPDATE=1 npm test fixtures` takes them from the
 * judge alone, so that an update cannot hide that modes disagree; `-t area/case` runs one program.
 */
import { expect } from "@jest/globals";
import { parse } from "acorn";
import type { Node } from "estree";
import type { CompiledProgram } from "../compiler/modules/unit.ts";
import {
  type Fixture,
  type ModeName,
  modes,
  type Outcome,
  openBench,
  runFixtures,
  updateFixture,
  type Variant,
  variants,
} from "./modes.ts";

const fixtures = runFixtures();
// "fuel 7" is for soaks (SOAK=1): it takes a fifth of the time and has found nothing that the others do not find.
const modeNames = (Object.keys(modes) as ModeName[]).filter((name) => process.env.SOAK || name !== "fuel 7");
const variantNames = Object.keys(variants) as readonly Variant[];
const bench = openBench();

afterAll(() => {
  bench.close();
  const times = [...bench.times].map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`);
  if (times.length > 0) process.stderr.write(`fixtures, by mode: ${times.join(", ")}\n`);
});

/** What programs say on stderr is compared only as far as the judge knows it: an Error's message, not its place and trace. */
const complaint = (stderr: string): string =>
  (stderr.match(/^Error: .*$/gm) ?? (stderr === "" ? [] : ["a message"])).map((line) => `, ${line}`).join("");
/** As one text, so that a failure shows the difference line by line. */
const shown = (stdout: string, exit: number | null, stderr: string): string =>
  `${stdout}[${exit === null ? "not ended in time" : `exit ${exit}`}${complaint(stderr)}]`;
const seen = ({ stdout, exit, stderr }: Outcome): string => shown(stdout, exit, stderr);

describe("every mode gives the same", () => {
  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("%s", async (_, fixture) => {
    const judged = await bench.judge(fixture.main);
    if (process.env.UPDATE) updateFixture(fixture, judged);
    const { stdout, exit } = process.env.UPDATE ? judged : fixture;
    const expected = shown(stdout, exit, judged.stderr);
    const outcomes = await Promise.all(
      modeNames.map(async (mode) => [mode, await bench.run(fixture.main, mode)] as const),
    );
    const got = Object.fromEntries([
      ["reference", seen(judged)],
      ...outcomes.map(([mode, outcome]) => [mode, seen(outcome)]),
    ]);
    expect(got).toEqual(Object.fromEntries(Object.keys(got).map((mode) => [mode, expected])));
  });
});

const codes = (program: CompiledProgram): ReadonlyMap<string, string> =>
  new Map(program.units.flatMap(({ files }) => files.map(({ path, code }) => [path, code] as const)));

/** Names that a module imports and does not mention. */
const unusedImports = (code: string): readonly string[] => {
  const program = parse(code, { ecmaVersion: 2022, sourceType: "module" }) as unknown as Node & {
    readonly body: readonly Node[];
  };
  const imported = program.body.flatMap((node) =>
    node.type === "ImportDeclaration" ? node.specifiers.map(({ local }) => local.name) : [],
  );
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const part of node) visit(part);
    else if (typeof node === "object" && node !== null) {
      if ((node as Node).type === "ImportDeclaration") return;
      if ((node as Node).type === "Identifier") used.add((node as unknown as { readonly name: string }).name);
      for (const part of Object.values(node)) visit(part);
    }
  };
  visit(program);
  return imported.filter((name) => !used.has(name));
};

describe("programs in the manner of real code compile without a warning", () => {
  test.each(
    fixtures.filter(({ name }) => name.startsWith("programs/")).map((fixture) => [fixture.name, fixture] as const),
  )("%s", (_, { main }) => {
    const { units } = bench.compiled(main, "optimised");
    expect(units.flatMap(({ diagnostics }) => diagnostics.map(({ code, text }) => `${code} ${text}`))).toEqual([]);
  });
});

describe("modules are well formed, the same each time, and import what they use", () => {
  const check = (fixture: Fixture, variant: Variant): void => {
    const first = codes(bench.compiled(fixture.main, variant));
    expect(codes(bench.compiled(fixture.main, variant))).toEqual(first);
    expect([...first].flatMap(([path, code]) => unusedImports(code).map((name) => `${path}: ${name}`))).toEqual([]);
  };
  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("%s", (_, fixture) => {
    for (const variant of variantNames) check(fixture, variant);
  });
});
