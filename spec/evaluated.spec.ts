/** Code that is evaluated at run time: `read` and `repr`, hostile texts, and who carries the compiler along. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import fc from "fast-check";
import { evaluateIn } from "../runtime/eval/lazy.ts";
import { read } from "../runtime/eval/read.ts";
import { error } from "../runtime/kernel/error.ts";
import { formFromArray, fromArray, type List, nil, type Value } from "../runtime/kernel/list.ts";
import { moduleScope } from "../runtime/kernel/scope.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { atom } from "../runtime/lib/atom.ts";
import { eq } from "../runtime/lib/equal.ts";
import { vectorOf } from "../runtime/lib/vector.ts";
import { bundle } from "./valk.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "valk-evaluated-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, env: { ...process.env, NODE_OPTIONS: "" }, encoding: "utf8" });

// ---- read ----

const names = fc
  .string({ unit: fc.constantFrom(..."abcxyz-+*/<>=!?&%_#.:0123456789é𝔳"), minLength: 1, maxLength: 8 })
  .filter((name) => !/^[+-]?\.?\d|^#[;|]/.test(name));
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value; list: Value; quote: Value; atom: Value }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, tie("atom"), tie("list"), tie("quote")),
  quote: fc
    .tuple(fc.constantFrom("quote", "quasiquote", "unquote", "unquote-splicing"), tie("value"))
    .map(([name, item]) => formFromArray([sym(name), item])),
  list: fc
    .tuple(fc.boolean(), fc.array(tie("value"), { maxLength: 5 }))
    .map(([braces, items]) => (braces ? fromArray(items) : formFromArray(items))),
  atom: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt(),
    fc.string({ unit: "binary" }),
    names.map(sym),
    fc.constant(nil),
  ),
})).value;

test("read of repr gives the value back, with its brackets", () => {
  fc.assert(
    fc.property(values, (value) => {
      const back = (read as (text: Value) => Value)(repr(value));
      // Equality does not look at brackets; the text does.
      expect(repr(back)).toBe(repr(value));
      expect(eq(back, value)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a list keeps its brackets, whatever is taken from it", () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), fc.boolean(), (items, braces) => {
      const text = repr(braces ? fromArray(items) : formFromArray(items));
      const back = (read as (text: Value) => Value)(text) as List;
      expect(repr(back.tail)).toBe(repr((braces ? fromArray(items) : formFromArray(items)).tail));
      expect(repr(back.head)).toBe(repr(items[0]));
    }),
    { numRuns: 200 },
  );
});

test("of a value that has no text repr gives something else to read, or an Error", () => {
  const opaque = fc.constantFrom<Value>(
    read,
    error("bad (", fromArray([1])),
    vectorOf([1]),
    NaN,
    (atom as (x: Value) => Value)(1),
  );
  fc.assert(
    fc.property(opaque, values, (value, other) => {
      const list = fromArray([value, other, value]);
      const back = (read as (text: Value) => Value)(repr(list));
      expect(back instanceof Error || !eq(back, list)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

// ---- hostile texts ----

/** Evaluates each text as `(eval (read text))` in a process, and says what kind of value it gave. */
const kinds = (texts: readonly string[]): readonly string[] => {
  const script = join(folder, "hostile.mjs");
  const dist = (path: string): string => JSON.stringify(new URL(`../dist/runtime/${path}`, import.meta.url).href);
  writeFileSync(
    script,
    `import { start } from ${dist("kernel/control.js")};
     import { ValkError } from ${dist("kernel/error.js")};
     import { moduleScope } from ${dist("kernel/scope.js")};
     import { evaluateIn } from ${dist("eval/evaluate.js")};
     import { read } from ${dist("eval/read.js")};
     import { readFileSync } from "node:fs";
     const scope = moduleScope([], () => undefined, () => false);
     for (const text of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
       const value = read(text);
       const fiber = value instanceof ValkError ? { value } : start(evaluateIn, value, null, scope);
       fiber.looked = true;
       console.log(fiber.value instanceof ValkError ? "Error" : typeof fiber.value);
     }`,
  );
  writeFileSync(join(folder, "texts.json"), JSON.stringify(texts));
  const { stdout, stderr } = node(script, "texts.json");
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
};

test("hostile texts give Errors", () => {
  const deep = 20_000;
  const texts = [
    "(".repeat(deep),
    "(".repeat(deep) + ")".repeat(deep),
    `${"(+ 1 ".repeat(deep)}1${")".repeat(deep)}`,
    `${"(+ 1 ".repeat(990)}1${")".repeat(990)}`,
    `${"{do ".repeat(deep)}1${"}".repeat(deep)}`,
    `(list ${"{do ".repeat(900)}1${"}".repeat(900)})`,
    `(if ${"{if 1 ".repeat(deep)}`,
    "'".repeat(deep),
    `${"`".repeat(500)}x`,
    `(do ${"\\ ".repeat(10)})`,
    "(= {a} (= {b}",
    '"unclosed',
    "0x",
    "\u0000(",
    "(\\ {a & } {a})",
    "(def {if} 1)",
    "(eval (eval (eval 5)))",
    "(shift k k)",
    "(load 5)",
    "(quote)",
    "(unquote x)",
    ") (",
    "",
    "__proto__",
    "(constructor toString)",
    `(${"x ".repeat(50_000)})`,
    `(+ ${"1 ".repeat(20_000)})`,
  ];
  const gave = kinds(texts);
  expect(gave).toHaveLength(texts.length);
  const fine = new Set(["(eval (eval (eval 5)))"]);
  const notErrors = texts
    .filter((text, i) => gave[i] !== "Error" && !fine.has(text))
    .map((text) => text.slice(0, 40).trim());
  // Deep but within the compiler's reach, data, or simply long.
  expect(notErrors).toEqual([
    "(+ 1 (+ 1 (+ 1 (+ 1 (+ 1 (+ 1 (+ 1 (+ 1",
    "(list {do {do {do {do {do {do {do {do {d",
    "`".repeat(40),
    "(+ 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
  ]);
}, 60_000);

test("random texts give values", () => {
  const piece = fc.constantFrom(
    ..."(){}'`,;\" \n".split(""),
    ..."+ - x k 1 -7 0.5 if = def \\ fun let do reset shift try eval list head select case a b , ,@ & :k".split(" "),
  );
  const texts = fc.sample(
    fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(" ")),
    { seed: 4, numRuns: 400 },
  );
  expect(kinds(texts)).toHaveLength(texts.length);
}, 60_000);

// ---- who carries the compiler ----

/** Files of this package in the bundle of a program. */
const bundled = async (
  name: string,
  text: string,
): Promise<{ readonly inputs: readonly string[]; readonly file: string }> => {
  const source = join(folder, `${name}.valk`);
  writeFileSync(source, text);
  const { stderr, status } = node(join(root, "dist/cli/main.js"), "build", source, "-o", name, "--runtime=copy");
  expect([stderr.replace(/^.* -> .*\n/gm, ""), status]).toEqual(["", 0]);
  const file = join(folder, `${name}.mjs`);
  const { metafile } = await bundle(join(folder, name, `${name}.js`), file);
  const { inputs } = Object.values(metafile.outputs)[0];
  return { inputs: Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0), file };
};
const ofCompiler = (inputs: readonly string[]): readonly string[] =>
  inputs.filter((path) => path.includes("/compiler/"));

test("a program that evaluates nothing does not carry the compiler, whatever literals it has", async () => {
  const { inputs, file } = await bundled(
    "quotes",
    '(fun {keep name body} {list name body (head body)})\n(fun {f x} {keep "a" {do (= {y} x) {print y}}})\n(print (f 1))\n',
  );
  expect(ofCompiler(inputs)).toEqual([]);
  expect(inputs.filter((path) => path.includes("/eval/"))).toEqual([]);
  expect(node(file).stdout).toBe("{a {do (= {y} x) {print y}} do}\n".replace("{a", '{"a"'));
}, 60_000);

test("one that only reads carries the reader", async () => {
  const { inputs, file } = await bundled("reads", '(print (len (read "{1 2 3}")))\n');
  expect(inputs.filter((path) => /[2-8]-|compile\b|compile-/.test(path))).toEqual([]);
  expect(node(file).stdout).toBe("3\n");
}, 60_000);

test("one that evaluates carries it, and works in an empty folder", async () => {
  const { inputs, file } = await bundled(
    "evaluates",
    [
      '(fun {f x} {eval (read "(+ x (len {1 2}))")})\n(print (f 40))\n',
      "(fun {two x} {`(list ,x ,x)})\n(defmacro {twice x} {two x})\n(print (eval (list 'twice 1)))\n",
    ].join(""),
  );
  expect(ofCompiler(inputs)).not.toEqual([]);
  expect(node(file).stdout).toBe("42\n{1 1}\n");
}, 60_000);

test("data and branches that are constants are evaluated without the compiler", () => {
  const scope = moduleScope(
    [],
    () => nil,
    () => false,
  );
  const evaluated = (x: Value): Value => evaluateIn(x, null, scope);
  for (const x of [5, "yes", 2n, nil, sym(":k")]) {
    expect(evaluated(x)).toBe(x);
    expect(evaluated(fromArray([x]))).toBe(x);
    expect(evaluated(formFromArray([x]))).toBe(x);
  }
  // There is no built compiler beside the source of the runtime, so whatever asks for it fails.
  expect(() => evaluated(fromArray([sym("f"), 1]))).toThrow("evaluate.js");
});

test("lists that look like calls of macros are data, whatever the macros would say", () => {
  const file = join(folder, "macros.valk");
  const program = [
    "(def {forever} (macro {x} {(forever (+ x 1))}))",
    "(defmacro {fails x} {error x})",
    "(def {one} (macro {x} {(+ x 1)}))",
    '(print {forever 1} {fails "no"} {one} (list {one 1 2}))',
    "(fun {run code} {eval code})",
    "(print (run {one 1}) (run (list 'one 1)))",
    '(print (map (\\ {l} {error/message (run l)}) (list (list (quote fails) "no") (list (quote one)) (list (quote forever) 0))))',
  ];
  writeFileSync(file, program.join("\n"));
  const { stdout, stderr, status } = node(join(root, "dist/cli/main.js"), "run", file);
  expect({ stdout, stderr, status }).toEqual({
    stdout:
      '{forever 1} {fails "no"} {one} {{one 1 2}}\n2 2\n' +
      '{"eval: the macro `fails` failed: no" "eval: the macro `one` takes 1 argument, got 0" ' +
      '"eval: the macro `forever` never comes to an end: its expansion contains itself"}\n',
    stderr: "",
    status: 0,
  });
});

test("a macro that a macro of another module made, with names of both, says so where code is evaluated", () => {
  const home = mkdtempSync(join(folder, "made-"));
  const files: Readonly<Record<string, string>> = {
    "lib.valk": "(fun {helper x} {* 10 x})\n(defmacro {make name g} {`(defmacro {,name y} {`(,',g (helper ,y))})})\n",
    "main.valk":
      '(import {make} "./lib.valk")\n(fun {own x} {+ 1 x})\n(make both own)\n' +
      '(print (both 4) (error/message (eval (read "(both 4)"))))\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  const { stdout, stderr } = node(join(root, "dist/cli/main.js"), "run", join(home, "main.valk"));
  expect([stdout, stderr]).toEqual([
    "41 eval: the macro `both` failed: code that is evaluated cannot use it: a macro made it, with names of several modules\n",
    "",
  ]);
});

test("what is wrong with a module of JavaScript that a file loaded at run time imports", () => {
  const home = mkdtempSync(join(folder, "imports-"));
  const files: Readonly<Record<string, string>> = {
    "main.valk": '(map (\\ {n} {print (error/message (load (str n ".valk")))}) {a b c d e})\n',
    "a.valk": '(import {x} "./throws.mjs")\n(print "never")\n',
    "throws.mjs": 'export const x = 1;\nthrow new Error("broken inside");\n',
    "b.valk": '(import {x}\n  "./not-there.mjs")\n',
    "c.valk": '(import {volume} "./shapes.mjs")\n',
    "shapes.mjs": "export const area = 1;\n",
    "d.valk": '(import {area} "./shapes.valk")\n',
    "e.valk": '(import {volume} "no-such-package")\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  const { stdout } = node(join(root, "dist/cli/main.js"), "run", join(home, "main.valk"));
  const lines = stdout.replaceAll(`${home}/`, "").split("\n");
  expect(lines.slice(0, 4)).toEqual([
    'load: cannot import "./throws.mjs": broken inside',
    'load: b.valk:2:3: there is no JavaScript file "./not-there.mjs" to import',
    'load: c.valk:1:10: "./shapes.mjs" exports nothing called `volume`',
    'load: d.valk:1:16: a file that is loaded at run time cannot import the Valk module "./shapes.valk"',
  ]);
  expect(lines[4]).toMatch(/^load: cannot import "no-such-package": Cannot find package 'no-such-package'/);
});
