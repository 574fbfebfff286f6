/** What the reader gives: data with their places. Nothing is interpreted yet. */
import type { Span } from "../source/span.ts";

/** Symbols include keywords (`:k`). */
export type Syntax =
  | SymbolSyntax
  | { readonly kind: "Number"; readonly value: number; readonly span: Span }
  | { readonly kind: "BigInt"; readonly value: bigint; readonly span: Span }
  | { readonly kind: "String"; readonly value: string; readonly span: Span }
  | ListSyntax;

export interface SymbolSyntax {
  readonly kind: "Symbol";
  readonly name: string;
  readonly span: Span;
  /** The symbol stands in a macro's template: see Mark. */
  readonly mark?: Mark;
  /** Of code compiled at run time: the name under which its literal's own frame has it. */
  readonly own?: string;
}

/**
 * What makes a template's names mean what they mean in the macro's own module: if nothing that the same expansion binds has the
 * name, and the module gives it a meaning, the name is the module's, whatever the place of the call binds.
 */
export interface Mark {
  /** Id of the module the template is in. */
  readonly module: string;
  /** Which expansion; unique in the module whose text is expanded. */
  readonly expansion: number;
}

/** `(...)` has bracket "form", `{...}` "braces". `'x` is a form (quote x) whose quote symbol has the span of the mark. */
export interface ListSyntax {
  readonly kind: "List";
  readonly bracket: "form" | "braces";
  readonly items: readonly Syntax[];
  readonly span: Span;
  /** Of code compiled at run time: the name of the list itself, which is its value where it is not code. */
  readonly value?: string;
  /** The same where it stands in a quote. */
  readonly quoted?: string;
}

export interface Comment {
  readonly text: string;
  readonly span: Span;
}

export interface SyntaxModule {
  readonly items: readonly Syntax[];
  readonly comments: readonly Comment[];
}
