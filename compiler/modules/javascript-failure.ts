/** Which import of the program asked for a file of JavaScript that could not be loaded: found out when that has happened. */
import { dirname } from "node:path";
import { read } from "../1-read/read.ts";
import { createContext, defaultOptions } from "../context.ts";
import type { JavaScriptModule } from "../ir/javascript.ts";
import type { Syntax } from "../ir/syntax.ts";
import { lineStarts, positionAt, type Source } from "../source/source.ts";
import type { Span } from "../source/span.ts";
import type { Files } from "./host.ts";
import { importedBy, javascriptModuleAt } from "./javascript.ts";
import type { Unit } from "./unit.ts";

export interface Culprit {
  /** The module with the import, and the place of its specifier; both numbers from 1. */
  readonly unit: Unit;
  readonly specifier: string;
  readonly line: number;
  readonly column: number;
  /** The files from the one that the import names to the one in question; empty where the import names no file. */
  readonly files: readonly string[];
  readonly module: JavaScriptModule;
}

/** A file, and the one whose import led to it first. */
interface Step {
  readonly module: JavaScriptModule;
  readonly specifier: string;
  readonly from: Step | null;
}

/** The first module, breadth first from the program's own imports, that is `wanted`. `importer`: the file that asks for it, null: the program. */
export function findImport(
  units: readonly Unit[],
  files: Files,
  wanted: (specifier: string, module: JavaScriptModule, importer: string | null) => boolean,
): Culprit | null {
  for (const unit of units) {
    const queue: Step[] = [...(unit.javascript ?? [])].map(([specifier, module]) => ({
      specifier,
      module,
      from: null,
    }));
    const seen = new Set<string>();
    for (const step of queue) {
      const { specifier, module, from } = step;
      if (wanted(specifier, module, from?.module.path ?? null)) return culprit(step, unit);
      if (module.path === null || seen.has(module.path)) continue;
      seen.add(module.path);
      const folder = dirname(module.path);
      for (const inner of importedBy(module.path, files))
        queue.push({ specifier: inner, module: javascriptModuleAt(inner, folder, files), from: step });
    }
  }
  return null;
}

function culprit(found: Step, unit: Unit): Culprit | null {
  const steps: Step[] = [];
  for (let step: Step | null = found; step !== null; step = step.from) steps.unshift(step);
  const [{ specifier }] = steps;
  const span = placeOf(specifier, unit.source);
  const paths = steps.flatMap(({ module: { path } }) => path ?? []);
  if (span === null) return null;
  const { line, column } = positionAt(lineStarts(unit.source.text), span.start);
  return { unit, specifier, line: line + 1, column: column + 1, files: paths, module: found.module };
}

/** The specifier in the import that names it. */
function placeOf(specifier: string, source: Source): Span | null {
  const waiting: Syntax[] = [...read(createContext(source, defaultOptions)).items].reverse();
  for (let syntax = waiting.pop(); syntax !== undefined; syntax = waiting.pop()) {
    if (syntax.kind !== "List") continue;
    const [head] = syntax.items;
    const last = syntax.items[syntax.items.length - 1];
    if (head?.kind === "Symbol" && head.name === "import" && last.kind === "String" && last.value === specifier)
      return last.span;
    for (let i = syntax.items.length - 1; i >= 0; i--) waiting.push(syntax.items[i]);
  }
  return null;
}
