/** The worlds of a program's modules, from what was linked and what has been compiled so far. */
import type { World } from "../ir/world.ts";
import { impossible } from "../source/impossible.ts";
import type { Linked, LinkedModule } from "./link.ts";
import type { FunctionSummary, Summary } from "./summary.ts";
import type { Unit } from "./unit.ts";
import { createWorld, type Library, type Neighbour } from "./world.ts";

/** What a unit sees; of modules that are not compiled yet (a cycle of loads) the worst is assumed. */
export function worldOf(
  unit: Pick<Unit, "id" | "library">,
  linked: Linked,
  library: Library,
  done: ReadonlyMap<string, { readonly summary: Summary }>,
): World {
  const neighbours = new Map<string, Neighbour>();
  for (const other of linked.modules.values()) {
    const summary = done.get(other.id)?.summary;
    const known = new Map(summary?.globals.map((g) => [g.name, g.fn]) ?? []);
    const globals = new Map<string, FunctionSummary | null>();
    for (const [name, { arity }] of other.globals)
      globals.set(
        name,
        arity === null ? null : (known.get(name) ?? { ...arity, unwinds: true, fails: true, gives: "any" }),
      );
    neighbours.set(other.id, {
      id: other.id,
      globals,
      loads: other.loads,
      initUnwinds: summary?.initUnwinds ?? true,
      exports: exportsOf(other),
      defines: (name) => other.globals.get(name)?.defined === true || other.names.macros.includes(name),
      imports: other.names.imports,
      cyclic: linked.together(unit.id, other.id),
    });
  }
  const self = linked.modules.get(unit.id) ?? impossible("unlinked unit");
  // The library's own modules see each other without loads.
  const loads = unit.library === true ? [...linked.modules.keys()].filter((id) => id !== unit.id) : self.loads;
  const { imports } = self.names;
  return createWorld(
    library,
    { id: unit.id, loads, loaders: linked.loaders(unit.id), imports, library: unit.library === true },
    neighbours,
    (id) => {
      const other = linked.modules.get(id);
      return other === undefined ? null : worldOf({ id, library: unit.library }, linked, library, done);
    },
  );
}

/** What `import` may take from a module: what its export form says, or all that it defines, macros too. */
const exportsOf = ({ names, globals }: LinkedModule): ReadonlySet<string> =>
  names.exports ?? new Set([...[...globals].filter(([, own]) => own.defined).map(([name]) => name), ...names.macros]);
