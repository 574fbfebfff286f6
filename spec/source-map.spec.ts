/** Source maps that hold: every call of every fixture maps back to its form, traces and breakpoints land where they should. */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Node, parse } from "acorn";
import type * as ESTree from "estree";
import { read } from "../compiler/1-read/read.ts";
import { compile } from "../compiler/compile.ts";
import { createContext, defaultOptions } from "../compiler/context.ts";
import type { Syntax } from "../compiler/ir/syntax.ts";
import { graph } from "../compiler/modules/graph.ts";
import type { OutputFile, Unit } from "../compiler/modules/unit.ts";
import { lineStarts, positionAt } from "../compiler/source/source.ts";
import { unmangle } from "../runtime/kernel/function.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const fixtures = join(root, "fixtures/run");
const summaries = JSON.parse(readFileSync(join(root, "dist/runtime/prelude/summaries.json"), "utf8"));
const is = (path: string, what: "isFile" | "isDirectory") =>
  statSync(path, { throwIfNoEntry: false })?.[what]() ?? false;
const files = {
  readFile: (path: string) => readFileSync(path, "utf8"),
  exists: (path: string) => is(path, "isFile"),
  isDirectory: (path: string) => is(path, "isDirectory"),
  realpath: (path: string) => realpathSync(path),
  list: (path: string) => readdirSync(path),
};

/** What the compiler itself needs: these calls do nothing that the program wrote. */
const machinery = new Set(
  (
    "def named at push1 push2 push4 push8 overflow stops loaded run runPlain exported toJSValue fromJS sym truthy unbound cell asFunction " +
    "listOfForm listOfBraces error call0 apply init probe caseEqual selectTest moduleScope loader frame evaluator aioBound"
  ).split(" "),
);

/** One function for several forms, or for a part of a call (the list of rest arguments): the form's name says nothing. */
const shared = new Set(["reset", "shift", "list", "spawn", "awaitValue"]);

/** Forms that are made of calls of functions. */
const derived = new Set([
  "=",
  "\\",
  "def",
  "fun",
  "let",
  "aio/do",
  "aio/let",
  "ctx/with",
  "ctx/with-deadline",
  "scope",
  "with-handler",
]);

type Located = ESTree.Node & Node;
const walk = (value: unknown, visit: (node: Located) => void): void => {
  if (value === null || typeof value !== "object") return;
  if (typeof (value as Partial<Located>).type === "string") visit(value as Located);
  for (const child of Object.values(value)) walk(child, visit);
};

/** Offsets at which a form starts, with the symbol it starts with. */
const formsOf = (unit: Unit): ReadonlyMap<number, string> => {
  const forms = new Map<number, string>();
  const visit = (datum: Syntax): void => {
    if (datum.kind !== "List") return;
    const [first] = datum.items;
    forms.set(datum.span.start, first?.kind === "Symbol" ? first.name : "");
    datum.items.forEach(visit);
  };
  read(createContext(unit.source, defaultOptions)).items.forEach(visit);
  return forms;
};

interface Call {
  readonly callee: string;
  readonly offset: number;
  /** A function of the module: its name is the program's. Those of the runtime and of variables may be other names, too. */
  readonly own: boolean;
}

/** Calls of Valk functions and builtins in the emitted code. */
const callsOf = (code: string): readonly Call[] => {
  const calls: Call[] = [];
  const imported = new Map<string, string>();
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const own = new Set([...code.matchAll(/^const (\S+) = /gm)].map(([, name]) => name));
  walk(program, (node) => {
    if (node.type === "ImportSpecifier" && node.imported.type === "Identifier")
      imported.set(node.local.name, node.imported.name);
    // Imports have constants of their own.
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init?.type === "Identifier")
      imported.set(node.id.name, imported.get(node.init.name) ?? node.init.name);
  });
  walk(program, (node) => {
    if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return;
    const { name } = node.callee;
    if (machinery.has(imported.get(name) ?? name) || name.startsWith("init")) return;
    // A jump to the rest of the same function is no call.
    if (/\$(?:\d+b?|[jl][\d_]*)$/.test(name)) return;
    const offset = (node.callee as unknown as Node).start;
    calls.push({ callee: name, offset, own: own.has(name) });
  });
  return calls;
};

const inStrings = ({ source: { text } }: Unit, at: number): boolean =>
  [...text.matchAll(/\(js ("(?:[^"\\]|\\.)*")/g)].some(({ index, 0: all }) => at > index && at < index + all.length);

const renamed = ({ source: { text } }: Unit, head: string): boolean =>
  head.includes("/") || new RegExp(`:as ${head.replace(/\\W/g, "\\\\$&")}[ }]`).test(text);

const problems = (unit: Unit, { path, code, map }: OutputFile, exact: boolean): readonly string[] => {
  const consumer = new SourceMap(JSON.parse(map as string));
  const generated = lineStarts(code);
  const source = lineStarts(unit.source.text);
  const forms = formsOf(unit);
  // What a macro gives stands where the macro is called.
  const macros = new Set(
    [...unit.source.text.matchAll(/\(def \{(\S+)\} \(macro|\(defmacro \{(\S+)/g)].map(([, a, b]) => a ?? b),
  );
  const found: string[] = [];
  for (const { callee, offset, own } of callsOf(code)) {
    const { line, column } = positionAt(generated, offset);
    const where = `${path}:${line + 1}:${column + 1} ${callee}`;
    const entry = consumer.findEntry(line, column) as Partial<
      Record<`${"generated" | "original"}${"Line" | "Column"}`, number>
    >;
    if (entry.generatedLine !== line || entry.generatedColumn !== column) {
      found.push(`${where} is not in the map`);
      continue;
    }
    const at = source[entry.originalLine as number] + (entry.originalColumn as number);
    const head = forms.get(at);
    const text = unit.source.text.slice(at, at + 20);
    // A global of JavaScript stands where its name does, code of `(js "..")` in the string.
    if (/^(?:js\/|")/.test(text) || inStrings(unit, at)) continue;
    if (head === undefined) found.push(`${where} maps to no form: ${text}`);
    // Without the optimizer a function is called by the name it has in the source.
    else if (
      exact &&
      own &&
      !shared.has(callee) &&
      [...forms.values()].includes(unmangle(callee)) &&
      head !== "" &&
      !derived.has(head) &&
      !macros.has(head) &&
      head !== unmangle(callee) &&
      // The name of an import may be another, or have a namespace.
      !renamed(unit, head)
    )
      found.push(`${where} maps to another call: ${text}`);
  }
  // Resume functions: the side table of traces.
  for (const [, place] of code.matchAll(/\bat\("((?:[^"\\]|\\.)*)", /g)) {
    const match = /:(\d+):(\d+)$/.exec(place) as RegExpExecArray;
    const at = source[Number(match[1]) - 1] + Number(match[2]) - 1;
    if (!forms.has(at)) found.push(`${path} ${place} is no form: ${unit.source.text.slice(at, at + 20)}`);
  }
  return found;
};

const cases = readdirSync(fixtures).flatMap((area) =>
  readdirSync(join(fixtures, area))
    .map((name) => join(area, name))
    .filter((name) => files.exists(join(fixtures, name, "main.valk"))),
);

test.each([
  ["optimised", true],
  ["unoptimised", false],
])("every call of the fixtures, %s", (_, optimize) => {
  const found: string[] = [];
  let calls = 0;
  for (const name of cases) {
    const cwd = join(fixtures, name);
    const program = graph({ kind: "file", path: "main.valk" }, files, { cwd, loadPath: [] });
    if (program.kind === "failure") throw new Error(program.text);
    const compiled = compile(program.units, summaries, { optimize });
    compiled.units.forEach(({ files: output }, i) => {
      // The facade of a loaded module has no code of the program.
      const file = output[0];
      if (file === undefined) return;
      calls += callsOf(file.code).length;
      found.push(...problems(program.units[i], file, !optimize).map((problem) => `${name}: ${problem}`));
    });
  }
  expect(found.slice(0, 60)).toEqual([]);
  expect(calls).toBeGreaterThan(1000);
});

describe("in Node", () => {
  let home: string;
  const program =
    '(fun {average l} {\n  (/ (foldl + 0 l)\n     (len l))\n})\n(fun {report-on l} {\n  (print "report")\n  (+ 1\n     (average l))\n})\n(print (report-on {1 2}))\n(sleep 1)\n(report-on 5)\n';
  const node = (...args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: home, env: { ...process.env, NODE_OPTIONS: "" }, encoding: "utf8" });
  beforeAll(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "valk-map-")));
    writeFileSync(join(home, "main.valk"), program);
    const { stderr, status } = node(
      join(root, "dist/cli/main.js"),
      "build",
      "main.valk",
      "--source-map",
      "--runtime=copy",
    );
    expect([stderr, status]).toEqual(["", 0]);
    writeFileSync(join(home, "service.mjs"), 'import("./out/main.js").catch((e) => console.log(e.stack));\n');
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test("the stack of an Error that was thrown", () => {
    const { stdout } = node("--enable-source-maps", "service.mjs");
    expect(stdout).toContain("ValkError: foldl: argument 3 must be a list, got 5\n");
    const places = [...stdout.matchAll(/at (?:(\S+) \()?(?:file:\/\/)?(\S+\.valk):(\d+):(\d+)\)?/g)];
    expect(places.map(([, name, path, line, column]) => `${name} ${relative(home, path)}:${line}:${column}`)).toEqual(
      expect.arrayContaining(["average main.valk:2:6", "report-on main.valk:8:6"]),
    );
  });

  test.each([
    ["average", 2, 6],
    ["report-on", 6, 3],
    ["report-on", 8, 6],
  ])("a breakpoint in %s, at %i:%i", (name, line, column) => {
    mkdirSync(dirname(join(home, "debug.mjs")), { recursive: true });
    writeFileSync(
      join(home, "debug.mjs"),
      `import { Session } from "node:inspector";
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
const url = new URL("./out/main.js", import.meta.url);
const map = new SourceMap(JSON.parse(readFileSync(new URL("./out/main.js.map", import.meta.url), "utf8")));
const wanted = [${line - 1}, ${column - 1}];
// As a debugger does it: all places in the output that come from the place in the source.
const places = [];
readFileSync(url, "utf8").split("\\n").forEach((text, line) => {
  for (let column = 0; column < text.length; column++) {
    const e = map.findEntry(line, column);
    if (e.generatedLine === line && e.generatedColumn === column && e.originalLine === wanted[0] && e.originalColumn === wanted[1]) places.push([line, column]);
  }
});
const session = new Session();
session.connect();
const stops = [];
session.on("Debugger.paused", ({ params: { callFrames: [{ location, functionLocation }] } }) => {
  const e = map.findEntry(location.lineNumber, location.columnNumber);
  const f = map.findEntry(functionLocation.lineNumber, functionLocation.columnNumber);
  stops.push(f.name + " " + (e.originalLine + 1) + ":" + (e.originalColumn + 1));
});
session.post("Debugger.enable");
for (const [lineNumber, columnNumber] of places) session.post("Debugger.setBreakpointByUrl", { url: url.href, lineNumber, columnNumber });
await import(url.href).catch(() => {});
console.log("stops " + JSON.stringify([...new Set(stops)]));
`,
    );
    const { stdout, stderr } = node("debug.mjs");
    expect([stderr, stdout.match(/^stops .*$/m)?.[0]]).toEqual(["", `stops ["${name} ${line}:${column}"]`]);
  });
});
