/** The code that runs while programs are compiled: a macro's own, and what it uses of its module and the modules below. */
import { createContext, defaultOptions } from "../../context.ts";
import type { Expr } from "../../ir/kernel.ts";
import type { ListSyntax, SymbolSyntax, Syntax } from "../../ir/syntax.ts";
import { made } from "../../source/span.ts";
import type { Env } from "../env.ts";
import { expression } from "../expression.ts";
import { forms } from "../forms/index.ts";
import { openModule } from "../rebound.ts";
import type { Macro, MacroModule, MacroProgram } from "./module.ts";
import { importedMacros, loadedMacros, openScope } from "./scope.ts";

/** The function that a procedural macro is, as the program would write it. */
export function macroLambda(macro: Macro): ListSyntax {
  const by = made(macro.form.span, "defmacro");
  const backslash: SymbolSyntax = { kind: "Symbol", name: "\\", span: by };
  const parameters: ListSyntax = { kind: "List", bracket: "braces", items: macro.parameters, span: by };
  return { kind: "List", bracket: "form", items: [backslash, parameters, macro.body], span: macro.form.span };
}

/** What is said about it is not kept: the module's own compilation says it, too. */
const environment = (module: MacroModule, program: MacroProgram): Env => {
  const macros = openScope(module, program, [], null);
  for (const id of module.loads) for (const [name, macro] of loadedMacros(id, program)) macros.visible.set(name, macro);
  for (const [name, macro] of importedMacros(module, program)) macros.visible.set(name, macro);
  for (const [name, macro] of module.macros) macros.visible.set(name, macro);
  const env: Env = {
    context: createContext(module.source, defaultOptions),
    loads: new Map(),
    javascript: new Map(),
    forms,
    macros,
    rebound: new Set(),
    expansions: 0,
    template: { module: module.id, fresh: null },
  };
  return openModule(
    env,
    [...module.values.values()].filter((value): value is Syntax => value !== null),
  );
};

/** A function of the module, or a constant; null: its value is not known before the program runs. */
export type Known = { readonly expr: Expr } | null;

export const codeOfMacro = (macro: Macro, program: MacroProgram): Expr =>
  expression(macroLambda(macro), environment(macro.module, program));

export function codeOfValue(name: string, module: MacroModule, program: MacroProgram): Known {
  const value = module.values.get(name);
  if (value === undefined || value === null) return null;
  const expr = expression(value, environment(module, program));
  const found = expr.kind === "Define" ? expr.values[0] : expr;
  const constant = found.kind === "Const" || found.kind === "Quote";
  if (found.kind === "Lambda") return { expr: { ...found, name } };
  // Macros take lists apart; what running one means is the program's business.
  if (found.kind === "Code") return { expr: { kind: "Quote", datum: found.datum, span: found.span } };
  return constant ? { expr: found } : null;
}
