/** The scope of a module: its globals by name, for code that is compiled at run time. */
import type * as ESTree from "estree";
import type * as Cps from "../ir/cps.ts";
import type { World } from "../ir/world.ts";
import { replacement } from "../source/names.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import type { Host } from "./writer.ts";

// Names that no global has.
const NAME = "$1";
const VALUE = "$2";

/** `(names, read, write)`: what `moduleScope` takes. */
export function globalsByName(
  module: Cps.Module,
  world: World,
  host: Host,
  elsewhere: readonly { readonly name: string; readonly home: string; readonly called: string }[],
): Expression[] {
  const own = new Set(module.variables);
  const functions = module.entries.map(({ name }) => name).filter((name) => own.has(replacement(name)));
  const replaced = new Set(functions.map(replacement));
  const variables = module.variables.filter((name) => !replaced.has(name));
  const outside = [...new Set(world.names())].filter((name) => {
    const found = world.lookup(name);
    const isOwn = own.has(name) || own.has(replacement(name));
    return !isOwn && found !== null && found.kind !== "constant" && found !== world.builtin(name);
  });
  const global = (name: string): Expression => host.global({ module: null, name });
  const read = (name: string): Expression => {
    if (own.has(name)) return global(name);
    if (own.has(replacement(name)))
      return build.logical("??", global(replacement(name)), host.fn({ kind: "Own", name }));
    const found = world.lookup(name);
    if (found?.kind === "variable") return host.global(found.global);
    return found?.kind === "function" ? host.fn(found.fn) : build.id("undefined");
  };
  const names = [...variables, ...functions, ...outside];
  /** A name of a template, as it is meant there. */
  const atHome = ({ name, home, called }: (typeof elsewhere)[number]): readonly (readonly [string, Expression])[] => {
    const found = world.lookupFrom(home, name);
    if (found === "own") return [[called, read(name)]];
    if (found?.kind === "variable") return [[called, host.global(found.global)]];
    return found?.kind === "function" ? [[called, host.fn(found.fn)]] : [];
  };
  const meant = new Map(elsewhere.flatMap(atHome));
  const value = build.id(VALUE);
  const set = (name: string): Statement[] => [
    build.expression(host.setGlobal(own.has(name) ? name : replacement(name), value)),
    build.ret(build.literal(true)),
  ];
  return [
    build.array(names.map(build.literal)),
    build.arrow([NAME], [choose([...names, ...meant.keys()], (name) => [build.ret(meant.get(name) ?? read(name))])]),
    build.arrow([NAME, VALUE], [choose([...variables, ...functions], set), build.ret(build.literal(false))]),
  ];
}

/** What of it files that are loaded at run time do not see; nothing if there is no such name. */
export function importedNames(module: Cps.Module, world: World): readonly string[] {
  const own = new Set(module.variables);
  return world.imported().filter((name) => !own.has(name) && !own.has(replacement(name)));
}

const choose = (names: readonly string[], code: (name: string) => readonly Statement[]): ESTree.SwitchStatement => ({
  type: "SwitchStatement",
  discriminant: build.id(NAME),
  cases: names.map((name) => ({ type: "SwitchCase", test: build.literal(name), consequent: [...code(name)] })),
});
