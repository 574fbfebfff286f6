/** The prelude, compiled by the compiler under test, and programs of files as units. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeHost } from "../cli/host.ts";
import { compile } from "../compiler/compile.ts";
import { graph } from "../compiler/modules/graph.ts";
import type { Summary } from "../compiler/modules/summary.ts";
import type { Unit } from "../compiler/modules/unit.ts";

const folder = new URL("../runtime/prelude/", import.meta.url);

export const preludeUnits = (): readonly Unit[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".valk"))
    .sort()
    .map((name) => {
      const id = `prelude/${name.replace(/\.valk$/, "")}`;
      const text = readFileSync(new URL(name, folder), "utf8");
      return {
        id,
        source: { path: `${id}.valk`, text },
        loads: new Map(),
        output: `${id}.js`,
        loaded: false,
        library: true,
      };
    });

export const preludeSummaries = (): readonly Summary[] =>
  compile(preludeUnits(), [], { runtime: "." }).units.flatMap(({ summary }) => (summary === null ? [] : [summary]));

/** A file and what it loads; the file is the first unit. Ids and paths do not say where the checkout is. */
export function unitsOf(path: string): readonly Unit[] {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const host = nodeHost();
  const found = graph({ kind: "file", path }, host, { cwd: root, loadPath: [] });
  if (found.kind === "failure") throw new Error(found.text);
  const id = (unit: string): string => unit.replace(root, "");
  const renamed = (paths: Unit["loads"]): Unit["loads"] =>
    new Map([...paths].map(([name, target]) => [name, target === null ? null : id(target)]));
  return found.units.map((unit) => ({
    ...unit,
    id: id(unit.id),
    loads: renamed(unit.loads),
    ...(unit.imports === undefined ? {} : { imports: renamed(unit.imports) }),
  }));
}

/** A program that is one text. */
export const unitOf = (text: string): Unit => ({
  id: "main.valk",
  source: { path: "main.valk", text },
  loads: new Map(),
  output: "main.js",
  loaded: false,
});
