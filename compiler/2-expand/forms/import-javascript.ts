/** `(import {a b :as c default d} "specifier")`, `(import * name "specifier")`, `(import "specifier")` of JavaScript's modules. */
import { messages } from "../../diagnostics/messages.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import type { JavaScriptImport } from "../../ir/javascript.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { jsName } from "../../source/names.ts";
import { type Bound, bindable, type Env, isBraces, isSymbol } from "../env.ts";

export interface ImportedJavaScript {
  readonly specifier: string;
  readonly names: readonly JavaScriptImport[];
}

/** At the top level of a module; null: it is malformed. ES modules are linked before anything runs: where it stands does not matter. */
export function importJavaScript(call: ListSyntax, path: StringSyntax, env: Env): ImportedJavaScript | null {
  const names = namesOf(call, path.value, env);
  if (names === null) return null;
  report(path, names, env);
  return { specifier: path.value, names };
}

type StringSyntax = Syntax & { readonly kind: "String" };

/** The names that all imports of a module bind: they are no names of forms there. */
export const importedNames = (items: readonly Syntax[], env: Env): readonly Bound[] =>
  items.flatMap((item) => {
    if (item.kind !== "List" || item.items.length < 2 || !isSymbol(item.items[0], "import")) return [];
    const path = item.items[item.items.length - 1];
    if (path.kind !== "String" || env.loads.has(path.value) || path.value.endsWith(".valk")) return [];
    return (namesOf(item, "", { ...env, context: { ...env.context, report: () => {} } }) ?? []).map(({ local }) => ({
      name: local,
    }));
  });

function namesOf(call: ListSyntax, specifier: string, env: Env): readonly JavaScriptImport[] | null {
  const items = call.items.slice(1, -1);
  if (items.length === 0) return [];
  if (items.length === 2 && isSymbol(items[0], "*")) return pair(items[0], items[1], specifier, env);
  const [list] = items;
  if (items.length !== 1 || !isBraces(list)) return null;
  const found: JavaScriptImport[] = [];
  for (let i = 0; i < list.items.length; i++) {
    const name = list.items[i];
    const as = isSymbol(list.items[i + 1], ":as");
    const local = as ? list.items[i + 2] : isSymbol(name, "default") ? list.items[i + 1] : name;
    const one = local === undefined ? null : pair(name, local, specifier, env);
    if (one === null) return null;
    found.push(...one);
    i += as ? 2 : local === name ? 0 : 1;
  }
  return found;
}

/** `name` there, `local` here. */
function pair(name: Syntax, local: Syntax, specifier: string, env: Env): readonly JavaScriptImport[] | null {
  const bound = bindable(local, env);
  const there =
    name.kind === "String" ? name.value : name.kind === "Symbol" && !name.name.startsWith(":") ? name.name : null;
  return bound === null || there === null ? null : [{ specifier, name: there, local: bound.name, span: name.span }];
}

/** What is known against the import before the program runs. */
function report(path: StringSyntax, names: readonly JavaScriptImport[], env: Env): void {
  const { context } = env;
  const module = env.javascript.get(path.value);
  const problem = module?.problem ?? null;
  if (problem?.kind === "missing")
    context.report(path.span, messages.javascriptNotFound, path.value, problem.near ?? undefined);
  else if (problem?.kind === "no package")
    context.report(path.span, messages.packageNotFound, path.value, problem.text);
  else if (problem?.kind === "syntax")
    context.report(
      path.span,
      messages.javascriptBroken,
      path.value,
      `${problem.line}:${problem.column}: ${problem.text}`,
    );
  const exported = module?.exports ?? null;
  if (exported === null) return;
  for (const { name, span } of names)
    if (name !== "*" && !exported.includes(name))
      context.report(span, messages.javascriptExport, path.value, name, suggestions(name, exported));
}
const suggestions = (name: string, exported: readonly string[]): readonly string[] =>
  exported.includes(jsName(name)) ? [jsName(name)] : nearest(name, exported);
