/** Texts and checkers of the intermediate representations, over every program there is and over broken trees. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { expect } from "@jest/globals";
import { dump, trees } from "../compiler/compile.ts";
import type * as Core from "../compiler/ir/core.ts";
import { checkCore } from "../compiler/ir/core-check.ts";
import { mapBlock, mapLambda, mapModule, rename, renameBlock, substitute } from "../compiler/ir/core-map.ts";
import { parseBlock, parseCore, parseLambda, showBlock, showCore, showLambda } from "../compiler/ir/core-text.ts";
import { checkCps } from "../compiler/ir/cps-check.ts";
import { parseCps, showCps } from "../compiler/ir/cps-text.ts";
import { checkKernel } from "../compiler/ir/kernel-check.ts";
import { printKernel, readKernel } from "../compiler/ir/kernel-text.ts";
import { parseSexp, printSexp } from "../compiler/ir/sexp.ts";
import { preludeSummaries, preludeUnits, unitOf, unitsOf } from "./library.ts";

const RUN = fileURLToPath(new URL("../fixtures/run/", import.meta.url));
const cases = readdirSync(RUN)
  .sort()
  .flatMap((area) =>
    readdirSync(join(RUN, area))
      .sort()
      .map((name) => `${area}/${name}`),
  );
const summaries = preludeSummaries();

/** Equal but for spans. */
const plain = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value) => (key === "span" ? undefined : odd(value))));
/** Values JSON has no text for. */
const odd = (value: unknown): unknown => {
  if (typeof value === "bigint") return { bigint: String(value) };
  return typeof value === "number" && (Object.is(value, -0) || !Number.isFinite(value))
    ? { number: Object.is(value, -0) ? "-0" : String(value) }
    : value;
};

const sameAfter = <T>(tree: T, show: (tree: T) => string, parse: (text: string) => T): void => {
  const text = show(tree);
  const again = parse(text);
  expect(show(again)).toBe(text);
  // jest would take half of the time for the comparison; it shows what differs.
  const [one, other] = [plain(again), plain(tree)];
  if (!isDeepStrictEqual(one, other)) expect(one).toEqual(other);
};

type Later = NonNullable<ReturnType<typeof trees>["later"]>;
const checkAll = (later: Later): void => {
  for (const core of [later.core, later.optimized]) {
    expect(checkCore(core, { world: later.world })).toEqual([]);
    sameAfter(core, showCore, parseCore);
    // A text read back is as good as the tree: variables are one object each.
    expect(checkCore(parseCore(showCore(core)), { world: later.world })).toEqual([]);
  }
  checkEnd(later);
};
const checkEnd = (later: Later): void => {
  expect(checkCps(later.cps)).toEqual([]);
  sameAfter(later.cps, showCps, parseCps);
  expect(checkCps(parseCps(showCps(later.cps)))).toEqual([]);
};

const modes = [
  ["optimized", { optimize: true }],
  ["not optimized", { optimize: false }],
  ["probed", { optimize: false, probe: true }],
] as const;

describe.each(cases)("%s", (name) => {
  const units = unitsOf(join(RUN, name, "main.valk"));
  test.each(modes)("%s", (_, options) => {
    for (const { id } of units) {
      const { front, later } = trees(units, id, summaries, options);
      // What comes before the optimizer is the same without it; a probe is an operation more.
      if (options.optimize) {
        expect(checkKernel(front.kernel)).toEqual([]);
        sameAfter(front.kernel, printKernel, readKernel);
        if (later !== null) checkAll(later);
      } else if (later !== null) {
        expect(checkCore(later.optimized, { world: later.world })).toEqual([]);
        checkEnd(later);
      }
    }
  });
});

describe("prelude", () => {
  const units = preludeUnits();
  test.each(units.map(({ id }) => id))("%s", (id) => {
    const { later } = trees(units, id, []);
    expect(later).not.toBeNull();
    if (later !== null) checkAll(later);
  });
});

describe("texts", () => {
  const lambdas = [
    "(fn f.9 (x.1) (return x.1))",
    "(fn 9 () (return nil))",
    "(fn f.9 (x.1 & more.2) (tail (call list x.1 more.2)))",
    "(fn |odd name.9| (|a b.1| |5.2|) (return |a b.1|))",
    '(fn f.9 (x.1) (let y.2 "a\\nb") (let z.3 -0) (let b.4 12n) (return (quote {1 (a "b") :k})))',
    "(fn f.9 (x.1) (tail (+ x.1 2 (num x.1) (any 3))))",
    "(fn f.9 (x.1) (tail (call (own g.5) (builtin nil) (builtin @x) (builtin a.1) @g)))",
    '(fn f.9 (x.1) (let a.2 (global? g (global? (from "m" g) (unbound g)))) (let b.3 (global g)) (tail (unbound g)))',
    '(fn f.9 (c.1) (let a.2 (read (c.1))) (let b.3 (read (c.1 c.1) @f)) (let d.4 (final a.2)) (tail (load "m")))',
    "(fn f.9 (x.1) (loop l.2 ((i.3 0) (n.4 x.1)) (guard n.4) (if n.4 (return i.3) (do (let j.5 (+ i.3 1)) (jump l.2 j.5 n.4)))))",
    "(fn f.9 (x.1) (join j.2 (r.3) (guard x.1 j.2) (jump j.2 x.1)) (let c.4 (%cell)) (let _.5 (%set c.4 r.3)) (tail (set! g c.4)))",
  ];
  test.each(lambdas)("%s", (text) => {
    expect(printSexp(showLambda(parseLambda(parseSexp(text))), 1000)).toBe(text);
  });

  test.each([
    "(fn)",
    "(fn f.1 (x) (return nil))",
    "(fn f.1 () (stop))",
    "(fn f.1 () (let a.2 (odd 1)) (return nil))",
    "(fn f.1 (x.2 y.2) (return nil))",
  ])("no lambda: %s", (text) => expect(() => parseLambda(parseSexp(text))).toThrow(SyntaxError));
});

describe("core-map", () => {
  const text = `(fn f.9 (x.1 l.2)
    (let g.3 (fn g.8 (y.4) (let z.5 (+ y.4 x.1)) (tail (call g.3 z.5))))
    (join j.6 (r.7) (guard x.1 j.6) (let c.10 (read (x.1) x.1)) (if l.2 (jump j.6 c.10) (tail (apply x.1 l.2))))
    (loop w.11 ((i.12 r.7)) (let t.13 (call g.3 i.12)) (jump w.11 t.13)))`;
  const lambda = parseLambda(parseSexp(text));
  const shown = (l: Core.Lambda): string => printSexp(showLambda(l), 10_000);
  const flat = text.replace(/\s+/g, " ");

  test("what does not change keeps its identity", () => {
    const visited: string[] = [];
    const seen = <T extends { readonly kind: string }>(node: T): T => {
      visited.push(node.kind);
      return node;
    };
    const result = mapBlock(lambda.body, {
      atom: (atom) => seen(atom),
      op: (op) => seen(op),
      stmt: (stmt) => stmt,
      block: (block) => block,
    });
    expect(result).toBe(lambda.body);
    expect(visited.filter((kind) => kind === "Closure")).toHaveLength(1);
    expect(mapLambda(lambda, {})).toBe(lambda);
  });

  test("only the way to a change is rebuilt", () => {
    const result = mapBlock(lambda.body, { op: (op) => (op.kind === "Apply" ? { kind: "Use", atom: op.callee } : op) });
    expect(result).not.toBe(lambda.body);
    expect(result.stmts[0]).toBe(lambda.body.stmts[0]);
    expect(result.end).toBe(lambda.body.end);
  });

  test("statements come and go", () => {
    const result = mapBlock(lambda.body, {
      stmt: (stmt) => (stmt.kind === "Guard" ? [] : stmt.kind === "Join" ? [stmt, stmt] : stmt),
    });
    expect(result.stmts).toHaveLength(3);
    expect(shown({ ...lambda, body: result })).not.toContain("guard");
  });

  test("substitution reaches closures and calls, and goes on until nothing is left", () => {
    const [x, l] = lambda.params;
    const atoms = new Map<Core.Var, Core.Atom>([
      [x, { kind: "Var", var: l }],
      [l, { kind: "Lit", value: 5 }],
    ]);
    expect(shown({ ...lambda, body: substitute(lambda.body, atoms) })).toBe(
      flat
        .replace("(+ y.4 x.1)", "(+ y.4 (any 5))")
        .replace(/ x\.1(?! l\.2\))/g, " 5")
        .replace(/\(x\.1\)/g, "(5)")
        .replace("(if l.2", "(if 5")
        .replace("(apply x.1 l.2)", "(apply 5 5)"),
    );
    const own: Core.Atom = { kind: "Fn", fn: { kind: "Own", name: "h" } };
    const g = (lambda.body.stmts[0] as Core.Let).var;
    expect(shown({ ...lambda, body: substitute(lambda.body, new Map([[g, own]])) })).toContain("(call @h z.5)");
    expect(substitute(lambda.body, new Map())).toBe(lambda.body);
  });

  test("a renamed lambda is the same with other numbers", () => {
    let last = 100;
    const copy = rename(lambda, () => ++last);
    const ids = (l: Core.Lambda): readonly string[] => shown(l).match(/\.\d+/g) ?? [];
    expect(ids(copy).filter((id) => Number(id.slice(1)) <= 100)).toEqual([]);
    expect(shown(copy).replace(/\.\d+/g, "")).toBe(flat.replace(/\.\d+/g, ""));
    expect(new Set(ids(copy)).size).toBe(new Set(ids(lambda)).size);
    const init = parseLambda(parseSexp("(thunk 200 (loaded.201) (return nil))"));
    const known = { noError: () => true };
    expect(
      checkCore(
        {
          functions: [
            { name: "a", lambda },
            { name: "b", lambda: copy },
          ],
          variables: [],
          init,
          exports: [],
        },
        known,
      ),
    ).toEqual([]);
  });

  test("what is free in a renamed block stays", () => {
    let last = 100;
    const block = renameBlock(
      parseBlock(parseSexp("(do (let a.1 (+ x.2 1)) (guard a.1 l.3) (jump l.3 a.1))")),
      () => ++last,
    );
    expect(printSexp(showBlock(block))).toBe("(do (let a.101 (+ x.2 1)) (guard a.101 l.3) (jump l.3 a.101))");
  });

  test("every program renamed is sound", () => {
    const units = [
      unitOf("(fun {f x & more} {(= {g} (\\ {y} {if y {g x} {more}})) (reset (+ 1 (shift k (g k))))}) (f 1)"),
    ];
    const { later } = trees(units, "main.valk", summaries, { optimize: false });
    if (later === null) throw new Error("does not compile");
    let last = 10_000;
    const copy = mapModule(later.core, (l) => rename(l, () => ++last));
    expect(checkCore(copy, { world: later.world })).toEqual([]);
    const bare = (core: Core.Module): string =>
      showCore(core)
        .replace(/\.\d+| \d+/g, "")
        .replace(/\s+/g, " ");
    expect(bare(copy)).toBe(bare(later.core));
  });
});

/** A module around a function of two parameters. */
const coreOf = (body: string, more = ""): string =>
  `(exports f)\n(variables v)\n(fn f.90 (x.91 y.92) ${body})\n${more}\n(init (thunk 93 (loaded.94) (return nil)))`;

describe("checkCore", () => {
  const sound: readonly string[] = [
    "(guard x.91) (if x.91 (return 1) (return 2))",
    "(join j.1 (r.2) (guard x.91 j.1) (let t.3 (+ (num x.91) 1)) (jump j.1 t.3)) (return r.2)",
    "(join j.1 (r.2) (guard x.91) (jump j.1 x.91)) (if r.2 (return 1) (return 2))",
    "(loop l.1 ((i.2 0)) (if i.2 (return i.2) (do (let t.3 (+ (num i.2) 1)) (jump l.1 t.3))))",
    "(let g.1 (fn g.2 (z.3) (tail (call g.1 z.3)))) (tail (call g.1 x.91))",
    "(tail (call @f y.92 x.91))",
    "(let c.1 (%cell)) (let d.2 (read (c.1) (global? v (unbound v)))) (tail (set! v d.2))",
  ];
  test.each(sound)("sound: %s", (body) => expect(checkCore(parseCore(coreOf(body)))).toEqual([]));

  const broken: readonly (readonly [problem: string, body: string])[] = [
    ["bound twice", "(let a.1 2) (let a.1 3) (return a.1)"],
    ["bound twice", "(let x.91 2) (return x.91)"],
    ["bound twice", "(join a.1 () (jump a.1)) (let a.1 2) (return nil)"],
    ["not in scope: a.1", "(return a.1)"],
    ["not in scope: a.1", "(let b.2 (+ a.1 1)) (let a.1 2) (return b.2)"],
    ["not in scope: a.1", "(join j.3 () (let a.1 2) (jump j.3)) (return a.1)"],
    ["not in scope: r.1", "(join j.3 (r.1) (jump j.3 r.1)) (return r.1)"],
    ["not in scope: a.1", "(guard x.91) (if x.91 (do (let a.1 2) (return a.1)) (return a.1))"],
    ["does not enclose", "(jump j.1)"],
    ["does not enclose", "(join j.1 () (jump j.1)) (jump j.1)"],
    ["does not enclose", "(join j.1 () (let g.2 (fn g.3 () (jump j.1))) (jump j.1)) (return nil)"],
    ["does not enclose", "(loop l.1 () (join j.2 () (jump l.1)) (jump j.3))"],
    ["1 arguments to a label of 2", "(join j.1 (a.2 b.3) (jump j.1 5)) (return a.2)"],
    ["1 arguments to a label of 0", "(join j.1 () (guard x.91 j.1) (jump j.1)) (return nil)"],
    ["parameters and first values", "(loop l.1 ((a.2)) (return a.2))"],
    ["the test may be an Error", "(if x.91 (return 1) (return 2))"],
    ["the test may be an Error", "(let t.1 (+ x.91 1)) (if t.1 (return 1) (return 2))"],
    ["the test may be an Error", "(join j.1 (r.2) (guard x.91 j.1) (jump j.1 x.91)) (if r.2 (return 1) (return 2))"],
    ["the test may be an Error", "(loop l.1 ((i.2 0)) (if i.2 (return i.2) (do (let t.3 (+ i.2 1)) (jump l.1 t.3))))"],
    ["no function g", "(return @g)"],
    ["no function g", "(tail (call @g))"],
    ["1 arguments of a function of 2", "(tail (call @f 1))"],
    ["that is no closure", "(tail (call x.91 1))"],
    ["2 arguments of a function of 1", "(let g.1 (fn g.2 (z.3) (return z.3))) (tail (call g.1 1 2))"],
    ["call of a thunk", "(let g.1 (thunk g.2 () (return nil))) (tail (call g.1))"],
    ["two lambdas with the id", "(let g.1 (fn g.90 () (return nil))) (return g.1)"],
    ["closure without a variable", "(tail (fn g.2 () (return nil)))"],
    ["fewer than two", "(tail (+ x.91))"],
    ["set with 1", "(tail (%set x.91))"],
    ["numbers of nothing", "(tail (%numbers))"],
    ["is no thunk", "(tail (%abort x.91 x.91))"],
    ["is no thunk", "(let g.1 (fn g.2 () (return nil))) (tail (%reset x.91 g.1))"],
    ["takes 0 arguments", "(let g.1 (thunk g.2 () (return nil))) (tail (%shift x.91 g.1))"],
    ["takes 1 arguments", "(let g.1 (thunk g.2 (z.3) (return nil))) (tail (%ensure g.1 g.1))"],
    ["no module variable w", "(tail (set! w 1))"],
    ["no module variable w", "(tail (global? w (unbound w)))"],
    ["somewhere else to look", "(tail (global v (unbound v)))"],
    ["a read of no cell", "(tail (read ()))"],
    ["not at top level", "(report x.91 y.92) (return nil)"],
    ["a thunk with a rest list", "(let g.1 (thunk g.2 (& z.3) (return nil))) (return g.1)"],
    ["rest list without a parameter", "(let g.1 (fn g.2 (&) (return nil))) (return g.1)"],
  ];
  test.each(broken)("%s: %s", (problem, body) => {
    const problems = checkCore(parseCore(coreOf(body)));
    expect(problems.filter((text) => text.includes(problem))).not.toEqual([]);
    expect(problems[0]).toMatch(/^in f: /);
  });

  test("a copy of a variable is not the variable", () => {
    const module = parseCore(coreOf("(return x.91)"));
    const copies = mapModule(module, (l) =>
      mapLambda(l, { atom: (a) => (a.kind === "Var" ? { ...a, var: { ...a.var } } : a) }),
    );
    expect(checkCore(copies)).toEqual(["in f: a copy of a variable: x.91: (return x.91)"]);
  });

  test.each([
    ["an export of nothing: g", coreOf("(return nil)").replace("(exports f)", "(exports f g)")],
    ["exported twice", coreOf("(return nil)").replace("(exports f)", "(exports f f)")],
    ["of one name", coreOf("(return nil)").replace("(variables v)", "(variables v f)")],
    ["of one name", coreOf("(return nil)", "(fn f.1 () (return nil))")],
    ["no thunk of one parameter", coreOf("(return nil)").replace("(loaded.94)", "()")],
    ["a function that is a thunk", coreOf("(return nil)", "(thunk g.1 () (return nil))")],
    ["numbers for a parameter", coreOf("(return nil)", "(define g (numbers 1) (fn g.1 (a.2) (return a.2)))")],
    ["no such worker: h", coreOf("(return nil)", "(define g (worker h) (fn g.1 (a.2) (return a.2)))")],
    [
      "no copy for numbers: h",
      coreOf("(return nil)", "(define g (worker h) (fn g.1 (a.2) (return a.2)))(fn h.3 (b.4) (return b.4))"),
    ],
    [
      "no such twin: h",
      coreOf("(return nil)", "(define g (twin h) (fn g.1 (a.2) (return a.2)))(fn h.3 (b.4) (return b.4))"),
    ],
    ["burns no fuel", coreOf("(return nil)", "(define g (free) (fn g.1 (a.2) (tail (call @g a.2))))")],
    ["a copy for no numbers", coreOf("(return nil)", "(define g (numbers) (fn g.1 (a.2) (return a.2)))")],
    [
      "a copy for numbers called without",
      coreOf("(tail (call @g nil))", "(define g (numbers 0) (fn g.1 (a.2) (return a.2)))"),
    ],
    ["another variable", coreOf("(return nil)").replace("(loaded.94)", "(loaded.94) (let a.1 2) (report a.1 a.1)")],
  ])("%s", (problem, text) => {
    expect(checkCore(parseCore(text)).filter((found) => found.includes(problem))).not.toEqual([]);
  });

  test("a copy for numbers", () => {
    const pair =
      "(define g (worker h) (fn g.1 (a.2) (return a.2)))(define h (numbers 0) (fn g.3 (b.4) (if b.4 (return 1) (return 2))))";
    const module = parseCore(coreOf("(return nil)", pair));
    expect(checkCore(module)).toEqual([]);
    sameAfter(module, showCore, parseCore);
  });

  test("a twin", () => {
    const pair =
      "(define g (twin h) (fn g.1 (a.2) (tail (call @h a.2))))(define h (free) (fn g.3 (b.4) (tail (call @g b.4))))";
    const module = parseCore(coreOf("(return nil)", pair));
    expect(checkCore(module)).toEqual([]);
    sameAfter(module, showCore, parseCore);
  });

  test("what is known besides the text", () => {
    const module = parseCore(coreOf("(let t.1 (call nil? x.91)) (if t.1 (return 1) (return 2))"));
    expect(checkCore(module)).toHaveLength(1);
    expect(checkCore(module, { noError: (v) => v.name === "t" })).toEqual([]);
  });
});

/** A module with a function that unwinds: its body, and its parts. */
const cpsOf = (
  body: string,
  parts = "(resume f$1 (r.80) (slot s.81 0 1) (return s.81))",
  unwinds = "unwinds",
): string =>
  `(exports f)\n(variables v)\n(entry f 1 ${unwinds} (fast f (x.91) ${body}) ${parts})\n(init init 1 plain (fast init (of) (loaded.94) (return nil)))`;

describe("checkCps", () => {
  const sound: readonly string[] = [
    "(fuel 1 @f x.91) (let t.1 (apply x.91 1)) (check t.1 f$1 x.91) (return t.1)",
    "(declare r.1) (labeled l.2 (guard x.91 (assign (r.1 x.91)) (break l.2)) (assign (r.1 1)) (break l.2)) (return r.1)",
    "(declare i.1) (assign (i.1 0)) (loop l.2 (if i.1 (return i.1) (do (assign (i.1 x.91)) (continue l.2))))",
    "(let g.1 (closure 1 (fast g (y.2) (return (call g.1 x.91))))) (return g.1)",
  ];
  test.each(sound)("sound: %s", (body) => expect(checkCps(parseCps(cpsOf(body)))).toEqual([]));

  const broken: [problem: string, body: string, parts?: string, unwinds?: string][] = [
    ["does not unwind", "(let t.1 (apply x.91 1)) (check t.1 f$1 x.91) (return t.1)", undefined, "plain"],
    ["does not follow its Let", "(let t.1 (apply x.91 1)) (let u.2 3) (check t.1 f$1 x.91) (return t.1)"],
    ["not in scope: u.2", "(let t.1 (apply x.91 1)) (check t.1 f$1 u.2) (return t.1)"],
    ["no resume function f$2", "(let t.1 (apply x.91 1)) (check t.1 f$2 x.91) (return t.1)"],
    ["slots differ in number", "(let t.1 (apply x.91 1)) (check t.1 f$1) (return t.1)"],
    ["not in scope: x.91", "(return nil)", "(resume f$1 (r.80) (return x.91))"],
    ["slots out of order", "(return nil)", "(resume f$1 (r.80) (slot s.81 1 1) (return s.81))"],
    ["slots out of order", "(return nil)", "(resume f$1 (r.80) (let t.1 2) (slot s.81 0 1) (return s.81))"],
    ["slots outside", "(return nil)", "(rest f$1 (r.80) (slot s.81 0 1) (return s.81))"],
    ["more than a value", "(return nil)", "(resume f$1 (r.80 q.82) (return r.80))"],
    ["two functions are called f$1", "(return nil)", "(rest f$1 () (return nil)) (rest f$1 () (return nil))"],
    ["a part of f is fast", "(return nil)", "(fast f$1 () (return nil))"],
    ["bound twice: t.1", "(let t.1 2) (let t.1 3) (return t.1)"],
    ["without a value: r.1", "(declare r.1) (return r.1)"],
    [
      "without a value: r.1",
      "(declare r.1) (labeled l.2 (guard x.91 (break l.2)) (assign (r.1 1)) (break l.2)) (return r.1)",
    ],
    ["without a declaration", "(assign (r.1 2)) (return r.1)"],
    ["differ in number", "(declare r.1) (assign (r.1)) (return nil)"],
    ["Break to no enclosing Labeled", "(break l.1)"],
    ["Break to no enclosing Labeled", "(loop l.1 (break l.1))"],
    [
      "Break to no enclosing Labeled",
      "(labeled l.1 (let g.2 (closure 0 (fast g () (break l.1)))) (break l.1)) (return nil)",
    ],
    ["Continue to no enclosing Loop", "(labeled l.1 (continue l.1)) (return nil)"],
    ["falls off the end", "(let t.1 2)"],
    ["falls off its end", "(if x.91 (return 1) (let t.1 2))"],
    ["falls off its end", "(loop l.1 (let t.2 3))"],
    ["falls off its end", "(labeled l.1 (let t.2 3)) (return nil)"],
    ["a Guard that goes on", "(guard x.91) (return nil)"],
    ["nothing comes to", "(return nil) (return nil)"],
    ["fuel with other arguments", "(fuel 1 @f) (return nil)"],
    ["fuel in a part", "(return nil)", "(rest f$1 (a.1) (fuel 1 @f a.1) (return nil))"],
    ["fuel of another function: g", "(fuel 1 @g x.91) (return nil)"],
    ["is no thunk", "(let t.1 (%abort x.91 x.91)) (return t.1)"],
    ["is no thunk", "(let g.1 (closure 0 (fast g () (return nil)))) (let t.2 (%abort x.91 g.1)) (return t.2)"],
    ["no function g", "(return @g)"],
    ["no function f$b", "(return (goto f$b))"],
    ["2 arguments for 1 parameters", "(return (goto f 1 2))"],
    ["2 arguments for 1 parameters", "(return (call @f 1 2))"],
    ["0 arguments for 1 parameters", "(let g.1 (closure 1 (fast g (y.2) (return y.2)))) (return (call g.1))"],
    ["differs from its arity", "(let g.1 (closure 2 (fast g (y.2) (return y.2)))) (return g.1)"],
    ["a closure that is a part", "(let g.1 (closure 1 (rest g (y.2) (return y.2)))) (return g.1)"],
    ["no module variable w", "(return (set! w 1))"],
  ];
  test.each(broken)("%s: %s", (...[problem, ...parts]) => {
    const problems = checkCps(parseCps(cpsOf(...parts)));
    expect(problems.filter((text) => text.includes(problem))).not.toEqual([]);
  });

  test.each([
    ["is not fast", cpsOf("(return nil)").replace("(fast f ", "(rest f ")],
    ["f differs from its arity", cpsOf("(return nil)").replace("(entry f 1", "(entry f 2")],
    ["an export of nothing: g", cpsOf("(return nil)").replace("(exports f)", "(exports g)")],
  ])("%s", (problem, text) => {
    expect(checkCps(parseCps(text)).filter((found) => found.includes(problem))).not.toEqual([]);
  });
});

describe("dump", () => {
  const shown = (text: string, phase: Parameters<typeof dump>[2]): string =>
    dump([unitOf(text)], "main.valk", phase, summaries, { optimize: false });
  test.each([
    ["read", "(print 1)\n"],
    ["expand", "(call print 1)\n"],
    ["lower", "(let _.2 (call print 1))"],
    ["optimize", "(let _.2 (call print 1))"],
    ["cps", "(fast init (of) (loaded.1) (let _.2 (call print 1))"],
    ["emit", "print(1);"],
  ] as const)("%s", (phase, part) => expect(shown("(print 1)", phase)).toContain(part));

  test("of a program with errors: what it is like as far as it gets, then what is wrong", () => {
    expect(shown("(print 1", "read")).toBe("(print 1)\n");
    expect(shown("(print 1", "emit")).toMatch(/^; error\[E\d+\]: /);
  });
});
