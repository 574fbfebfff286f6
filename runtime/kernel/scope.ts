/** The globals of a module by name, for code that is compiled at run time. Modules that evaluate such code have one. */
import { ValkError } from "./error.ts";
import { native } from "./function.ts";
import { nil, type Value } from "./list.ts";
import type { Sym } from "./symbol.ts";

/** What evaluated code sees beyond the frames it stands in. */
export interface Scope {
  /** undefined: nothing is bound to the name now. */
  get(name: string): Value;
  /** May the name be bound, now or later, by something else than the library? */
  knows(name: string): boolean;
  /** Binds a global; gives nil, or the Error that it cannot be bound. */
  define(name: string, value: Value): Value;
  /** The folder of the file, or the URL of its output: where loads look first. null: not known. */
  readonly folder: string | null;
  /** Names that are visible here by an import: files that are loaded here do not see them. */
  readonly imports: ReadonlySet<string>;
  /** Modules that were loaded at run time: their names are visible here, those of the last one first. */
  readonly loads: Scope[];
  /** Of a view of a module's globals: the module's. */
  readonly root?: Scope;
  readonly macros?: MacroSources | null;
}

/** Macros for evaluated code: [name, number of its module, name there], and of the modules paths and texts. See compiler/ir/macro.ts. */
export type MacroSources = readonly [
  visible: readonly (readonly [string, number, string])[],
  modules: readonly (readonly [path: string, text: string])[],
];

/**
 * The scope of a compiled module. `names` are those of the module and of what it loads; `read` gives a value or undefined,
 * `write` says whether the name is one of the module's own. Names that evaluated code adds are kept beside them.
 */
export const moduleScope = (
  names: readonly string[],
  read: (name: string) => Value,
  write: (name: string, value: Value) => boolean,
  folder: string | null = null,
  imports: readonly string[] = [],
  macros: MacroSources | null = null,
): Scope => {
  const known = new Set(names);
  const added = new Map<string, Value>();
  const loads: Scope[] = [];
  const visible = (name: string): Value => {
    for (let i = loads.length - 1; i >= 0; i--) {
      const value = loads[i].get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return {
    get: (name) => added.get(name) ?? read(name) ?? visible(name),
    knows: (name) => known.has(name) || added.has(name) || loads.some((scope) => scope.knows(name)),
    define: (name, value) => {
      if (!write(name, value)) added.set(name, value);
      return nil;
    },
    folder,
    imports: new Set(imports),
    loads,
    macros,
  };
};

const bind = (scope: Value, pairs: readonly Value[]): Value => {
  for (let i = 0; i < pairs.length; i += 2) {
    const result = (scope as Scope).define((pairs[i] as Sym).name, pairs[i + 1]);
    if (result !== nil) return result;
  }
  return nil;
};

/** `def` of evaluated code: names and values in turn. A value that is an Error is the result, and nothing is bound then. */
export const define = /*#__PURE__*/ native("scope/define", 1, Infinity, (scope: Value, ...pairs: Value[]): Value => {
  for (let i = 1; i < pairs.length; i += 2) if (pairs[i] instanceof ValkError) return pairs[i];
  return bind(scope, pairs);
});

/** `=` at the top level of a file that is loaded at run time. */
export const assign = /*#__PURE__*/ native(
  "scope/assign",
  1,
  Infinity,
  (scope: Value, ...pairs: Value[]): Value => bind(scope, pairs),
);
