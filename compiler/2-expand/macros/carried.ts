/** Macros on their way to code that is compiled at run time: the texts of their definitions, and the names these use. */
import { type CarriedMacros, homeName } from "../../ir/macro.ts";
import type { ListSyntax, SymbolSyntax, Syntax } from "../../ir/syntax.ts";
import { isSymbol } from "../env.ts";
import { type Macro, type MacroModule, type MacroProgram, meaningOf } from "./module.ts";
import { printSyntax } from "./print.ts";
import { type MacroScope, reachable } from "./scope.ts";

export interface Carried {
  readonly macros: CarriedMacros;
  /** Names in templates that are those of another module: `home` is its id, `called` what run-time code calls it. */
  readonly names: readonly { readonly name: string; readonly home: string; readonly called: string }[];
}

/** What an expanded module knows in the end; null: no macros. */
export function carried({ self, visible, program }: MacroScope): Carried | null {
  if (visible.size === 0) return null;
  const macros = [...visible];
  const modules = [...new Set([self, ...macros.flatMap(([, { module }]) => [...reachable(module.id, program)])])];
  const numbers = new Map(modules.map((module, i) => [module.id, i]));
  const used = namesUsed(modules);
  const moved = modules.flatMap((module) => madeMacros(module, program));
  return {
    macros: {
      visible: macros.map(([name, macro]) => {
        const home = moved.find((made) => made.macro === macro)?.home ?? macro.module;
        return [name, numbers.get(home.id) ?? 0, macro.name.name];
      }),
      modules: modules.map((module) => ({ path: module.source.path, text: textOf(module, used, numbers, moved) })),
    },
    names: modules
      .slice(1)
      .flatMap((module, i) =>
        [...used].flatMap((name) =>
          meaningOf(name, module, program)?.kind === "value"
            ? [{ name, home: module.id, called: homeName(name, i + 1) }]
            : [],
        ),
      ),
  };
}

/** A macro that a macro has made: it has no text, but can be written down in the module whose names its code means. */
interface Made {
  readonly macro: Macro;
  /** null: there is none, because it means names of several modules. */
  readonly home: MacroModule | null;
}

const madeMacros = (module: MacroModule, program: MacroProgram): readonly Made[] =>
  [...module.macros.values()]
    .filter(({ form }) => !isWritten(form))
    .map((macro) => ({ macro, home: homeOf(macro, program) }));

function homeOf(macro: Macro, program: MacroProgram): MacroModule | null {
  const parameters = new Set([...macro.params, macro.rest]);
  const symbols: SymbolSyntax[] = [];
  const collect = (syntax: Syntax): void => {
    if (syntax.kind === "List") syntax.items.forEach(collect);
    else if (syntax.kind === "Symbol" && !parameters.has(syntax.name)) symbols.push(syntax);
  };
  collect(macro.body);
  const meaningIn = (name: string, module: MacroModule | undefined): unknown => {
    const found = module === undefined ? null : meaningOf(name, module, program);
    return found?.kind === "value" ? found.module : (found?.macro ?? null);
  };
  const means = ({ name, mark }: SymbolSyntax): unknown =>
    meaningIn(name, mark === undefined ? macro.module : program.module(mark.module));
  const isFree = (module: MacroModule): boolean =>
    module === macro.module || !(module.macros.has(macro.name.name) || module.values.has(macro.name.name));
  const homes = symbols.flatMap(({ mark }) => (mark === undefined ? [] : (program.module(mark.module) ?? [])));
  return (
    [...new Set([macro.module, ...homes])].find(
      (module) => isFree(module) && symbols.every((symbol) => meaningIn(symbol.name, module) === means(symbol)),
    ) ?? null
  );
}

/** The definition as text. Fresh names, which nobody can write, get names that nobody will. */
function definitionOf({ name, kind, parameters, body }: Macro): string {
  const text = (syntax: Syntax): string => printSyntax(syntax, (symbol) => symbol.name.replace(" ", "-"));
  const params = parameters.map(text);
  return kind === "procedural"
    ? `(defmacro {${[name.name, ...params].join(" ")}} ${text(body)})`
    : `(def {${name.name}} (macro {${params.join(" ")}} ${text(body)}))`;
}
const refusal = ({ name }: Macro): string =>
  `(defmacro {${name.name} & _} {error "code that is evaluated cannot use it: a macro made it, with names of several modules"})`;

/** Every name that the macros' code and templates may come to, by way of functions and constants. */
function namesUsed(modules: readonly MacroModule[]): ReadonlySet<string> {
  const used = new Set<string>();
  const waiting: Syntax[] = modules.flatMap(({ macros }) => [...macros.values()].map(({ body }) => body));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === "List") for (const item of next.items) waiting.push(item);
    if (next.kind !== "Symbol" || used.has(next.name)) continue;
    used.add(next.name);
    for (const { values } of modules) waiting.push(...[values.get(next.name)].filter((value) => value != null));
  }
  return used;
}

/** The module's text without what no macro needs: of other names it says that they are the module's. */
function textOf(
  module: MacroModule,
  used: ReadonlySet<string>,
  numbers: ReadonlyMap<string, number>,
  made: readonly Made[],
): string {
  const slice = ({ span }: Syntax): string => module.source.text.slice(span.start, span.end);
  const number = (id: string): string => JSON.stringify(String(numbers.get(id) ?? ""));
  const guests = made.filter(({ macro, home }) => home === module && macro.module !== module);
  const names: string[] = [];
  const lines = [
    ...module.loads.map((id) => `(load ${number(id)})`),
    ...module.importForms.map(({ list, module: id }) =>
      list.kind === "all"
        ? `(import * ${list.local.name} ${number(id)})`
        : `(import {${list.names.map(({ name, local }) => `${name.name} :as ${local.name}`).join(" ")}} ${number(id)})`,
    ),
    ...(module.exports === null
      ? []
      : [`(export {${[...module.exports, ...guests.map(({ macro }) => macro.name.name)].join(" ")}})`]),
    ...new Set([...module.macros.values()].flatMap(({ form }) => (isWritten(form) ? [slice(form)] : []))),
    ...made.flatMap(({ macro, home }) => {
      if (home === module) return [definitionOf(macro)];
      if (macro.module !== module) return [];
      return [home === null ? refusal(macro) : `(import {${macro.name.name}} ${number(home.id)})`];
    }),
  ];
  for (const [name, value] of module.values)
    if (value === null || !used.has(name) || !isWritten(value)) names.push(name);
    else lines.push(isFun(value) ? slice(value) : `(def {${name}} ${slice(value)})`);
  return [...lines, ...(names.length === 0 ? [] : [`(def {${names.join(" ")}})`]), ""].join("\n");
}

const isWritten = ({ span }: Syntax): boolean => span.template === undefined;
const isFun = (value: Syntax): value is ListSyntax => value.kind === "List" && isSymbol(value.items[0], "fun");
