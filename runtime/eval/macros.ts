/** The macros that evaluated code can use: those its module knew when it was compiled, and those of files loaded at run time. */
import { AT_HOME, broughtMacros, createMacros, type Evaluate, type Macros } from "../../compiler/compile-code.ts";
import type { Value } from "../kernel/list.ts";
import type { Scope } from "../kernel/scope.ts";
import { createEvaluator } from "./expander.ts";
import { library, runtimeModules } from "./library.ts";

let all: Macros | null = null;
const program = (): Macros => {
  if (all === null) {
    let evaluate: Evaluate | null = null;
    all = createMacros(library(), (script) => {
      evaluate ??= createEvaluator(runtimeModules());
      return evaluate(script);
    });
  }
  return all;
};

const known = new WeakMap<Scope, Macros["visible"]>();
/** The scopes that names of templates are looked up in: `name;@2:1` is a name of the module that scope 2 calls its number 1. */
const homes: Scope[] = [];
const rootOf = (scope: Scope): Scope => scope.root ?? scope;

/** The prefix of the ids that the macro program has for the modules of a scope. */
export const homeOf = (scope: Scope): string => {
  const root = rootOf(scope);
  const at = homes.indexOf(root);
  return `${at < 0 ? homes.push(root) - 1 : at}:`;
};
/** The value of such a name. */
export const valueAtHome = (name: string): Value => {
  const at = name.indexOf(AT_HOME);
  const [home, number] = name.slice(at + AT_HOME.length).split(":");
  const scope = homes[Number(home)];
  // The scope's own module is its number 0.
  return scope.get(number === "0" ? name.slice(0, at) : `${name.slice(0, at)}${AT_HOME}${number}`);
};

export const remember = (scope: Scope, visible: Macros["visible"]): void => void known.set(rootOf(scope), visible);

/** The macros known in the module of a scope. */
export const macrosIn = (scope: Scope): Macros => ({ program: program().program, visible: macroNames(scope) });
export const macroNames = (scope: Scope): Macros["visible"] => visibleIn(rootOf(scope), new Set());

const visibleIn = (scope: Scope, seen: Set<Scope>): Macros["visible"] => {
  seen.add(scope);
  const own = ownOf(scope);
  const loaded = scope.loads.filter((other) => !seen.has(other)).map((other) => visibleIn(other, seen));
  return loaded.every(({ size }) => size === 0) ? own : new Map([...loaded.flatMap((macros) => [...macros]), ...own]);
};
const ownOf = (scope: Scope): Macros["visible"] => {
  const found = known.get(scope);
  if (found !== undefined) return found;
  if (scope.macros == null) return NONE;
  const [visible, texts] = scope.macros;
  const modules = texts.map(([path, text]) => ({ path, text }));
  const brought = broughtMacros({ visible, modules }, homeOf(scope), program()).visible;
  known.set(scope, brought);
  return brought;
};
const NONE: Macros["visible"] = new Map();
