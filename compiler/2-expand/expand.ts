/**
 * Syntax -> kernel. Afterwards special forms, quasiquotes and loads are gone, every brace list is either code (by the body
 * rule) or data, and malformed forms are reported and became `Fail` nodes. Names are not resolved: that is 3-analyze's.
 */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import type { Expr, Module, Name } from "../ir/kernel.ts";
import { fail } from "../ir/kernel-build.ts";
import type { Syntax, SyntaxModule } from "../ir/syntax.ts";
import type { Span } from "../source/span.ts";
import { MAX_DEPTH, MAX_NESTING, tooDeep, tooNested } from "./depth.ts";
import { type Env, formAt, isSymbol } from "./env.ts";
import { expression } from "./expression.ts";
import { exportedNames } from "./forms/export.ts";
import { forms } from "./forms/index.ts";
import { loadAtTop } from "./forms/load.ts";
import { openModule } from "./rebound.ts";

/** `loads`: the literal paths of the module's loads -> the id of the module they name; null: there is no such file. */
export function expand(module: SyntaxModule, context: Context, loads: ReadonlyMap<string, string | null>): Module {
  const items = module.items.filter((item) => {
    const place = tooNested(item);
    if (place !== null) context.report(place, messages.nestedTooDeeply, MAX_NESTING);
    return place === null;
  });
  const env = openModule({ context, loads, forms, macros: new Map(), rebound: new Set() }, items);
  const body: Expr[] = [];
  let exports: readonly Name[] | null = null;
  for (const item of items) {
    const names = isForm(item, "export", env) ? exportedNames(item, env) : null;
    if (names === null) body.push(topLevel(item, env));
    else exports = union(exports ?? [], names);
  }
  return { body, exports };
}

function topLevel(item: Syntax, env: Env): Expr {
  const expr = isForm(item, "load", env) ? loadAtTop(item, env) : expression(item, env);
  const place = tooDeep(expr);
  return place === null ? expr : cut(place, env);
}

function cut(place: Span, env: Env): Expr {
  env.context.report(place, messages.nestedTooDeeply, MAX_DEPTH);
  return fail(place, "nested too deeply");
}

const isForm = (item: Syntax, name: string, env: Env): item is Syntax & { kind: "List" } =>
  item.kind === "List" &&
  item.bracket === "form" &&
  isSymbol(item.items[0], name) &&
  formAt(item.items[0], env) !== undefined;

/** A name that is listed twice is exported once. */
const union = (names: readonly Name[], more: readonly Name[]): readonly Name[] => [
  ...new Map([...names, ...more].map((name) => [name.name, name])).values(),
];
