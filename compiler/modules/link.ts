/** The load graph of a program: who loads whom, which modules are in a cycle, in which order they are compiled. */
import type * as Kernel from "../ir/kernel.ts";

export interface LinkedModule {
  readonly id: string;
  readonly loads: readonly string[];
  readonly globals: ReadonlyMap<string, { readonly lambda: Kernel.Lambda | null }>;
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
      const todo = [...(byId.get(id)?.loads ?? [])];
      for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
        if (all.has(next)) continue;
        all.add(next);
        todo.push(...(byId.get(next)?.loads ?? []));
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

/** Loaded modules first; in a cycle the one that was reached first comes last. */
export function importOrder(linked: Linked): readonly string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const root of linked.modules.keys()) {
    const work = [{ id: root, next: 0 }];
    if (seen.has(root)) continue;
    seen.add(root);
    while (work.length > 0) {
      const top = work[work.length - 1];
      const loads = linked.modules.get(top.id)?.loads ?? [];
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
