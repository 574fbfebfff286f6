/** What a module gives to JavaScript: every exported name is defined, and no two become the same JavaScript name. */
import type { Context } from "../../context.ts";
import { messages } from "../../diagnostics/messages.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { importOf, NO_IMPORTS } from "../../ir/imports.ts";
import type * as Kernel from "../../ir/kernel.ts";
import { children } from "../../ir/kernel-children.ts";
import { jsNames } from "../../source/names.ts";
import type { OwnGlobal } from "../globals.ts";

export function lintExports(module: Kernel.Module, globals: ReadonlyMap<string, OwnGlobal>, context: Context): void {
  const owners = new Map<string, string>(); // name in JavaScript -> in Valk
  const macros = new Set(module.macros?.map((macro) => macro.name.name));
  const imports = new Set(module.imports?.map(({ local }) => local));
  const namespaces = new Map(module.namespaces?.map(({ name, module: id }) => [name.name, id]));
  const spaces = { ...NO_IMPORTS, namespaces };
  for (const { name, span } of module.exports ?? definitions(module)) {
    // Macros are for Valk modules.
    if (macros.has(name)) continue;
    if (!globals.has(name) && !imports.has(name) && importOf(name, spaces) === undefined) {
      context.report(span, messages.exportUnknown, name, nearest(name, [...globals.keys(), ...macros, ...imports]));
      continue;
    }
    // JavaScript sees it under both.
    for (const js of jsNames(name)) {
      const owner = owners.get(js);
      if (owner !== undefined && owner !== name) context.report(span, messages.exportClash, owner, name, js);
      else owners.set(js, name);
    }
  }
}

/** Where each global is defined first. */
function definitions(module: Kernel.Module): Iterable<Kernel.Name> {
  const found = new Map<string, Kernel.Name>();
  const visit = (expr: Kernel.Expr): void => {
    if (expr.kind === "Define") for (const name of expr.names) if (!found.has(name.name)) found.set(name.name, name);
    for (const child of children(expr)) visit(child);
  };
  for (const expr of module.body) visit(expr);
  return found.values();
}
