/** The compiler and its runtime as a user meets them: through the built command line, in processes of their own. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, openDesk, showsOurs } from "./valk.ts";

const desk = openDesk();
const { valk } = desk;
afterAll(() => desk.close());

const fixtures = fileURLToPath(new URL("../fixtures/cli/", import.meta.url));
const quiet = (out: string): Ended => ({ code: 0, out, err: "" });
/** Every message has a place, and none shows our own. */
const clear = ({ err }: Ended): void => {
  expect(err).not.toBe("");
  expect(showsOurs(err)).toBe(false);
};

describe("programs", () => {
  test("-e takes one; values are not printed by themselves", async () => {
    expect(await valk(["run", "-e", "(print (reset (+ 1 (shift k (+ (k 5) (k 6))))))"])).toEqual(quiet("13\n"));
    expect(await valk(["run", "-e", "(+ 1 2)"])).toEqual(quiet(""));
  });

  test("- reads one from standard input; arguments may follow", async () => {
    expect(await valk(["run", "-", "a"], { input: '(print "in" (+ 1 2))' })).toEqual(quiet("in 3\n"));
  });

  // Among them: recursion a million deep, ten million calls in turn, a million captures in map, a hundred thousand fibers.
  test.each(readdirSync(fixtures))("%s", async (name) => {
    const expected = readFileSync(join(fixtures, name, "stdout"), "utf8");
    expect(await valk(["run", join(fixtures, name, "main.valk")])).toEqual(quiet(expected));
  });

  test("the output with a copy of the runtime runs in an empty folder", async () => {
    const home = desk.place({
      "src/main.valk":
        '(load "lib/wait.valk")\n(print (map double {1 2}) (reset (+ 1 (shift k (k 5)))))\n(print (later 3))',
      "src/lib/wait.valk": "(fun {double x} {* 2 x})\n(fun {later x} {(sleep 1) (double x)})",
    });
    const built = await valk(["build", "src/main.valk", "-o", "out", "--runtime=copy"], { cwd: home });
    expect([built.code, built.err]).toEqual([0, ""]);
    expect(await desk.node(["out/main.js"], home)).toEqual(quiet("{2 4} 6\n6\n"));
  });
});

describe("refused: nothing is written, exit 3", () => {
  const cases: readonly (readonly [
    name: string,
    program: string,
    place: string,
    text: string,
    args?: readonly string[],
  ])[] = [
    ["unclosed bracket", "(fun {f x} {\n  (print (+ x 1)\n})", "3:1", "mismatched brackets: `(` is closed by `}`"],
    ["never closed", "(print 1)\n(print (+ 1 2)\n", "2:1", "error[E0101]: this `(` is never closed"],
    ["mismatched bracket", "(print (+ 1 2})", "1:14", "error[E0102]: mismatched brackets: `(` is closed by `}`"],
    ["stray bracket", "(print 1))", "1:10", "error[E0103]: this `)` closes nothing"],
    ["unclosed string", '(print "abc)', "1:8", "error[E0104]: this string is never closed"],
    ["bad number", "(print 12ab)", "1:8", "error[E0106]: `12ab` is not a number"],
    [
      "an integer that is not exact",
      "(print 9007199254740993)",
      "1:8",
      "help: write 9007199254740993n for a big integer",
    ],
    [
      "load of a file that is not there",
      '(load "none.valk")',
      "1:7",
      'error[E0401]: there is no file "none.valk" to load',
    ],
    ["--futures=deny", "(aio/sleep 1)", "1:2", "help: (sleep ms) suspends the fiber", ["--futures=deny"]],
    ["--futures=warn", "(aio/sleep 1)", "1:2", "warning[W0304]: `aio/sleep` makes", ["--strict", "--futures=warn"]],
    ["--strict: unbound name", "(print (fodl + 0 {1}))", "1:9", "did you mean `foldl`", ["--strict"]],
    ["--strict: arity", "(fun {f x} {x})\n(f 1 2)", "2:1", "warning[W0302]: `f` takes 1 argument, got 2", ["--strict"]],
    ["--strict: malformed form", "(if 1)", "1:1", "warning[W0201]: if: expected 2 or 3 arguments, got 1", ["--strict"]],
    ["--strict: call of a number", "(print (1 2))", "1:9", "warning[W0303]: the number 1 is called", ["--strict"]],
    ["--strict: unknown escape", '(print "\\q")', "1:9", "warning[W0101]", ["--strict"]],
  ];

  test.each(cases.map((given) => [given[0], given] as const))("%s", async (_, [, program, place, text, args = []]) => {
    const home = desk.place({ "app.valk": program, "out/app.js": "old" });
    const lines: readonly (readonly string[])[] = [
      ["build", ...args, "app.valk"],
      ["run", ...args, "app.valk"],
      ...(args.length > 0 ? [] : [["dump", "app.valk"]]),
    ];
    for (const ended of await Promise.all(lines.map((line) => valk(line, { cwd: home })))) {
      expect([ended.code, ended.out]).toEqual([3, ""]);
      expect(ended.err).toContain(`--> app.valk:${place}\n`);
      expect(ended.err).toContain(text);
      clear(ended);
    }
    expect(readdirSync(join(home, "out"))).toEqual(["app.js"]);
    expect(readFileSync(join(home, "out/app.js"), "utf8")).toBe("old");
  });

  test("all reader errors at once, and nothing that only follows from them", async () => {
    const home = desk.place({
      "app.valk": '(load "lib.valk")\n(print (twice 1) 12ab)\n(if)\n(print 0xg)\n',
      "lib.valk": "(fun {twice x} {* 2 x)\n",
    });
    const { err } = await valk(["build", "app.valk"], { cwd: home });
    expect(err.match(/^(?:error|warning)\[\w+\]/gm)).toEqual(["error[E0106]", "error[E0106]", "error[E0102]"]);
  });

  test("a good file is not written if another one of the directory is bad", async () => {
    const home = desk.place({ "src/a.valk": "(print 1)", "src/b.valk": "(print" });
    expect((await valk(["build", "src", "-o", "out"], { cwd: home })).code).toBe(3);
    expect(existsSync(join(home, "out"))).toBe(false);
  });

  test("--strict says why it refuses", async () => {
    const { err } = await valk(["run", "--strict", "-e", "(print (foo))"]);
    expect(err).toMatch(/^valk: with --strict warnings are errors/m);
  });
});

describe("warned: written, and an Error value at run time", () => {
  const cases = [
    ["unbound name", "(fodl + 0 {1 2})", "1:2", "did you mean `foldl` or `foldr`?", "unbound symbol fodl"],
    ["too many arguments", "(fun {f x} {x})\n(f 1 2)", "2:1", "help: write (f x)", "f: expected 1 argument, got 2"],
    ["too few for a builtin", "(cons 1)", "1:1", "help: write (cons x l)", "cons: expected 2 arguments, got 1"],
    ["malformed form", "(if 1)", "1:1", "help: write (if test {then} {else})", "if: expected 2 or 3 arguments, got 1"],
    ["malformed names", "(= 5 1)", "1:4", "help: write (= {name} value)", "=: expected names in braces"],
    ["call of a number", "(5 6)", "1:2", "help: a list of values is written (list ...)", "not a function: 5"],
    ["form as a value", "(map if {1})", "1:6", "wrap it in a lambda", "if is a form, not a value"],
  ] as const;

  test.each(cases)("%s", async (_name, program, place, help, message) => {
    const home = desk.place({ "app.valk": `${program}\n(print "not reached")\n` });
    const built = await valk(["build", "app.valk", "--runtime=copy"], { cwd: home });
    expect([built.code, built.out]).toEqual([0, "app.valk -> out/app.js\n"]);
    expect(built.err).toContain(`--> app.valk:${place}\n`);
    expect(built.err).toContain(help);
    clear(built);
    const output = await desk.node(["out/app.js"], home);
    expect([output.code, output.out]).toEqual([1, ""]);
    expect(output.err).toMatch(`Error: ${message}\n`);
    const ran = await valk(["run", "app.valk"], { cwd: home });
    expect([ran.code, ran.out]).toEqual([1, ""]);
    expect(ran.err).toContain(`\nError: ${message}\n`);
    clear(ran);
  });

  test("as a value it does no harm", async () => {
    const { code, out } = await valk(["run", "-e", '(print (error? (fodl 1))) (print "and on")']);
    expect([code, out]).toEqual([0, "1\nand on\n"]);
  });
});

describe("at run time", () => {
  test.each([
    [
      "shift without reset",
      "(fun {f x} {(+ x (shift k (k 1)))})\n(f 2)",
      "shift: no enclosing reset",
      "at f (app.valk:1:18)\n    at app.valk:2:1",
    ],
    [
      "a call of what is no function",
      "(= {x} 5)\n(fun {g y} {(+ 1 (x y))})\n(g 1)",
      "not a function: 5",
      "at g (app.valk:2:18)\n    at app.valk:3:1",
    ],
    [
      "an Error after a wait",
      '(fun {h x} {(sleep 1) (+ 1 (head x))})\n(h "s")',
      'head: argument 1 must be a non-empty list, got "s"',
      "at h (app.valk:1:28)\n    at app.valk:2:1",
    ],
  ])("%s", async (_name, program, message, trace) => {
    const home = desk.place({ "app.valk": `${program}\n(print "not reached")\n` });
    const ended = await valk(["run", "app.valk"], { cwd: home });
    expect([ended.code, ended.out]).toEqual([1, ""]);
    expect(ended.err).toMatch(new RegExp(`^Error: ${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\n +\\d+ \\| `));
    expect(ended.err).toContain(`    ${trace}\n`);
    clear(ended);
  });
});

describe("the command line", () => {
  test.each([
    [["run", "none.valk"], "valk: there is no file none.valk\n"],
    [["run", "app"], "valk: there is no file app; did you mean app.valk?\n"],
    [["build", "none"], "valk: there is no file none\n"],
    [["build", "empty"], "valk: no .valk files in empty\n"],
    [["run", "empty"], "valk: empty is a directory, not a file\n"],
    [["dump", "none.valk"], "valk: there is no file none.valk\n"],
    [["run"], "valk: run: missing argument: valk run <file> [args...]\nSee valk run --help.\n"],
    [["biuld", "app.valk"], "valk: unknown command biuld; did you mean build?\nSee valk --help.\n"],
    [
      ["build", "--stric", "app.valk"],
      "valk: unknown option --stric; did you mean --strict?\nSee valk build --help.\n",
    ],
  ])("%j", async (args, err) => {
    const home = desk.place({ "app.valk": "(print 1)", "empty/readme": "" });
    expect(await valk(args, { cwd: home })).toEqual({ code: 2, out: "", err });
  });

  test("--json: a diagnostic a line, also of a warning", async () => {
    const home = desk.place({ "app.valk": "(print (+ 1 2})\n(print 12ab)\n", "warn.valk": "(foo)" });
    const lines = async (...args: string[]): Promise<readonly Record<string, unknown>[]> => {
      const { err } = await valk(args, { cwd: home });
      return err
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    const place = { path: "app.valk", severity: "error" };
    const both = [
      { ...place, code: "E0102", line: 1, column: 14 },
      { ...place, code: "E0106", line: 2, column: 8 },
    ];
    expect(await lines("build", "--json", "app.valk")).toMatchObject(both);
    expect(await lines("run", "--json", "app.valk")).toMatchObject(both);
    expect(await lines("build", "--json", "--strict", "warn.valk")).toMatchObject([
      { code: "W0301", severity: "warning" },
    ]);
  });

  test("files that have changed are compiled again", async () => {
    const home = desk.place({ "app.valk": '(load "lib.valk")\n(print (f 1))', "lib.valk": "(fun {f x} {+ x 1})" });
    const run = async (): Promise<string> => (await valk(["run", "app.valk"], { cwd: home })).out;
    expect([await run(), await run()]).toEqual(["2\n", "2\n"]);
    writeFileSync(join(home, "lib.valk"), "(fun {f x} {+ x 2})");
    expect(await run()).toBe("3\n");
  });
});
