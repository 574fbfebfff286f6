/** The pipeline and nothing else: units through the phases, each module after those it loads. */
import { read } from "./1-read/read.ts";
import { expand } from "./2-expand/expand.ts";
import { collectGlobals } from "./3-analyze/globals.ts";
import { lintExports } from "./3-analyze/lints/exports.ts";
import { lintNames } from "./3-analyze/lints/names.ts";
import { analyzeScopes, type Scopes } from "./3-analyze/scope.ts";
import { lower } from "./4-lower/lower.ts";
import { resultOf } from "./5-optimize/facts.ts";
import { optimize } from "./5-optimize/optimize.ts";
import { cps } from "./6-cps/cps.ts";
import { emit, emitFacade, type Setting } from "./7-emit/emit.ts";
import { print } from "./8-print/print.ts";
import { type Context, createContext, defaultOptions, type Options } from "./context.ts";
import type * as Core from "./ir/core.ts";
import { showCore } from "./ir/core-text.ts";
import type * as Cps from "./ir/cps.ts";
import { showCps } from "./ir/cps-text.ts";
import type * as Kernel from "./ir/kernel.ts";
import { printKernel } from "./ir/kernel-text.ts";
import type { SyntaxModule } from "./ir/syntax.ts";
import { printSyntax } from "./ir/syntax-text.ts";
import type { World } from "./ir/world.ts";
import { importOrder, type Linked, link } from "./modules/link.ts";
import { rawOutput, runtimeSpecifier, specifierBetween } from "./modules/specifiers.ts";
import type { FunctionSummary, Summary } from "./modules/summary.ts";
import type { CompiledProgram, CompiledUnit, OutputFile, Unit } from "./modules/unit.ts";
import { createLibrary, createWorld, type Library, type Neighbour } from "./modules/world.ts";
import { impossible } from "./source/impossible.ts";
import { version } from "./source/version.ts";

/** The phases after which `dump` can print. */
export const phases = ["read", "expand", "lower", "optimize", "cps", "emit"] as const;
export type Phase = (typeof phases)[number];

/** A unit on its way: what the phases that need only its own text gave. */
interface Front {
  readonly unit: Unit;
  readonly context: Context;
  readonly syntax: SyntaxModule;
  /** Its text has errors: there is no kernel, and nobody knows what it defines. */
  readonly unreadable: boolean;
  readonly kernel: Kernel.Module;
  readonly globals: ReturnType<typeof collectGlobals>;
  readonly scopes: Scopes;
}
/** ... and what the others gave. */
interface Back {
  readonly world: World;
  readonly core: Core.Module;
  readonly optimized: Core.Module;
  readonly cps: Cps.Module;
  readonly summary: Summary;
  readonly setting: Setting;
  readonly files: readonly OutputFile[];
}

/** Compiles a whole program; `summaries` are the library's (empty when the library itself is compiled). Pure. */
export function compile(
  units: readonly Unit[],
  summaries: readonly Summary[],
  options: Partial<Options> = {},
): CompiledProgram {
  const { fronts, done, failed } = pipeline(units, summaries, options);
  return {
    failed,
    units: units.map((unit): CompiledUnit => {
      const { context } = fronts.get(unit.id) ?? impossible("unit");
      const result = done.get(unit.id);
      return {
        id: unit.id,
        files: result?.files ?? [],
        summary: result?.summary ?? null,
        diagnostics: context.diagnostics,
      };
    }),
  };
}

/** What the phases make of a unit, for tests and `dump`; `later` is null if the program has errors. */
export function trees(
  units: readonly Unit[],
  id: string,
  summaries: readonly Summary[],
  options: Partial<Options> = {},
): { readonly front: Front; readonly later: Back | null } {
  const { fronts, done } = pipeline(units, summaries, options);
  return { front: fronts.get(id) ?? impossible(`no unit ${id}`), later: done.get(id) ?? null };
}

/** A unit between two phases, as text. Of a program with errors: what is wrong, as comments, unless it gets that far. */
export function dump(
  units: readonly Unit[],
  id: string,
  phase: Phase,
  summaries: readonly Summary[],
  options: Partial<Options> = {},
): string {
  const { front, later } = trees(units, id, summaries, options);
  if (phase === "read") return printSyntax(front.syntax);
  if (phase === "expand") return printKernel(front.kernel);
  if (later === null)
    return (
      front.context.diagnostics.map((d) => `; ${d.severity}[${d.code}]: ${d.text}\n`).join("") ||
      "; another module has errors\n"
    );
  switch (phase) {
    case "lower":
      return showCore(later.core);
    case "optimize":
      return showCore(later.optimized);
    case "cps":
      return showCps(later.cps);
    case "emit":
      return later.files[0].code;
    default:
      return phase satisfies never;
  }
}

interface Pipeline {
  readonly fronts: ReadonlyMap<string, Front>;
  readonly done: ReadonlyMap<string, Back>;
  readonly failed: boolean;
}

function pipeline(units: readonly Unit[], summaries: readonly Summary[], options: Partial<Options>): Pipeline {
  const all: Options = { ...defaultOptions, ...options };
  const fronts = new Map(units.map((unit) => [unit.id, front(unit, all)]));
  const library = createLibrary(summaries);
  const linked = link(
    [...fronts.values()].map(({ unit, globals, scopes }) => ({
      id: unit.id,
      loads: loadsOf(unit, fronts),
      globals,
      free: freeNames(scopes, globals),
    })),
  );
  if (![...fronts.values()].some(({ unreadable }) => unreadable))
    for (const f of fronts.values()) analyze(f, worldOf(f.unit, linked, library, new Map()));
  const failed = [...fronts.values()].some((f) => f.context.failed());
  const done = new Map<string, Back>();
  if (!failed)
    for (const id of importOrder(linked)) {
      const f = fronts.get(id) ?? impossible(`no unit ${id}`);
      done.set(id, back(f, worldOf(f.unit, linked, library, done), library, units));
    }
  return { fronts, done, failed };
}

function front(unit: Unit, options: Options): Front {
  const context = createContext(unit.source, options);
  const syntax = read(context);
  const unreadable = context.diagnostics.some(({ severity }) => severity === "error");
  // The tree of a text with errors is a guess: what the expander would say about it is their consequence.
  const kernel = unreadable ? { body: [], exports: null } : expand(syntax, context, unit.loads);
  const globals = collectGlobals(kernel);
  return { unit, context, syntax, unreadable, kernel, globals, scopes: analyzeScopes(kernel, globals) };
}

const freeNames = (scopes: Scopes, globals: Front["globals"]): ReadonlySet<string> =>
  new Set(
    [...scopes.reads.values()].flatMap(({ end }) =>
      end.kind === "global" && !globals.has(end.name) ? [end.name] : [],
    ),
  );

const loadsOf = (unit: Unit, units: ReadonlyMap<string, unknown>): readonly string[] =>
  [...new Set(unit.loads.values())].filter((id): id is string => id !== null && units.has(id));

/** What a unit sees; of modules that are not compiled yet (a cycle of loads) the worst is assumed. */
function worldOf(unit: Unit, linked: Linked, library: Library, done: ReadonlyMap<string, Back>): World {
  const neighbours = new Map<string, Neighbour>();
  for (const other of linked.modules.values()) {
    const summary = done.get(other.id)?.summary;
    const known = new Map(summary?.globals.map((g) => [g.name, g.fn]) ?? []);
    const globals = new Map<string, FunctionSummary | null>();
    for (const [name, own] of other.globals) {
      const lambda = own.lambda;
      globals.set(
        name,
        lambda === null
          ? null
          : (known.get(name) ?? {
              params: lambda.params.length,
              rest: lambda.rest !== null,
              unwinds: true,
              fails: true,
              gives: "any",
            }),
      );
    }
    neighbours.set(other.id, {
      id: other.id,
      globals,
      loads: other.loads,
      initUnwinds: summary?.initUnwinds ?? true,
      cyclic: linked.together(unit.id, other.id),
    });
  }
  const self = linked.modules.get(unit.id) ?? impossible("unlinked unit");
  // The library's own modules see each other without loads.
  const loads = unit.library === true ? [...linked.modules.keys()].filter((id) => id !== unit.id) : self.loads;
  return createWorld(library, loads, linked.loaders(unit.id), neighbours, unit.library === true);
}

function analyze({ unit, kernel, globals, scopes, context }: Front, world: World): void {
  lintNames(kernel, globals, scopes, world, context);
  // The library gives nothing to JavaScript.
  if (unit.library !== true) lintExports(kernel, globals, context);
}

function back(f: Front, world: World, library: Library, units: readonly Unit[]): Back {
  const { unit, context, kernel, globals, scopes } = f;
  const core = lower(kernel, { globals, ...scopes }, world, context);
  const { module: optimized, results } = context.options.optimize
    ? optimize(core, world, context)
    : { module: core, results: new Map() };
  const { module, unwinds } = cps(optimized, world, context);
  const init = unwinds.lambda(optimized.init.id);
  const setting: Setting = {
    ...places(unit, library, units, context.options),
    entry: !unit.loaded && unit.library !== true,
    library: unit.library === true,
    // Nobody but its own loads, which see its names, too, imports from a module that is not loaded.
    visible: unit.loaded || unit.library || unit.loads.size > 0 ? [...globals.keys()] : optimized.exports,
    waits: init.waits,
    unwinds: init.unwinds,
    header: `Compiled by valk ${version}${context.options.optimize ? "" : " --no-optimize"}${context.options.probe ? " --probe" : ""}`,
  };
  const summary = summarize(unit, globals, results, module, init.unwinds);
  const files = [file(unit.loaded ? rawOutput(unit.output) : unit.output, emit(module, setting, world, context), f)];
  if (unit.loaded)
    files.push(file(unit.output, emitFacade(module, setting, `./${rawOutput(unit.output).split("/").pop()}`), f));
  return { world, core, optimized, cps: module, summary, setting, files };
}

function places(
  unit: Unit,
  library: Library,
  units: readonly Unit[],
  options: Options,
): Pick<Setting, "runtime" | "module" | "builtin"> {
  const outputs = new Map(units.map((u) => [u.id, u.loaded ? rawOutput(u.output) : u.output]));
  const runtime = (module: string): string => runtimeSpecifier(options, unit.output, module);
  return {
    runtime,
    module: (id) => {
      const output = outputs.get(id);
      if (output !== undefined) return specifierBetween(unit.output, output);
      return runtime(library.summaries.get(id)?.output.replace(/\.js$/, "") ?? impossible(`no module ${id}`));
    },
    builtin: (name) => library.builtin(name) ?? impossible(`no builtin ${name}`),
  };
}

function file(path: string, program: Parameters<typeof print>[0], { context }: Front): OutputFile {
  const output = print(program, context.source, path);
  return {
    path,
    code: output.code,
    get map() {
      return output.map;
    },
  };
}

function summarize(
  unit: Unit,
  own: Front["globals"],
  results: ReadonlyMap<string, number>,
  module: Cps.Module,
  initUnwinds: boolean,
): Summary {
  const functions = new Map(module.entries.map((e) => [e.name, e]));
  return {
    id: unit.id,
    output: unit.output,
    globals: [
      ...module.entries
        .filter(({ name }) => own.has(name))
        .map(({ name, arity, unwinds }) => ({ name, fn: { ...arity, unwinds, ...resultOf(results.get(name)) } })),
      ...module.variables.filter((v) => !functions.has(v)).map((name) => ({ name, fn: null })),
    ],
    loads: [...new Set([...unit.loads.values()].filter((id): id is string => id !== null))],
    initUnwinds,
  };
}
