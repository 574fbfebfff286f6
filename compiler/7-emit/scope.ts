/** JavaScript names: one for every core variable of an entry, one for everything a module imports. */
import type * as Cps from "../ir/cps.ts";
import { mangle } from "../source/names.ts";

/** The names a module uses at its top level, and its imports, made when something is first used. */
export interface ModuleNames {
  /** The local name of an export of another module. */
  import(specifier: string, name: string, wish?: string): string;
  /** Specifier -> exported name -> local name, in the order of first use. */
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, string>>;
  taken(name: string): boolean;
  /** Keeps imports made later from taking a local variable's name. */
  keep(name: string): void;
  /** Takes a top-level name: the wish, or the wish with a number. */
  take(wish: string): string;
}

export function moduleNames(own: Iterable<string>): ModuleNames {
  const used = new Set<string>(own);
  const locals = new Set<string>();
  const imports = new Map<string, Map<string, string>>();
  const take = (wish: string): string => {
    let name = wish;
    for (let i = 1; used.has(name) || locals.has(name); i++) name = `${wish}${i}`;
    used.add(name);
    return name;
  };
  return {
    keep: (name) => void locals.add(name),
    imports,
    taken: (name) => used.has(name),
    take,
    import: (specifier, name, wish = name) => {
      let names = imports.get(specifier);
      if (names === undefined) {
        names = new Map();
        imports.set(specifier, names);
      }
      let local = names.get(name);
      if (local === undefined) {
        local = take(wish);
        names.set(name, local);
      }
      return local;
    },
  };
}

/** Names of the variables of one entry: unique in it, and different from every top-level name. */
export interface LocalNames {
  of(v: Cps.Var): string;
}

export function localNames(module: ModuleNames): LocalNames {
  const names = new Map<Cps.Var, string>();
  const used = new Set<string>();
  return {
    of: (v) => {
      let name = names.get(v);
      if (name === undefined) {
        const wish = mangle(v.name);
        name = wish;
        for (let i = 1; used.has(name) || module.taken(name); i++) name = `${wish}${i}`;
        used.add(name);
        module.keep(name);
        names.set(v, name);
      }
      return name;
    },
  };
}
