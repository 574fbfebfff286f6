/**
 * List literals in value position. One that might be run later becomes a `Code` node: the data, and what running it means. What
 * makes no sense as code is plain data, and nobody is told.
 *
 * Code is made for the literal and, of one that does not stand in quoted code itself, for the literals in it, because a function
 * that it is passed to may take it apart. Of a literal that is no code itself, such as the clauses of a `cond` of the program, it
 * is made for the outermost lists in it that are. Lists that forms in it use (branches, names) have none; if one is taken out
 * and run, it is compiled then. So code stays linear in the text, but for literals within literals within literals, up to a depth.
 */
import type { Context } from "../context.ts";
import type { CodeBody, Expr, Lambda } from "../ir/kernel.ts";
import { quote, ref } from "../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../ir/syntax.ts";
import { body } from "./body.ts";
import { isDeeper, MAX_DEPTH } from "./depth.ts";
import { type Env, isBraces } from "./env.ts";
import { MacroProblem } from "./macros/module.ts";
import { openFrame } from "./rebound.ts";

/** Literals in code in literals: further in they are compiled when somebody runs them. */
const DEEPEST = 8;
/** As many literals of one literal have code of their own. */
const MOST = 64;

/** The value of a list in braces where it is evaluated. */
export function quoted(list: ListSyntax, env: Env): Expr {
  if (list.value !== undefined) return ref(list.span, list.value);
  if (!mentionsNames(list)) return quote(list.span, list);
  const depth = env.quoted?.depth ?? 0;
  if (depth >= DEEPEST) return { kind: "Code", datum: list, bodies: [], span: list.span };
  const inner: ListSyntax[] = [];
  env.quoted?.inner.push(list);
  const own = code(list, { ...env, quoted: { depth: depth + 1, inner } });
  const bodies: CodeBody[] = own === null ? [] : [{ index: 0, lambda: own }];
  if (env.quoted !== undefined) env.quoted.inner.push(...inner);
  const parts = own === null ? runnableIn(list) : env.quoted === undefined ? inner : [];
  const indexes = parts.length === 0 ? null : indexesOf(list);
  for (const part of parts.slice(0, MOST)) {
    const lambda = mentionsNames(part) ? code(part, { ...env, quoted: { depth: depth + 1, inner: [] } }) : null;
    const index = indexes?.get(part);
    if (lambda !== null && index !== undefined) bodies.push({ index, lambda });
  }
  return { kind: "Code", datum: list, bodies, span: list.span };
}

/** The outermost lists in a list that could be run. */
function runnableIn(list: ListSyntax): readonly ListSyntax[] {
  return list.items.filter(isBraces).flatMap((item) => (isRunnable(item) ? [item] : runnableIn(item)));
}

/** Running the list; null if it is no code: its head is nothing that can be called, or something in it is malformed. */
function code(list: ListSyntax, env: Env): Lambda | null {
  if (!isRunnable(list)) return null;
  const { context, malformed } = silent(env.context);
  // `valk expand` shows the list as it is written: it may be data, and what its macros run into is nobody's business.
  const macros = { ...env.macros, count: { expansions: 0, runaway: false }, recorder: null };
  const inside = openFrame({ ...env, context, macros }, [], [list]);
  const expr = orNull(() => body(list, inside));
  if (expr === null || malformed() || isDeeper(expr, MAX_DEPTH / 10)) return null;
  return { kind: "Lambda", name: null, params: [], rest: null, body: expr, span: list.span };
}

/**
 * The code, or null if it takes a macro that cannot be compiled here: lists in a macro's own code are mostly code to come, which
 * may call that very macro.
 */
export function orNull<T>(code: () => T): T | null {
  try {
    return code();
  } catch (problem) {
    if (problem instanceof MacroProblem) return null;
    throw problem;
  }
}

/** By the body rule: a call of what a symbol names, or a sequence that starts with a form. */
const isRunnable = ({ items: [head] }: ListSyntax): boolean =>
  head?.kind === "Symbol" ? !head.name.startsWith(":") : head?.kind === "List" && head.bracket === "form";

/** The context, except that reports only tell that there was something to report. */
function silent(context: Context): { readonly context: Context; readonly malformed: () => boolean } {
  let reported = false;
  const note = (): void => {
    reported = true;
  };
  return { context: { ...context, report: note, reportWith: note }, malformed: () => reported };
}

/** Is there a symbol in it that is no keyword? Without one it is its own value whoever runs it. */
function mentionsNames(list: ListSyntax): boolean {
  const waiting: Syntax[] = [list];
  for (let syntax = waiting.pop(); syntax !== undefined; syntax = waiting.pop()) {
    if (syntax.kind === "Symbol" && !syntax.name.startsWith(":")) return true;
    if (syntax.kind === "List") for (const item of syntax.items) waiting.push(item);
  }
  return false;
}

/** The lists of a datum by the order of their opening brackets. */
function indexesOf(list: ListSyntax): ReadonlyMap<ListSyntax, number> {
  const indexes = new Map<ListSyntax, number>();
  const waiting: Syntax[] = [list];
  for (let syntax = waiting.pop(); syntax !== undefined; syntax = waiting.pop()) {
    if (syntax.kind !== "List") continue;
    indexes.set(syntax, indexes.size);
    for (let i = syntax.items.length - 1; i >= 0; i--) waiting.push(syntax.items[i]);
  }
  return indexes;
}
