/** The catalogue and its pages, suggestions, and the renderers. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "@jest/globals";
import { read } from "../compiler/1-read/read.ts";
import { expand } from "../compiler/2-expand/expand.ts";
import { moduleOf } from "../compiler/2-expand/macros/module.ts";
import { openScope } from "../compiler/2-expand/macros/scope.ts";
import { macroProgram } from "../compiler/compile-time.ts";
import { createContext, defaultOptions } from "../compiler/context.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { messages } from "../compiler/diagnostics/messages.ts";
import { distance, nearest } from "../compiler/diagnostics/nearest.ts";
import { renderJson } from "../compiler/diagnostics/render-json.ts";
import { renderTerminal } from "../compiler/diagnostics/render-terminal.ts";
import type { Near } from "../compiler/ir/near.ts";
import { createLibrary } from "../compiler/modules/world.ts";
import { evaluator } from "./evaluator.ts";
import { preludeSummaries } from "./library.ts";

const evaluate = await evaluator();
const library = createLibrary(preludeSummaries());

const diagnose = (text: string): readonly Diagnostic[] => {
  const context = createContext({ path: "main.valk", text }, defaultOptions);
  const syntax = read(context);
  const module = moduleOf("main.valk", context.source, syntax.items, new Map());
  expand(syntax, context, new Map(), openScope(module, macroProgram([module], library, evaluate), [], null));
  return context.diagnostics;
};

const codesOf = (text: string): readonly string[] => diagnose(text).map(({ code }) => code);

const folder = new URL("errors/", import.meta.url);
const page = (code: string): string => readFileSync(new URL(`${code}.md`, folder), "utf8");
const example = (code: string, title: string): string | undefined =>
  new RegExp(`^${title}:\n\n\`\`\`valk\n(.*?)\`\`\``, "ms").exec(page(code))?.[1];

describe("catalogue", () => {
  const codes = Object.values(messages).map(({ code }) => code);

  test("codes are unique and say their severity", () => {
    expect(new Set(codes).size).toBe(codes.length);
    for (const { code, severity } of Object.values(messages))
      expect(code).toMatch(severity === "error" ? /^E0\d{3}$/ : /^W0\d{3}$/);
  });

  test("every code has a page and every page a code", () => {
    expect(readdirSync(folder).sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  // Names, calls and exports are checked by later phases.
  const early = codes.filter((code) => /^.0[12]|040[14]$/.test(code));
  test.each(early)("the wrong example of %s shows it, the right one nothing", (code) => {
    const wrong = example(code, "Wrong");
    if (wrong !== undefined) expect(codesOf(wrong)).toContain(code);
    expect(codesOf(example(code, "Right") as string)).toEqual([]);
  });

  test("texts start in lower case or with a quoted piece of program", () => {
    for (const code of early) {
      for (const { text, help } of diagnose(example(code, "Wrong") ?? "")) {
        expect(text).toMatch(/^[a-z`\\=]/);
        if (help !== undefined) expect(help).toMatch(/^[a-z`\\#]/);
      }
    }
  });

  test.each([
    [[], undefined],
    [["map"], "did you mean `map`?"],
    [["map", "max", "mop"], "did you mean `map`, `max` or `mop`?"],
  ])("suggestions %j", (names, help) => {
    expect(messages.unbound.help?.("mp", names)).toBe(help);
  });
});

describe("nearest", () => {
  test.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "acb", 1],
    ["abcd", "bacd", 1],
    ["abc", "abcd", 1],
    ["ca", "abc", 3],
    ["kitten", "sitting", 3],
    ["abcdef", "uvwxyz", 4],
    ["a", "abcdefgh", 4],
  ])("distance of %j and %j up to 3 is %d", (a, b, expected) => {
    expect(distance(a, b, 3)).toBe(expected);
    expect(distance(b, a, 3)).toBe(expected);
  });

  const names = [
    "map",
    "filter",
    "foldl",
    "foldr",
    "print",
    "println",
    "http2/connect-async",
    "reverse",
    "x",
    "len",
    "nil?",
    "Total",
  ];
  test.each([
    ["pirnt", ["print"]],
    ["fold", ["foldl", "foldr"]],
    ["revesre", ["reverse"]],
    ["connect-async", ["http2/connect-async"]],
    ["total", ["Total"]],
    ["y", []],
    ["X", ["x"]],
    ["zzzzzz", []],
    ["map", []],
  ])("%s -> %j", (name, expected) => {
    expect(nearest(name, names)).toEqual(expected);
  });

  test("the most similar first, at most as many as asked for, each once", () => {
    expect(nearest("abcd", ["abcx", "abxx", "abcdd", "abcx"], 2)).toEqual(["abcdd", "abcx"]);
  });
});

describe("terminal", () => {
  const render = (text: string, color = false): string =>
    renderTerminal(diagnose(text), { path: "main.valk", text }, color);

  test("text, place, excerpt with a pointer, note, help", () => {
    expect(render("(fun {f x} {\n  (* 2 x}\n)\n")).toBe(
      [
        "error[E0102]: mismatched brackets: `(` is closed by `}`",
        "  --> main.valk:2:9",
        "  1 | (fun {f x} {",
        "> 2 |   (* 2 x}",
        "    |         ^",
        "  3 | )",
        "note: `(` was opened here",
        "  --> main.valk:2:3",
        "  1 | (fun {f x} {",
        "> 2 |   (* 2 x}",
        "    |   ^",
        "  3 | )",
        "help: write `)` here, or look for a bracket that is missing before",
        "",
      ].join("\n"),
    );
  });

  test("a span over several lines is pointed at where it starts", () => {
    expect(render("(do\n  (if\n    1))")).toContain("> 2 |   (if\n    |   ^^^\n");
  });

  test("diagnostics are separated by an empty line", () => {
    expect(render(")\n)").split("\n\n")).toHaveLength(2);
  });

  test.each([
    ["an empty last line", "(f\n", 1],
    ["carriage returns", "(f\r\n\r\n", 1],
    ["a tab", "\t(f", 1],
  ])("%s", (_, text, line) => {
    expect(render(text)).toContain(`> ${line} | `);
  });

  test("a very long line is cut around the pointer", () => {
    const text = `${"(f) ".repeat(1000)})${" (g)".repeat(1000)}`;
    const lines = render(text).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(200);
    const [shown, pointer] = lines.slice(2);
    expect(shown.slice(0, pointer.indexOf("^") + 1)).toMatch(/\(f\) \)$/);
  });

  test("no colours unless asked for; the text is the same", () => {
    const plain = render("(if)");
    const colored = render("(if)", true);
    expect(plain).not.toContain("\u001b");
    expect(colored).toContain("\u001b");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    expect(colored.replace(/\u001b\[\d+m/g, "")).toBe(plain);
  });

  test("nothing for nothing", () => {
    expect(render("(f)")).toBe("");
  });
});

describe("JSON", () => {
  test("one object a line, places from 1", () => {
    const text = "(f\n  {g)";
    const lines = renderJson(diagnose(text), { path: "main.valk", text }).split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("");
    expect(JSON.parse(lines[0])).toEqual({
      code: "E0102",
      severity: "error",
      message: "mismatched brackets: `{` is closed by `)`",
      path: "main.valk",
      line: 2,
      column: 5,
      endLine: 2,
      endColumn: 6,
      help: "write `}` here, or look for a bracket that is missing before",
      notes: [{ message: "`{` was opened here", line: 2, column: 3, endLine: 2, endColumn: 4 }],
    });
  });
});

test("a load of what is no file says what is there", () => {
  const text = '(load "sub") (load "shapes") (fun {f} {load "none"}) (import {x} "./dir.valk")';
  const context = createContext({ path: "main.valk", text }, defaultOptions);
  const near: ReadonlyMap<string, Near> = new Map<string, Near>([
    ["sub", { kind: "directory" }],
    ["shapes", { kind: "file", path: "shapes.valk" }],
    ["./dir.valk", { kind: "directory" }],
  ]);
  expand(read(context), context, new Map(), undefined, new Map(), false, near);
  expect(context.diagnostics.map((d) => [d.code, d.text, d.help])).toEqual([
    [
      "E0401",
      '"sub" is a directory, not a file to load',
      "name a file in it; to compile a directory: valk build <directory>",
    ],
    ["E0401", 'there is no file "shapes" to load', 'did you mean "shapes.valk"?'],
    ["W0401", 'there is no file "none" to load', "the load gives an Error value when it is reached"],
    [
      "E0404",
      '"./dir.valk" is a directory, not a Valk module to import',
      "name a file in it; to compile a directory: valk build <directory>",
    ],
  ]);
});
