/** JavaScript names: one for every core variable of an entry, one for everything a module imports. */
import type * as Cps from "../ir/cps.ts";
import { mangle } from "../source/names.ts";

/** The names a module uses at its top level, and its imports, made when something is first used. */
export interface ModuleNames {
  /** Imports the module whether or not anything of it is used. */
  module(specifier: string): void;
  /** The local name of an export of another module. */
  import(specifier: string, name: string, wish?: string): string;
  /**
   * The same for one that never changes, as a constant of this module. V8 folds a module's own constants into optimised code;
   * what is imported it loads from the other module's cell, and checks, at each use (fib: 1.5 times the time). The other
   * module must be evaluated before this one.
   */
  constant(specifier: string, name: string, wish?: string): string;
  /** Local names that are to be constants of this module. */
  readonly constants: ReadonlySet<string>;
  /** Specifier -> exported name -> local name, in the order of first use. */
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, string>>;
  taken(name: string): boolean;
  /** Keeps imports made later from taking a local variable's name. */
  keep(name: string): void;
  /** Takes a top-level name: the wish, or the wish with a number. */
  take(wish: string): string;
}

/** The wish, or the wish with the next number whose name is free. Names stay taken, so each search starts where the last one ended. */
const numbering = (taken: (name: string) => boolean): ((wish: string) => string) => {
  const numbers = new Map<string, number>();
  return (wish) => {
    let number = numbers.get(wish) ?? 0;
    const named = (): string => (number === 0 ? wish : `${wish}${number}`);
    while (taken(named())) number++;
    numbers.set(wish, number);
    return named();
  };
};

export function moduleNames(own: Iterable<string>): ModuleNames {
  const used = new Set<string>(own);
  const locals = new Set<string>();
  const imports = new Map<string, Map<string, string>>();
  const constants = new Set<string>();
  const fresh = numbering((name) => used.has(name) || locals.has(name));
  const take = (wish: string): string => {
    const name = fresh(wish);
    used.add(name);
    return name;
  };
  const importName = (specifier: string, name: string, wish = name): string => {
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
  };
  return {
    keep: (name) => void locals.add(name),
    imports,
    constants,
    taken: (name) => used.has(name),
    take,
    module: (specifier) => void (imports.has(specifier) || imports.set(specifier, new Map())),
    import: importName,
    constant: (specifier, name, wish) => {
      const local = importName(specifier, name, wish);
      constants.add(local);
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
  const fresh = numbering((name) => used.has(name) || module.taken(name));
  return {
    of: (v) => {
      let name = names.get(v);
      if (name === undefined) {
        // What stands after a blank makes a name of a macro its own.
        name = fresh(mangle(v.name.split(" ", 1)[0]));
        used.add(name);
        module.keep(name);
        names.set(v, name);
      }
      return name;
    },
  };
}
