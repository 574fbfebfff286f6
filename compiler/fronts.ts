/** The front of the pipeline: texts are read, and then expanded, each module after those whose macros it may use. */
import { read } from "./1-read/read.ts";
import { expand } from "./2-expand/expand.ts";
import { type MacroModule, moduleOf } from "./2-expand/macros/module.ts";
import type { Recorder } from "./2-expand/macros/recorder.ts";
import { type MacroScope, openScope, reachable, surroundings } from "./2-expand/macros/scope.ts";
import { collectGlobals, type OwnGlobal } from "./3-analyze/globals.ts";
import { analyzeScopes } from "./3-analyze/scope.ts";
import { macroProgram } from "./compile-time.ts";
import { type Context, createContext, type Options } from "./context.ts";
import { type Imports, importOf } from "./ir/imports.ts";
import type * as Kernel from "./ir/kernel.ts";
import { children } from "./ir/kernel-children.ts";
import type { Evaluate } from "./ir/macro.ts";
import type { SyntaxModule } from "./ir/syntax.ts";
import { hash } from "./modules/hash.ts";
import type { Kept, Store } from "./modules/kept.ts";
import { importOrder, type Linked, type LinkedModule, type LinkedNames, link, ofInterface } from "./modules/link.ts";
import type { Unit } from "./modules/unit.ts";
import type { Library } from "./modules/world.ts";
import { impossible } from "./source/impossible.ts";

/** A unit as the reader gives it. */
interface Readable {
  readonly unit: Unit;
  readonly context: Context;
  readonly syntax: SyntaxModule;
  readonly unreadable: boolean;
}
/** A unit on its way: what the phases that need its own text, and macros, gave. */
export interface Front extends Readable {
  readonly kernel: Kernel.Module;
  readonly globals: ReadonlyMap<string, OwnGlobal>;
  /** The macros it knows in the end. */
  readonly scope: MacroScope;
}

/** `recording`: the unit whose expansion is kept, and where. */
export interface Recording {
  readonly id: string;
  readonly recorder: Recorder;
}

/** The units of a program after their fronts. What was kept of a unit stands for it until somebody needs more. */
export interface Fronts {
  readonly kept: Map<string, Kept>;
  /** Expands the unit, if it has not been yet. */
  front(id: string): Front;
  /** May the results of this unit be kept? */
  readonly keepable: (id: string) => boolean;
  /** Of an expanded unit: what its expansion depended on. */
  macros(id: string): Pick<Kept, "macros" | "used">;
}

/** Reads all units, and expands those that nothing was kept of, or that could have become something else. */
export function frontsOf(
  units: readonly Unit[],
  options: Options,
  library: Library,
  evaluate: Evaluate | null,
  recording: Recording | null,
  store: Store | null,
): Fronts {
  const read = units.map((unit) => readUnit(unit, options));
  const byId = new Map(read.map((r) => [r.unit.id, r]));
  const readable = (id: string): Readable => byId.get(id) ?? impossible(`no unit ${id}`);
  const modules = new Map<string, MacroModule>();
  for (const { unit, syntax, unreadable } of read)
    modules.set(unit.id, moduleOf(unit.id, unit.source, unreadable ? [] : syntax.items, pathsOf(unit)));
  const moduleAt = (id: string): MacroModule => modules.get(id) ?? impossible("module");
  const program = macroProgram([...modules.values()], library, evaluate);
  const loadersOf = (id: string): readonly MacroModule[] => [
    ...[...modules.values()].filter((module) => module.id !== id && module.loads.includes(id)),
    ...program.library,
  ];
  const texts = new Map<string, string>();
  const textBehind = (id: string): string => {
    const known = texts.get(id) ?? hash(JSON.stringify([...reachable(id, program)].map((m) => [m.id, m.source.text])));
    texts.set(id, known);
    return known;
  };
  // As they are when it is the module's turn: those before it have been expanded. It may be expanded later.
  const around = new Map<string, readonly string[]>();
  const scopes = new Map<string, MacroScope>();
  const macrosKey = (id: string, used: readonly string[]): string =>
    hash(JSON.stringify([around.get(id) ?? impossible("not its turn"), ...used.map(textBehind)]));

  const fronts = new Map<string, Front>();
  const front = (id: string): Front => {
    const known = fronts.get(id);
    if (known !== undefined) return known;
    const r = readable(id);
    const { unit, context, syntax, unreadable } = r;
    const scope = scopes.get(id) ?? impossible("not its turn");
    const kernel = unreadable
      ? { body: [], exports: null }
      : expand(syntax, context, pathsOf(unit), scope, unit.javascript, false, unit.near);
    const made: Front = { ...r, kernel, globals: collectGlobals(kernel), scope };
    fronts.set(id, made);
    return made;
  };

  const kept = new Map<string, Kept>();
  const usable = !read.some(({ unreadable }) => unreadable);
  // Modules whose macros define things are expanded at every build.
  const grown = new Set<string>();
  /** Does what a grown module defines depend on nothing but texts that it leads to, and do only those after it see it? */
  const isAlone = (id: string): boolean => {
    const below = reachable(id, program);
    return (
      [...front(id).scope.used].every((module) => below.has(module)) &&
      [...below].every((module) => module.id === id || !reachable(module.id, program).has(moduleAt(id)))
    );
  };
  let tangled = false;
  for (const id of importOrder({ modules: new Map(read.map(({ unit }) => [unit.id, neighboursOf(unit, byId)])) })) {
    around.set(id, surroundings(moduleAt(id), program, loadersOf(id)));
    const recorder = recording?.id === id ? recording.recorder : null;
    scopes.set(id, openScope(moduleAt(id), program, loadersOf(id), recorder));
    const found = usable && !tangled ? (store?.get(readable(id).unit) ?? null) : null;
    if (found !== null && found.macros === macrosKey(id, found.used)) {
      kept.set(id, found);
      continue;
    }
    const before = definitionsIn(moduleAt(id));
    front(id);
    const after = definitionsIn(moduleAt(id));
    if (before.length === after.length && before.every((one, i) => one === after[i])) continue;
    grown.add(id);
    // Definitions that macros make are known from their place on: in a cycle the order of expansion matters.
    tangled ||= !isAlone(id);
    if (tangled && kept.size > 0) return frontsOf(units, options, library, evaluate, recording, null);
  }
  return {
    ...{ kept, front },
    keepable: (id) => !tangled && !grown.has(id),
    macros: (id) => {
      const { scope, kernel, globals } = front(id);
      // Code that it evaluates at run time may use any.
      const carried = evaluates(kernel, globals) ? [...scope.visible.values()].map(({ module }) => module) : [];
      const used = [...new Set([...scope.used, ...carried])].map((module) => module.id);
      return { used, macros: macrosKey(id, used) };
    },
  };
}

const definitionsIn = ({ macros, values }: MacroModule): readonly unknown[] => [
  ...[...macros.values()].map(({ form }) => form),
  ...values.values(),
];

function readUnit(unit: Unit, options: Options): Readable {
  const context = createContext(unit.source, options);
  const syntax = read(context);
  // The tree of a text with errors is a guess: what the expander would say about it is their consequence.
  return { unit, context, syntax, unreadable: context.diagnostics.some(({ severity }) => severity === "error") };
}

const pathsOf = ({ loads, imports }: Unit): ReadonlyMap<string, string | null> =>
  imports === undefined ? loads : new Map([...loads, ...imports]);

/** Ids of the modules of the program that a unit loads and imports, each once. */
const neighboursOf = (
  unit: Unit,
  units: ReadonlyMap<string, unknown>,
): { readonly loads: readonly string[]; readonly imports: readonly string[] } => {
  const ids = (paths: ReadonlyMap<string, string | null> = new Map()): readonly string[] =>
    [...new Set(paths.values())].filter((id): id is string => id !== null && units.has(id));
  return { loads: ids(unit.loads), imports: ids(unit.imports) };
};

export const linkAll = (units: readonly Unit[], { kept, front }: Fronts): Linked => {
  const ids = new Map(units.map((unit) => [unit.id, unit]));
  return link(
    units.map((unit) => {
      const known = kept.get(unit.id);
      const parts = known === undefined ? linkable(front(unit.id)) : ofInterface(known.interface);
      return { id: unit.id, ...neighboursOf(unit, ids), ...parts };
    }),
  );
};

const linkable = ({ globals, kernel }: Front): Pick<LinkedModule, "globals" | "names" | "free"> => ({
  globals: new Map(
    [...globals].map(([name, { lambda, defined }]) => [
      name,
      { arity: lambda === null ? null : { params: lambda.params.length, rest: lambda.rest !== null }, defined },
    ]),
  ),
  names: namesFor(kernel),
  free: () => (evaluates(kernel, globals) ? null : freeNames(kernel, globals)),
});

/** A load of a computed path. */
export const isLoad = (expr: Kernel.Expr): boolean => expr.kind === "Builtin" && expr.name === "load";

/** Does it evaluate lists made at run time? They see its globals, and may assign them. */
export function evaluates(module: Kernel.Module, globals: Front["globals"]): boolean {
  const inside = (expr: Kernel.Expr): boolean =>
    expr.kind === "Eval" ||
    isLoad(expr) ||
    (expr.kind === "Ref" && expr.name === "eval" && !globals.has("eval")) ||
    children(expr).some(inside);
  return module.body.some(inside);
}

const freeNames = (kernel: Kernel.Module, globals: Front["globals"]): ReadonlySet<string> => {
  const javascript = new Set(kernel.javascript?.names.map(({ local }) => local));
  return new Set(
    [...analyzeScopes(kernel, globals).reads.values()].flatMap(({ end }) =>
      end.kind === "global" && !globals.has(end.name) && !javascript.has(end.name) ? [end.name] : [],
    ),
  );
};

/** What importers may name, and what the module itself takes from others. */
const namesFor = ({ exports, macros, ...kernel }: Kernel.Module): LinkedNames => ({
  exports: exports === null ? null : new Set(exports.map(({ name }) => name)),
  macros: (macros ?? []).map(({ name }) => name.name),
  imports: importsOf(kernel),
});

const importsOf = ({ imports = [], namespaces = [] }: Pick<Kernel.Module, "imports" | "namespaces">): Imports => ({
  names: new Map(imports.map(({ local, module, name }) => [local, { module, name: name.name }])),
  namespaces: new Map(namespaces.map(({ module, name }) => [name.name, module])),
});

/** Exported names that the module has imported. */
export const reexports = (
  { exports, ...kernel }: Kernel.Module,
  own: Front["globals"],
): readonly { readonly name: string; readonly module: string; readonly original: string }[] => {
  const imports = importsOf(kernel);
  return (exports ?? []).flatMap(({ name }) => {
    const found = own.has(name) ? undefined : importOf(name, imports);
    return found === undefined ? [] : [{ name, module: found.module, original: found.name }];
  });
};
