/** What the expander knows at a place in the program, and how it complains there. */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import type { JavaScriptModule } from "../ir/javascript.ts";
import type { Expr, Name } from "../ir/kernel.ts";
import { fail } from "../ir/kernel-build.ts";
import type { Near } from "../ir/near.ts";
import type { ListSyntax, Mark, SymbolSyntax, Syntax } from "../ir/syntax.ts";
import { made, type Span } from "../source/span.ts";
import type { Macro } from "./macros/module.ts";
import { homeMeaning, type MacroScope } from "./macros/scope.ts";

/** Expands one call of a form; the form's name is the call's first item. */
export type Expand = (call: ListSyntax, env: Env) => Expr;

export interface Form {
  readonly expand: Expand;
  /** How it is written, for the help text. */
  readonly usage: string;
  /** There is also a function of that name, which is meant wherever the name is not a head. */
  readonly function?: true;
}

export interface Env {
  readonly context: Context;
  /** What is known of JavaScript's modules, by the specifiers of imports. */
  readonly javascript: ReadonlyMap<string, JavaScriptModule>;
  /** Literal paths of loads -> module ids; null: there is no such file. */
  readonly loads: ReadonlyMap<string, string | null>;
  /** What there is in place of files that are not there. */
  readonly near?: ReadonlyMap<string, Near>;
  readonly forms: ReadonlyMap<string, Form>;
  readonly macros: MacroScope;
  /** Names of forms (and `otherwise`) that the program binds here: they are ordinary names. Those that a template binds are here twice. */
  readonly rebound: ReadonlySet<string>;
  /** Names that expansions bind in the module, so far. */
  readonly made?: Set<string>;
  /** It is code compiled at run time: whatever it loads is loaded then. */
  readonly evaluated?: true;
  /** Of the innermost frame: its parameters, and the text in which its `=` stand; of a module also `def` and `fun`. */
  readonly frame?: { readonly params: Iterable<Bound>; readonly source: readonly Syntax[]; readonly module?: true };
  /** Inside quoted code: how deep, and whom to tell of the literals in it (see quoted.ts). */
  readonly quoted?: { readonly depth: number; readonly inner: ListSyntax[] };
  /** How many expansions of macros this code is inside of. */
  readonly expansions: number;
  /** The code is a macro's own, or called by it: what is in its quasiquotes becomes part of programs. */
  readonly template: TemplateEnv | null;
}

export interface TemplateEnv {
  /** Id of the module that the code stands in. */
  readonly module: string;
  /** The number of this evaluation of the quasiquote, which makes its `x#` fresh; null where none is needed. */
  readonly fresh: Expr | null;
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
  name === OTHERWISE ||
  isGlobal(name) ||
  ((formNamed(name, env) !== undefined || env.macros.possible.has(name)) && !FIXED.has(name));

/** The form of all members: `.method`, `.-field`, `.-field!`. */
export const MEMBER = ".method";
/** `js/name`: a global of JavaScript, unless the library has it. */
export const isGlobal = (name: string): boolean => name.startsWith("js/") && name.length > 3;

const formNamed = (name: string, env: Env): Form | undefined => env.forms.get(/^\.[^.]/.test(name) ? MEMBER : name);

/** The form that a symbol in head position names here. */
export function formAt(head: Syntax, env: Env): Form | undefined {
  if (head.kind !== "Symbol") return undefined;
  const form = formNamed(head.name, env);
  if (form === undefined || FIXED.has(head.name)) return form;
  if (isRebound(head, env)) return undefined;
  return head.mark === undefined || homeMeaning(head, env.macros) === null ? form : undefined;
}

/** Is the name of a form an ordinary name here? In a template, what the place of the call binds does not matter. */
export const isRebound = ({ name, mark }: SymbolSyntax, env: Env): boolean =>
  env.rebound.has(mark === undefined ? name : inTemplate(name, mark));
const inTemplate = (name: string, mark: Mark): string => `${name} ${mark.expansion}`;

/** The macro that a symbol in head position names here. */
export function macroAt(head: Syntax, env: Env): Macro | undefined {
  if (head.kind !== "Symbol" || (head.mark !== undefined && isRebound(head, env))) return undefined;
  const home = head.mark === undefined ? null : homeMeaning(head, env.macros);
  if (home !== null) return home.kind === "macro" ? home.macro : undefined;
  return env.rebound.has(head.name) ? undefined : env.macros.visible.get(head.name);
}

/** A name that something binds, with its mark if that stands in a template. */
export type Bound = Pick<SymbolSyntax, "name" | "mark">;

/** Where these names are bound, too. */
export function withNames(env: Env, names: Iterable<Bound>): Env {
  const tracked = [...names]
    .filter(({ name }) => isTracked(name, env))
    .flatMap(({ name, mark }) => (mark === undefined ? [name] : [name, inTemplate(name, mark)]));
  return tracked.every((key) => env.rebound.has(key))
    ? env
    : { ...env, rebound: new Set([...env.rebound, ...tracked]) };
}

/** The name a symbol binds, or null if it cannot be bound: keywords and `&`, which the caller reports. */
export function bindable(syntax: Syntax, env: Env): Name | null {
  if (syntax.kind !== "Symbol" || syntax.name.startsWith(":") || syntax.name === "&") return null;
  if (FIXED.has(syntax.name)) env.context.report(syntax.span, messages.cannotRebind, syntax.name);
  const name: Name =
    syntax.mark === undefined
      ? { name: syntax.name, span: syntax.span }
      : { name: syntax.name, span: syntax.span, mark: syntax.mark };
  env.macros.recorder?.names.set(name, syntax);
  return name;
}

/** Names that are forms whatever the program does: nothing may be called so. */
export const isFixed = (name: string): boolean => FIXED.has(name);

/** The arguments of a form's call. */
export const argumentsOf = (call: ListSyntax): readonly Syntax[] => call.items.slice(1);

/** The form's name, as the program wrote it. */
export const nameOf = (call: ListSyntax): string => (call.items[0] as Syntax & { kind: "Symbol" }).name;

/** The place of nodes the form made. */
export const madeBy = (call: ListSyntax): Span => made(call.span, nameOf(call));

/** The call is no well-formed use of its form: a warning now, an Error value when it is reached. */
export function malformed(call: ListSyntax, env: Env, what: string, at: Span = call.span): Expr {
  const message = `${nameOf(call)}: ${what}`;
  env.context.report(at, messages.malformed, message, formNamed(nameOf(call), env)?.usage);
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
