/** A build compiles what has changed, and what depends on it; the output is that of a build from nothing. */
import { compile } from "../compiler/compile.ts";
import type { Options } from "../compiler/context.ts";
import { type CacheKey, unitStore } from "../compiler/modules/cache.ts";
import { graph } from "../compiler/modules/graph.ts";
import type { Store } from "../compiler/modules/kept.ts";
import type { CompiledProgram, Unit } from "../compiler/modules/unit.ts";
import { evaluator } from "./evaluator.ts";
import { fakeHost } from "./fake-host.ts";
import { type Random, random } from "./fuzz/random.ts";
import { preludeSummaries } from "./library.ts";

const summaries = preludeSummaries();
const evaluate = await evaluator();
type Texts = Readonly<Record<string, string>>;

const key: CacheKey = { compiler: "test", entry: "/work", options: {} };

function unitsOf(texts: Texts): readonly Unit[] {
  const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/work/${name}`, text]));
  const found = graph({ kind: "directory", path: "." }, fakeHost(files), { cwd: "/work", loadPath: [] });
  if (found.kind === "failure") throw new Error(found.text);
  return found.units;
}

const results = ({ units, failed }: CompiledProgram) =>
  JSON.stringify(
    [failed, units.map(({ id, files, summary, diagnostics }) => [id, files, summary, diagnostics])],
    null,
    1,
  );

/** Builds of one program, one after the other, with one cache. */
function builds(options: Partial<Options> = {}) {
  const host = fakeHost({});
  return {
    host,
    /** The names of the modules that were compiled; what comes out is what comes out of nothing. */
    build: (texts: Texts, force = false): readonly string[] => {
      const units = unitsOf(texts);
      const kept = unitStore("/cache", key, { maps: true }, host);
      const store: Store = force ? { ...kept, get: () => null } : kept;
      const program = compile(units, summaries, options, evaluate, store);
      kept.save();
      expect(results(program)).toBe(results(compile(units, summaries, options, evaluate)));
      return program.units.filter(({ reused }) => !reused).map(({ id }) => id.slice("/work/".length));
    },
  };
}

const shapes = "(fun {area w h} {* w h})\n(fun {half x} {/ x 2})\n(export {area half})\n";
const app = '(import {area} "./shapes.valk")\n(print (area 2 3))\n';
const other = '(import * s "./shapes.valk")\n(print (s/half 2))\n';
const program = { "app.valk": app, "other.valk": other, "shapes.valk": shapes };

describe("what is compiled again", () => {
  test("nothing, if nothing has changed", () => {
    const { build } = builds();
    expect(build(program)).toEqual(["app.valk", "other.valk", "shapes.valk"]);
    expect(build(program)).toEqual([]);
    expect(build(program, true)).toEqual(["app.valk", "other.valk", "shapes.valk"]);
    expect(build(program)).toEqual([]);
  });

  test("a module alone, if others see the same of it", () => {
    const { build } = builds();
    build(program);
    expect(
      build({ ...program, "shapes.valk": shapes.replace("(/ x 2)", "(* x 0.5)").replace("{/ x 2}", "{* x 5}") }),
    ).toEqual(["shapes.valk"]);
    expect(build({ ...program, "app.valk": `${app}(print 1)\n` })).toEqual(["app.valk", "shapes.valk"]);
  });

  test("those who use what has changed: the arguments, whether it may wait, whether it is exported", () => {
    const { build } = builds();
    build(program);
    const waits = { ...program, "shapes.valk": shapes.replace("{* w h}", "{(sleep 1) (* w h)}") };
    expect(build(waits)).toEqual(["app.valk", "shapes.valk"]);
    const more = { ...program, "shapes.valk": shapes.replace("{half x}", "{half x y}") };
    expect(build(more)).toEqual(["app.valk", "other.valk", "shapes.valk"]);
    const fewer = { ...program, "shapes.valk": shapes.replace("{area half}", "{area}") };
    // An error: everybody is told, and nothing is kept.
    expect(build(fewer)).toEqual(["other.valk", "shapes.valk"]);
    expect(build(more)).toEqual([]);
  });

  test("the users of a macro, when it or what its code calls has changed", () => {
    const { build } = builds();
    const macros = {
      "a.valk": '(import {twice} "./macros.valk")\n(twice (print 1))\n',
      "b.valk": '(import {twice plain} "./macros.valk")\n(print (plain 1))\n',
      "macros.valk": '(load "code.valk")\n(defmacro {twice x} {code x})\n(fun {plain x} {x})\n',
      "code.valk": "(fun {code x} {list 'do x x})\n",
    };
    build(macros);
    expect(build({ ...macros, "code.valk": "(fun {code x} {list 'do x x x})\n" })).toEqual(["a.valk", "code.valk"]);
    build(macros);
    expect(build({ ...macros, "macros.valk": macros["macros.valk"].replace("{code x}", "{list 'do x}") })).toEqual([
      "a.valk",
      "macros.valk",
    ]);
  });

  test("those that do not depend on what macros define elsewhere; a module whose macros do is always compiled", () => {
    const { build } = builds();
    const records = {
      "main.valk": '(load "points.valk")\n(load "text.valk")\n(print (x-of (point 1 2)) (show 3))\n',
      "points.valk": '(import {record} "./record.valk")\n(record point x-of)\n',
      "record.valk":
        "(defmacro {record name first} {`(do (fun {,name a b} {list a b}) (defmacro {,first p} {`(head ,p)}))})\n",
      "text.valk": "(fun {show x} {str x})\n",
    };
    build(records);
    expect(build(records)).toEqual(["points.valk"]);
    expect(build({ ...records, "text.valk": "(fun {show x} {str x x})\n" })).toEqual(["points.valk", "text.valk"]);
    const last = { ...records, "record.valk": records["record.valk"].replace("(head", "(fst") };
    build(records);
    expect(build(last)).toEqual(["main.valk", "points.valk", "record.valk"]);
    // In a cycle the order matters.
    const cycle = { ...records, "record.valk": `(load "points.valk")\n${records["record.valk"]}` };
    build(cycle);
    expect(build(cycle)).toEqual(["main.valk", "points.valk", "record.valk", "text.valk"]);
  });

  test("a module that sees a name of its loader", () => {
    const { build } = builds();
    const loads = { "main.valk": '(def {name} "a")\n(load "part.valk")\n', "part.valk": "(print name)\n" };
    build(loads);
    expect(build({ ...loads, "main.valk": '(def {name} "b")\n(load "part.valk")\n' })).toEqual(["main.valk"]);
    expect(build({ ...loads, "main.valk": '(fun {name} {"b"})\n(load "part.valk")\n' })).toEqual([
      "main.valk",
      "part.valk",
    ]);
  });

  test("a load that leads to another file", () => {
    const { build } = builds();
    const loads = { "in/main.valk": '(load "x.valk")\n(print x)\n', "x.valk": "(def {x} 1)\n" };
    build(loads);
    expect(build({ ...loads, "in/x.valk": "(def {x} 2)\n" })).toEqual(["in/main.valk", "in/x.valk", "x.valk"]);
  });

  test("warnings are kept, and an option or another compiler is another cache", () => {
    const { build, host } = builds();
    const warns = { "a.valk": "(print nmae)\n" };
    build(warns);
    expect(build(warns)).toEqual([]);
    const kept = unitStore("/cache", { ...key, compiler: "next" }, { maps: true }, host);
    expect(kept.get(unitsOf(warns)[0])).toBeNull();
    expect(unitStore("/cache", key, { maps: true }, host).get(unitsOf(warns)[0])).not.toBeNull();
  });

  test("what is damaged", () => {
    const { build, host } = builds();
    build(program);
    for (const [i, path] of [...host.files.keys()].entries())
      host.files.set(path, i === 0 ? "{" : i === 1 ? "{}" : (host.files.get(path) ?? "").slice(0, 100));
    expect(build(program)).toHaveLength(3);
  });
});

/** Modules that define names of each kind, load and import each other at random, and use what may be there; some are refused. */
function moduleText(rng: Random, others: readonly string[]): string {
  const all = ["a", "b", "c", "d"];
  const name = (): string => rng.pick(all);
  // Every module has an `a`: what is imported is mostly there.
  const there = (): string => (rng.percent(97) ? "a" : name());
  const definitions = all.flatMap((own) => {
    if (own !== "a" && rng.percent(20))
      return rng.percent(50) ? [`(import {${there()} :as ${own}} "./${rng.pick(others)}")`] : [];
    return rng.pick([
      () => `(fun {${own} x} {+ x ${rng.below(3)}})`,
      () => `(fun {${own} x} {list x (${name()} x)})`,
      () => `(fun {${own} x} {(print x) (shift k (k (+ x 1)))})`,
      () => `(fun {${own} x & more} {list x more})`,
      () => `(def {${own}} ${rng.below(3)})`,
      () => `(def {${own}} (macro {x} {(list x ${rng.below(2)})}))`,
      () => `(defmacro {${own} x} {\`(print ,x ,(+ 1 ${rng.below(2)}))})`,
    ])();
  });
  const uses = Array.from({ length: rng.below(4) }, () =>
    rng.pick([
      () => `(load "${rng.pick(others)}")`,
      () => `(import {${there()} :as ${rng.pick(["e", "f"])}} "./${rng.pick(others)}")`,
      () => `(import * n "./${rng.pick(others)}")\n(fun {use} {n/${there()} 1})`,
      () => `(print (${name()} 1))`,
      () => `(print ${name()})`,
      () => `(print (${rng.pick(["e", "f"])} 1))`,
      () => `(fun {run x} {eval x})\n(print (run {${name()} 1}))`,
      () => `(export {a ${name()}})`,
      () => `(defmacro {make x} {\`(fun {made y} {(+ y ,x)})})\n(make ${rng.below(2)})`,
      () =>
        `(defmacro {maker n} {\`(def {,n} (macro {y} {(list ${rng.below(3)} y)}))})\n(maker ${name()}${rng.below(2)})`,
      () => `(import {maker} "./${rng.pick(others)}")\n(maker ${name()}2)\n(print (${name()}2 1))`,
      () => `(fun {made-user x} {(list (a2 x) (b0 x) (made 1))})`,
    ])(),
  );
  return [...definitions, ...uses].map((line) => `${line}\n`).join("");
}

test("changes of random programs", () => {
  const names = ["p.valk", "q.valk", "r.valk", "s.valk"];
  let [reused, compiled] = [0, 0];
  for (let seed = 0; seed < Number(process.env.SEEDS ?? 8); seed++) {
    const rng = random(seed);
    const { build } = builds({ strict: seed % 10 === 9 });
    const texts = Object.fromEntries(names.map((name) => [name, moduleText(rng, names)]));
    for (let change = 0; change < 10; change++) {
      const again = build({ ...texts });
      compiled += again.length;
      reused += names.length - again.length;
      texts[rng.pick(names)] = moduleText(rng, names);
    }
  }
  expect(reused).toBeGreaterThan(compiled / 10);
}, 60_000);
