/**
 * Syntax -> kernel. Afterwards macros, special forms, quasiquotes and loads are gone, every brace list is either code (by the
 * body rule) or data, and malformed forms are reported and became `Fail` nodes. Names are not resolved: that is 3-analyze's.
 */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import type { JavaScriptImport, JavaScriptModule } from "../ir/javascript.ts";
import type { Expr, Import, MacroCode, Module, Name, Namespace } from "../ir/kernel.ts";
import { fail } from "../ir/kernel-build.ts";
import type { Near } from "../ir/near.ts";
import type { ListSyntax, Syntax, SyntaxModule } from "../ir/syntax.ts";
import type { Span } from "../source/span.ts";
import { body } from "./body.ts";
import { MAX_DEPTH, MAX_NESTING, tooDeep, tooNested } from "./depth.ts";
import { type Env, formAt, isFixed, isSymbol, macroAt, malformed, OTHERWISE, withNames } from "./env.ts";
import { expression } from "./expression.ts";
import { exportedNames } from "./forms/export.ts";
import { importAtTop } from "./forms/import.ts";
import { importedNames } from "./forms/import-javascript.ts";
import { forms } from "./forms/index.ts";
import { loadAtTop } from "./forms/load.ts";
import { macroLambda } from "./macros/code.ts";
import { expansion } from "./macros/expansion.ts";
import { addDefinitions, macrosOf, moduleOf, soundOf } from "./macros/module.ts";
import {
  exportedMacros,
  importedMacro,
  importedValues,
  loadedMacros,
  type MacroScope,
  openScope,
  ownProgram,
} from "./macros/scope.ts";
import { openExpansion, openFrame, openModule } from "./rebound.ts";

/**
 * `loads`: the literal paths of the module's loads and imports -> the id of the module they name; null: there is no such file.
 * `scope`: the macros of the program; without it the module has its own only. `javascript`: what is known of JavaScript's modules,
 * by the specifiers of imports. `evaluated`: at run time, where loads are computed whatever their paths.
 */
export function expand(
  module: SyntaxModule,
  context: Context,
  loads: ReadonlyMap<string, string | null>,
  scope?: MacroScope,
  javascript: ReadonlyMap<string, JavaScriptModule> = new Map(),
  evaluated = false,
  near: ReadonlyMap<string, Near> = new Map(),
): Module {
  const items = module.items.filter((item) => {
    const place = tooNested(item);
    if (place !== null) context.report(place, messages.nestedTooDeeply, MAX_NESTING);
    return place === null;
  });
  const macros = scope ?? aloneScope(context, items, loads);
  const start: Env = {
    context,
    loads,
    near,
    javascript,
    forms,
    macros,
    rebound: new Set(),
    expansions: 0,
    template: null,
  };
  const env = openModule(
    withNames(evaluated ? { ...start, evaluated } : start, [
      ...importedNames(items, start),
      ...importedValues(macros.self, macros.program).map((name) => ({ name })),
    ]),
    items.filter((item) => macrosOf(item, macros.self) === null),
  );
  const top: Top = {
    body: [],
    exports: null,
    macros: [],
    imports: [],
    namespaces: [],
    specifiers: new Set(),
    names: [],
  };
  const made = new Set<string>();
  for (const item of items) {
    const bound = [...made].map((name) => ({ name }));
    topLevel(item, { ...withNames(env, bound), made }, top);
  }
  const { body, exports, imports, namespaces, specifiers, names } = top;
  return {
    body,
    exports,
    ...(top.macros.length === 0 ? {} : { macros: top.macros }),
    ...(imports.length === 0 ? {} : { imports }),
    ...(namespaces.length === 0 ? {} : { namespaces }),
    ...(specifiers.size === 0 ? {} : { javascript: { specifiers: [...specifiers], names } }),
  };
}

/**
 * A list that is run, in a frame of its own; null if it is nested too deeply. `binds`: does something around it bind the name?
 * `scope`: the macros that are known there.
 */
export function expandCode(
  list: ListSyntax,
  context: Context,
  binds: (name: string) => boolean,
  scope?: MacroScope,
): Expr | null {
  if (tooNested(list) !== null) return null;
  const loads: ReadonlyMap<string, string | null> = new Map();
  const macros = scope ?? aloneScope(context, [], loads);
  const start = {
    ...{ context, loads, forms, macros, javascript: new Map<string, JavaScriptModule>() },
    ...{ rebound: new Set<string>(), expansions: 0, template: null },
  };
  const bound = [...forms.keys(), ...macros.visible.keys(), OTHERWISE].filter(binds);
  const env = withNames(
    { ...start, evaluated: true },
    bound.map((name) => ({ name })),
  );
  const expr = body(list, openFrame(env, [], [list]));
  return tooDeep(expr) === null ? expr : null;
}

const aloneScope = (
  context: Context,
  items: readonly Syntax[],
  loads: ReadonlyMap<string, string | null>,
): MacroScope => {
  const self = moduleOf(context.source.path, context.source, items, loads);
  return openScope(self, ownProgram(self), [], null);
};

/** The module so far. */
interface Top extends Module {
  readonly body: Expr[];
  exports: readonly Name[] | null;
  readonly macros: MacroCode[];
  readonly imports: Import[];
  readonly namespaces: Namespace[];
  readonly specifiers: Set<string>;
  readonly names: JavaScriptImport[];
}

function topLevel(item: Syntax, env: Env, top: Top): void {
  const { macros } = env;
  const result = item.kind === "List" && item.bracket === "form" ? expandedItem(item, env) : null;
  if (result !== null) {
    for (const part of result) {
      const inside = openExpansion(env, part);
      // What a macro defines is known like any definition.
      addDefinitions(part, macros.self);
      topLevel(part, inside, top);
    }
    return;
  }
  if (defineMacros(item, env, top)) return;
  macros.recorder?.items.push(item);
  const names = isForm(item, "export", env) ? exportedNames(item, env) : null;
  if (names !== null) top.exports = union(top.exports ?? [], names);
  else top.body.push(limited(expressionAtTop(item, env, top), env));
}

function expressionAtTop(item: Syntax, env: Env, top: Top): Expr {
  const { visible, program, self } = env.macros;
  if (isForm(item, "load", env)) {
    const expr = loadAtTop(item, env);
    if (expr.kind === "Load")
      // In a cycle its own come back to it; they are known from their definitions on.
      for (const [name, macro] of loadedMacros(expr.module, program))
        if (macro.module !== self) visible.set(name, macro);
    return expr;
  }
  if (!isForm(item, "import", env)) return expression(item, env);
  const { expr, imports, namespaces, javascript } = importAtTop(item, env);
  if (javascript !== null) top.specifiers.add(javascript.specifier);
  top.names.push(...(javascript?.names ?? []));
  for (const space of namespaces) {
    top.namespaces.push(space);
    for (const [name, macro] of exportedMacros(space.name.name, space.module, program)) visible.set(name, macro);
  }
  for (const one of imports) {
    const macro = importedMacro(one.module, one.name.name, program);
    if (macro === undefined) top.imports.push(one);
    else visible.set(one.local, macro);
  }
  return expr;
}

/** A call of a macro at the top level may give several expressions, in a `do`: they are as if they stood there. */
function expandedItem(item: ListSyntax, env: Env): readonly Syntax[] | null {
  const macro = item.items.length === 0 ? undefined : macroAt(item.items[0], env);
  if (macro === undefined) return null;
  const result = expansion(macro, item, env);
  // It has been reported; nothing is emitted.
  if (result === null) env.macros.recorder?.items.push(item);
  if (result === null) return [];
  return isForm(result, "do", env) ? result.items.slice(1) : [result];
}

/** Is it a definition of macros? They are known from here on. */
function defineMacros(item: Syntax, env: Env, top: Top): boolean {
  const { context, macros } = env;
  const definitions = macrosOf(item, macros.self);
  if (definitions === null || item.kind !== "List") return false;
  for (const { macro, problem, form } of definitions)
    if (macro === null) top.body.push(malformed(form, env, problem ?? "", form.span));
  for (const macro of soundOf(definitions)) {
    const { name } = macro;
    if (isFixed(name.name)) {
      context.report(name.span, messages.cannotRebind, name.name);
      continue;
    }
    const other = macros.visible.get(name.name);
    if (macros.self.values.has(name.name) || other?.module === macros.self)
      context.report(name.span, messages.macroTwice, name.name);
    macros.self.macros.set(name.name, macro);
    macros.visible.set(name.name, macro);
    const code = macro.kind === "template" ? null : limited(expression(macroLambda(macro), env), env);
    top.macros.push({ name: { name: name.name, span: name.span }, code });
  }
  return true;
}

function limited(expr: Expr, env: Env): Expr {
  const place = tooDeep(expr);
  return place === null ? expr : cut(place, env);
}

function cut(place: Span, env: Env): Expr {
  env.context.report(place, messages.nestedTooDeeply, MAX_DEPTH);
  return fail(place, "nested too deeply");
}

const isForm = (item: Syntax, name: string, env: Env): item is ListSyntax =>
  item.kind === "List" &&
  item.bracket === "form" &&
  isSymbol(item.items[0], name) &&
  formAt(item.items[0], env) !== undefined;

/** A name that is listed twice is exported once. */
const union = (names: readonly Name[], more: readonly Name[]): readonly Name[] => [
  ...new Map([...names, ...more].map((name) => [name.name, name])).values(),
];
