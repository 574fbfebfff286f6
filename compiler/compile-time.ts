/** The pipeline for the code of macros, which runs while programs are compiled: from a definition to a function. */
import { read } from "./1-read/read.ts";
import { codeOfMacro, codeOfValue } from "./2-expand/macros/code.ts";
import {
  type Macro,
  type MacroModule,
  MacroProblem,
  type MacroProgram,
  meaningOf,
  moduleOf,
} from "./2-expand/macros/module.ts";
import { orNull } from "./2-expand/quoted.ts";
import { collectGlobals } from "./3-analyze/globals.ts";
import { inlineJavaScript } from "./3-analyze/javascript.ts";
import { analyzeScopes } from "./3-analyze/scope.ts";
import { lower } from "./4-lower/lower.ts";
import { cps } from "./6-cps/cps.ts";
import { emit } from "./7-emit/emit.ts";
import { asScript } from "./7-emit/script.ts";
import { print } from "./8-print/print.ts";
import { createContext, defaultOptions } from "./context.ts";
import { NO_IMPORTS } from "./ir/imports.ts";
import type * as Kernel from "./ir/kernel.ts";
import { mapChildren } from "./ir/kernel-children.ts";
import type { Evaluate, MacroFunction } from "./ir/macro.ts";
import { createWorld, type Library } from "./modules/world.ts";
import { impossible } from "./source/impossible.ts";
import { mangle } from "./source/names.ts";

/** Inline JavaScript is checked as a module's; here it stands in a function, where `import.meta` for one means nothing. */
function evaluated(evaluate: Evaluate, code: string): MacroFunction {
  try {
    return evaluate(code);
  } catch (e) {
    throw e instanceof SyntaxError ? new MacroProblem(`JavaScript does not take its code: ${e.message}`) : e;
  }
}

/** The macros of a program's modules, and of the library's. `evaluate`: null where the host runs no code at compile time. */
export function macroProgram(
  modules: readonly MacroModule[],
  library: Library,
  evaluate: Evaluate | null,
): MacroProgram & { readonly library: readonly MacroModule[]; readonly add: (module: MacroModule) => void } {
  const ofLibrary = [...library.summaries.values()].flatMap(({ id, macros }) =>
    macros === undefined ? [] : [moduleOf(id, macros, read(createContext(macros, defaultOptions)).items, new Map())],
  );
  const byId = new Map([...ofLibrary, ...modules].map((module) => [module.id, module]));
  const functions = new Map<Macro, MacroFunction>();
  const compiling: Macro[] = [];
  const program: MacroProgram = {
    module: (id) => byId.get(id),
    compiled: (macro) => {
      const known = functions.get(macro);
      if (known !== undefined) return known;
      const start = compiling.indexOf(macro);
      if (start !== -1) {
        const path = [...compiling.slice(start), macro].map(({ name }) => name.name);
        throw new MacroProblem("cycle", path);
      }
      if (evaluate === null) throw new MacroProblem("this host runs no code while it compiles");
      compiling.push(macro);
      try {
        const made = evaluated(evaluate, script(macro, program, library));
        functions.set(macro, made);
        return made;
      } finally {
        compiling.pop();
      }
    },
  };
  return { ...program, library: ofLibrary, add: (module) => void byId.set(module.id, module) };
}

/** The macro's function and everything it needs, as one module without effects, and that as a script. */
function script(macro: Macro, program: MacroProgram, library: Library): string {
  const context = createContext(macro.module.source, { ...defaultOptions, optimize: false });
  const entry = `${macro.name.name} 0`;
  const kernel: Kernel.Module = { body: definitions(macro, entry, program), exports: [] };
  const globals = collectGlobals(kernel);
  const world = createWorld(
    library,
    { id: "", loads: [], loaders: [], imports: NO_IMPORTS, library: true },
    new Map(),
    () => null,
  );
  const core = lower(kernel, { globals, ...analyzeScopes(kernel, globals), dynamic: false }, world, context);
  const { module } = cps(core, world, context);
  const emitted = emit(
    module,
    {
      runtime: (name) => name,
      module: (id) => library.summaries.get(id)?.output.replace(/\.js$/, "") ?? impossible(`no module ${id}`),
      builtin: (name) => library.builtin(name) ?? impossible(`no builtin ${name}`),
      entry: false,
      library: true,
      visible: [entry],
      waits: false,
      unwinds: false,
      reexports: [],
      dynamic: false,
      evaluated: false,
      macros: null,
      folder: null,
      javascript: (specifier) => specifier,
      imports: [],
      inline: inlineJavaScript(kernel),
      file: "",
      header: "",
    },
    world,
    context,
  );
  return print(asScript(emitted, `$${mangle(entry)}`), macro.module.source, "macro.js").code;
}

/**
 * The macro under the name `entry` and, under names of their own, the functions it reaches. Constants take the places of their
 * names; so does an Error where a name has no value yet when programs are compiled.
 */
function definitions(macro: Macro, entry: string, program: MacroProgram): readonly Kernel.Define[] {
  const found: Kernel.Define[] = [];
  const names = new Map<string, Kernel.Ref | Kernel.Const | Kernel.Quote | Kernel.Fail>();
  const todo: { readonly name: string; readonly expr: Kernel.Expr; readonly module: MacroModule }[] = [];

  const valueOf = (ref: Kernel.Ref, module: MacroModule): Kernel.Expr => {
    const home = ref.mark === undefined ? module : (program.module(ref.mark.module) ?? module);
    const meaning = meaningOf(ref.name, home, program);
    if (meaning?.kind !== "value") return { kind: "Ref", name: ref.name, span: ref.span };
    const key = `${meaning.module.id} ${ref.name}`;
    const known = names.get(key);
    if (known !== undefined) return { ...known, span: ref.span };
    const value = codeOfValue(ref.name, meaning.module, program);
    if (value === null || value.expr.kind !== "Lambda") {
      const message = `${ref.name} has no value at compile time: it is neither a function nor a constant`;
      const expr = value === null ? { kind: "Fail" as const, message, span: ref.span } : (value.expr as Kernel.Const);
      names.set(key, expr);
      return { ...expr, span: ref.span };
    }
    const name = `${ref.name} ${names.size + 1}`;
    names.set(key, { kind: "Ref", name, span: ref.span });
    todo.push({ name, expr: value.expr, module: meaning.module });
    return { kind: "Ref", name, span: ref.span };
  };

  todo.push({ name: entry, expr: codeOfMacro(macro, program), module: macro.module });
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { name, expr, module } = next;
    const { reads } = analyzeScopes({ body: [expr], exports: null }, new Map(), (n, id) => {
      const home = program.module(id);
      return home !== undefined && meaningOf(n, home, program) !== null;
    });
    const resolve = (node: Kernel.Expr): Kernel.Expr => {
      if (node.kind === "Code") return orNull(() => mapChildren(node, resolve)) ?? { ...node, bodies: [] };
      if (node.kind !== "Ref") return mapChildren(node, resolve);
      const read = reads.get(node);
      // A name that is sometimes a local one stays: a global of that name would have to be defined for both.
      return read?.end.kind === "global" && read.cells.length === 0 ? valueOf(node, module) : node;
    };
    const names = [{ name, span: expr.span }];
    found.push({ kind: "Define", names, values: [resolve(expr)], span: expr.span });
  }
  return found;
}
