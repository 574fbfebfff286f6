/** What a module gives to the expansion of macros, its own and those of the modules that load it: read off its top level. */
import { type Imports, importOf } from "../../ir/imports.ts";
import type { MacroFunction } from "../../ir/macro.ts";
import type { ListSyntax, SymbolSyntax, Syntax } from "../../ir/syntax.ts";
import type { Source } from "../../source/source.ts";
import { isBraces, isFixed, isSymbol } from "../env.ts";
import { type ImportList, importList } from "../import-list.ts";

export interface Macro {
  readonly name: SymbolSyntax;
  /** `template`: `(macro {x} {..})`, a text with holes. `procedural`: `(defmacro {m x} {..})`, a function from data to data. */
  readonly kind: "template" | "procedural";
  readonly module: MacroModule;
  readonly params: readonly string[];
  readonly rest: string | null;
  /** What is in the braces before the body. */
  readonly parameters: readonly Syntax[];
  readonly body: ListSyntax;
  /** The whole definition. */
  readonly form: ListSyntax;
}

export interface MacroModule {
  readonly id: string;
  readonly source: Source;
  /** Ids of the modules whose names it sees because it loads them at its top level, in order. */
  readonly loads: readonly string[];
  /** What it imports from Valk modules. */
  readonly imports: Imports;
  /** The forms that say so, in order: of what has one name the last is meant in the end, and the macros before it until then. */
  readonly importForms: readonly { readonly list: ImportList; readonly module: string }[];
  /** Names of its export form; null: everything. */
  readonly exports: ReadonlySet<string> | null;
  readonly macros: Map<string, Macro>;
  /**
   * Its top-level names. Those a macro's own code can use have a value: functions and constants with one definition. null: there
   * are several definitions, or the value would have to be computed.
   */
  readonly values: Map<string, Syntax | null>;
}

export interface MacroProgram {
  module(id: string): MacroModule | undefined;
  /** The code of a procedural macro, compiled at its first use. Throws a MacroProblem. */
  compiled(macro: Macro): MacroFunction;
}

/** Why a macro's own code cannot run: it would be needed to compile itself (`path`), or the host runs none. */
export class MacroProblem extends Error {
  readonly path: readonly string[] | null;
  constructor(message: string, path: readonly string[] | null = null) {
    super(message);
    this.path = path;
  }
}

/** A definition as it is written. `problem` says what is wrong with it, and then there is no macro. */
export interface Definition {
  readonly name: SymbolSyntax;
  readonly macro: Macro | null;
  readonly problem: string | null;
  /** `(defmacro ...)` or `(macro ...)`, if there is one. */
  readonly form: ListSyntax;
}

const isForm = (item: Syntax | undefined, name: string): item is ListSyntax =>
  item?.kind === "List" && item.bracket === "form" && isSymbol(item.items[0], name);

const bindingIn = (item: Syntax): ListSyntax | null => (isForm(item, "def") ? item : isForm(item, "=") ? item : null);

/** The macros that a top-level item defines; null if it is anything else. */
export function macrosOf(item: Syntax, module: MacroModule): readonly Definition[] | null {
  if (isForm(item, "defmacro")) return [procedural(item, module)];
  const binding = bindingIn(item);
  if (binding === null) return null;
  const [, names, ...values] = binding.items;
  if (!isBraces(names) || !values.some((value) => isForm(value, "macro"))) return null;
  return names.items.map((name, i) => template(name, values[i], values.length - names.items.length, binding, module));
}

const NOWHERE = { start: 0, end: 0 };

function procedural(form: ListSyntax, module: MacroModule): Definition {
  const [, head, body] = form.items;
  const name: Syntax | undefined = isBraces(head) ? head.items[0] : undefined;
  if (!isBraces(head) || !isName(name))
    return { name: unnamed(form), macro: null, problem: "expected a name and parameters in braces", form };
  const given = form.items.length - 1;
  if (given !== 2) return { name, macro: null, problem: `expected 2 arguments, got ${given}`, form };
  return define(name, "procedural", head.items.slice(1), body, form, module);
}

function template(
  name: Syntax,
  value: Syntax | undefined,
  surplus: number,
  form: ListSyntax,
  module: MacroModule,
): Definition {
  const wrong = (problem: string): Definition => ({
    name: isName(name) ? name : unnamed(form),
    macro: null,
    problem,
    form: isForm(value, "macro") ? value : form,
  });
  if (!isName(name)) return wrong("expected names in braces");
  if (surplus !== 0 || value === undefined) return wrong("expected a value for each name");
  if (!isForm(value, "macro")) return wrong("macros and other values cannot share a def");
  const [, parameters, body] = value.items;
  if (value.items.length !== 3) return wrong(`expected 2 arguments, got ${value.items.length - 1}`);
  if (parameters.kind !== "List" || (parameters.items.length > 0 && !isBraces(parameters)))
    return wrong("expected parameters in braces");
  return define(name, "template", parameters.items, body, form, module, value);
}

const unnamed = (form: ListSyntax): SymbolSyntax => ({ kind: "Symbol", name: "", span: form.span ?? NOWHERE });

const isName = (syntax: Syntax | undefined): syntax is SymbolSyntax =>
  syntax?.kind === "Symbol" && !syntax.name.startsWith(":") && syntax.name !== "&";

function define(
  name: SymbolSyntax,
  kind: Macro["kind"],
  parameters: readonly Syntax[],
  body: Syntax,
  form: ListSyntax,
  module: MacroModule,
  written = form,
): Definition {
  const wrong = (problem: string): Definition => ({ name, macro: null, problem, form: written });
  if (body.kind !== "List" || (body.items.length > 0 && !isBraces(body))) return wrong("expected a body in braces");
  const ampersand = parameters.findIndex((item) => isSymbol(item, "&"));
  if (ampersand !== -1 && ampersand !== parameters.length - 2) return wrong("expected exactly one name after &");
  const names = parameters.filter((_, i) => i !== ampersand);
  if (!names.every(isName)) return wrong("expected names as parameters");
  const all = names.map((item) => (item as SymbolSyntax).name);
  const repeated = all.find((other, i) => other !== "_" && all.indexOf(other) < i);
  if (repeated !== undefined) return wrong(`two parameters are called ${repeated}`);
  const params = ampersand === -1 ? all : all.slice(0, -1);
  const rest = ampersand === -1 ? null : all[all.length - 1];
  return { name, problem: null, form, macro: { name, kind, module, params, rest, parameters, body, form } };
}

/** How a macro is called: `(name x y ...)`. */
export const usageOf = ({ name, params, rest }: Macro): string =>
  `(${[name.name, ...params, ...(rest === null ? [] : [`${rest} ...`])].join(" ")})`;

/** The paths of `load` and `import` forms -> ids; null: no such module. */
type Paths = ReadonlyMap<string, string | null>;

export function moduleOf(id: string, source: Source, items: readonly Syntax[], paths: Paths): MacroModule {
  const loads: string[] = [];
  const names = new Map<string, { module: string; name: string }>();
  const namespaces = new Map<string, string>();
  const importForms: { list: ImportList; module: string }[] = [];
  let exports: Set<string> | null = null;
  for (const item of items) {
    const [, first] = item.kind === "List" ? item.items : [];
    if (isForm(item, "load") && first?.kind === "String") {
      const target = paths.get(first.value) ?? null;
      if (target !== null) loads.push(target);
    } else if (isForm(item, "import")) {
      const path = item.items[item.items.length - 1];
      const target = path.kind === "String" ? (paths.get(path.value) ?? null) : null;
      const list = target === null ? null : importList(item);
      if (target === null || list === null) continue;
      importForms.push({ list, module: target });
      if (list.kind === "all") namespaces.set(list.local.name, target);
      else for (const { name, local } of list.names) names.set(local.name, { module: target, name: name.name });
    } else if (isForm(item, "export") && first?.kind === "List") {
      exports ??= new Set();
      for (const name of first.items) if (name.kind === "Symbol") exports.add(name.name);
    }
  }
  const module: MacroModule = {
    ...{ id, source, loads, exports, imports: { names, namespaces }, importForms },
    ...{ macros: new Map(), values: new Map() },
  };
  for (const item of items) addDefinitions(item, module);
  return module;
}

/** A definition of which a part is wrong defines nothing. */
export const soundOf = (definitions: readonly Definition[]): readonly Macro[] => {
  const macros = definitions.flatMap(({ macro }) => macro ?? []);
  return macros.length === definitions.length ? macros : [];
};

/** Enters what a top-level item defines. */
export function addDefinitions(item: Syntax, module: MacroModule): void {
  const macros = macrosOf(item, module);
  for (const macro of soundOf(macros ?? [])) if (!isFixed(macro.name.name)) module.macros.set(macro.name.name, macro);
  if (macros !== null) return;
  const add = (name: Syntax | undefined, value: Syntax | null): void => {
    if (isName(name)) module.values.set(name.name, module.values.has(name.name) ? null : value);
  };
  if (isForm(item, "fun") && isBraces(item.items[1])) add(item.items[1].items[0], item);
  const binding = bindingIn(item);
  const names = binding?.items[1];
  if (binding !== null && isBraces(names))
    for (const [i, name] of names.items.entries()) add(name, binding.items[i + 2] ?? null);
}

/** What a name means in a module, as far as its top level, its loads and its imports say: the last load wins. */
export type Meaning =
  | { readonly kind: "macro"; readonly macro: Macro }
  | { readonly kind: "value"; readonly module: MacroModule; readonly value: Syntax | null };

export const meaningOf = (name: string, module: MacroModule, program: MacroProgram): Meaning | null =>
  meaningFrom(name, module, program, new Set());

/** `imported`: where the name has been looked for already. Modules may import a name from each other that none of them has. */
function meaningFrom(
  name: string,
  module: MacroModule,
  program: MacroProgram,
  imported: ReadonlySet<string>,
): Meaning | null {
  const place = `${module.id} ${name}`;
  if (imported.has(place)) return null;
  const seen = new Set<MacroModule>();
  const lookup = (at: MacroModule): Meaning | null => {
    if (seen.has(at)) return null;
    seen.add(at);
    const macro = at.macros.get(name);
    if (macro !== undefined) return { kind: "macro", macro };
    const value = at.values.get(name);
    if (value !== undefined) return { kind: "value", module: at, value };
    const origin = at === module ? importOf(name, at.imports) : undefined;
    const from = origin === undefined ? undefined : program.module(origin.module);
    if (origin !== undefined && from !== undefined)
      return exports(from, origin.name) ? meaningFrom(origin.name, from, program, new Set([...imported, place])) : null;
    for (let i = at.loads.length - 1; i >= 0; i--) {
      const loaded = program.module(at.loads[i]);
      const found = loaded === undefined ? null : lookup(loaded);
      if (found !== null) return found;
    }
    return null;
  };
  return lookup(module);
}

const exports = (module: MacroModule, name: string): boolean => module.exports === null || module.exports.has(name);

/** What an importer gets under a name. */
export const exportedMeaning = (name: string, module: MacroModule, program: MacroProgram): Meaning | null =>
  exports(module, name) ? meaningOf(name, module, program) : null;
