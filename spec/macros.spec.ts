/** Macros as a user meets them: messages, `valk expand`, traces, the cache, packages; and laws of expansion. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import fc from "fast-check";
import { compile, dump, expanded } from "../compiler/compile.ts";
import type { Unit } from "../compiler/modules/unit.ts";
import { evaluator } from "./evaluator.ts";
import { preludeSummaries, unitOf, unitsOf } from "./library.ts";
import { openBench, runFixtures } from "./modes.ts";
import { openDesk } from "./valk.ts";

const evaluate = await evaluator();
const summaries = preludeSummaries();
const desk = openDesk();
const bench = openBench();
const folder = mkdtempSync(join(tmpdir(), "valk-macros-"));
afterAll(() => {
  desk.close();
  bench.close();
  rmSync(folder, { recursive: true, force: true });
});

const expandText = (text: string): string => expanded([unitOf(text)], "main.valk", summaries, evaluate);
const codeOf = (text: string): string => {
  const program = compile([unitOf(text)], summaries, {}, evaluate);
  expect(program.units[0].diagnostics).toEqual([]);
  return program.units[0].files[0].code;
};

describe("messages", () => {
  test("an error in an expansion shows the call and the template, also of another file", async () => {
    const home = desk.place({
      "lib.valk": "; a comment\n(defmacro {tell x}\n  {`(prnt ,x)})\n",
      "main.valk": '(load "lib.valk")\n(tell 5)\n',
    });
    const { err } = await desk.valk(["build", "main.valk"], { cwd: home });
    expect(err).toBe(
      [
        "warning[W0301]: nothing is called `prnt` here",
        "  --> main.valk:2:1",
        '  1 | (load "lib.valk")',
        "> 2 | (tell 5)",
        "    | ^^^^^^^^",
        "note: the macro `tell` made it of this",
        "  --> lib.valk:3:6",
        "  2 | (defmacro {tell x}",
        "> 3 |   {`(prnt ,x)})",
        "    |      ^^^^",
        "help: did you mean `print` or `printf`?",
        "",
        "",
      ].join("\n"),
    );
    const json = await desk.valk(["build", "main.valk", "--json"], { cwd: home });
    expect(JSON.parse(json.err).notes).toEqual([
      { message: "the macro `tell` made it of this", path: "lib.valk", line: 3, column: 6, endLine: 3, endColumn: 10 },
    ]);
  });

  test("what came from the call is shown where it stands in the call", async () => {
    const home = desk.place({ "main.valk": "(defmacro {twice x} {`(do ,x ,x)})\n(twice (print nothing))\n" });
    const { err } = await desk.valk(["build", "main.valk"], { cwd: home });
    expect(err).toContain("main.valk:2:15");
    expect(err).not.toContain("note");
  });

  test("templates in templates, the innermost first", async () => {
    const home = desk.place({
      "main.valk": "(def {a} (macro {x} {(nope x)}))\n(def {b} (macro {x} {(a x)}))\n(b 1)\n",
    });
    const { err } = await desk.valk(["build", "main.valk"], { cwd: home });
    expect(err.match(/--> .*|note: .*/g)).toEqual([
      "--> main.valk:3:1",
      "note: the macro `a` made it of this",
      "--> main.valk:1:23",
      "note: the macro `b` made it of this",
      "--> main.valk:2:22",
    ]);
  });

  test("a failed macro: its Error, the call, the definition", async () => {
    const home = desk.place({ "main.valk": '(defmacro {m x} {error "no numbers, please"})\n(print (m 1))\n' });
    const { err, code } = await desk.valk(["run", "main.valk"], { cwd: home });
    expect(code).toBe(3);
    expect(err).toContain("error[E0205]: the macro `m` failed: no numbers, please");
    expect(err).toContain("note: `m` is defined here\n  --> main.valk:1:12");
  });

  test("without something to run macros with there is a message, and templates work", () => {
    const { units } = compile([unitOf("(defmacro {m x} {x}) (m 1)")], summaries);
    expect(units[0].diagnostics.map(({ text }) => text)).toEqual([
      "the macro `m` failed: this host runs no code while it compiles",
    ]);
    expect(compile([unitOf("(def {m} (macro {x} {x})) (m 1)")], summaries).failed).toBe(false);
  });
});

test("traces of expanded code name the call's place", async () => {
  const home = desk.place({
    "lib.valk": '(defmacro {checked x} {`(check ,x)})\n(fun {check x} {if (== x 0) {error (str "zero")} {x}})\n',
    "main.valk": '(load "lib.valk")\n(fun {f x} {+ 1 (checked x)})\n(print (f 1))\n(f 0)\n',
  });
  const { err, out } = await desk.valk(["run", "main.valk"], { cwd: home });
  expect(out).toBe("2\n");
  expect(err).toContain("Error: zero");
  expect(err).toContain("at check (lib.valk:2:29)");
  expect(err).toContain("at f (main.valk:2:17)");
});

describe("valk expand", () => {
  test("prints Valk; - is standard input; the same each time", async () => {
    const text = "(defmacro {my-or a b} {`(let {t# ,a} {(if t# {t#} {,b})})})\n(fun {f t} {my-or 0 t})\n";
    const home = desk.place({ "main.valk": text });
    const first = await desk.valk(["expand", "main.valk"], { cwd: home });
    expect(first).toEqual({ code: 0, err: "", out: "(fun {f t} {(let {t#1 0} {(if t#1 {t#1} {t})})})\n" });
    expect(await desk.valk(["expand", "-"], { cwd: home, input: text })).toEqual(first);
  });

  test("what cannot be expanded stays, and is an error", async () => {
    const home = desk.place({ "main.valk": "(def {m} (macro {x} {(list x)}))\n(print (m 1))\n(print (m))\n" });
    const { out, err, code } = await desk.valk(["expand", "main.valk"], { cwd: home });
    expect(code).toBe(3);
    expect(err).toContain("E0203");
    expect(out).toBe("(print (list 1))\n(print (m))\n");
  });

  test("names that would be caught get others, and names of other modules a comment", async () => {
    const home = desk.place({
      "lib.valk": "(fun {secret x} {x}) (def {tell} (macro {x} {(list (secret x))})) (export {tell})",
      "main.valk": '(import {tell} "./lib.valk")\n(fun {f list} {tell list})\n',
    });
    const { out } = await desk.valk(["expand", "main.valk"], { cwd: home });
    expect(out).toBe(
      '; `secret` of a template is that of lib.valk\n(import {tell} "./lib.valk")\n(fun {f list#1} {(list (secret list#1))})\n',
    );
  });

  test.each([
    ['"a\\n\\"b\\\\"', '"a\\n\\"b\\\\"'],
    ["'(a 'b `(c ,d ,@e))", "'(a 'b `(c ,d ,@e))"],
    ['{:k 1.5 -0 12n "\\x1b"}', '{:k 1.5 -0 12n "\\x1b"}'],
  ])("data: %s", (text, shown) => {
    expect(expandText(text)).toBe(`${shown}\n`);
  });

  test("long code is broken into lines", () => {
    const lines = expandText(
      `(def {m} (macro {x} {(fun {f a b c} {(if a {(print x x x x)} {(let {y x} {(print y y y b c "${"z".repeat(60)}")})})})}))\n(m (+ 1 2 3 4 5 6 7 8 9 10))`,
    ).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  // What is printed is the program: it does the same. (Functions are called by the new names, and names of other modules cannot be written.)
  test.each(runFixtures().filter(({ name }) => name.startsWith("macros/")))("$name", async ({ main, stdout }) => {
    const units = unitsOf(main);
    const text = expanded(units, units[0].id, summaries, evaluate);
    if (/^; `|^\(load|^\(import/m.test(text)) return;
    const home = mkdtempSync(join(folder, "run-"));
    writeFileSync(join(home, "main.valk"), text);
    expect((await bench.run(join(home, "main.valk"), "optimised")).stdout.replace(/#\d+/g, "#")).toBe(stdout);
    expect((await bench.judge(join(home, "main.valk"))).stdout.replace(/#\d+/g, "#")).toBe(stdout);
  });
});

describe("modules", () => {
  test("a changed macro, also a far one, compiles its users again", async () => {
    const home = desk.place({
      "far.valk": "(fun {helper x} {`(list ,x 1)})\n",
      "lib.valk": '(load "far.valk")\n(defmacro {m x} {helper x})\n',
      "main.valk": '(import {m} "./lib.valk")\n(print (m 5))\n',
    });
    const run = async () => (await desk.valk(["run", "main.valk"], { cwd: home })).out;
    expect(await run()).toBe("{5 1}\n");
    expect(await run()).toBe("{5 1}\n");
    writeFileSync(join(home, "far.valk"), "(fun {helper x} {`(list ,x 2)})\n");
    expect(await run()).toBe("{5 2}\n");
    writeFileSync(join(home, "lib.valk"), "(defmacro {m x} {`(list ,x 3)})\n");
    expect(await run()).toBe("{5 3}\n");
  });

  test("a package written in Valk, and JavaScript's view of the same", async () => {
    const home = desk.place({
      "node_modules/shapes/package.json": JSON.stringify({
        name: "shapes",
        exports: {
          ".": { valk: "./src/main.valk", default: "./main.js" },
          "./deep/*": { import: { valk: "./src/*.valk" } },
        },
      }),
      "node_modules/shapes/src/main.valk":
        '(import {half} "./extra.valk")\n(fun {area w h} {half (* 2 w h)})\n(defmacro {square x} {`(area ,x ,x)})\n(export {area square half})\n',
      "node_modules/shapes/src/extra.valk": "(fun {half x} {/ x 2})\n",
      "node_modules/plain/package.json": '{"name": "plain", "main": "x.js"}',
      "main.valk":
        '(import {area square} "shapes")\n(import {half} "shapes/deep/extra")\n(print (area 2 3) (square 4) (half 8))\n(export {area area-of})\n(fun {area-of} {square 5})\n',
    });
    expect(await desk.valk(["run", "main.valk"], { cwd: home })).toEqual({ code: 0, err: "", out: "6 16 4\n" });
    const built = await desk.valk(["build", "main.valk", "--runtime=copy"], { cwd: home });
    expect(built.err).toBe("");
    writeFileSync(
      join(home, "use.mjs"),
      'import * as m from "./out/main.js"; console.log(m.area(2, 5), m.areaOf(), m["area-of"]());',
    );
    expect((await desk.node(["use.mjs"], home)).out).toBe("6 16 4\n10 25 25\n");
    // The cache looks at what says where the modules are.
    writeFileSync(join(home, "node_modules/shapes/package.json"), '{"exports": {"valk": "./src/other.valk"}}');
    writeFileSync(
      join(home, "node_modules/shapes/src/other.valk"),
      "(fun {area w h} {0}) (def {square} (macro {x} {1}))",
    );
    const { err } = await desk.valk(["run", "main.valk"], { cwd: home });
    expect(err).toContain('the package "shapes/deep/extra" cannot be imported');
  });

  test("a module behaves the same alone and in a graph", async () => {
    const lib = "(fun {f x} {(m x)})\n(fun {g} {f 2})\n";
    const own = "(defmacro {m x} {`(* 10 ,x)})\n";
    const home = desk.place({
      "alone.valk": `${own}${lib}(print (g))\n`,
      "main.valk": '(fun {f x} {"mine"})\n(defmacro {m x} {"mine"})\n(load "lib.valk")\n(print (g))\n',
      "lib.valk": `${own}${lib}(print (g))\n`,
    });
    expect((await desk.valk(["run", "alone.valk"], { cwd: home })).out).toBe("20\n");
    expect((await desk.valk(["run", "main.valk"], { cwd: home })).out).toBe("20\n20\n");
  });

  test("summaries carry macros: a library of them without its source among the units", () => {
    const library: Unit = {
      id: "prelude/more",
      source: {
        path: "more.valk",
        text: "(fun {inc x} {+ x 1}) (fun {form x} {`(inc ,x)}) (defmacro {inc2 x} {`(inc ,(form x))})",
      },
      loads: new Map(),
      output: "prelude/more.js",
      loaded: false,
      library: true,
    };
    const [{ summary }] = compile([library], summaries, {}, evaluate).units;
    if (summary === null) throw new Error("no summary");
    const known = JSON.parse(JSON.stringify([...summaries, summary]));
    const { units, failed } = compile([unitOf("(fun {f inc} {inc2 inc})")], known, {}, evaluate);
    expect(failed).toBe(false);
    expect(units[0].files[0].code).toMatch(/inc => inc1\(inc1\(inc\)\)/);
  });
});

describe("laws", () => {
  // Programs of macro calls over a few locals.
  const names = ["a", "b", "t", "list", "x1"] as const;
  const form = fc.letrec<{ e: string }>((tie) => ({
    e: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...names),
      fc.nat(9).map(String),
      fc
        .tuple(fc.constantFrom("my-or", "pair", "both", "swapped"), tie("e"), tie("e"))
        .map((parts) => `(${parts.join(" ")})`),
      fc
        .tuple(fc.constantFrom(...names), tie("e"), tie("e"))
        .map(([n, v, e]) => `(let {${n} ${v}} {(pair ${n} ${e})})`),
    ),
  })).e;
  const MACROS = [
    "(defmacro {my-or p q} {`(let {t# ,p} {(if t# {t#} {,q})})})",
    "(defmacro {pair p q} {`(list ,p ,q)})",
    "(def {both} (macro {p q} {(let {t# p} {(list t# q)})}))",
    "(fun {flip-form f} {`(pair ,(nth 3 f) ,(nth 2 f))})",
    "(defmacro {swapped p q} {flip-form `(pair ,p ,q)})",
  ].join("\n");
  const program = (e: string): string => `${MACROS}\n(fun {f ${names.join(" ")}} {do ${e}})\n`;

  test("expansion is deterministic", () => {
    fc.assert(
      fc.property(form, (e) => {
        expect(expandText(program(e))).toBe(expandText(program(e)));
        expect(codeOf(program(e))).toBe(codeOf(program(e)));
      }),
      { numRuns: 60 },
    );
  });

  test("renaming locals changes nothing but their names", () => {
    // `list` is a local, and what the templates of `pair` and `both` call is not.
    const other: Readonly<Record<string, string>> = { a: "aa", b: "my-or2", t: "t#", list: "print", x1: "if2" };
    const rename = (e: string): string => e.replace(/[a-z][a-z0-9-]*/g, (name) => other[name] ?? name);
    // A variable of core is shown as its name and a number.
    const plain = (text: string): string => {
      const program = dump([unitOf(text)], "main.valk", "lower", summaries, {}, evaluate);
      expect(program).not.toMatch(/^;/m);
      const names = program.replace(/\|[^|]*\|/g, (name) => name.replace(/[| ]/g, ""));
      return names
        .replace(/[^\s()]+\.(\d+)/g, "v.$1")
        .replace(/\s+/g, " ")
        .replaceAll("( ", "(");
    };
    fc.assert(
      fc.property(form, (e) => {
        const renamed = `${MACROS}\n(fun {f ${names.map((n) => other[n]).join(" ")}} {do ${rename(e)}})\n`;
        expect(plain(renamed)).toBe(plain(program(e)));
      }),
      { numRuns: 60 },
    );
  });
});

test("programs without macros load nothing for them", () => {
  mkdirSync(join(folder, "plain"));
  writeFileSync(join(folder, "plain/main.valk"), "(print 1)");
  const code = bench.compiled(join(folder, "plain/main.valk"), "optimised").units[0].files[0].code;
  expect(code).not.toContain("macro");
  expect(readFileSync(new URL("../dist/cli/program.js", import.meta.url), "utf8")).not.toContain(
    'from "../runtime/eval',
  );
});
