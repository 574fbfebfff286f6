/** The names a module sees, from the summaries of the library, the builtins' signatures and the other modules of the program. */
import { constants, type Signature, signatures } from "../../runtime/signatures.ts";
import { type Imports, importOf, nameIn } from "../ir/imports.ts";
import { type JavaScriptImports, javascriptModule } from "../ir/javascript.ts";
import type { Outside, OutsideFunction, World } from "../ir/world.ts";
import type { FunctionSummary, Summary } from "./summary.ts";

/** What is known of another module of the program when this one is compiled. */
export interface Neighbour {
  readonly id: string;
  /** Global name -> its function, or null for a variable. */
  readonly globals: ReadonlyMap<string, FunctionSummary | null>;
  /** Ids of the modules it loads. */
  readonly loads: readonly string[];
  readonly initUnwinds: boolean;
  /** Names of its globals and macros that `import` may name, and what it gives on from other modules. */
  readonly exports: ReadonlySet<string>;
  /** Does it define a global or macro of that name? */
  readonly defines: (name: string) => boolean;
  readonly imports: Imports;
  /** Does it lead back to the module that is being compiled? */
  readonly cyclic: boolean;
}

/** A module's place in the program. */
export interface Self {
  readonly id: string;
  /** The modules it loads, in order: the last load of a name wins. */
  readonly loads: readonly string[];
  /** Those that load it. */
  readonly loaders: readonly string[];
  /** What it calls what it imports. */
  readonly imports: Imports;
  /** A part of the library, which may use what programs may not. */
  readonly library: boolean;
}

/** Builtins and library functions: the same for every module of a program. */
export interface Library {
  readonly outside: ReadonlyMap<string, Outside>;
  readonly builtin: (name: string) => Signature | undefined;
  readonly summaries: ReadonlyMap<string, Summary>;
}

export function createLibrary(summaries: readonly Summary[]): Library {
  const outside = new Map<string, Outside>();
  const builtins = new Map(signatures.map((s) => [s.name, s]));
  for (const s of signatures) outside.set(s.name, ofSignature(s));
  for (const c of constants)
    outside.set(c.name, {
      kind: "constant",
      atom: c.kind === "nil" ? { kind: "Nil" } : { kind: "Lit", value: c.value },
    });
  for (const summary of summaries)
    for (const { name, fn } of summary.globals)
      if (fn !== null) outside.set(name, ofSummary(summary.id, name, fn, false));
  return { outside, builtin: (name) => builtins.get(name), summaries: new Map(summaries.map((s) => [s.id, s])) };
}

const ofSignature = (s: Signature): OutsideFunction => ({
  kind: "function",
  fn: { kind: "Builtin", name: s.name },
  min: s.min,
  max: s.max,
  rest: false,
  curries: s.curries,
  unwinds: s.effect === "suspends",
  cyclic: false,
  fails: s.fails,
  pure: s.effect === "pure",
  seesErrors: s.errors === "sees",
  gives: s.gives,
});

const ofSummary = (module: string, name: string, fn: FunctionSummary, cyclic: boolean): OutsideFunction => ({
  kind: "function",
  fn: { kind: "Module", module, name },
  min: fn.params,
  max: fn.rest ? Infinity : fn.params,
  rest: fn.rest,
  curries: true,
  unwinds: fn.unwinds,
  cyclic,
  fails: fn.fails,
  pure: false,
  seesErrors: true,
  gives: fn.gives,
});

/** `other`: what another module of the program sees. */
export function createWorld(
  library: Library,
  self: Self,
  neighbours: ReadonlyMap<string, Neighbour>,
  other: (id: string) => World | null,
): World {
  const seen = new Set<string>();
  const names = new Map<string, Outside>();
  const addNames = (id: string, to: Map<string, Outside>): void => {
    const neighbour = neighbours.get(id);
    if (neighbour === undefined || seen.has(id)) return;
    seen.add(id);
    for (const inner of neighbour.loads) addNames(inner, to);
    for (const [name, fn] of neighbour.globals) to.set(name, outsideOf(neighbour, name, fn));
  };
  for (const id of self.loads) addNames(id, names);
  const imported: string[] = [];
  const importName = (local: string, module: string, name: string): void => {
    const found = exportOf(module, name, neighbours);
    if (found === null) return;
    if (!names.has(local)) imported.push(local);
    names.set(local, found);
  };
  for (const [space, module] of self.imports.namespaces)
    for (const name of neighbours.get(module)?.exports ?? []) importName(nameIn(space, name), module, name);
  for (const [local, { module, name }] of self.imports.names) importName(local, module, name);
  const fallback = new Map<string, Outside>();
  for (const id of self.loaders) addNames(id, fallback);
  const usable = (name: string): Outside | undefined => {
    const found = library.outside.get(name);
    return found !== undefined && !self.library && library.builtin(name)?.internal === true ? undefined : found;
  };
  const others = new Map<string, World | null>();
  const otherWorld = (id: string): World | null => {
    let found = others.get(id);
    if (found === undefined) {
      found = other(id);
      others.set(id, found);
    }
    return found;
  };
  return {
    lookup: (name) => names.get(name) ?? usable(name) ?? fallback.get(name) ?? null,
    lookupFrom: (module, name) => {
      if (module === self.id) return "own";
      const home = neighbours.get(module);
      const own = home?.globals.get(name);
      // A name of the library's own templates is the library's.
      const found =
        home === undefined
          ? library.summaries.has(module)
            ? (library.outside.get(name) ?? null)
            : null
          : own === undefined
            ? (otherWorld(module)?.lookup(name) ?? null)
            : outsideOf(home, name, own);
      return found !== null && moduleOf(found) === self.id ? "own" : found;
    },
    gives: (module, name) => neighbours.get(module)?.exports.has(name) === true,
    defines: (module, name) => neighbours.get(module)?.defines(name) === true,
    exports: (module) => neighbours.get(module)?.exports ?? new Set(),
    builtin: (name) => library.outside.get(name) ?? null,
    fn: (ref) => {
      if (ref.kind === "Own") return null;
      if (ref.kind === "Builtin") {
        const found = library.outside.get(ref.name);
        return found?.kind === "function" && found.fn.kind === "Builtin" ? found : builtinOf(library, ref.name);
      }
      const summary = library.summaries.get(ref.module);
      if (summary !== undefined) {
        const fn = summary.globals.find((g) => g.name === ref.name)?.fn;
        return fn == null ? null : ofSummary(ref.module, ref.name, fn, false);
      }
      const neighbour = neighbours.get(ref.module);
      const fn = neighbour?.globals.get(ref.name);
      return neighbour === undefined || fn == null ? null : ofSummary(ref.module, ref.name, fn, neighbour.cyclic);
    },
    names: () => [
      ...names.keys(),
      ...[...library.outside.keys()].filter((n) => !n.includes("/go") && usable(n) !== undefined),
      ...fallback.keys(),
    ],
    imported: () => imported,
    runs: (id) => neighbours.has(id),
    initUnwinds: (id) => neighbours.get(id)?.initUnwinds ?? false,
  };
}

/** What importers get under a name. */
function exportOf(module: string, name: string, neighbours: ReadonlyMap<string, Neighbour>): Outside | null {
  // A chain of imports that comes back to itself ends nowhere.
  for (let steps = 0; steps <= neighbours.size; steps++) {
    const from = neighbours.get(module);
    if (from === undefined || !from.exports.has(name)) return null;
    const own = from.globals.get(name);
    if (own !== undefined) return outsideOf(from, name, own);
    const next = importOf(name, from.imports);
    if (next === undefined) return null;
    module = next.module;
    name = next.name;
  }
  return null;
}

const moduleOf = (outside: Outside): string | null =>
  outside.kind === "variable"
    ? outside.global.module
    : outside.kind === "function" && outside.fn.kind === "Module"
      ? outside.fn.module
      : null;

/** The world of a module that imports from JavaScript: these names come before all others. */
export function withJavaScript(world: World, imports: JavaScriptImports | undefined): World {
  if (imports === undefined) return world;
  const own = new Map(
    imports.names.map(({ specifier, name, local }): [string, Outside] => [
      local,
      { kind: "variable", global: { module: javascriptModule(specifier), name }, set: true },
    ]),
  );
  return {
    ...world,
    lookup: (name) => own.get(name) ?? world.lookup(name),
    names: () => [...own.keys(), ...world.names()],
    imported: () => [...own.keys(), ...world.imported()],
  };
}

const builtinOf = (library: Library, name: string): OutsideFunction | null => {
  const signature = library.builtin(name);
  return signature === undefined ? null : ofSignature(signature);
};

const outsideOf = (neighbour: Neighbour, name: string, fn: FunctionSummary | null): Outside =>
  fn === null
    ? { kind: "variable", global: { module: neighbour.id, name } }
    : ofSummary(neighbour.id, name, fn, neighbour.cyclic);
