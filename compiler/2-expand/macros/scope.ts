/** Which macros the text of a module can use where it is being expanded: those defined, loaded or imported before. */
import { nameIn } from "../../ir/imports.ts";
import type { SymbolSyntax, Syntax } from "../../ir/syntax.ts";
import type { Size } from "./measure.ts";
import { exportedMeaning, type Macro, type MacroModule, type MacroProgram, meaningOf } from "./module.ts";
import type { Recorder } from "./recorder.ts";

export interface MacroScope {
  readonly self: MacroModule;
  readonly program: MacroProgram;
  /** Grows while the top level is expanded. */
  readonly visible: Map<string, Macro>;
  /** Every name that is a macro anywhere in the module: the program may bind it for something of its own. */
  readonly possible: ReadonlySet<string>;
  /** Expansions since the last call that the program itself wrote: a bound for macros that multiply. */
  readonly count: { expansions: number; runaway: boolean };
  /** The modules whose macros have been expanded. */
  readonly used: Set<MacroModule>;
  readonly sizes: WeakMap<Syntax, Size>;
  /** Keeps what became of what, for `valk expand`. */
  readonly recorder: Recorder | null;
}

/** A module that is expanded by itself: it has its own macros. */
export const ownProgram = (self: MacroModule): MacroProgram => ({
  module: (id) => (id === self.id ? self : undefined),
  compiled: () => {
    throw new Error("no program");
  },
});

/** `loaders`: modules that load this one; their macros are known where nothing else has the name. */
export function openScope(
  self: MacroModule,
  program: MacroProgram,
  loaders: readonly MacroModule[],
  recorder: Recorder | null,
): MacroScope {
  const possible = new Set<string>(self.macros.keys());
  for (const id of self.loads) for (const name of loadedMacros(id, program).keys()) possible.add(name);
  for (const name of importedMacros(self, program).keys()) possible.add(name);
  const visible = new Map<string, Macro>();
  for (const loader of loaders)
    for (const [name, macro] of loadedMacros(loader.id, program)) {
      if (visible.has(name) || meaningOf(name, self, program) !== null) continue;
      visible.set(name, macro);
      possible.add(name);
    }
  const count = { expansions: 0, runaway: false };
  return { ...{ self, program, visible, possible, count, recorder }, used: new Set(), sizes: new WeakMap() };
}

/** What the expansion of a module depends on besides its text and the macros it uses: the names of all it could use. */
export function surroundings(
  self: MacroModule,
  program: MacroProgram,
  loaders: readonly MacroModule[],
): readonly string[] {
  const named = (macros: ReadonlyMap<string, Macro>): readonly string[] =>
    [...macros].map(([name, macro]) => `${name} ${macro.name.name} ${macro.kind} ${macro.module.id}`);
  return [
    ...self.loads.flatMap((id) => [id, ...named(loadedMacros(id, program))]),
    ...self.importForms.flatMap(({ list, module }) =>
      list.kind === "all"
        ? named(new Map(exportedMacros(list.local.name, module, program)))
        : list.names.flatMap(({ name, local }) => {
            const macro = importedMacro(module, name.name, program);
            return macro === undefined ? [] : named(new Map([[local.name, macro]]));
          }),
    ),
    ...["values", ...importedValues(self, program)],
    ...["loaders", ...named(openScope(self, program, loaders, null).visible)],
  ];
}

/** The module and all that its macros' own code can reach: the modules it loads and imports, and so on. */
export function reachable(id: string, program: MacroProgram): ReadonlySet<MacroModule> {
  const found = new Set<MacroModule>();
  const todo = [id];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const module = program.module(next);
    if (module === undefined || found.has(module)) continue;
    found.add(module);
    const { names, namespaces } = module.imports;
    todo.push(...module.loads, ...namespaces.values(), ...[...names.values()].map((from) => from.module));
  }
  return found;
}

/** The macros that loading a module makes known, its own loads' too. */
export function loadedMacros(id: string, program: MacroProgram): ReadonlyMap<string, Macro> {
  const found = new Map<string, Macro>();
  const seen = new Set<string>();
  const visit = (at: string): void => {
    const module = seen.has(at) ? undefined : program.module(at);
    if (module === undefined) return;
    seen.add(at);
    for (const inner of module.loads) visit(inner);
    for (const [name, macro] of module.macros) found.set(name, macro);
    for (const name of module.values.keys()) found.delete(name);
  };
  visit(id);
  return found;
}

export function importedMacro(id: string, name: string, program: MacroProgram): Macro | undefined {
  const module = program.module(id);
  const meaning = module === undefined ? null : exportedMeaning(name, module, program);
  return meaning?.kind === "macro" ? meaning.macro : undefined;
}

/** The macros among what a module imports, by their names there. */
export function importedMacros({ imports }: MacroModule, program: MacroProgram): ReadonlyMap<string, Macro> {
  const found = new Map<string, Macro>();
  for (const [space, module] of imports.namespaces)
    for (const [name, macro] of exportedMacros(space, module, program)) found.set(name, macro);
  for (const [local, { module, name }] of imports.names) {
    const macro = importedMacro(module, name, program);
    if (macro !== undefined) found.set(local, macro);
  }
  return found;
}

/** The other names: they may be those of forms. */
export function importedValues(self: MacroModule, program: MacroProgram): readonly string[] {
  const { names, namespaces } = self.imports;
  const macros = importedMacros(self, program);
  const spaced = [...namespaces].flatMap(([space, id]) => {
    const module = program.module(id);
    return [...(module?.exports ?? module?.values.keys() ?? [])].map((name) => nameIn(space, name));
  });
  return [...names.keys(), ...spaced].filter((name) => !macros.has(name));
}

/** The macros of a module that is imported as a whole. */
export function exportedMacros(
  space: string,
  id: string,
  program: MacroProgram,
): readonly (readonly [string, Macro])[] {
  const module = program.module(id);
  return [...(module?.exports ?? module?.macros.keys() ?? [])].flatMap((name) => {
    const macro = importedMacro(id, name, program);
    return macro === undefined ? [] : [[nameIn(space, name), macro] as const];
  });
}

/** What a template's name means in the template's module. */
export function homeMeaning(symbol: SymbolSyntax, { program }: MacroScope): ReturnType<typeof meaningOf> {
  const home = symbol.mark === undefined ? undefined : program.module(symbol.mark.module);
  return home === undefined ? null : meaningOf(symbol.name, home, program);
}

/** A macro of this module that is defined only further down. */
export const laterMacro = (name: string, { self, visible }: MacroScope): Macro | undefined =>
  visible.has(name) ? undefined : self.macros.get(name);
