/** The printer: text that parses back, and a map whose places are the ones V8 reports. */
import { readFileSync } from "node:fs";
import { type Node, parse } from "acorn";
import type * as ESTree from "estree";
import { SourceMapConsumer } from "source-map";
import { type Printed, type Program, print } from "../compiler/8-print/print.ts";
import { version } from "../compiler/source/version.ts";

const source = { path: "a.valk", text: '(f (g 1))\n(h "x")\n' };
const tree = (code: string): Program =>
  parse(code, { ecmaVersion: "latest", sourceType: "module" }) as unknown as Program;
const code = (text: string, header?: string): string => print({ ...tree(text), header }, source, "a.js").code;

/** Gives every node that `choose` accepts a span that starts at the given offset. */
const withSpans = (
  program: Program,
  choose: (node: ESTree.Node, text: string) => Printed | undefined,
  text: string,
): Program => {
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== "object") return;
    const node = value as ESTree.Node & Node;
    if (typeof node.type === "string") Object.assign(node, choose(node, text.slice(node.start, node.end)));
    for (const [key, child] of Object.entries(node)) if (key !== "span") walk(child);
  };
  walk(program.body);
  return program;
};

test("a header, blank lines around functions and after imports", () => {
  const text =
    'import { a } from "x";\nimport { b } from "y";\nlet n = 1;\nlet m = 2;\nconst f = def(1, x => x);\nfunction g() {}\nexport { f };';
  expect(code(text, "made by valk\nfrom a.valk\u2028alert(1)")).toBe(
    '// made by valk\n// from a.valk\n// alert(1)\n\nimport { a } from "x";\nimport { b } from "y";\n\nlet n = 1;\nlet m = 2;\n\nconst f = def(1, x => x);\n\nfunction g() {}\n\nexport { f };\n',
  );
});

test("string names of imports and exports", () => {
  const text =
    'import d, { "nil?" as isNil, x as y } from "m";\nimport * as all from "n";\nimport "o";\nexport { isNil as "nil?", y };\nexport { "a b" } from "p";\n';
  expect(code(text)).toBe(text.replace('"p";\n', '"p";\n').replace('"o";\nexport', '"o";\n\nexport'));
});

test("long lists of names take a line each", () => {
  const names = Array.from({ length: 30 }, (_, i) => `name${i}`);
  expect(code(`export { ${names.join(", ")} };let ${names.join(",")};`)).toContain("export {\n  name0,\n  name1,\n");
});

test("what is printed parses to the same tree", () => {
  const text =
    "export const f = (a, { b }) => { for (;;) { if (a) return [b?.c, ...a]; else break; } try { throw -1 - (-a) ** 2; } catch { } return (a, b); };";
  const plain = (program: unknown): unknown =>
    JSON.parse(JSON.stringify(program, (key, value) => (key === "start" || key === "end" ? undefined : value)));
  expect(plain(tree(code(text)))).toEqual(plain(tree(text)));
});

const original = async (map: string, text: string, needle: string) => {
  const offset = text.indexOf(needle);
  const before = text.slice(0, offset).split("\n");
  const consumer = await new SourceMapConsumer(map);
  const { line, column, name } = consumer.originalPositionFor({
    line: before.length,
    column: before[before.length - 1].length,
  });
  return { line, column, name };
};

test.each([
  ["a name", "return  f(a);", "f(a)"],
  ["a method: the name", "o.x.m(a);", "m(a)"],
  ["an expression: the parenthesis", "(c ? f : g)(a);", "(a)"],
  ["a call of a call: the second parenthesis", "f(b)(a);", "(a)"],
  ["a computed member: the parenthesis", "o[k](a);", "(a)"],
  ["after text of several lines", "const t = `1\n2`, u = f(a);", "f(a)"],
])("a call's place for V8: %s", async (_, text, needle) => {
  const program = withSpans(
    tree(`const z = () => { ${text} };`),
    (node, own) =>
      node.type === "CallExpression" && own.endsWith("(a)")
        ? { span: { start: 13, end: 18 } }
        : node.type === "Identifier"
          ? { span: { start: 1, end: 2 } }
          : undefined,
    `const z = () => { ${text} };`,
  );
  const { code, map } = print(program, source, "a.js");
  expect(await original(map, code, needle)).toMatchObject({ line: 2, column: 3 });
});

test("names and sources are in the map", async () => {
  const program = withSpans(
    tree("isNil(x);"),
    (node) => (node.type === "Identifier" ? { span: { start: 1, end: 2 }, originalName: "nil?" } : undefined),
    "isNil(x);",
  );
  const { code, map } = print(program, source, "out/a.js");
  expect(await original(map, code, "isNil")).toEqual({ line: 1, column: 1, name: "nil?" });
  expect(JSON.parse(map)).toMatchObject({
    version: 3,
    file: "out/a.js",
    sources: ["a.valk"],
    sourcesContent: [source.text],
  });
});

test("the version in headers is the package's", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(version).toBe((JSON.parse(text) as { version: string }).version);
});
