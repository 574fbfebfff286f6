/**
 * The tables of spec/language/handles.md: what each function makes of a Handle in each state. A row is an expression of `h`;
 * its cells are what a program says that makes `h`, evaluates the expression and looks at the result, in the judge and as
 * compiled, also with every call unwinding. `UPDATE_DOCS=1` writes what the judge gives now, and nothing else.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { compile } from "../compiler/compile.ts";
import type { Options } from "../compiler/context.ts";
import { instead } from "../runtime/signatures/futures.ts";
import { signatures } from "../runtime/signatures.ts";
import { preludeSummaries, unitOf } from "./library.ts";
import { blocks } from "./markdown.ts";
import { type ModeName, openBench } from "./modes.ts";

const page = fileURLToPath(new URL("language/handles.md", import.meta.url));
const update = process.env.UPDATE_DOCS === "1";
const bench = openBench();
const folder = mkdtempSync(join(tmpdir(), "valk-handles-"));
const modes: readonly ModeName[] = ["optimised", "fuel 1", "probe"];
afterAll(() => {
  bench.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What `h` is in a column, and what happens to it, or to the result `r`, afterwards. */
interface Column {
  readonly title: string;
  readonly h: string;
  readonly event?: string;
}
const PENDING = "(aio/scope (\\ {_} {await (\\ {k} {atom/set! go k})}))";
const columns: readonly Column[] = [
  { title: "completed with 1", h: "(aio/pure 1)" },
  { title: "failed with `:why`", h: "(aio/fail :why)" },
  { title: "cancelled", h: "(cancelled-handle)" },
  { title: "completes later", h: PENDING, event: "((atom/get go) 1)" },
  { title: "fails later", h: PENDING, event: '((atom/get go) (error "why"))' },
  { title: "is cancelled later", h: PENDING, event: "(aio/cancel h)" },
  { title: "the result is cancelled", h: PENDING, event: "(if (handle? r) (aio/cancel r) nil)" },
];

const prelude = `
(def {go calls} (atom nil) (atom nil))
(fun {note x} {atom/set! calls (cons x (atom/get calls))})
(fun {cancelled-handle} {(= {h} (aio/never)) (aio/cancel h) h})
(fun {state x} {if (handle? x)
  (case (aio/status x)
    {:completed (str ":completed " (repr (aio/result x)))}
    {:failed (str ":failed " (repr (aio/error x)))}
    {otherwise (repr (aio/status x))})
  (if (error? x) (str "Error: " (error/message x)) (repr x))})
`;
const BAR = "----";
/** One column of a row: lines of what is seen, then a bar. */
const part = (expression: string, { h, event }: Column): string => `
(atom/set! calls nil)
(def {h} ${h})
(def {r} (atom ${expression}))
(let {
  (= {r} (atom/get r))
  (print (state r))
  (= {_} ${event ?? "nil"})
  (sleep 5)
  (print (state r))
  (print (state h))
  (print (unpack str (map (\\ {c} {str " " c}) (reverse (atom/get calls)))))
  (print (handle? r))
  (if (handle? r) (aio/cancel r) nil)
  (aio/cancel h)
  (sleep 1)
  (print "${BAR}")})
`;

const cellOf = (lines: readonly string[], { event }: Column): string => {
  const [first, last, h, calls, isHandle] = lines;
  const states = first === last ? `\`${last}\`` : `\`${first}\` → \`${last}\``;
  const ours = event !== undefined && /aio\/cancel r/.test(event) && isHandle === "1" ? `; h \`${h}\`` : "";
  return `${states}${calls === "" || calls === undefined ? "" : `; calls \`${calls.trim()}\``}${ours}`;
};
const cellsOf = (stdout: string): readonly string[] => {
  const parts = stdout.split(`${BAR}\n`).slice(0, -1);
  return columns.map((column, i) => cellOf((parts[i] ?? "no output").split("\n"), column));
};

interface Row {
  readonly line: number;
  readonly expression: string;
  readonly cells: readonly string[];
}
const lines = readFileSync(page, "utf8").split("\n");
const HEAD = `| with \`h\` that | ${columns.map(({ title }) => title).join(" | ")} |`;
const rows: readonly Row[] = lines.flatMap((text, i) => {
  const cells = text.split(" | ");
  const expression = /^\| `(\(.*\))`$/.exec(cells[0] ?? "")?.[1];
  if (expression === undefined || !tableAt(i)) return [];
  return [{ line: i, expression, cells: text.slice(2, -2).split(" | ").slice(1) }];
});
function tableAt(line: number): boolean {
  let i = line;
  while (i > 0 && lines[i - 1].startsWith("|")) i--;
  return lines[i].startsWith("| with `h` that |");
}

describe.each(rows.map((row) => [row.expression, row] as const))("%s", (_, { expression, line, cells }) => {
  const main = join(folder, `row-${line}.valk`);
  let judged: readonly string[] = [];
  beforeAll(async () => {
    writeFileSync(main, prelude + columns.map((column) => part(expression, column)).join(""));
    const outcome = await bench.judge(main);
    judged = cellsOf(outcome.stdout);
    expect([outcome.exit, outcome.stderr]).toEqual([0, ""]);
    if (update) lines[line] = `| \`${expression}\` | ${judged.join(" | ")} |`;
  });
  test.each(columns.map(({ title }, i) => [title, i] as const))("%s", (_title, i) => {
    if (!update) expect(judged[i]).toBe(cells[i]);
  });
  test.each(modes)("%s", async (mode) => {
    const outcome = await bench.run(main, mode);
    expect({ cells: cellsOf(outcome.stdout), exit: outcome.exit, stderr: outcome.stderr }).toEqual({
      cells: judged,
      exit: 0,
      stderr: "",
    });
  });
});

afterAll(() => {
  if (update) writeFileSync(page, lines.join("\n"));
});

describe("the migration guide", () => {
  const found = blocks(page);
  const pairs = found.flatMap((before, i) => {
    const name = /^before: (\w+)/.exec(before.mark)?.[1];
    const j = found.findIndex(({ mark }) => mark.split(", ")[0] === `after: ${name}`);
    return name === undefined
      ? []
      : [{ name, before, after: found[j], outputs: [found[i + 1].text, found[j + 1].text] }];
  });
  const codes = (text: string, futures: Options["futures"]): readonly string[] =>
    compile([unitOf(text)], preludeSummaries(), { futures }).units.flatMap(({ diagnostics }) =>
      diagnostics.map(({ code }) => code),
    );

  // What the programs print is a test of language.spec.ts.
  test.each(pairs.map((pair) => [pair.name, pair] as const))("%s", (_, { before, after, outputs }) => {
    expect(outputs[0]).toBe(outputs[1]);
    expect(codes(before.text, "allow")).toEqual([]);
    expect([...new Set(codes(before.text, "warn"))]).toEqual(["W0304"]);
    expect([...new Set(codes(before.text, "deny"))]).toEqual(["E0301"]);
    expect(codes(after.text, "deny")).toEqual([]);
  });
  test("has pairs", () => expect(pairs.length).toBeGreaterThan(4));
});

const gives = (text: string): readonly string[] =>
  compile([unitOf(text)], preludeSummaries(), { futures: "warn" }).units.flatMap(({ diagnostics }) =>
    diagnostics.map(({ code, text, help }) => `${code} ${text}; ${help}`),
  );
test("--futures knows every operation that gives a Handle, and only those", () => {
  const builtins = new Map(signatures.map((s) => [s.name, s]));
  for (const s of signatures)
    if (instead(s, (name) => builtins.has(name)) !== null) expect(s.gives).toEqual(["handle"]);
  expect(gives("(fun {aio/sleep x} {do x}) (aio/sleep 1) (async {1}) (let {(= {aio/pure} id) (aio/pure 1)})")).toEqual(
    [],
  );
  expect(gives("(map aio/pure {1})")).toEqual([
    "W0304 `aio/pure` makes a future; code that waits by itself gives its value as it is",
  ]);
  expect(gives('(http2/connect "h" 1)')).toEqual([
    "W0304 `http2/connect` makes a future; write (await (http2/connect-async ...))",
  ]);
  expect(gives("(with-timeout (aio/start) 1 nil) (aio/do {1})").map((text) => text.slice(0, 30))).toEqual([
    "W0304 `with-timeout` makes a f",
    "W0304 `aio/do` makes a future;",
  ]);
  expect(gives("(http2/server-listen 0 id) (aio/stop)")).toEqual([]);
});

test("the tables have these columns, and a row for every function of Handles", () => {
  expect([...new Set(lines.filter((text) => text.startsWith("| with `h` that |")))]).toEqual([HEAD]);
  const named = new Set(rows.flatMap(({ expression }) => expression.match(/[^\s(){}]+/g) ?? []));
  const own = /^lib\/aio(?:-|$)/;
  // These take no Handle and no function that gives one.
  const others = ["aio/schedule", "aio/interval"];
  const missing = signatures.filter((s) => own.test(s.module) && s.internal !== true && !named.has(s.name));
  expect(missing.map((s) => s.name).sort()).toEqual(others.sort());
});
