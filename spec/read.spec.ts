/** The reader, and the text form of syntax. */
import { expect } from "@jest/globals";
import fc from "fast-check";
import { loadPaths } from "../compiler/1-read/load-paths.ts";
import { read } from "../compiler/1-read/read.ts";
import { type Context, createContext, defaultOptions } from "../compiler/context.ts";
import { parseSexp, printSexp, type Sexp } from "../compiler/ir/sexp.ts";
import type { Syntax, SyntaxModule } from "../compiler/ir/syntax.ts";
import { printSyntax, readSyntax } from "../compiler/ir/syntax-text.ts";

const contextOf = (text: string): Context => createContext({ path: "main.valk", text }, defaultOptions);

interface Reading {
  readonly module: SyntaxModule;
  readonly shown: string;
  readonly codes: readonly string[];
  readonly context: Context;
}
const reading = (text: string): Reading => {
  const context = contextOf(text);
  const module = read(context);
  return { module, shown: printSyntax(module).trimEnd(), codes: context.diagnostics.map(({ code }) => code), context };
};
const readClean = (text: string): string => {
  const { shown, codes } = reading(text);
  expect(codes).toEqual([]);
  return shown;
};
const one = (text: string): Syntax => {
  const { module, codes } = reading(text);
  expect(codes).toEqual([]);
  expect(module.items).toHaveLength(1);
  return module.items[0];
};

describe("lists, symbols and comments", () => {
  test.each([
    ["", ""],
    ["()", "()"],
    ["{}", "{}"],
    ["(f {a b} ())", "(f {a b} ())"],
    ["(f(g)h)", "(f (g) h)"],
    ["{a{b}c}", "{a {b} c}"],
    ["a b", "a\nb"],
    [
      "- +5 -- -a + . & ... a.b x# #x |# a|b 日本 émile",
      "-\n+5\n--\n-a\n+\n.\n&\n...\na.b\nx#\n#x\n|\\|#|\n|a\\|b|\n日本\némile",
    ],
    [":key :", ":key\n:"],
    [".method .-field", ".method\n.-field"],
    ["a'b", "a\n(quote b)"],
    ["\ufeffa\u00a0b\u3000c", "a\nb\nc"],
    ["(a ; b)\n c)", "(a c)"],
    ["a;b", "a"],
    ["(a #;b c)", "(a c)"],
    ["(a #;(b (c)) d)", "(a d)"],
    ["(a #; #;b c d)", "(a d)"],
    ["(a #;'b c)", "(a c)"],
    ["(a '#;b c)", "(a (quote c))"],
    ["a #| b #| c |# d |# e", "a\ne"],
    ["#||#a", "a"],
    ["#|| |# a", "a"],
    ["#!/usr/bin/env valk\na", "a"],
    ["a ; the end", "a"],
    ["'a `b ,c ,@d", "(quote a)\n(quasiquote b)\n(unquote c)\n(unquote-splicing d)"],
    ["`{a ,b ,@c '(d)}", "(quasiquote {a (unquote b) (unquote-splicing c) (quote (d))})"],
    ["''a", "(quote (quote a))"],
    ["' a", "(quote a)"],
    [", @a", "(unquote @a)"],
  ])("%j reads as %j", (text, shown) => {
    expect(readClean(text)).toBe(shown);
  });
});

describe("numbers", () => {
  test.each([
    ["1", 1],
    ["-7", -7],
    ["007", 7],
    ["0", 0],
    ["-0", -0],
    ["3.14", 3.14],
    ["-0.5", -0.5],
    ["1e9", 1e9],
    ["1E-3", 0.001],
    ["2.5e+3", 2500],
    ["0xff", 255],
    ["0XfF", 255],
    ["-0x10", -16],
    ["0b101", 5],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 2 ** 53],
    ["1000000000000000000000", 1e21],
    ["-9007199254740991", -9007199254740991],
    ["00000000000000000000001", 1],
    ["0x20000000000000", 2 ** 53],
    ["1e-400", 0],
  ])("%s", (text, value) => {
    expect(one(text)).toMatchObject({ kind: "Number", value });
  });

  test.each([
    ["123n", 123n],
    ["-1n", -1n],
    ["0n", 0n],
    ["007n", 7n],
    ["0xffn", 255n],
    ["-0xffn", -255n],
    ["0b11n", 3n],
    ["123456789012345678901234567890n", 123456789012345678901234567890n],
  ])("%s", (text, value) => {
    expect(one(text)).toMatchObject({ kind: "BigInt", value });
  });

  test.each([
    ["9007199254740993", "write 9007199254740993n for a big integer"],
    ["-9007199254740993", "write -9007199254740993n for a big integer"],
    ["0x20000000000001", "write 0x20000000000001n for a big integer"],
    ["1".repeat(400), `write ${"1".repeat(400)}n for a big integer`],
  ])("inexact %s", (text, help) => {
    const { context } = reading(text);
    expect(context.diagnostics).toMatchObject([{ code: "E0107", help, span: { start: 0, end: text.length } }]);
  });

  test.each([
    ["12ab", "a name cannot start with a digit"],
    ["1+", "a name cannot start with a digit"],
    ["-5x", "a name cannot start with a digit"],
    [".5", "write 0.5"],
    ["-.5", "write -0.5"],
    ["5.", "write 5.0, or 5"],
    ["1_000", "write 1000"],
    ["0o17", "decimal, as 0xff or as 0b101"],
    ["0xfg", "after 0x"],
    ["0b12", "after 0b"],
    ["1.5n", "a big integer has digits only"],
    ["1e", "numbers look like"],
    ["1.2.3", "numbers look like"],
  ])("bad %s", (text, help) => {
    const { context } = reading(`(f ${text})`);
    expect(context.diagnostics).toMatchObject([
      { code: "E0106", severity: "error", span: { start: 3, end: 3 + text.length } },
    ]);
    expect(context.diagnostics[0].help).toContain(help);
  });

  test.each(["1e400", "-1e999"])("too large %s", (text) => {
    expect(reading(text).codes).toEqual(["E0109"]);
  });
});

describe("strings", () => {
  test.each([
    ['""', ""],
    ['"a b"', "a b"],
    ['"two\nlines"', "two\nlines"],
    ['"; #| (' + "'" + '"', "; #| ('"],
    [String.raw`"\a\b\f\n\r\t\v\\\'\"\0"`, "\x07\b\f\n\r\t\v\\'\"\0"],
    [String.raw`"\x1b[0m\x41"`, "\x1b[0mA"],
    [String.raw`"\u{48}\u{1F600}\u{000041}"`, "H\u{1F600}A"],
    [String.raw`"\01"`, "\x001"],
    [String.raw`"\\n"`, "\\n"],
  ])("%s", (text, value) => {
    expect(one(text)).toMatchObject({ kind: "String", value });
  });

  test.each([
    [String.raw`"a\qb"`, "a\\qb", 2, 4],
    [String.raw`"(\ {x} {x})"`, "(\\ {x} {x})", 2, 4],
    [String.raw`"\xZ1"`, "\\xZ1", 1, 3],
    [String.raw`"\u0041"`, "\\u0041", 1, 3],
    [String.raw`"\u{}"`, "\\u{}", 1, 3],
    [String.raw`"\u{110000}"`, "\\u{110000}", 1, 3],
    ['"\\\u{1F600}"', "\\\u{1F600}", 1, 4],
    ['"a\\\nb"', "a\\\nb", 2, 4],
  ])("unknown escape in %s", (text, value, start, end) => {
    const { module, context } = reading(text);
    expect(module.items).toMatchObject([{ kind: "String", value }]);
    expect(context.diagnostics).toMatchObject([{ code: "W0101", severity: "warning", span: { start, end } }]);
  });
});

describe("spans", () => {
  test("of atoms, lists and quote marks", () => {
    const [list, quoted] = reading('(ab "c" 12)  \'{x}').module.items as (Syntax & { kind: "List" })[];
    expect(list.span).toEqual({ start: 0, end: 11 });
    expect(list.items.map(({ span }) => [span.start, span.end])).toEqual([
      [1, 3],
      [4, 7],
      [8, 10],
    ]);
    expect(quoted.span).toEqual({ start: 13, end: 17 });
    expect(quoted.items.map(({ span }) => [span.start, span.end])).toEqual([
      [13, 14],
      [14, 17],
    ]);
  });

  test("comments are kept with their places; those inside a removed datum go with it", () => {
    expect(reading("a ; b\n#| c |# #;(d ; e\n) f").module.comments).toEqual([
      { text: "; b", span: { start: 2, end: 5 } },
      { text: "#| c |#", span: { start: 6, end: 13 } },
      { text: "#;(d ; e\n)", span: { start: 14, end: 24 } },
    ]);
  });
});

describe("errors", () => {
  /** Code and the text pointed at; notes after it. */
  test.each<[string, readonly string[], string]>([
    ["(f", ["E0101 ( at 0"], "(f)"],
    ["(f {g", ["E0101 { at 3", "  nor is the `(` around it at 0"], "(f {g})"],
    ["(f}", ["E0102 } at 2", "  `(` was opened here at 0"], "(f)"],
    ["{f)", ["E0102 ) at 2", "  `{` was opened here at 0"], "{f}"],
    ["(f {g) h", ["E0102 ) at 5", "  `{` was opened here at 3"], "(f {g})\nh"],
    ["(f {g (h} i) j", ["E0102 } at 8", "  `(` was opened here at 6"], "(f {g (h)} i)\nj"],
    ["(f)) (g", ["E0103 ) at 3", "E0101 ( at 5"], "(f)\n(g)"],
    ["} (g)", ["E0103 } at 0"], "(g)"],
    ['(f "abc', ['E0104 " at 3'], ""],
    ['"abc\\', ['E0104 " at 0'], ""],
    ["(f #| g #| h |#", ["E0105 #| at 3", "E0101 ( at 0"], "(f)"],
    ["(f ')", ["E0108 ' at 3"], "(f)"],
    ["(f ,@)", ["E0108 ,@ at 3"], "(f)"],
    ["(f #;)", ["E0108 #; at 3"], "(f)"],
    ["'", ["E0108 ' at 0"], ""],
    ["('(a}", ["E0102 } at 4", "  `(` was opened here at 2", "E0101 ( at 0"], "((quote (a)))"],
    ["{'(a}", ["E0102 } at 4", "  `(` was opened here at 2"], "{(quote (a))}"],
    [
      '(a} 1x (b} 2y "\\q"',
      [
        "E0102 } at 2",
        "  `(` was opened here at 0",
        "E0106 1x at 4",
        "E0102 } at 9",
        "  `(` was opened here at 7",
        "E0106 2y at 11",
        "W0101 \\q at 15",
      ],
      '(a)\n0\n(b)\n0\n"\\\\q"',
    ],
    [
      "((((((",
      [
        "E0101 ( at 5",
        "  nor is the `(` around it at 4",
        "  nor is the `(` around it at 3",
        "  nor is the `(` around it at 2",
      ],
      "((((((()))))))".slice(1, -1),
    ],
  ])("%s", (text, expected, recovered) => {
    const { context, shown } = reading(text);
    const lines = context.diagnostics.flatMap(({ code, span, notes }) => [
      `${code} ${text.slice(span.start, span.end)} at ${span.start}`,
      ...(notes ?? []).map((note) => `  ${note.text} at ${note.span.start}`),
    ]);
    expect(lines).toEqual(expected);
    expect(shown).toBe(recovered);
  });
});

describe("size", () => {
  const deep = 100_000;
  test.each([
    ["nested forms", "(".repeat(deep) + ")".repeat(deep), 0],
    ["nested braces", "{".repeat(deep) + "}".repeat(deep), 0],
    ["quote marks", `${"'".repeat(deep)}x`, 0],
    ["nested comments", "#|".repeat(deep) + "|#".repeat(deep), 0],
    ["removed data", "#;".repeat(deep) + "x ".repeat(deep), 0],
    ["unclosed brackets", "({".repeat(deep), 1],
    ["a long list", `(${"x ".repeat(deep)})`, 0],
    ["a long string", `"${"\\n".repeat(deep)}"`, 0],
  ])("%s", (_, text, problems) => {
    const context = contextOf(text);
    read(context);
    expect(context.diagnostics).toHaveLength(problems);
  });

  test("time grows with the length only", () => {
    const text = '(fun {f x & ys} {(print "a\\n" x 12.5) ; comment\n {:a (g x)}})\n'.repeat(20_000);
    const start = performance.now();
    read(contextOf(text));
    // 1.3 MB; a second is ten times what it takes on a slow machine.
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("load paths", () => {
  test("literal ones, each once, in order", () => {
    const text = '(load "a") (fun {f} {(load "b")}) (load "a") {load "c"} (load x) (load "d" 1) (load)';
    expect(loadPaths(reading(text).module)).toEqual({ loads: ["a", "b", "c"], imports: [] });
  });
});

describe("as text", () => {
  const name = fc.stringMatching(/^[a-z+*?!:/#|-][a-z0-9+*?!/#|-]{0,8}$/);
  const { sexp } = fc.letrec<{ sexp: Sexp }>((tie) => ({
    sexp: fc.oneof(
      { maxDepth: 5 },
      name,
      fc.double(),
      fc.bigInt(),
      fc.string({ unit: "binary" }).map((text) => ({ str: text })),
      fc.constantFrom("", "NaN", "1e5", "-3", "12n", "a b", "x\\|y"),
      fc.array(tie("sexp"), { maxLength: 12 }),
      fc.array(tie("sexp"), { maxLength: 4 }).map((braces) => ({ braces })),
    ),
  }));

  test("s-expressions print and read back at every width", () => {
    fc.assert(
      fc.property(sexp, fc.constantFrom(1, 20, 100), (value, width) => {
        expect(parseSexp(printSexp(value, width))).toEqual(value);
      }),
    );
  });

  test("lines are broken where they are too long", () => {
    const call = (n: number): Sexp => [
      "call",
      "function-name",
      ...Array.from({ length: n }, (_, i) => ["argument", i]),
    ];
    expect(printSexp(call(2), 50)).toBe("(call function-name (argument 0) (argument 1))");
    expect(printSexp(call(3), 50)).toBe("(call function-name\n  (argument 0)\n  (argument 1)\n  (argument 2))");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), (n) =>
        printSexp([call(n), call(n)], 60)
          .split("\n")
          .every((line) => line.length <= 60),
      ),
    );
  });

  test.each(["(", ")", "(}", "a b", '"a', "|a"])("no s-expression: %s", (text) => {
    expect(() => parseSexp(text)).toThrow(SyntaxError);
  });

  test("syntax reads back", () => {
    const text = `(f {a 'b} "s\\n" -0 12n 1.5 |x| a|b) {} () \`{,@c}`;
    const printed = printSyntax(reading(text).module);
    expect(printSyntax(readSyntax(printed))).toBe(printed);
    expect(printed).toContain("{a (quote b)}");
  });

  test("printed syntax is what the reader reads", () => {
    const text = '(f {a b} "s" 12n 1.5 (quote x))\n';
    expect(printSyntax(reading(text).module)).toBe(text);
  });
});
