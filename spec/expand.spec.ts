/** The expander: the body rule, every form, and names of forms. */
import { expect } from "@jest/globals";
import { read } from "../compiler/1-read/read.ts";
import { MAX_ARGUMENTS, MAX_DEPTH, MAX_NESTING } from "../compiler/2-expand/depth.ts";
import { expand } from "../compiler/2-expand/expand.ts";
import { forms } from "../compiler/2-expand/forms/index.ts";
import { type Context, createContext, defaultOptions } from "../compiler/context.ts";
import type { Module } from "../compiler/ir/kernel.ts";
import { checkKernel } from "../compiler/ir/kernel-check.ts";
import { printKernel, readKernel } from "../compiler/ir/kernel-text.ts";

const loads = new Map<string, string | null>([
  ["lib.valk", "/lib.valk"],
  ["gone.valk", null],
]);

const expanding = (text: string): { readonly module: Module; readonly context: Context } => {
  const context = createContext({ path: "main.valk", text }, defaultOptions);
  return { module: expand(read(context), context, loads), context };
};

/** The kernel of a program without anything to complain about, an expression a line. */
const kernel = (text: string): string => {
  const { module, context } = expanding(text);
  expect(context.diagnostics).toEqual([]);
  expect(checkKernel(module)).toEqual([]);
  return shown(module);
};

const shown = (module: Module): string => flat(printKernel(module));

const flat = (text: string): string => printKernel(readKernel(text)).trimEnd().replace(/\n\s+/g, " ");

/** Codes and texts. */
const complaints = (text: string): readonly string[] =>
  expanding(text).context.diagnostics.map((d) => `${d.code} ${d.text}`);

describe("the body rule", () => {
  /** A body, and the kernel of a lambda's body made of it. */
  const corners: readonly (readonly [string, string])[] = [
    ["{}", "(quote {})"],
    ["()", "(quote {})"],
    ["{x}", "(force x)"],
    ["{5}", "5"],
    ["{5n}", "5n"],
    ['{"s"}', '"s"'],
    ["{:k}", "(quote :k)"],
    ["{:k v}", "(code {:k v})"],
    ["{:a 1 :b {c}}", "(code {:a 1 :b {c}} (1 (lambda () () (force c))))"],
    ["{(:k v)}", "(call (quote :k) v)"],
    ["{{:a 1}}", "(quote {:a 1})"],
    ["{{}}", "(quote {})"],
    ["{()}", "(quote {})"],
    ["{do}", "(quote {})"],
    ["{(f)}", "(force f)"],
    ["{((f))}", "(force (force f))"],
    ["{() 1}", "(seq (quote {}) 1)"],
    ["{5 6}", "(call 5 6)"],
    ["{(f x) y}", "(seq (call f x) y)"],
    ["{(f x) (g y)}", "(seq (call f x) (call g y))"],
    ["{'x y}", "(seq (quote x) y)"],
    ["{'x}", "(quote x)"],
    ["{`x y}", "(seq (quote x) y)"],
    ["{'5}", "5"],
    ["{+ x 1}", "(call + x 1)"],
    ["{(+ x 1)}", "(call + x 1)"],
    ["{if x y}", "(if x y (quote {}))"],
    ["{if x {y} z}", "(if x (force y) z)"],
    ["{{a} b}", "(seq (code {a} (0 (lambda () () (force a)))) b)"],
    ["{(5)}", "5"],
    ["{({1 2})}", "(quote {1 2})"],
    ["{('(f))}", "(quote (f))"],
    ["{{1 2} {3}}", "(seq (quote {1 2}) (quote {3}))"],
  ];

  test.each(corners)("%s as the body of a lambda", (body, expected) => {
    expect(kernel(`(\\ {} ${body})`)).toBe(`(lambda () () ${expected})`);
  });

  // The same rule wherever code stands in braces. `()` is a form there, and nil, too.
  const places: readonly (readonly [string, (body: string) => string, (kernel: string) => string])[] = [
    ["fun", (body) => `(fun {f} ${body})`, (k) => `(define (f) (lambda f () ${k}))`],
    ["if", (body) => `(if t ${body} ${body})`, (k) => `(if t ${k} ${k})`],
    ["when", (body) => `(when t ${body})`, (k) => `(if t ${k} (quote {}))`],
    ["unless", (body) => `(unless t ${body})`, (k) => `(if t (quote {}) ${k})`],
    ["select", (body) => `(select {otherwise ${body}})`, (k) => k],
    [
      "case",
      (body) => `(case 1 {otherwise ${body}})`,
      (k) => `(bind 1 1 (if (call (builtin error?) (temp 1)) (temp 1) ${k}))`,
    ],
    ["let", (body) => `(let ${body})`, (k) => `(frame () ${k})`],
    ["reset", (body) => `(reset ${body})`, (k) => `(reset ${k})`],
    ["shift", (body) => `(shift {r} ${body})`, (k) => `(shift r ${k})`],
    ["async", (body) => `(async ${body})`, (k) => `(async ${k})`],
    ["ensure", (body) => `(ensure ${body} ${body})`, (k) => `(ensure ${k} ${k})`],
  ];
  test.each(places)("%s", (_, program, expected) => {
    for (const [body, inner] of corners) expect(kernel(program(body))).toBe(flat(expected(inner)));
  });

  test("eval of literal braces", () => {
    for (const [body, inner] of corners) if (body !== "()") expect(kernel(`(eval ${body})`)).toBe(inner);
  });
});

describe("expressions", () => {
  test.each([
    ["5", "5"],
    ["x", "x"],
    [":k", "(quote :k)"],
    ["{f x}", "(code {f x} (0 (lambda () () (call f x))))"],
    ["()", "(quote {})"],
    ["(f)", "(force f)"],
    ["((f))", "(force (force f))"],
    ["(5)", "5"],
    ['("s")', '"s"'],
    ["(:k)", "(quote :k)"],
    ["(())", "(quote {})"],
    ["({1 2})", "(quote {1 2})"],
    ["((f x))", "(force (call f x))"],
    ["(f x {y})", "(call f x (code {y} (0 (lambda () () (force y)))))"],
    ["((f x) y)", "(call (call f x) y)"],
    ["({a} 1)", "(call (code {a} (0 (lambda () () (force a)))) 1)"],
    ["'x", "(quote x)"],
    ["'(a {b} 1)", "(quote (a {b} 1))"],
    ["'5", "5"],
    ["'()", "(quote ())"],
    ["(= {a} E)", "(assign (a) E)"],
    ["(f (= {a} 1) a)", "(call f (assign (a) 1) a)"],
  ])("%s", (text, expected) => {
    expect(kernel(text)).toBe(expected);
  });
});

describe("forms", () => {
  test.each([
    ["(\\ {x y} {x})", "(lambda () (x y) (force x))"],
    ["(\\ {x & r} {r})", "(lambda () (x & r) (force r))"],
    ["(\\ {& xs} {xs})", "(lambda () (& xs) (force xs))"],
    ["(\\ () {5})", "(lambda () () 5)"],
    ["(\\ {_ _ _} {5})", "(lambda () (|_ 0| |_ 1| _) 5)"],
    ["(fun {f x} {+ x 1})", "(define (f) (lambda f (x) (call + x 1)))"],
    ["(= {a b} 1 2)", "(assign (a b) 1 2)"],
    ["(= {f} (\\ {x} {x}))", "(assign (f) (lambda f (x) (force x)))"],
    ["(def {f g} (\\ {} {1}) (\\ {} {2}))", "(define (f g) (lambda f () 1) (lambda g () 2))"],
    ["(def {f} (id (\\ {} {1})))", "(define (f) (call id (lambda () () 1)))"],
    ["(let {x 10 y x} {+ x y})", "(frame () (seq (assign (x) 10) (assign (y) x) (call + x y)))"],
    ["(let {f (\\ {} {1})} {f})", "(frame () (seq (assign (f) (lambda f () 1)) (force f)))"],
    ["(let {} {1})", "(frame () 1)"],
    ["(do)", "(quote {})"],
    ["(do x)", "x"],
    ["(do (f) {a} y)", "(seq (force f) (code {a} (0 (lambda () () (force a)))) y)"],
    ["(if t 1)", "(if t 1 (quote {}))"],
    ["(if {t} {1} {f x})", "(if (code {t} (0 (lambda () () (force t)))) 1 (call f x))"],
    ["(when t)", "(if t (quote {}) (quote {}))"],
    ["(when t (f) {g} {h x})", "(if t (seq (force f) (force g) (call h x)) (quote {}))"],
    ["(unless t {f} 2)", "(if t (quote {}) (seq (force f) 2))"],
    ["(and)", "1"],
    ["(and a)", "a"],
    ["(and a b c)", "(bind 2 a (if (temp 2) (bind 1 b (if (temp 1) c (temp 1))) (temp 2)))"],
    ["(or)", "0"],
    ["(or a)", "a"],
    ["(or a b)", "(bind 1 a (if (temp 1) (temp 1) b))"],
    ["(and {a} b)", "(bind 1 (code {a} (0 (lambda () () (force a)))) (if (temp 1) b (temp 1)))"],
    ["(select)", '(call (builtin error) "No selection found")'],
    [
      "(select {a 1} {(f b) {g 2}})",
      '(if (call (builtin select/test) a) 1 (if (call (builtin select/test) (call f b)) (call g 2) (call (builtin error) "No selection found")))',
    ],
    ["(select {a 1} {otherwise 2})", "(if (call (builtin select/test) a) 1 2)"],
    ["(select {otherwise 1} {a 2})", "1"],
    ["(case x)", '(bind 1 x (if (call (builtin error?) (temp 1)) (temp 1) (call (builtin error) "No case found")))'],
    [
      "(case x {:a 1} {otherwise {f 2}})",
      "(bind 1 x (if (call (builtin error?) (temp 1)) (temp 1) (if (call (builtin case/equal) (temp 1) (quote :a)) 1 (call f 2))))",
    ],
    [
      "(try {f} {e {g e}})",
      "(bind 1 (force f) (if (call (builtin error?) (temp 1)) (frame ((e (temp 1))) (call g e)) (temp 1)))",
    ],
    [
      "(try (f) {e})",
      "(bind 1 (force f) (if (call (builtin error?) (temp 1)) (frame ((e (temp 1))) (quote {})) (temp 1)))",
    ],
    [
      "(try {f} {e (g) 5})",
      "(bind 1 (force f) (if (call (builtin error?) (temp 1)) (frame ((e (temp 1))) (seq (force g) 5)) (temp 1)))",
    ],
    ["(reset)", "(reset (quote {}))"],
    ["(reset (f) (g))", "(reset (seq (force f) (force g)))"],
    ["(reset (+ 1 (shift k (+ (k 5) (k 6)))))", "(reset (call + 1 (shift k (call + (call k 5) (call k 6)))))"],
    ["(shift k (k 1) (k 2))", "(shift k (seq (call k 1) (call k 2)))"],
    ["(async-reset {f})", "(reset (force f))"],
    ["(async-shift {k} {k 1})", "(shift k (call k 1))"],
    ["(reset-at :t (f))", "(reset-at (quote :t) (force f))"],
    ["(shift-at (tag) k {k 1})", "(shift-at (force tag) k (call k 1))"],
    ["(async (f) (g))", "(async (seq (force f) (force g)))"],
    ["(async)", "(async (quote {}))"],
    ['(load "lib.valk")', '(load "/lib.valk")'],
    ['(fun {f} {load "lib.valk"})', '(define (f) (lambda f () (load "/lib.valk")))'],
    ["(load path)", "(call (builtin load) path)"],
    ["(eval code)", "(eval code)"],
    ["(eval '(f))", "(eval (quote (f)))"],
    ["(eval {a} {b})", "(call eval (code {a} (0 (lambda () () (force a)))) (code {b} (0 (lambda () () (force b)))))"],
    ["(map eval l)", "(call map eval l)"],
    ["(eval)", "(force eval)"],
    ["(export {a b}) (export {b c}) (def {a} 1)", "(export a b c)\n(define (a) 1)"],
    ["(export {})", "(export)"],
  ])("%s", (text, expected) => {
    expect(kernel(text)).toBe(flat(expected));
  });
});

describe("the handler of a try", () => {
  test.each([
    ["{e}", "(quote {})"],
    ["{e e}", "e"],
    ["{e 5}", "5"],
    ["{e (g)}", "(force g)"],
    ["{e {g}}", "(force g)"],
    ["{e {g e}}", "(call g e)"],
    ["{e g e}", "(call g e)"],
    ["{e if a b}", "(if a b (quote {}))"],
    ["{e (f) (g)}", "(seq (force f) (force g))"],
    ["{e {f} {g}}", "(seq (force f) (force g))"],
    ["{e :status e}", "(code {:status e})"],
  ])("%s", (handler, expected) => {
    const test = "(call (builtin error?) (temp 1))";
    expect(kernel(`(try {f} ${handler})`)).toBe(
      `(bind 1 (force f) (if ${test} (frame ((e (temp 1))) ${expected}) (temp 1)))`,
    );
  });
});

describe("quasiquote", () => {
  test.each([
    ["`x", "(quote x)"],
    ["`5", "5"],
    ["`(a {b} 1)", "(quote (a {b} 1))"],
    ["`,x", "x"],
    ["`(a ,b)", "(call (builtin list/of-form) (quote a) b)"],
    ["`{a ,b}", "(call (builtin list/of-braces) (quote a) b)"],
    ["`(,@a)", "(call (builtin list/append-form) a)"],
    [
      "`{1 ,@a 2 3 ,@b}",
      "(call (builtin list/append-braces) (call (builtin list/of-braces) 1) a (call (builtin list/of-braces) 2 3) b)",
    ],
    [
      "`(f (g ,x) (h y))",
      "(call (builtin list/of-form) (quote f) (call (builtin list/of-form) (quote g) x) (quote (h y)))",
    ],
    ["`(a ,(+ 1 2))", "(call (builtin list/of-form) (quote a) (call + 1 2))"],
    ["`(a ,5)", "(call (builtin list/of-form) (quote a) 5)"],
    ["`(a `(b ,c))", "(quote (a (quasiquote (b (unquote c)))))"],
    [
      "`(a `(b ,(c ,d)))",
      "(call (builtin list/of-form) (quote a) (call (builtin list/of-form) (quote quasiquote) (call (builtin list/of-form) (quote b) (call (builtin list/of-form) (quote unquote) (call (builtin list/of-form) (quote c) d)))))",
    ],
    [
      "`(a `(,@(b ,@c)))",
      "(call (builtin list/of-form) (quote a) (call (builtin list/of-form) (quote quasiquote) (call (builtin list/of-form) (call (builtin list/of-form) (quote unquote-splicing) (call (builtin list/append-form) (call (builtin list/of-form) (quote b)) c)))))",
    ],
    ["`(a {unquote b})", "(quote (a {unquote b}))"],
    ["{a ,b}", "(code {a (unquote b)})"],
  ])("%s", (text, expected) => {
    expect(kernel(text)).toBe(expected);
  });
});

describe("malformed forms", () => {
  /** Warning and Error value say the same. */
  test.each([
    ["(if)", "if: expected 2 or 3 arguments, got 0"],
    ["(if 1)", "if: expected 2 or 3 arguments, got 1"],
    ["(if 1 2 3 4)", "if: expected 2 or 3 arguments, got 4"],
    ["(when)", "when: expected at least 1 argument, got 0"],
    ["(unless)", "unless: expected at least 1 argument, got 0"],
    ["(\\)", "\\: expected 2 arguments, got 0"],
    ["(\\ {x})", "\\: expected 2 arguments, got 1"],
    ["(\\ 5 {x})", "\\: expected a parameter list in braces"],
    ["(\\ :k {x})", "\\: expected a parameter list in braces"],
    ["(\\ {5} {x})", "\\: expected a parameter list in braces"],
    ["(\\ {:k} {x})", "\\: expected a parameter list in braces"],
    ["(\\ {x &} {x})", "\\: expected exactly one name after &"],
    ["(\\ {& x y} {x})", "\\: expected exactly one name after &"],
    ["(\\ {& &} {x})", "\\: expected exactly one name after &"],
    ["(\\ {x x} {x})", "\\: two parameters are called x"],
    ["(\\ {x & x} {x})", "\\: two parameters are called x"],
    ["(\\ {x} 5)", "\\: expected a body in braces"],
    ["(fun {f})", "fun: expected 2 arguments, got 1"],
    ["(fun {} {1})", "fun: expected a name and parameters in braces"],
    ["(fun 5 {1})", "fun: expected a name and parameters in braces"],
    ["(fun {:f} {1})", "fun: expected a name and parameters in braces"],
    ["(fun {f 5} {1})", "fun: expected a name and parameters in braces"],
    ["(fun {f x x} {1})", "fun: two parameters are called x"],
    ["(fun {f} 1)", "fun: expected a body in braces"],
    ["(=)", "=: expected names in braces"],
    ["(= :a 1)", "=: expected names in braces"],
    ["(= {} )", "=: expected names in braces"],
    ["(= {5} 1)", "=: expected names in braces"],
    ["(= {a b} 1)", "=: expected 2 values, got 1"],
    ["(= {a} 1 2)", "=: expected 1 value, got 2"],
    ["(def {a})", "def: expected 1 value, got 0"],
    ["(def 5 1)", "def: expected names in braces"],
    ["(let)", "let: expected 1 or 2 arguments, got 0"],
    ["(let {x} {1})", "let: expected names and values in braces"],
    ["(let {5 x} {1})", "let: expected names and values in braces"],
    ["(let 5 {1})", "let: expected names and values in braces"],
    ["(let 5)", "let: expected a body in braces"],
    ["(let {x 1} 5)", "let: expected a body in braces"],
    ["(select {a})", "select: expected {condition result} clauses"],
    ["(select {a 1 2})", "select: expected {condition result} clauses"],
    ["(select (a 1))", "select: expected {condition result} clauses"],
    ["(case)", "case: expected at least 1 argument, got 0"],
    ["(case x {1})", "case: expected {key result} clauses"],
    ["(case x 1)", "case: expected {key result} clauses"],
    ["(try {f})", "try: expected 2 arguments, got 1"],
    ["(try {f} (g))", "try: expected a name and a handler in braces"],
    ["(try {f} {})", "try: expected a name and a handler in braces"],
    ["(ensure {f})", "ensure: expected 2 arguments, got 1"],
    ["(shift)", "shift: expected at least 2 arguments, got 0"],
    ["(shift k)", "shift: expected at least 2 arguments, got 1"],
    ["(shift {a b} 1)", "shift: expected a name for the continuation"],
    ["(async-shift 5 1)", "async-shift: expected a name for the continuation"],
    ["(shift-at t k)", "shift-at: expected at least 3 arguments, got 2"],
    ["(reset-at)", "reset-at: expected at least 1 argument, got 0"],
    ["(quote)", "quote: expected 1 argument, got 0"],
    ["(quote a b)", "quote: expected 1 argument, got 2"],
    ["(quasiquote)", "quasiquote: expected 1 argument, got 0"],
    [",x", "unquote: only inside a quasiquote"],
    [",@x", "unquote-splicing: only inside a quasiquote"],
    ["(load)", "load: expected 1 argument, got 0"],
    ["(export)", "export: expected 1 argument, got 0"],
    ["(export a)", "export: expected names in braces"],
  ])("%s", (text, message) => {
    const { module, context } = expanding(text);
    expect(context.diagnostics).toMatchObject([{ code: "W0201", severity: "warning", text: message }]);
    expect(module.body).toMatchObject([{ kind: "Fail", message, span: { start: 0, end: text.length } }]);
  });

  test("inside a program only the form itself fails", () => {
    const { module } = expanding("(f (if 1) (export {a}))");
    expect(complaints("`,@x")).toEqual(["W0201 unquote-splicing: only inside a list"]);
    expect(shown(module)).toBe(
      '(call f (fail "if: expected 2 or 3 arguments, got 1") (fail "export: only at the top level of a module"))',
    );
  });

  test("help shows how the form is written", () => {
    for (const [name, { usage }] of forms) expect(usage).toContain(name.startsWith("unquote") ? "," : name);
    expect(expanding("(try 1)").context.diagnostics[0].help).toBe("write (try {body} {e handler})");
  });

  test("loads of files that are not there", () => {
    expect(complaints('(load "gone.valk")')).toEqual(['E0401 there is no file "gone.valk" to load']);
    expect(complaints('(load "unknown.valk")')).toEqual(['E0401 there is no file "unknown.valk" to load']);
    expect(complaints('(if x {load "gone.valk"})')).toEqual(['W0401 there is no file "gone.valk" to load']);
    expect(shown(expanding('(f (load "gone.valk"))').module)).toBe('(call f (fail "load: no such file: gone.valk"))');
  });

  test("JavaScript: members, globals, inline code", () => {
    expect(shown(expanding("(js/a.b js/c)").module)).toMatch(/js\/method\) "b" \(call \(builtin js\/global\) "a"\)/);
    expect(complaints('(js "a b")')).toEqual(["E0220 js: unexpected token"]);
  });
});

describe("names of forms", () => {
  test.each([
    ["a parameter", "(\\ {select} {select 1})", "(lambda () (select) (call select 1))"],
    ["a rest parameter", "(\\ {& do} {do 1})", "(lambda () (& do) (call do 1))"],
    [
      "a parameter of an outer function",
      "(\\ {let} {(\\ {} {let 1})})",
      "(lambda () (let) (lambda () () (call let 1)))",
    ],
    ["a = in the frame", "(\\ {x} {(= {case} x) (case 1)})", "(lambda () (x) (seq (assign (case) x) (call case 1)))"],
    [
      "a = later in the frame",
      "(\\ {x} {(case 1) (= {case} x)})",
      "(lambda () (x) (seq (call case 1) (assign (case) x)))",
    ],
    [
      "a = in a branch",
      "(\\ {x} {(if x {= {when} 1}) (when 1)})",
      "(lambda () (x) (seq (if x (assign (when) 1) (quote {})) (call when 1)))",
    ],
    [
      "a = at the top level",
      "(= {reset} f) (fun {g} {reset 1})",
      "(assign (reset) f)\n(define (g) (lambda g () (call reset 1)))",
    ],
    [
      "a module's fun",
      "(shift 1) (fun {shift k} {k})",
      "(call shift 1)\n(define (shift) (lambda shift (k) (force k)))",
    ],
    [
      "a module's def anywhere",
      "(async 1) (fun {f} {def {async} 5})",
      "(call async 1)\n(define (f) (lambda f () (define (async) 5)))",
    ],
    ["let", "(let {try 1} {try 2})", "(frame () (seq (assign (try) 1) (call try 2)))"],
    ["shift's k", "(shift or (or 1))", "(shift or (call or 1))"],
    [
      "try's e",
      "(try {f} {do (do 1)})",
      "(bind 1 (force f) (if (call (builtin error?) (temp 1)) (frame ((do (temp 1))) (call do 1)) (temp 1)))",
    ],
    ["a value", "(\\ {select} {f select})", "(lambda () (select) (call f select))"],
    ["load at the top level", '(def {load} f) (load "x")', '(define (load) f)\n(call load "x")'],
    [
      "otherwise",
      "(\\ {otherwise} {select {otherwise 1}})",
      '(lambda () (otherwise) (if (call (builtin select/test) otherwise) 1 (call (builtin error) "No selection found")))',
    ],
    ["a form without a function as head", "(def {and} f) (and 1 2)", "(define (and) f)\n(call and 1 2)"],
  ])("bound by %s", (_, text, expected) => {
    expect(kernel(text)).toBe(flat(expected));
  });

  test.each([
    ["another function's parameter", "(\\ {select} {1}) (select {otherwise 2})", "(lambda () (select) 1)\n2"],
    ["another frame's =", "(\\ {} {= {do} 1}) (do 2)", "(lambda () () (assign (do) 1))\n2"],
    ["a let elsewhere", "(let {do 1} {2}) (do 2)", "(frame () (seq (assign (do) 1) 2))\n2"],
    ["an async elsewhere", "(async {= {do} 1}) (do 2)", "(async (assign (do) 1))\n2"],
    ["shift's k outside its body", "(f (shift do 1) (do 2))", "(call f (shift do 1) 2)"],
    ["quoted data", "'(= {do} 1) (do 2)", "(quote (= {do} 1))\n2"],
    ["a parameter of fun", "(fun {f do} {1}) (do 2)", "(define (f) (lambda f (do) 1))\n2"],
  ])("not bound by %s", (_, text, expected) => {
    expect(kernel(text)).toBe(flat(expected));
  });

  test("as values: and, or, not, do are functions", () => {
    expect(kernel("(foldl and 1 (f or not do))")).toBe("(call foldl and 1 (call f or not do))");
  });

  test("as values: the others are Errors", () => {
    expect(complaints("(map if l)")).toEqual(["W0202 `if` is a form, not a value"]);
    expect(shown(expanding("(map \\ l)").module)).toBe('(call map (fail "\\\\ is a form, not a value") l)');
    expect(complaints("{select} (f {if})")).toEqual([]);
  });

  test.each(["quote", "quasiquote", "unquote", "unquote-splicing", "if", "=", "def", "\\"])(
    "%s cannot be bound",
    (name) => {
      const programs = [
        `(def {${name}} 1)`,
        `(= {${name}} 1)`,
        `(fun {${name} x} {1})`,
        `(fun {f ${name}} {1})`,
        `(\\ {${name}} {1})`,
        `(let {${name} 1} {2})`,
        `(shift ${name} 1)`,
        `(try {f} {${name} 1})`,
      ];
      for (const program of programs)
        expect(complaints(program)).toEqual([`E0201 \`${name}\` cannot be bound: it is always a form`]);
    },
  );
});

describe("size", () => {
  const nested = (open: string, close: string, n: number): string => `${open.repeat(n)}1${close.repeat(n)}`;
  test.each([
    ["calls", "(+ 1 ", ")", 1],
    ["bodies", "{", "}", 1],
    ["branches", "(if a {", "})", 2],
    ["lambdas", "(\\ {x} {(f ", ")})", 3],
    ["templates", "`(a ", ")", 2],
    ["lets", "(let {x ", "} {2})", 2],
    ["selects", "(select {x {f ", "}})", 3],
  ])("%s nested to the limit", (_, open, close, brackets) => {
    const { module, context } = expanding(nested(open, close, Math.floor((MAX_NESTING - 1) / brackets)));
    expect(context.diagnostics.filter(({ code }) => code !== "E0202")).toEqual([]);
    expect(checkKernel(module)).toEqual([]);
    expect(printKernel(module)).not.toBe("");
  });

  test.each([
    ["brackets", nested("(f ", ")", 100_000)],
    ["operands", `(and ${"x ".repeat(100_000)})`],
    ["clauses", `(select ${"{x y} ".repeat(MAX_DEPTH)})`],
  ])("too many nested %s are one error", (_, text) => {
    expect(complaints(text)).toEqual([expect.stringMatching(/^E0202 code is nested more than \d+ levels deep$/)]);
  });

  test.each([
    ["statements", `(do ${"(f x) ".repeat(100_000)})`],
    ["arguments", `(f ${"(g 1) ".repeat(MAX_ARGUMENTS)})`],
    ["data", `'(${"{1 2} ".repeat(100_000)})`],
    ["assignments", `(\\ {} {${"(= {a} 1) ".repeat(100_000)}})`],
    ["template elements", `\`(${",x ".repeat(50_000)})`],
    ["operands", `(and ${"x ".repeat(1000)})`],
  ])("many %s", (_, text) => {
    const { module, context } = expanding(text);
    expect(context.diagnostics).toEqual([]);
    expect(checkKernel(module)).toEqual([]);
  });
});
