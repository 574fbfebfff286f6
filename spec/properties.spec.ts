/** What holds for all programs: their expansion is determined, and what locals are called does not matter. */
import { expect } from "@jest/globals";
import fc from "fast-check";
import { compile, dump, expanded } from "../compiler/compile.ts";
import type { Unit } from "../compiler/modules/unit.ts";
import { evaluator } from "./evaluator.ts";
import { type Arena, openArena } from "./fuzz/arena.ts";
import { generate } from "./fuzz/generate.ts";
import { rename } from "./fuzz/rename.ts";
import { preludeSummaries, unitOf } from "./library.ts";

const evaluate = await evaluator();
const summaries = preludeSummaries();
const seeds = fc.integer({ min: 0, max: 1e9 });

const compiled = (units: readonly [Unit, ...Unit[]]): ReadonlyMap<string, string> =>
  new Map(
    compile(units, summaries, { runtime: "valk" }, evaluate).units.flatMap(({ files, diagnostics }) => [
      ...files.map(({ path, code }) => [path, code] as const),
      ...diagnostics.map(({ code, text }, i) => [`${code} ${i}`, text] as const),
    ]),
  );

describe("expansion is determined", () => {
  test("a program expands to the same text and the same kernel each time", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const units = [unitOf(generate(seed))];
        const text = expanded(units, "main.valk", summaries, evaluate);
        expect(expanded(units, "main.valk", summaries, evaluate)).toBe(text);
        expect(dump(units, "main.valk", "expand", summaries, {}, evaluate)).toBe(
          dump(units, "main.valk", "expand", summaries, {}, evaluate),
        );
      }),
      { numRuns: 8 },
    );
  });

  test("a program gives the same JavaScript, whatever was compiled before it", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const unit = unitOf(generate(seed));
        const first = compiled([unit]);
        compiled([unitOf(generate(other))]);
        expect(compiled([unit])).toEqual(first);
      }),
      { numRuns: 8 },
    );
  });

  test("modules give the same JavaScript in whatever order they are listed", () => {
    const library = (name: string, macro: string): Unit => ({
      id: `${name}.valk`,
      source: {
        path: `${name}.valk`,
        text: `(fun {${name}-f x} {* 2 x})\n(defmacro {${macro} e} {\`(let {t# ,e} {(${name}-f t#)})})\n`,
      },
      loads: new Map(),
      output: `${name}.js`,
      loaded: true,
    });
    const libraries = ["a", "b", "c", "d"].map((name) => library(name, `${name}-m`));
    const main: Unit = {
      id: "main.valk",
      source: {
        path: "main.valk",
        text: `${libraries.map(({ id }) => `(load "${id}")\n`).join("")}(fun {f x} {a-m (b-m (c-m (d-m (+ x (a-f 1)))))})\n(print (f 1))\n`,
      },
      loads: new Map(libraries.map(({ id }) => [id, id])),
      output: "main.js",
      loaded: false,
    };
    const expected = compiled([main, ...libraries]);
    expect([...expected.keys()].filter((path) => /^[EW]\d/.test(path))).toEqual([]);
    fc.assert(
      fc.property(fc.shuffledSubarray(libraries, { minLength: libraries.length }), (order) => {
        expect(compiled([main, ...order])).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });
});

describe("renaming locals changes nothing", () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena();
  });
  afterAll(() => arena.close());
  /** In every way to run it the renamed program prints what the program prints. */
  const agrees = (short: boolean, runs: number) =>
    fc.assert(
      fc.asyncProperty(seeds, fc.nat(100), async (seed, choice) => {
        const text = generate(seed);
        // How long the names of printed functions are can be seen.
        fc.pre(short || !/\(len \(str|\(make-string|\(repr|error\/message/.test(text));
        const renamed = rename(text, choice, short);
        const [before, after] = [await arena.run(text, ["optimised"]), await arena.run(renamed.text, ["optimised"])];
        if (before === "endless" || after === "endless") return;
        expect(renamed.back(after.get("optimised") ?? "")).toBe(renamed.back(before.get("optimised") ?? ""));
        expect(after.get("judge")).toBe(after.get("optimised"));
      }),
      { numRuns: runs },
    );
  test("to short names", () => agrees(true, 25));
  test("to names that are special to JavaScript", () => agrees(false, 25));
});
