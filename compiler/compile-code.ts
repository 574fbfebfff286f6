/**
 * A list that a program evaluates at run time, through the phases: one function instead of a module. Its free names are
 * looked up by name in the scope it is given, except those that only the library binds.
 */

import { loadPaths } from "./1-read/load-paths.ts";
import { read } from "./1-read/read.ts";
import { MAX_ARGUMENTS } from "./2-expand/depth.ts";
import { expand, expandCode } from "./2-expand/expand.ts";
import { forms } from "./2-expand/forms/index.ts";
import { type Macro, type MacroProgram, meaningOf, moduleOf } from "./2-expand/macros/module.ts";
import { openScope } from "./2-expand/macros/scope.ts";
import { collectGlobals } from "./3-analyze/globals.ts";
import { inlineJavaScript } from "./3-analyze/javascript.ts";
import { analyzeScopes } from "./3-analyze/scope.ts";
import { lower } from "./4-lower/lower.ts";
import { optimize } from "./5-optimize/optimize.ts";
import { cps } from "./6-cps/cps.ts";
import { emit } from "./7-emit/emit.ts";
import { print } from "./8-print/print.ts";
import { macroProgram } from "./compile-time.ts";
import { type Context, createContext, defaultOptions } from "./context.ts";
import { NO_IMPORTS } from "./ir/imports.ts";
import type { JavaScriptModule } from "./ir/javascript.ts";
import type * as Kernel from "./ir/kernel.ts";
import { callBuiltin, nil, quote, ref, sequence } from "./ir/kernel-build.ts";
import { mapChildren } from "./ir/kernel-children.ts";
import {
  AT_HOME,
  type Build,
  type CarriedMacros,
  type Evaluate,
  homeName,
  type MacroFunction,
  type Outcome,
} from "./ir/macro.ts";
import type { ListSyntax, Syntax } from "./ir/syntax.ts";
import type { Outside, World } from "./ir/world.ts";
import type { Summary } from "./modules/summary.ts";
import { createLibrary, createWorld, type Library } from "./modules/world.ts";
import { impossible } from "./source/impossible.ts";
import { EMBEDDED, mangle, SCOPE, unboundName } from "./source/names.ts";
import { lineStarts, positionAt, type Source } from "./source/source.ts";

export type { Build, CarriedMacros, Evaluate, ListSyntax, MacroFunction, Outcome, Summary, Syntax };
export { AT_HOME, createLibrary, EMBEDDED, type Library, MAX_ARGUMENTS, mangle, unboundName };

/** The one function of the unit, and what it calls its scope. No program can write either. */
const RUN = ";run";
export const SELF = ";scope";

export interface Compiled {
  /**
   * The body of a JavaScript function of `$import`, which takes a specifier such as `lib/list` and gives that module. It gives a
   * function of `$scope` and `$values` that gives the code, a function without arguments.
   */
  readonly text: string;
  /** Does something bind each of its names? */
  readonly closed: boolean;
}

/** What the scope of evaluated code may bind: any name, and those of the frames around it, which come before any global. */
export interface Binds {
  (name: string): boolean;
  readonly inFrame?: (name: string) => boolean;
}

/** Is the name that of a form, wherever nothing binds it? */
export const isForm = (name: string): boolean => forms.has(name);

/** The result is what is wrong with the list, if it cannot be compiled. */
export function compileCode(list: ListSyntax, binds: Binds, library: Library, macros: Macros): Compiled | string {
  const source = { path: "(eval)", text: "" };
  const context = createContext(source, defaultOptions);
  const scope = openScope(moduleOf("", source, [], new Map()), macros.program, [], null);
  for (const [name, macro] of macros.visible) scope.visible.set(name, macro);
  const expr = expandCode(list, context, binds, { ...scope, possible: new Set(macros.visible.keys()) });
  if (expr === null) return "nested too deeply";
  const wrong = context.diagnostics.find(({ severity }) => severity === "error");
  if (wrong !== undefined) return wrong.text;
  return unit(defining(expr), binds, library, context, macros.program);
}

/**
 * The text of a module that is loaded at run time. Its globals are bound in the scope; `load/report` sees the value of each
 * expression, and its Errors end nothing. `id`: what the macro program calls it. `moduleAt`: what is
 * known of a module of JavaScript that it imports.
 */
export function compileFile(
  id: string,
  source: Source,
  binds: (name: string) => boolean,
  library: Library,
  { program, visible }: Macros,
  moduleAt: (specifier: string) => JavaScriptModule,
): CompiledFile | string {
  const context = createContext(source, defaultOptions);
  const syntax = read(context);
  const javascript = new Map(
    loadPaths(syntax).imports.flatMap((path) => (path.endsWith(".valk") ? [] : [[path, moduleAt(path)] as const])),
  );
  const self = moduleOf(id, source, syntax.items, new Map());
  program.add(self);
  const opened = openScope(self, program, [], null);
  // "A loaded module knows the macros of its loaders where nothing else has the name."
  const loaders = [...visible].filter(([name]) => meaningOf(name, self, program) === null);
  for (const [name, macro] of loaders) opened.visible.set(name, macro);
  const scope = { ...opened, possible: new Set([...opened.possible, ...loaders.map(([name]) => name)]) };
  const module = expand(syntax, context, new Map(), scope, javascript, true);
  const wrong = context.diagnostics.find(({ severity }) => severity === "error");
  if (wrong !== undefined) {
    const { line, column } = positionAt(lineStarts(source.text), wrong.span.start);
    return `${source.path}:${line + 1}:${column + 1}: ${wrong.text}`;
  }
  // A function with a sole definition can be called from the start.
  const globals = collectGlobals(module);
  const isFirst = (expr: Kernel.Expr): boolean =>
    expr.kind === "Define" && expr.names.every(({ name }) => globals.get(name)?.lambda != null);
  const body = [...module.body.filter(isFirst), ...module.body.filter((expr) => !isFirst(expr))];
  const span = { start: 0, end: source.text.length };
  const items = body.map((expr) => callBuiltin(expr.span, "load/report", defining(assigning(expr))));
  const imports = module.javascript ?? { specifiers: [], names: [] };
  const imported = new Set(imports.names.map(({ local }) => local));
  const bindsOrDefines = (name: string): boolean => globals.has(name) || imported.has(name) || binds(name);
  const made = unit(sequence(span, [...items, nil(span)]), bindsOrDefines, library, context, program);
  return {
    ...made,
    visible: new Map([...scope.visible].filter(([, macro]) => macro.module === self)),
    imports: imports.specifiers.map((specifier) => ({
      specifier,
      path: javascript.get(specifier)?.path ?? null,
      names: imports.names.filter((one) => one.specifier === specifier),
    })),
  };
}

export interface CompiledFile extends Compiled {
  /** The macros that it defines. */
  readonly visible: Macros["visible"];
  /** Modules of JavaScript that have to be there before it runs: by specifier, or the path of their file. */
  readonly imports: readonly {
    readonly specifier: string;
    readonly path: string | null;
    readonly names: readonly { readonly name: string; readonly local: string }[];
  }[];
}

/** The macros of a program while it runs. */
export interface Macros {
  readonly program: ReturnType<typeof macroProgram>;
  readonly visible: ReadonlyMap<string, Macro>;
}

export const createMacros = (library: Library, evaluate: Evaluate): Macros => ({
  program: macroProgram([], library, evaluate),
  visible: new Map(),
});

/** Those that a compiled module brings along. Its modules get the ids `prefix` and their number. */
export function broughtMacros({ visible, modules }: CarriedMacros, prefix: string, { program }: Macros): Macros {
  const paths = new Map(modules.map((_, i) => [String(i), `${prefix}${i}`]));
  const made = modules.map((source, i) =>
    moduleOf(`${prefix}${i}`, source, read(createContext(source, defaultOptions)).items, paths),
  );
  for (const module of made) program.add(module);
  const macros = visible.flatMap(([name, i, own]) => {
    const macro = made[i].macros.get(own);
    return macro === undefined ? [] : [[name, macro] as const];
  });
  return { program, visible: new Map(macros) };
}

function unit(body: Kernel.Expr, binds: Binds, library: Library, context: Context, program: MacroProgram): Compiled {
  const { span } = body;
  const run: Kernel.Lambda = { kind: "Lambda", name: null, params: [], rest: null, body, span };
  const module: Kernel.Module = {
    body: [{ kind: "Define", names: [{ name: RUN, span }], values: [run], span }],
    exports: null,
  };
  let closed = true;
  const world = worldOf(library, binds, program, () => {
    closed = false;
  });
  const globals = collectGlobals(module);
  const scopes = analyzeScopes(module, globals, (name, home) => world.lookupFrom(home, name) !== null);
  const core = lower(module, { globals, ...scopes, dynamic: false }, world, context);
  const flat = cps(optimize(core, world, context).module, world, context);
  const text = script(
    emit(
      flat.module,
      {
        runtime: (name) => name,
        module: (id) => library.summaries.get(id)?.output.replace(/\.js$/, "") ?? impossible(`no module ${id}`),
        builtin: (name) => library.builtin(name) ?? impossible(`no builtin ${name}`),
        entry: false,
        waits: false,
        unwinds: true,
        visible: [],
        library: true,
        dynamic: true,
        evaluated: true,
        macros: null,
        folder: null,
        file: "",
        reexports: [],
        javascript: (specifier) => specifier,
        imports: [],
        inline: inlineJavaScript(module),
        header: "",
      },
      world,
      context,
    ),
    context.source,
  );
  return { text, closed };
}

/** The world of evaluated code: what its scope may bind it asks the scope for, by name. */
function worldOf(library: Library, binds: Binds, program: MacroProgram, unbound: () => void): World {
  const world = createWorld(
    library,
    { id: "", loads: [], loaders: [], imports: NO_IMPORTS, library: false },
    new Map(),
    () => null,
  );
  const asked = (name: string): Outside => ({
    kind: "variable",
    global: { module: SCOPE, name },
    frame: binds.inFrame?.(name) === true,
  });
  return {
    ...world,
    lookupFrom: (home, name) => {
      const module = program.module(home);
      if (module !== undefined && meaningOf(name, module, program)?.kind === "value")
        return asked(homeName(name, home));
      return world.lookup(name);
    },
    lookup: (name) => {
      if (name.startsWith(";") || binds(name)) return asked(name);
      const found = world.lookup(name);
      if (found === null) unbound();
      return found;
    },
  };
}

/** Globals are not of the unit: the scope binds them. */
function defining(expr: Kernel.Expr): Kernel.Expr {
  const inside = mapChildren(expr, defining);
  return inside.kind === "Define" ? bound("scope/define", inside) : inside;
}
function bound(how: string, { names, values, span }: Kernel.Define | Kernel.Assign): Kernel.Expr {
  const pairs = names.flatMap((name, i) => [
    quote(name.span, { kind: "Symbol", name: name.name, span: name.span }),
    values[i],
  ]);
  return callBuiltin(span, how, ref(span, SELF), ...pairs);
}

/** Names that `=` binds at the top level of a file are its globals, Error values too. */
function assigning(expr: Kernel.Expr): Kernel.Expr {
  if (expr.kind === "Lambda" || expr.kind === "Frame" || expr.kind === "Async" || expr.kind === "Code") return expr;
  const inside = mapChildren(expr, assigning);
  return inside.kind === "Assign" ? bound("scope/assign", inside) : inside;
}

/** A module as the body of a function. */
function script(program: ReturnType<typeof emit>, source: Parameters<typeof print>[1]): string {
  const imports: string[] = [];
  const body: typeof program.body = [];
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") {
      const names = statement.specifiers.map((s) =>
        s.type === "ImportSpecifier" && s.imported.type === "Identifier"
          ? `${s.imported.name}: ${s.local.name}`
          : impossible("an import that is no name"),
      );
      imports.push(`const { ${names.join(", ")} } = $import(${JSON.stringify(statement.source.value)});\n`);
    } else if (statement.type !== "ExportNamedDeclaration") body.push(statement);
  }
  const { code } = print({ type: "Program", sourceType: "module", body }, source, "(eval)");
  return `"use strict";\n${imports.join("")}return ($scope, $values) => {\n${code}return ${mangle(RUN)};\n};`;
}
