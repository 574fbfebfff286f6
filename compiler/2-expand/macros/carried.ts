/** Macros on their way to code that is compiled at run time: the texts of their definitions, and the names these use. */
import { type CarriedMacros, homeName } from "../../ir/macro.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { isSymbol } from "../env.ts";
import { type MacroModule, meaningOf } from "./module.ts";
import { type MacroScope, reachable } from "./scope.ts";

export interface Carried {
  readonly macros: CarriedMacros;
  /** Names in templates that are those of another module: `home` is its id, `called` what run-time code calls it. */
  readonly names: readonly { readonly name: string; readonly home: string; readonly called: string }[];
}

/** What an expanded module knows in the end; null: no macros. Those that macros have defined stay behind: they have no text. */
export function carried({ self, visible, program }: MacroScope): Carried | null {
  const macros = [...visible].filter(([, { form }]) => form.span.template === undefined);
  if (macros.length === 0) return null;
  const modules = [...new Set([self, ...macros.flatMap(([, { module }]) => [...reachable(module.id, program)])])];
  const numbers = new Map(modules.map((module, i) => [module.id, i]));
  const used = namesUsed(modules);
  return {
    macros: {
      visible: macros.map(([name, macro]) => [name, numbers.get(macro.module.id) ?? 0, macro.name.name]),
      modules: modules.map((module) => ({ path: module.source.path, text: textOf(module, used, numbers) })),
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
function textOf(module: MacroModule, used: ReadonlySet<string>, numbers: ReadonlyMap<string, number>): string {
  const slice = ({ span }: Syntax): string => module.source.text.slice(span.start, span.end);
  const number = (id: string): string => JSON.stringify(String(numbers.get(id) ?? ""));
  const names: string[] = [];
  const lines = [
    ...module.loads.map((id) => `(load ${number(id)})`),
    ...module.importForms.map(({ list, module: id }) =>
      list.kind === "all"
        ? `(import * ${list.local.name} ${number(id)})`
        : `(import {${list.names.map(({ name, local }) => `${name.name} :as ${local.name}`).join(" ")}} ${number(id)})`,
    ),
    ...(module.exports === null ? [] : [`(export {${[...module.exports].join(" ")}})`]),
    ...new Set([...module.macros.values()].flatMap(({ form }) => (isWritten(form) ? [slice(form)] : []))),
  ];
  for (const [name, value] of module.values)
    if (value === null || !used.has(name) || !isWritten(value)) names.push(name);
    else lines.push(isFun(value) ? slice(value) : `(def {${name}} ${slice(value)})`);
  return [...lines, ...(names.length === 0 ? [] : [`(def {${names.join(" ")}})`]), ""].join("\n");
}

const isWritten = ({ span }: Syntax): boolean => span.template === undefined;
const isFun = (value: Syntax): value is ListSyntax => value.kind === "List" && isSymbol(value.items[0], "fun");
