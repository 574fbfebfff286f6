/**
 * Everything that compiled code may import, at hand: code that is compiled at run time cannot wait for a module to be loaded.
 * A program that evaluates lists carries all of it, because nobody knows which builtins they will name.
 */
import { createLibrary, type Library, mangle } from "../../compiler/compile-code.ts";
import { nil, type Value } from "../kernel/list.ts";
import { constants } from "../signatures.ts";
import { modules, summaries } from "./modules.ts";

/** The runtime module of a specifier such as `lib/list`. */
export const runtimeModule = (specifier: string): Readonly<Record<string, unknown>> => {
  const found = modules[specifier];
  if (found === undefined) throw new Error(`no runtime module ${specifier}`);
  return found;
};

export const runtimeModules = (): ReadonlyMap<string, object> => new Map(Object.entries(modules));

let made: Library | null = null;
/** What the compiler knows of the library; made when it is first asked for. */
export const library = (): Library => {
  made ??= createLibrary(summaries);
  return made;
};

const fixed = /*#__PURE__*/ new Map<string, Value>(constants.map((c) => [c.name, c.kind === "nil" ? nil : c.value]));

/** The library's value of a name as programs see it; undefined: it has none. */
export const libraryValue = (name: string): Value => {
  const constant = fixed.get(name);
  if (constant !== undefined) return constant;
  const signature = library().builtin(name);
  if (signature !== undefined)
    return signature.internal === true ? undefined : runtimeModule(signature.module)[signature.export];
  const outside = library().outside.get(name);
  if (outside?.kind !== "function" || outside.fn.kind !== "Module") return undefined;
  const summary = library().summaries.get(outside.fn.module);
  return summary === undefined ? undefined : runtimeModule(summary.output.replace(/\.js$/, ""))[`$${mangle(name)}`];
};
