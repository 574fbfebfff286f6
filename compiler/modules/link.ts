/** The load graph of a program: who loads whom, which modules are in a cycle, in which order they are compiled. */
import type { ImportedName, Imports } from "../ir/imports.ts";

export interface LinkedModule {
  readonly id: string;
  readonly loads: readonly string[];
  /** Ids of the modules it imports from: they come before it, but do not see its names. */
  readonly imports: readonly string[];
  readonly globals: ReadonlyMap<string, LinkedGlobal>;
  readonly names: LinkedNames;
  /** Names it uses and does not bind itself; null: any, because it evaluates code at run time. */
  readonly free: () => ReadonlySet<string> | null;
}

export interface LinkedGlobal {
  /** Of a function with a sole definition; null: a variable. */
  readonly arity: { readonly params: number; readonly rest: boolean } | null;
  /** Is there a `def` or `fun` of it? */
  readonly defined: boolean;
}

/** The part of it that the module's own text says, and macros, as plain data. */
export interface Interface {
  readonly globals: readonly (readonly [name: string, LinkedGlobal])[];
  readonly exports: readonly string[] | null;
  readonly macros: readonly string[];
  readonly imports: readonly (readonly [local: string, from: ImportedName])[];
  readonly namespaces: readonly (readonly [local: string, module: string])[];
  readonly free: readonly string[] | null;
}

export const interfaceOf = ({ globals, names, free }: LinkedModule): Interface => {
  const used = free();
  return {
    globals: [...globals],
    exports: names.exports === null ? null : [...names.exports],
    macros: names.macros,
    imports: [...names.imports.names],
    namespaces: [...names.imports.namespaces],
    free: used === null ? null : [...used],
  };
};

export const ofInterface = ({ globals, exports, macros, imports, namespaces, free }: Interface): InterfaceParts => ({
  globals: new Map(globals),
  names: {
    exports: exports === null ? null : new Set(exports),
    macros,
    imports: { names: new Map(imports), namespaces: new Map(namespaces) },
  },
  free: () => (free === null ? null : new Set(free)),
});
type InterfaceParts = Pick<LinkedModule, "globals" | "names" | "free">;

/** What a module says about names it shares with others. */
export interface LinkedNames {
  /** Of its export form; null: it has none. */
  readonly exports: ReadonlySet<string> | null;
  readonly macros: readonly string[];
  readonly imports: Imports;
}

export interface Linked {
  readonly modules: ReadonlyMap<string, LinkedModule>;
  loaders(id: string): readonly string[];
  /** Does each of the two modules lead to the other, by loading or importing it or by using names of a loader? */
  together(a: string, b: string): boolean;
}

export function link(modules: readonly LinkedModule[]): Linked {
  const byId = new Map(modules.map((m) => [m.id, m]));
  const loaders = (id: string): readonly LinkedModule[] => modules.filter((m) => m.loads.includes(id));
  // A loaded module may use what its loaders define: then they lead to each other.
  const nextOf = (module: LinkedModule): readonly string[] => {
    const over = loaders(module.id);
    const free = over.length === 0 ? new Set<string>() : module.free();
    const read = over.filter((m) => free === null || [...free].some((name) => m.globals.has(name)));
    return [...needs(module), ...read.map((m) => m.id)];
  };
  const edges = new Map(modules.map((m) => [m.id, nextOf(m)]));
  const next = (id: string): readonly string[] => edges.get(id) ?? [];
  const reach = new Map<string, ReadonlySet<string>>();
  const reachable = (id: string): ReadonlySet<string> => {
    let found = reach.get(id);
    if (found === undefined) {
      const all = new Set<string>();
      const todo = [...next(id)];
      for (let other = todo.pop(); other !== undefined; other = todo.pop()) {
        if (all.has(other)) continue;
        all.add(other);
        todo.push(...next(other));
      }
      found = all;
      reach.set(id, found);
    }
    return found;
  };
  return {
    modules: byId,
    loaders: (id) => loaders(id).map((m) => m.id),
    together: (a, b) => reachable(a).has(b) && reachable(b).has(a),
  };
}

const needs = (module: Pick<LinkedModule, "loads" | "imports"> | undefined): readonly string[] =>
  module === undefined ? [] : [...module.loads, ...module.imports];

/** Loaded and imported modules first; in a cycle the one that was reached first comes last. */
export function importOrder(linked: {
  readonly modules: ReadonlyMap<string, Pick<LinkedModule, "loads" | "imports">>;
}): readonly string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const root of linked.modules.keys()) {
    const work = [{ id: root, next: 0 }];
    if (seen.has(root)) continue;
    seen.add(root);
    while (work.length > 0) {
      const top = work[work.length - 1];
      const loads = needs(linked.modules.get(top.id));
      if (top.next < loads.length) {
        const id = loads[top.next++];
        if (!seen.has(id)) {
          seen.add(id);
          work.push({ id, next: 0 });
        }
      } else {
        order.push(top.id);
        work.pop();
      }
    }
  }
  return order;
}
