/** The command line, with a fake world and a fake compiler: what is written and said, and with which exit code. */
import { jest } from "@jest/globals";
import type { Kept, Store } from "../compiler/modules/kept.ts";
import type { CompiledProgram, OutputFile, Unit } from "../compiler/modules/unit.ts";
import { below, type FakeHost, fakeHost } from "./fake-host.ts";

/** Programs that contain `error` or `warning` get one; everything else compiles to its text. */
const compile = jest.fn(
  (
    units: readonly Unit[],
    _library: unknown,
    options: { strict?: boolean; runtime?: string } = {},
    _evaluate: unknown = null,
    store: Store | null = null,
  ): CompiledProgram => {
    for (const unit of units) store?.put(unit, { files: [] as readonly OutputFile[] } as Kept);
    const diagnostics = units.map(({ source: { text } }) =>
      (["error", "warning"] as const)
        .filter((word) => text.includes(word))
        .map((severity) => {
          const start = text.indexOf(severity);
          return {
            code: severity === "error" ? "E0001" : "W0001",
            severity,
            span: { start, end: start + severity.length },
            text: `a ${severity}`,
          };
        }),
    );
    const failed = diagnostics.flat().some(({ severity }) => severity === "error" || options.strict === true);
    if (units.some(({ source }) => source.text.includes("crash"))) throw new Error("internal compiler error: oh");
    return {
      failed,
      units: units.map((unit, i) => ({
        id: unit.id,
        summary: null,
        reused: false,
        diagnostics: diagnostics[i],
        files: failed
          ? []
          : [
              {
                path: unit.output,
                code: `import "${options.runtime ?? "valk/runtime"}/kernel/list.js";\n// ${unit.source.text}\n`,
                map: JSON.stringify({ version: 3, file: unit.output, sources: [unit.source.path] }),
              },
            ],
      })),
    };
  },
);
const phases = ["read", "expand", "lower", "optimize", "cps", "emit"];
jest.unstable_mockModule("../compiler/compile.ts", () => ({
  compile,
  phases,
  dump: (units: readonly Unit[], id: string, phase: string) => `${phase} ${id} ${units.length}`,
}));
const { main } = await import("../cli/main.ts");

const files = {
  "/work/app.valk": '(load "lib/x.valk")',
  "/work/lib/x.valk": "x",
  "/work/bad.valk": "\n  (error)",
  "/work/odd.valk": "(warning)",
  "/work/crash.valk": "crash",
  "/work/empty/readme.md": "",
  "/valk/dist/runtime/kernel/list.js":
    'import { a } from "../lib/a.js";\nexport const f = async () => import("./late.js");',
  "/valk/dist/runtime/kernel/late.js": 'import "node:fs";',
  "/valk/dist/runtime/lib/a.js": 'import "../kernel/list.js"; export const a = 1;',
  "/valk/dist/runtime/lib/unused.js": "",
};
const valk = async (
  line: string,
  changes: Parameters<typeof fakeHost>[1] = {},
  host: FakeHost = fakeHost(files, changes),
) => ({
  code: await main(
    line.split(" ").filter((word) => word !== ""),
    host,
  ),
  host,
  ...host.output,
});
const built = (host: FakeHost, folder = "/work/out") => below(host, folder);

beforeEach(() => compile.mockClear());

describe("build", () => {
  test("writes the modules and says so", async () => {
    const { code, host, out, err } = await valk("build app.valk");
    expect([code, err]).toEqual([0, ""]);
    expect(built(host)).toEqual(["/work/out/app.js", "/work/out/lib/x.js", "/work/out/package.json"]);
    expect(out).toBe("app.valk -> out/app.js\nlib/x.valk -> out/lib/x.js\n");
  });

  test("what was kept of units: of the same build, unless it is forced, and without a cache nothing", async () => {
    const host = fakeHost(files);
    const found = async (line: string, changes: Parameters<typeof fakeHost>[1] = {}): Promise<readonly unknown[]> => {
      const own = fakeHost(Object.fromEntries(host.files), changes);
      await valk(line, {}, own);
      for (const [path, text] of own.files) host.files.set(path, text);
      const { calls } = compile.mock;
      const [units, , , , store] = calls[calls.length - 1];
      return units.map((unit) => store?.get(unit) ?? null);
    };
    const kept = { files: [] };
    await valk("build app.valk", {}, host);
    const cached = [...host.files.keys()].filter((path) => path.startsWith("/cache/"));
    expect(cached).toHaveLength(2);
    expect(await found("build app.valk")).toEqual([kept, kept]);
    expect(await found("build app.valk --force")).toEqual([null, null]);
    expect(await found("build app.valk", { cacheFolder: "" })).toEqual([null, null]);
    host.files.set("/work/lib/x.valk", "y");
    for (const path of cached) host.files.set(path, "{");
    expect(await found("build app.valk", { writeFiles: () => {} })).toEqual([null, null]);
  });

  test("a directory, to -o", async () => {
    const { code, host } = await valk("build lib -o js");
    expect([code, built(host, "/work/js")]).toEqual([0, ["/work/js/package.json", "/work/js/x.js"]]);
  });

  test("source maps name the source as seen from the output", async () => {
    const { host } = await valk("build app.valk --source-map -o a/b");
    expect(host.files.get("/work/a/b/lib/x.js")).toMatch(/\/\/# sourceMappingURL=x\.js\.map\n$/);
    expect(host.files.get("/work/a/b/lib/x.js.map")).toContain('"sources":["../../../lib/x.valk"]');
  });

  test("a copied runtime is what the output needs, transitively", async () => {
    const { host } = await valk("build app.valk --runtime=copy");
    expect(built(host, "/work/out/valk-runtime")).toEqual(
      ["kernel/late.js", "kernel/list.js", "lib/a.js"].map((name) => `/work/out/valk-runtime/${name}`),
    );
  });

  test("package.json is written only where none says module", async () => {
    const said = fakeHost({ ...files, "/work/package.json": '{"type":"module"}' });
    await valk("build app.valk", {}, said);
    expect(said.files.has("/work/out/package.json")).toBe(false);
    const own = fakeHost({ ...files, "/work/out/package.json": '{"name":"mine"}' });
    const { err } = await valk("build app.valk", {}, own);
    expect(own.files.get("/work/out/package.json")).toBe('{"name":"mine"}');
    expect(err).toContain('does not say "type": "module"');
  });

  test("errors: place, excerpt, pointer, nothing written, exit 3", async () => {
    const { code, host, out, err } = await valk("build bad.valk");
    expect([code, out, built(host)]).toEqual([3, "", []]);
    expect(err).toContain("error[E0001]: a error");
    expect(err).toContain("bad.valk:2:4");
    expect(err).toMatch(/\^{5}/);
  });

  test("warnings: written, exit 0; with --strict exit 3", async () => {
    expect((await valk("build odd.valk")).code).toBe(0);
    const { code, host, err } = await valk("build odd.valk --strict");
    expect([code, built(host)]).toEqual([3, []]);
    expect(err).toContain("warning[W0001]");
  });

  test("--json", async () => {
    const { out, err } = await valk("build odd.valk --json");
    expect(out).toBe("");
    expect(JSON.parse(err)).toMatchObject({ code: "W0001", severity: "warning", path: "odd.valk", line: 1, column: 2 });
  });

  test.each([
    ["build no.valk", "there is no file no.valk"],
    ["build empty", "no .valk files in empty"],
    ["build", "missing argument"],
    ["build app.valk more", "unexpected argument more"],
    ["build app.valk --sorce-map", "unknown option --sorce-map; did you mean --source-map?"],
    ["build app.valk --runtime=cpoy", "cpoy"],
    ["build app.valk -o", "o"],
    ["build app.valk -o bad.valk", "is a file"],
    ["biuld app.valk", "unknown command biuld; did you mean build?"],
    ["--verison", "unknown option --verison; did you mean --version?"],
    ["run no.valk", "there is no file no.valk"],
    ["run empty", "empty is a directory, not a file"],
    ["run --strct app.valk", "unknown option --strct; did you mean --strict?"],
    ["run", "missing argument"],
    ["dump app.valk --after=lowr", "there is no phase lowr; did you mean lower?"],
  ])("%s: exit 2", async (line, text) => {
    const { code, host, err } = await valk(line);
    expect(err).toContain(text);
    expect(err).not.toMatch(/^ +at /m);
    expect([code, built(host)]).toEqual([2, []]);
  });

  test("our own mistakes say so", async () => {
    const { code, err } = await valk("build crash.valk");
    expect(code).toBe(3);
    expect(err).toMatch(/internal error.*\nPlease report it/);
  });

  test("a file system that refuses is no internal error", async () => {
    const writeFiles = () => {
      throw Object.assign(new Error("EACCES: permission denied, mkdir '/work/out'"), {
        code: "EACCES",
        syscall: "mkdir",
      });
    };
    const { code, err } = await valk("build app.valk", { writeFiles });
    expect([code, err]).toEqual([2, "valk: EACCES: permission denied, mkdir '/work/out'\n"]);
  });
});

describe("run", () => {
  test("compiles into the cache, then runs from there", async () => {
    const { code, host } = await valk("run app.valk --flag 2");
    expect(code).toBeNull();
    expect(host.runs).toEqual([[expect.stringMatching(/^\/cache\/\w+\/app\.js$/), "/work/app.valk", "--flag", "2"]]);
    await valk("run app.valk", {}, host);
    expect(compile).toHaveBeenCalledTimes(1);
    host.files.set("/work/lib/x.valk", "y");
    await valk("run app.valk", {}, host);
    expect(compile).toHaveBeenCalledTimes(2);
    expect(host.runs[2][0]).not.toBe(host.runs[1][0]);
  });

  test("warns at each run, before it", async () => {
    const { host } = await valk("run odd.valk");
    const first = host.output.err;
    expect(first).toContain("warning[W0001]");
    await valk("run odd.valk", {}, host);
    expect(host.output.err).toBe(first + first);
    expect(compile).toHaveBeenCalledTimes(1);
  });

  test("a program on the command line and from standard input", async () => {
    const host = fakeHost(files, { stdin: () => '(load "app.valk")' });
    expect(await main(["run", "-e", "(print 1)", "a"], host)).toBeNull();
    expect(await main(["run", "-", "b"], host)).toBeNull();
    expect(host.runs).toEqual([
      [expect.stringContaining("/eval.js"), "<eval>", "a"],
      [expect.stringContaining("/stdin.js"), "<stdin>", "b"],
    ]);
    expect(compile.mock.calls[1][0].map(({ id }) => id)).toContain("/work/app.valk");
  });

  test("options stand before the file", async () => {
    expect((await valk("run --strict odd.valk")).code).toBe(3);
    const { host } = await valk("run --json app.valk --strict");
    expect(host.runs[0].slice(2)).toEqual(["--strict"]);
  });

  test("errors run nothing: exit 3", async () => {
    const { code, host } = await valk("run bad.valk");
    expect([code, host.runs]).toEqual([3, []]);
  });

  test("a program that throws: exit 1", async () => {
    const { code, err } = await valk("run app.valk", { runModule: async () => Promise.reject(new Error("boom")) });
    expect(code).toBe(1);
    expect(err).toContain("boom");
  });

  test("an Error of the program: its place and the way there, nothing of ours", async () => {
    const { ValkError } = await import("../runtime/kernel/error.ts");
    const error = new ValkError("boom");
    const frames = [
      "f (/work/app.valk:1:7)",
      "push (file:///valk/dist/runtime/kernel/control.js:1:2)",
      "file:///work/my%20lib/x.valk:1:1",
    ];
    error.stack = `Error: boom\n${frames.map((frame) => `    at ${frame}\n`).join("")}`;
    const { code, err } = await valk("run app.valk", { runModule: async () => Promise.reject(error) });
    expect(code).toBe(1);
    expect(err).toBe(
      'Error: boom\n  1 | (load "lib/x.valk")\n    |       ^\n    at f (app.valk:1:7)\n    at my lib/x.valk:1:1\n',
    );
  });

  test("without a cache", async () => {
    const { code, host } = await valk("run app.valk", { cacheFolder: "" });
    expect(code).toBeNull();
    expect(host.runs[0][0]).toMatch(/^\/tmp\/valk-1\//);
  });
});

test("dump", async () => {
  expect((await valk("dump app.valk --after=lower")).out).toBe("lower /work/app.valk 2\n");
});

test.each([
  ["--version", "1.2.3\n"],
  ["--help", "valk build <file|dir>"],
  ["help run", "--strict"],
  ["build --help", "--source-map"],
])("%s", async (line, text) => {
  const { code, out } = await valk(line);
  expect(code).toBe(0);
  expect(out).toContain(text);
});
