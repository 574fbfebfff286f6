/** Programs as generators write them: long, wide, deep. They run, or the compiler says what is too much; it never breaks down. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { openBench } from "./modes.ts";

const bench = openBench(60);
const folder = mkdtempSync(join(tmpdir(), "valk-large-"));
afterAll(() => {
  bench.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  const path = join(folder, `${name.replace(/\W/g, "-")}.valk`);
  writeFileSync(path, text);
  return path;
};
const many = (n: number, part: (i: number) => string): string => Array.from({ length: n }, (_, i) => part(i)).join("");
const nested = (n: number, open: (i: number) => string, inner: string, close: string): string =>
  many(n, open) + inner + close.repeat(n);

test.each([
  [
    "clauses of a case",
    `(fun {f x} {case x ${many(2000, (i) => `{${i} "r${i}"}\n`)}}) (print (f 0) (f 1999))`,
    "r0 r1999",
  ],
  [
    "clauses of a select",
    `(fun {f x} {select ${many(1000, (i) => `{(== x (id ${i})) {(id 1) (id ${i})}}\n`)}}) (print (f 0) (f 999))`,
    "0 999",
  ],
  ["elements of a list", `(def {l} {${many(100_000, (i) => `${i} `)}}) (print (len l) (last l))`, "100000 99999"],
  ["lists in a form", `(def {l} '(${many(70_000, (i) => `(a ${i}) `)})) (print (len l) (last l))`, "70000 (a 69999)"],
  ["elements of a template", `(def {l} \`{${many(20_000, () => ",(id 1) ")}}) (print (sum l))`, "20000"],
  ["operands of arithmetic", `(print (+ ${many(20_000, (i) => `${i} `)}))`, "199990000"],
  [
    "local names",
    `(fun {f x} {${many(300, (i) => `(= {v${i}} (+ ${i === 0 ? "x" : `v${i - 1}`} 1)) `)} v299}) (print (f 1))`,
    "301",
  ],
  ["calls one after the other", `(fun {f x} {x}) ${many(5000, (i) => `(f ${i})\n`)} (print "end")`, "end"],
  [
    "nested lets",
    `(print ${nested(500, (i) => `(let {x${i} ${i === 0 ? 0 : `(+ x${i - 1} 1)`}} {`, "x499", "})")})`,
    "499",
  ],
  ["characters of a string", `(print (len "${"ab\\n\n".repeat(250_000)}"))`, "1000000"],
])("many %s", async (name, program, printed) => {
  expect(await bench.run(file(name, program), "optimised")).toEqual({ stdout: `${printed}\n`, exit: 0, stderr: "" });
});

test.each(["f", "js/f"])("too many arguments of %s are an error of the program", (f) => {
  const { units } = bench.compiled(file("arguments", `(fun {f & xs} {xs}) (${f} ${"1 ".repeat(50_001)})`), "optimised");
  expect(units.flatMap(({ diagnostics }) => diagnostics.map(({ code, text }) => `${code} ${text}`))).toEqual([
    "E0210 a call can have 50000 arguments, this one has 50001",
  ]);
});

test.each([
  ["tests in tests", `(fun {f x} {${nested(1000, () => "(if ", "x", " 1 0)")}})`],
  ["operands", `(print (if ${nested(1000, () => "(and 1 ", "1", ")")} 1 2))`],
  ["handlers", `(print ${nested(500, () => "(with-handler {(a {v k} (k v))} {", "perform 'a 1", "})")})`],
])("%s that may be too deep for the stack", (name, program) => {
  const { failed, units } = bench.compiled(file(name, program), "optimised");
  // How much is too much is up to the stack of the host; that it is said, and not thrown, is up to us.
  const said = units.flatMap(({ diagnostics }) => diagnostics.map(({ code, text }) => `${code} ${text}`));
  expect(said).toEqual(failed ? ["E0202 code is nested too deeply"] : []);
});
