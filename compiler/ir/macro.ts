/** The door through which a macro's own code runs while a program is compiled. The host has the key: runtime/eval/expander.ts. */
import type { SymbolSyntax, Syntax } from "./syntax.ts";

/**
 * Makes a function of a compiled macro. `script` is the body of a JavaScript function of `$import` (a runtime module by its name,
 * such as `kernel/list`) and `$step` (to be called at every turn of a loop and every call); it returns the macro as a Valk function.
 */
export type Evaluate = (script: string) => MacroFunction;

/** Runs it on the data of a call. */
export type MacroFunction = (args: readonly Syntax[], build: Build) => Outcome;

export type Outcome =
  | { readonly kind: "code"; readonly syntax: Syntax }
  /** The value is an Error, with this message. */
  | { readonly kind: "error"; readonly message: string }
  /** The value is no code: what it is, in words. */
  | { readonly kind: "no code"; readonly what: string }
  /** It did not end within its steps. */
  | { readonly kind: "endless" }
  | { readonly kind: "waits" }
  | { readonly kind: "too deep" }
  | { readonly kind: "too large" };

/** Makes the new parts of an expansion. What comes from the call keeps its identity. */
export interface Build {
  symbol(name: string): SymbolSyntax;
  atom(value: number | bigint | string): Syntax;
  list(bracket: "form" | "braces", items: readonly Syntax[]): Syntax;
}

/**
 * A symbol of a template, as the name of a constant in compiled macro code: its name, module and place. No text can contain
 * such a symbol, because of the separator. Symbols made at run time by `x#` have a number instead.
 */
export const templateName = (name: string, module: string, start: number, end: number): string =>
  [name, module, start, end].join(SEPARATOR);
export const freshName = (name: string, n: number): string => [name, n].join(SEPARATOR);

export type SymbolName =
  | { readonly kind: "plain"; readonly name: string }
  | {
      readonly kind: "template";
      readonly name: string;
      readonly module: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "fresh"; readonly name: string; readonly n: number };

export function symbolName(text: string): SymbolName {
  const [name, second, start, end] = text.split(SEPARATOR);
  if (second === undefined) return { kind: "plain", name };
  if (start === undefined) return { kind: "fresh", name, n: Number(second) };
  return { kind: "template", name, module: second, start: Number(start), end: Number(end) };
}

const SEPARATOR = "\u0001";

/** The macros that a module has for code that is compiled at run time, and what their expansion needs, as plain data. */
export interface CarriedMacros {
  /** Name there, number of the macro's module, name in it. */
  readonly visible: readonly (readonly [name: string, module: number, macro: string])[];
  /** The first is the module itself. What a text loads or imports it calls by its number. */
  readonly modules: readonly { readonly path: string; readonly text: string }[];
}

/** What run-time code calls a name of the numbered module, whatever the name means where the code stands. */
export const homeName = (name: string, module: number | string): string => `${name}${AT_HOME}${module}`;
export const AT_HOME = ";@";
