/** The pipeline and nothing else: units through the phases, each module after those it loads. */
import { deepest } from "./2-expand/depth.ts";
import { carried } from "./2-expand/macros/carried.ts";
import { createRecorder } from "./2-expand/macros/recorder.ts";
import { showExpansion } from "./2-expand/macros/show.ts";
import { documentation } from "./3-analyze/documentation.ts";
import { inlineJavaScript } from "./3-analyze/javascript.ts";
import { lintExports } from "./3-analyze/lints/exports.ts";
import { lintFutures } from "./3-analyze/lints/futures.ts";
import { lintNames } from "./3-analyze/lints/names.ts";
import { analyzeScopes, type Scopes } from "./3-analyze/scope.ts";
import { lower } from "./4-lower/lower.ts";
import { resultOf } from "./5-optimize/facts.ts";
import { optimize } from "./5-optimize/optimize.ts";
import { cps } from "./6-cps/cps.ts";
import { declarations } from "./7-emit/declarations.ts";
import { emit, emitFacade, type Setting } from "./7-emit/emit.ts";
import { print } from "./8-print/print.ts";
import { defaultOptions, type Options } from "./context.ts";
import { messages } from "./diagnostics/messages.ts";
import { evaluates, type Front, type Fronts, frontsOf, isLoad, linkAll, type Recording, reexports } from "./fronts.ts";
import type * as Core from "./ir/core.ts";
import { showCore } from "./ir/core-text.ts";
import type * as Cps from "./ir/cps.ts";
import { showCps } from "./ir/cps-text.ts";
import type * as Kernel from "./ir/kernel.ts";
import { children } from "./ir/kernel-children.ts";
import { printKernel } from "./ir/kernel-text.ts";
import type { Evaluate } from "./ir/macro.ts";
import { printSyntax } from "./ir/syntax-text.ts";
import type { World } from "./ir/world.ts";
import { javascriptSpecifier } from "./modules/javascript.ts";
import { holds, recorded, type Store, type Surroundings, type Trace } from "./modules/kept.ts";
import { importOrder, interfaceOf, type Linked } from "./modules/link.ts";
import { rawOutput, runtimeSpecifier, specifierBetween } from "./modules/specifiers.ts";
import type { Summary } from "./modules/summary.ts";
import type { CompiledProgram, CompiledUnit, OutputFile, Unit } from "./modules/unit.ts";
import { createLibrary, type Library, withJavaScript } from "./modules/world.ts";
import { worldOf } from "./modules/worlds.ts";
import { impossible } from "./source/impossible.ts";
import { version } from "./source/version.ts";

export type { Build, Evaluate, MacroFunction, Outcome } from "./ir/macro.ts";
export type { Syntax } from "./ir/syntax.ts";

/** The phases after which `dump` can print. */
export const phases = ["read", "expand", "lower", "optimize", "cps", "emit"] as const;
export type Phase = (typeof phases)[number];

/** What comes of a unit. */
interface Result {
  readonly summary: Summary;
  readonly files: readonly OutputFile[];
}

/** What the other phases make of a unit. */
interface Back extends Result {
  readonly world: World;
  readonly core: Core.Module;
  readonly optimized: Core.Module;
  readonly cps: Cps.Module;
  readonly setting: Setting;
}

/**
 * Compiles a whole program; `summaries` are the library's (empty when the library itself is compiled). Pure. `evaluate` runs the
 * code of procedural macros (runtime/eval/expander.ts makes one); without it they are errors where they are used. `store`: results
 * of earlier compilations, which are used again where they would come out the same.
 */
export function compile(
  units: readonly Unit[],
  summaries: readonly Summary[],
  options: Partial<Options> = {},
  evaluate: Evaluate | null = null,
  store: Store | null = null,
): CompiledProgram {
  const { fronts, done, failed } = pipeline(units, summaries, options, evaluate, null, store);
  return {
    failed,
    units: units.map(({ id }): CompiledUnit => {
      const kept = fronts.kept.get(id);
      const result = done.get(id);
      return {
        ...{ id, files: result?.files ?? [], summary: result?.summary ?? null, reused: kept !== undefined },
        diagnostics: kept?.diagnostics ?? fronts.front(id).context.diagnostics,
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
  evaluate: Evaluate | null = null,
): { readonly front: Front; readonly later: Back | null } {
  const { fronts, backs } = pipeline(units, summaries, options, evaluate);
  return { front: fronts.front(id), later: backs.get(id) ?? null };
}

/** A unit between two phases, as text. Of a program with errors: what is wrong, as comments, unless it gets that far. */
export function dump(
  units: readonly Unit[],
  id: string,
  phase: Phase,
  summaries: readonly Summary[],
  options: Partial<Options> = {},
  evaluate: Evaluate | null = null,
): string {
  const { front, later } = trees(units, id, summaries, options, evaluate);
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
  readonly fronts: Fronts;
  readonly done: ReadonlyMap<string, Result>;
  /** Of the units that were compiled now. */
  readonly backs: ReadonlyMap<string, Back>;
  readonly failed: boolean;
  readonly linked: Linked;
  readonly library: Library;
}

/** A unit's text with every macro expanded, as Valk; what could not be expanded is left as it is. */
export function expanded(
  units: readonly Unit[],
  id: string,
  summaries: readonly Summary[],
  evaluate: Evaluate | null = null,
): string {
  const recorder = createRecorder();
  const { fronts, linked, library } = pipeline(units, summaries, {}, evaluate, { id, recorder });
  const front = fronts.front(id);
  const world = worldOf(front.unit, linked, library, new Map());
  return showExpansion(recorder, scopesOf(checkable(front.kernel), front.globals, world), (name, home) => {
    const meant = world.lookupFrom(home, name);
    const same =
      meant === "own" || JSON.stringify(meant) === JSON.stringify(front.globals.has(name) ? null : world.lookup(name));
    return same ? null : (units.find((unit) => unit.id === home)?.source.path ?? home);
  });
}

function pipeline(
  units: readonly Unit[],
  summaries: readonly Summary[],
  options: Partial<Options>,
  evaluate: Evaluate | null,
  recording: Recording | null = null,
  store: Store | null = null,
): Pipeline {
  const all: Options = { ...defaultOptions, ...options };
  const library = createLibrary(summaries);
  const fronts = frontsOf(units, all, library, evaluate, recording, store);
  const { kept, front } = fronts;
  const linked = linkAll(units, fronts);
  const outputs = new Map(units.map((u) => [u.id, u.loaded ? rawOutput(u.output) : u.output]));
  const place = (id: string): string => outputs.get(id) ?? "";
  const surroundings = (unit: Unit, done: ReadonlyMap<string, Result>): Surroundings & { trace?: () => Trace } => {
    const plain = { world: worldOf(unit, linked, library, done), place };
    return store === null ? plain : recorded(plain);
  };

  /** The phases recurse on the tree: what is within the limits of its depth and still too much for the stack is an error of the program. */
  const unlessTooDeep = <T>({ id }: Unit, phases: () => T): T | null => {
    try {
      return phases();
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
      const { context, kernel } = front(id);
      context.report(deepest(checkable(kernel).body), messages.nestedTooDeeply, null);
      return null;
    }
  };
  const checked = new Map<string, Trace | undefined>();
  const check = (unit: Unit): void => {
    const around = surroundings(unit, new Map());
    unlessTooDeep(unit, () => analyze(front(unit.id), around.world));
    checked.set(unit.id, around.trace?.());
  };
  if (units.every(({ id }) => kept.has(id) || !front(id).unreadable))
    for (const unit of units) {
      const found = kept.get(unit.id);
      if (found !== undefined && holds(found.checked, surroundings(unit, new Map()))) continue;
      kept.delete(unit.id);
      check(unit);
    }
  let failed = units.some(({ id }) => {
    const found = kept.get(id);
    return found === undefined ? front(id).context.failed() : all.strict && found.diagnostics.length > 0;
  });

  const done = new Map<string, Result>();
  const backs = new Map<string, Back>();
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  for (const id of failed ? [] : importOrder(linked)) {
    const unit = byId.get(id) ?? impossible(`no unit ${id}`);
    const found = kept.get(id);
    if (found !== undefined && holds(found.compiled, surroundings(unit, done))) {
      done.set(id, found);
      continue;
    }
    if (kept.delete(id)) check(unit);
    const around = surroundings(unit, done);
    const made = unlessTooDeep(unit, () => back(front(id), around, library));
    if (made === null) {
      failed = true;
      break;
    }
    done.set(id, made);
    backs.set(id, made);
    const [before, after] = [checked.get(id), around.trace?.()];
    if (store === null || !fronts.keepable(id) || before === undefined || after === undefined) continue;
    store.put(unit, {
      ...fronts.macros(id),
      interface: interfaceOf(linked.modules.get(id) ?? impossible("unlinked unit")),
      diagnostics: front(id).context.diagnostics,
      ...{ checked: before, compiled: after, summary: made.summary, files: made.files },
    });
  }
  return { fronts, done, backs, failed, linked, library };
}

/** The module with the code of its macros, which is checked like any other, among its expressions. */
const checkable = (kernel: Kernel.Module): Kernel.Module => ({
  ...kernel,
  body: [...kernel.body, ...(kernel.macros ?? []).flatMap(({ code }) => (code === null ? [] : [code]))],
});

const scopesOf = (kernel: Kernel.Module, globals: Front["globals"], world: World): Scopes =>
  analyzeScopes(kernel, globals, (name, home) => {
    const meaning = world.lookupFrom(home, name);
    return meaning === "own" ? globals.has(name) || world.lookup(name) !== null : meaning !== null;
  });

function analyze({ unit, kernel, globals, context }: Front, outside: World): void {
  const world = withJavaScript(outside, kernel.javascript);
  const checked = checkable(kernel);
  // What a computed load defines nobody knows here.
  const loads = (expr: Kernel.Expr): boolean => isLoad(expr) || children(expr).some(loads);
  const scopes = scopesOf(checked, globals, world);
  lintNames(checked, globals, scopes, world, context, kernel.body.some(loads));
  if (unit.library === true) return;
  lintFutures(checked, globals, scopes, world, context);
  // The library gives nothing to JavaScript.
  lintExports(kernel, globals, context);
}

function back(f: Front, { world: outside, place }: Surroundings, library: Library): Back {
  const { unit, context, kernel, globals, scope } = f;
  const world = withJavaScript(outside, kernel.javascript);
  const dynamic = evaluates(kernel, globals);
  const core = lower(kernel, { globals, ...scopesOf(kernel, globals, world), dynamic }, world, context);
  const { module: optimized, results } = context.options.optimize
    ? optimize(core, world, context)
    : { module: core, results: new Map() };
  const { module, unwinds } = cps(optimized, world, context);
  const init = unwinds.lambda(optimized.init.id);
  const placed = places(unit, library, place, context.options);
  const setting: Setting = {
    ...placed,
    entry: !unit.loaded && unit.library !== true,
    library: unit.library === true,
    // Nobody but its own loads, which see its names, too, imports from a module that is not loaded.
    visible:
      unit.loaded || unit.library || unit.loads.size > 0 || unit.imports !== undefined
        ? [...globals.keys()]
        : optimized.exports,
    reexports: reexports(kernel, globals).map(({ name, module: from, original }) => ({
      name,
      from: placed.module(from),
      original,
    })),
    waits: init.waits,
    imports: kernel.javascript?.specifiers ?? [],
    inline: inlineJavaScript(kernel),
    unwinds: init.unwinds,
    dynamic,
    evaluated: false,
    macros: dynamic ? carried(scope) : null,
    folder: context.options.inPlace ? unit.id.replace(/[^/\\]*$/, "") : null,
    file: unit.output.split("/").pop() as string,
    header: `Compiled by valk ${version}${context.options.optimize ? "" : " --no-optimize"}${context.options.probe ? " --probe" : ""}`,
  };
  const summary = summarize(unit, globals, results, module, init.unwinds, (kernel.macros ?? []).length > 0);
  const files = [file(unit.loaded ? rawOutput(unit.output) : unit.output, emit(module, setting, world, context), f)];
  if (unit.loaded)
    files.push(file(unit.output, emitFacade(module, setting, `./${rawOutput(unit.output).split("/").pop()}`), f));
  if (context.options.declaration && unit.library !== true)
    files.push({
      path: unit.output.replace(/\.js$/, ".d.ts"),
      code: declared(f, optimized, unwinds, summary, setting),
    });
  return { world, core, optimized, cps: module, summary, setting, files };
}

/** Where compiled code finds `eval` of lists that have no code; and the same for programs that run where they were compiled. */
const EVALUATE = "eval/evaluate";
const LAZY = "eval/lazy";
/** The declarations of what a unit gives to JavaScript. */
function declared(
  { unit, kernel, context }: Front,
  core: Core.Module,
  unwinds: ReturnType<typeof cps>["unwinds"],
  summary: Summary,
  { reexports: passedOn, header }: Setting,
): string {
  const docs = documentation(kernel, unit.source.text);
  const lambdas = new Map(core.functions.map(({ name, lambda }) => [name, lambda]));
  const known = new Map(summary.globals.map(({ name, fn }) => [name, fn]));
  return declarations(
    core.exports.map((name) => {
      const lambda = lambdas.get(name);
      const fn =
        lambda === undefined
          ? null
          : {
              params: lambda.params.map((param) => param.name),
              rest: lambda.rest,
              waits: unwinds.lambda(lambda.id).waits,
              gives: context.options.optimize ? (known.get(name)?.gives ?? "any") : "any",
            };
      return { name, fn, doc: docs.get(name) ?? null };
    }),
    passedOn.map((one) => ({ ...one, from: one.from.replace(/\.valk\.js$/, ".js") })),
    header,
  );
}

function places(
  unit: Unit,
  library: Library,
  place: Surroundings["place"],
  options: Options,
): Pick<Setting, "runtime" | "module" | "javascript" | "builtin"> {
  const runtime = (module: string): string =>
    runtimeSpecifier(options, unit.output, module === EVALUATE && options.inPlace ? LAZY : module);
  return {
    runtime,
    module: (id) => {
      const output = place(id);
      if (output !== "") return specifierBetween(unit.output, output);
      return runtime(library.summaries.get(id)?.output.replace(/\.js$/, "") ?? impossible(`no module ${id}`));
    },
    javascript: (specifier) => javascriptSpecifier(specifier, unit.javascript?.get(specifier), options, unit.output),
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
  macros: boolean,
): Summary {
  const functions = new Map(module.entries.map((e) => [e.name, e]));
  return {
    id: unit.id,
    output: unit.output,
    globals: [
      ...module.entries
        .filter(({ name }) => own.has(name))
        .map(({ name, arity, unwinds }) => ({ name, fn: { ...arity, unwinds, ...resultOf(results.get(name)) } })),
      ...module.variables.filter((v) => own.has(v) && !functions.has(v)).map((name) => ({ name, fn: null })),
    ],
    loads: [...new Set([...unit.loads.values()].filter((id): id is string => id !== null))],
    initUnwinds,
    ...(macros ? { macros: unit.source } : {}),
  };
}
