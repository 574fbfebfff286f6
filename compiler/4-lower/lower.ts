/**
 * kernel -> core: names become variables, cells and globals; intermediate values get names; Errors become Guards.
 * Afterwards: every law of ir/core.ts holds, and nothing of frames is left but the cells they need.
 */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import type { World } from "../ir/world.ts";
import { replacement } from "../source/names.ts";
import { atom, finish } from "./expressions.ts";
import { lambda, probing, replaceable, thunkOf } from "./functions.ts";
import { blockOf, type Facts, type Lowering, NIL, variable } from "./lowering.ts";

export function lower(module: Kernel.Module, facts: Facts, world: World, context: Context): Core.Module {
  const l: Lowering = {
    facts,
    world,
    context,
    values: new Map(),
    cells: new Map(),
    temps: new Map(),
    truths: new Map(),
    atom: (expr, b, hint) => atom(l, expr, b, hint),
    finish: (expr, b, target) => finish(l, expr, b, target),
  };
  const functions: Core.Function[] = [];
  const variables: string[] = [];
  for (const [name, own] of facts.globals)
    if (own.lambda === null) variables.push(name);
    else if (facts.dynamic) {
      variables.push(replacement(name));
      functions.push({ name, lambda: replaceable(l, name, lambda(l, own.lambda)) });
    } else functions.push({ name, lambda: lambda(l, own.lambda) });
  return { functions, variables, init: topLevel(l, module), exports: exportsOf(module, facts) };
}

/** The expressions of the file, each of which may end it with an Error. */
function topLevel(l: Lowering, module: Kernel.Module): Core.Lambda {
  const loaded = variable(l, "loaded");
  const code = blockOf((b) => {
    for (const expr of module.body) {
      const value = atom(l, expr, b, "_");
      if (value.kind === "Var") b.push({ kind: "Report", value, loaded });
    }
    return { kind: "Return", value: NIL };
  });
  const span = { start: 0, end: l.context.source.text.length };
  return thunkOf(l, null, l.context.options.probe ? probing(l, code, span) : code, span, [loaded]);
}

function exportsOf({ exports }: Kernel.Module, { globals }: Facts): readonly string[] {
  if (exports === null) return [...globals].filter(([, own]) => own.defined).map(([name]) => name);
  return [...new Set(exports.map(({ name }) => name))].filter((name) => globals.has(name));
}
