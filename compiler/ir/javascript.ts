/** JavaScript's modules, as a Valk program sees them. */
import type { Span } from "../source/span.ts";
import type { Near } from "./near.ts";

/** What the module graph knows of a module of JavaScript that a unit imports. */
export interface JavaScriptModule {
  /** Absolute path of its file; null: a module of the host, a URL, or a package that was not found. */
  readonly path: string | null;
  /** Why it cannot be imported, in words; null where nothing is known against it. */
  readonly problem: Problem | null;
  /** The names it exports; null where they are not known without running it. */
  readonly exports: readonly string[] | null;
}
export type Problem =
  | { readonly kind: "missing"; readonly near: Near | null }
  /** A package: it may be there where the output is going to run. */
  | { readonly kind: "no package"; readonly text: string }
  | { readonly kind: "syntax"; readonly text: string; readonly line: number; readonly column: number };

/** A name that a module imports from JavaScript. */
export interface JavaScriptImport {
  readonly specifier: string;
  /** What it is called there: `default`, or `*` for the module itself. */
  readonly name: string;
  /** What it is called here. */
  readonly local: string;
  readonly span: Span;
}

/** All that a module imports from JavaScript. */
export interface JavaScriptImports {
  /** The modules, in order, each once; also those of which nothing is named. */
  readonly specifiers: readonly string[];
  readonly names: readonly JavaScriptImport[];
}

const MARK = "javascript:";
/** The module of a global that is an import from JavaScript. */
export const javascriptModule = (specifier: string): string => MARK + specifier;
/** The specifier of such a module, or null. */
export const specifierOf = (module: string | null): string | null =>
  module?.startsWith(MARK) ? module.slice(MARK.length) : null;
