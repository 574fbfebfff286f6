/** The load graph of a program: who loads whom, which modules are in a cycle, in which order they are compiled. */
import type * as Kernel from "../ir/kernel.ts";

export interface LinkedModule {
  readonly id: string;
  readonly loads: readonly string[];
  /** Ids of the modules it imports from: they come before it, but do not see its names. */
  readonly imports: readonly string[];
  readonly globals: ReadonlyMap<string, { readonly lambda: Kernel.Lambda | null; readonly defined: boolean }>;
  readonly names: LinkedNames;
}

/** What a module says about names it shares with others. */
export interface LinkedNames {
  /** Of its export form; null: it has none. */
  readonly exports: ReadonlySet<string> | null;
  readonly macros: readonly string[];
  /** Local name -> where it is from. */
  readonly imports: ReadonlyMap<string, { readonly module: string; readonly name: string }>;
}

export interface Linked {
  readonly modules: ReadonlyMap<string, LinkedModule>;
  loaders(id: string): readonly string[];
  /** Does each of the two modules lead to the other? */
  together(a: string, b: string): boolean;
}

export function link(modules: readonly LinkedModule[]): Linked {
  const byId = new Map(modules.map((m) => [m.id, m]));
  const reach = new Map<string, ReadonlySet<string>>();
  const reachable = (id: string): ReadonlySet<string> => {
    let found = reach.get(id);
    if (found === undefined) {
      const all = new Set<string>();
      const todo = [...needs(byId.get(id))];
      for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
        if (all.has(next)) continue;
        all.add(next);
        todo.push(...needs(byId.get(next)));
      }
      found = all;
      reach.set(id, found);
    }
    return found;
  };
  return {
    modules: byId,
    loaders: (id) => modules.filter((m) => m.loads.includes(id)).map((m) => m.id),
    // A loaded module may also call what its loader defines, so any path between them can close a cycle.
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
