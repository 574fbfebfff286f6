/** One step of expansion: a call of a macro becomes the code that stands in its place. */
import { messages } from "../../diagnostics/messages.ts";
import type { Outcome } from "../../ir/macro.ts";
import type { ListSyntax, Mark, Syntax } from "../../ir/syntax.ts";
import { MAX_NESTING } from "../depth.ts";
import type { Env } from "../env.ts";
import { builder } from "./build.ts";
import { measure } from "./measure.ts";
import { type Macro, MacroProblem, usageOf } from "./module.ts";
import { laterMacro } from "./scope.ts";
import { substitute } from "./template.ts";

/** Expansions within expansions. */
const MAX_DEPTH = 500;
/** Expansions that come from one call of the program's text, and data in the code that one of them gives. */
const MAX_EXPANSIONS = 100_000;
const MAX_NODES = 200_000;
const DEEP = `gives code that is nested more than ${MAX_NESTING} levels deep`;
const LARGE = `gives more than ${MAX_NODES} pieces of code`;

/** The code in the place of the call; null if there is none, which has been reported. */
export function expansion(macro: Macro, call: ListSyntax, env: Env): Syntax | null {
  const { context, macros } = env;
  const name = macro.name.name;
  const given = call.items.length - 1;
  const least = macro.params.length;
  const definition = { span: macro.name.span, text: `\`${name}\` is defined here` };
  const notes = [macro.module.source === context.source ? definition : { ...definition, source: macro.module.source }];
  if (given < least || (macro.rest === null && given > least)) {
    const expected = `${macro.rest === null ? "" : "at least "}${least} argument${least === 1 ? "" : "s"}`;
    context.reportWith(call.span, notes, messages.macroArguments, name, expected, given, usageOf(macro));
    return null;
  }
  const { count } = macros;
  macros.used.add(macro.module);
  // What is left of a call that runs away is not worth a message each.
  if (env.expansions === 0) Object.assign(count, { expansions: 0, runaway: false });
  if (count.runaway) return null;
  if (env.expansions >= MAX_DEPTH || ++count.expansions > MAX_EXPANSIONS) {
    count.runaway = true;
    context.reportWith(
      call.span,
      notes,
      messages.macroEndless,
      name,
      "never comes to an end: its expansion contains itself",
    );
    return null;
  }
  const result = macro.kind === "template" ? substituted(macro, call, env) : run(macro, call, env, notes);
  if (result === null) return null;
  const { nodes, depth } = measure(result, macros.sizes);
  if (nodes > MAX_NODES || depth > MAX_NESTING) {
    context.reportWith(call.span, notes, messages.macroEndless, name, depth > MAX_NESTING ? DEEP : LARGE);
    return null;
  }
  macros.recorder?.expansions.set(call.items[0], result);
  return result;
}

const markOf = (module: string, env: Env): Mark => ({ module, expansion: env.context.fresh() });

const substituted = (macro: Macro, call: ListSyntax, env: Env): Syntax =>
  substitute(macro, call, markOf(macro.module.id, env));

type Notes = Parameters<Env["context"]["reportWith"]>[1];

function run(macro: Macro, call: ListSyntax, env: Env, notes: Notes): Syntax | null {
  const { context, macros } = env;
  const name = macro.name.name;
  let outcome: Outcome;
  try {
    const build = builder(macro, call, env.context.fresh(), macros.program);
    outcome = macros.program.compiled(macro)(call.items.slice(1), build);
  } catch (problem) {
    // Inside a macro's own code: whoever wanted to compile that code is told.
    if (!(problem instanceof MacroProblem) || env.template !== null) throw problem;
    if (problem.path === null) context.reportWith(call.span, notes, messages.macroFailed, name, problem.message);
    else context.reportWith(call.span, notes, messages.macroCycle, name, problem.path);
    return null;
  }
  switch (outcome.kind) {
    case "code":
      return outcome.syntax;
    case "error":
      context.reportWith(call.span, notes, messages.macroFailed, name, outcome.message);
      return null;
    case "no code":
      context.reportWith(call.span, notes, messages.macroNoCode, name, outcome.what);
      return null;
    case "endless":
      context.reportWith(call.span, notes, messages.macroEndless, name, "runs for too long");
      return null;
    case "waits":
      context.reportWith(call.span, notes, messages.macroFailed, name, "it waits, but code is made without waiting");
      return null;
    case "too deep":
      context.reportWith(call.span, notes, messages.macroEndless, name, DEEP);
      return null;
    case "too large":
      context.reportWith(call.span, notes, messages.macroEndless, name, LARGE);
      return null;
    default:
      return outcome satisfies never;
  }
}

/** Is it a call of a macro that is defined further down? Then that has been reported. */
export function usedEarly(head: Syntax, env: Env): boolean {
  if (head.kind !== "Symbol" || env.rebound.has(head.name) || env.template !== null) return false;
  const macro = laterMacro(head.name, env.macros);
  if (macro === undefined) return false;
  const note = { span: macro.name.span, text: `\`${head.name}\` is defined here` };
  env.context.reportWith(head.span, [note], messages.macroUsedEarly, head.name);
  return true;
}
