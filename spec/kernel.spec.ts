/** Kernel: its text form, its children, and the checker of its laws. */
import { expect } from "@jest/globals";
import { read } from "../compiler/1-read/read.ts";
import { expand } from "../compiler/2-expand/expand.ts";
import { createContext, defaultOptions } from "../compiler/context.ts";
import type { Expr, Module } from "../compiler/ir/kernel.ts";
import { checkKernel } from "../compiler/ir/kernel-check.ts";
import { forEachChild, mapChildren } from "../compiler/ir/kernel-children.ts";
import { parseKernel, printKernel, readKernel } from "../compiler/ir/kernel-text.ts";
import { parseSexp, printSexp } from "../compiler/ir/sexp.ts";

const expanded = (text: string): Module => {
  const context = createContext({ path: "main.valk", text }, defaultOptions);
  return expand(read(context), context, new Map());
};

const everything = [
  '1 -0 12n "s" (quote {a (b)}) x (builtin +) (force f) (call f 1 2) (if a b c) (seq a b c)',
  "(assign (a b) 1 2) (define (f) (lambda f (x y & r) x)) (lambda () (& r) r) (frame ((a 1) (b 2)) a) (frame () 1)",
  '(bind 1 f (call g (temp 1))) (reset 1) (reset-at t 1) (shift k 1) (shift-at t k 1) (async 1) (ensure 1 2) (with-state s 1) (load "m") (fail "no")',
].join("\n");

test("prints and reads back", () => {
  const module = readKernel(everything);
  expect(readKernel(printKernel(module))).toEqual(module);
  expect(printKernel(module).replace(/\s+/g, " ")).toBe(everything.replace(/\s+/g, " ").concat(" "));
  expect(readKernel("(export a b)\nx")).toMatchObject({
    exports: [{ name: "a" }, { name: "b" }],
    body: [{ kind: "Ref" }],
  });
});

test.each(["()", "(if a b)", "(unknown 1)", "{a}", "((f) 1)", "(toString 1)"])("no kernel: %s", (text) => {
  expect(() => parseKernel(parseSexp(text))).toThrow(SyntaxError);
});

test("what the expander gives reads back", () => {
  const text = "(fun {f x & r} {(= {y} `(,x)) (try {select {y 1}} {e (shift k {k e})})}) (export {f})";
  const printed = printKernel(expanded(text));
  expect(printKernel(readKernel(printed))).toBe(printed);
});

test("mapChildren keeps what does not change and visits in order", () => {
  for (const node of readKernel(everything).body) {
    expect(mapChildren(node, (child) => child)).toBe(node);
    const seen: Expr[] = [];
    forEachChild(node, (child) => seen.push(child));
    const marked = mapChildren(
      node,
      (child): Expr => ({ kind: "Ref", name: `child-${seen.indexOf(child)}`, span: child.span }),
    );
    expect(marked === node).toBe(seen.length === 0);
    const text = printSexp(parseSexp(printKernel({ body: [marked], exports: null })));
    expect(text.match(/child-\d+/g) ?? []).toEqual(seen.map((_, i) => `child-${i}`));
  }
});

test.each([
  ["(call f)", "a Call without arguments"],
  ["(seq a)", "a Seq of fewer than two"],
  ["(assign (a b) 1)", "names and values of Assign differ in number"],
  ["(temp 1)", "a Temp outside its Bind"],
  ["(seq (bind 1 a (temp 1)) (temp 1))", "a Temp outside its Bind"],
  ["(bind 1 (temp 1) a)", "a Temp outside its Bind"],
  ["(seq (bind 1 a b) (bind 1 a b))", "two Binds with one temp"],
  ["(lambda () (x x) 1)", "two parameters of one name"],
  ["(lambda () (x & x) 1)", "two parameters of one name"],
  ["(assign (:k) 1)", "a keyword or & is bound"],
  ["(shift & 1)", "a keyword or & is bound"],
  [":k", "a Ref to a keyword"],
  ["(quote 5)", "a Quote of a number or string"],
  ["(force 5)", "a Force of a constant"],
  ["(export a a)", "a name is exported twice"],
])("the checker finds %s", (text, problem) => {
  expect(checkKernel(readKernel(text))).toEqual([expect.stringContaining(problem)]);
});

test("the checker is content with every kind of node", () => {
  expect(checkKernel(readKernel(everything))).toEqual([]);
});
