/** What the expander knows at a place in the program, and how it complains there. */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import type { Expr, Name } from "../ir/kernel.ts";
import { fail } from "../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../ir/syntax.ts";
import { made, type Span } from "../source/span.ts";

/** Expands one call of a form; the form's name is the call's first item. */
export type Expand = (call: ListSyntax, env: Env) => Expr;

export interface Form {
  readonly expand: Expand;
  /** How it is written, for the help text. */
  readonly usage: string;
  /** There is also a function of that name, which is meant wherever the name is not a head. */
  readonly function?: true;
}

/** Rewrites one call; what it gives is expanded in turn. */
export type Macro = (call: ListSyntax, env: Env) => Syntax;

export interface Env {
  readonly context: Context;
  /** Literal paths of loads -> module ids; null: there is no such file. */
  readonly loads: ReadonlyMap<string, string | null>;
  readonly forms: ReadonlyMap<string, Form>;
  readonly macros: ReadonlyMap<string, Macro>;
  /** Names of forms (and `otherwise`) that the program binds here: they are ordinary names. */
  readonly rebound: ReadonlySet<string>;
}

/** Names that are forms wherever they stand first. */
const FIXED: ReadonlySet<string> = new Set([
  "quote",
  "quasiquote",
  "unquote",
  "unquote-splicing",
  "if",
  "=",
  "def",
  "\\",
]);

/** The clause key that always matches; nothing else of a name's meaning is decided before analysis. */
export const OTHERWISE = "otherwise";

/** Does it matter to the expander whether the program binds this name? */
export const isTracked = (name: string, env: Env): boolean =>
  name === OTHERWISE || ((env.forms.has(name) || env.macros.has(name)) && !FIXED.has(name));

/** The form that a symbol in head position names here. */
export const formAt = (head: Syntax, env: Env): Form | undefined =>
  head.kind === "Symbol" && !env.rebound.has(head.name) ? env.forms.get(head.name) : undefined;

/** The macro that a symbol in head position names here. */
export const macroAt = (head: Syntax, env: Env): Macro | undefined =>
  head.kind === "Symbol" && !env.rebound.has(head.name) ? env.macros.get(head.name) : undefined;

/** Where these names are bound, too. */
export function withNames(env: Env, names: Iterable<string>): Env {
  const tracked = [...names].filter((name) => isTracked(name, env) && !env.rebound.has(name));
  return tracked.length === 0 ? env : { ...env, rebound: new Set([...env.rebound, ...tracked]) };
}

/** The name a symbol binds, or null if it cannot be bound: keywords and `&`, which the caller reports. */
export function bindable(syntax: Syntax, env: Env): Name | null {
  if (syntax.kind !== "Symbol" || syntax.name.startsWith(":") || syntax.name === "&") return null;
  if (FIXED.has(syntax.name)) env.context.report(syntax.span, messages.cannotRebind, syntax.name);
  return { name: syntax.name, span: syntax.span };
}

/** The arguments of a form's call. */
export const argumentsOf = (call: ListSyntax): readonly Syntax[] => call.items.slice(1);

/** The form's name, as the program wrote it. */
export const nameOf = (call: ListSyntax): string => (call.items[0] as Syntax & { kind: "Symbol" }).name;

/** The place of nodes the form made. */
export const madeBy = (call: ListSyntax): Span => made(call.span, nameOf(call));

/** The call is no well-formed use of its form: a warning now, an Error value when it is reached. */
export function malformed(call: ListSyntax, env: Env, what: string, at: Span = call.span): Expr {
  const message = `${nameOf(call)}: ${what}`;
  env.context.report(at, messages.malformed, message, env.forms.get(nameOf(call))?.usage);
  return fail(call.span, message);
}

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** What is wrong with the number of arguments, or null. */
export function wrongCount(call: ListSyntax, min: number, max: number): string | null {
  const given = call.items.length - 1;
  if (given >= min && given <= max) return null;
  const expected =
    min === max
      ? plural(min, "argument")
      : max === Number.POSITIVE_INFINITY
        ? `at least ${plural(min, "argument")}`
        : max === min + 1
          ? `${min} or ${plural(max, "argument")}`
          : `${min} to ${plural(max, "argument")}`;
  return `expected ${expected}, got ${given}`;
}

export const expectedValues = (names: number, values: number): string =>
  `expected ${plural(names, "value")}, got ${values}`;

export const isBraces = (syntax: Syntax | undefined): syntax is ListSyntax =>
  syntax?.kind === "List" && syntax.bracket === "braces";
export const isNil = (syntax: Syntax | undefined): syntax is ListSyntax =>
  syntax?.kind === "List" && syntax.items.length === 0;
export const isSymbol = (syntax: Syntax | undefined, name: string): boolean =>
  syntax?.kind === "Symbol" && syntax.name === name;
