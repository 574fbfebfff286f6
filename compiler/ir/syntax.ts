/** What the reader gives: data with their places. Nothing is interpreted yet. */
import type { Span } from "../source/span.ts";

/** Symbols include keywords (`:k`). */
export type Syntax =
  | { readonly kind: "Symbol"; readonly name: string; readonly span: Span }
  | { readonly kind: "Number"; readonly value: number; readonly span: Span }
  | { readonly kind: "BigInt"; readonly value: bigint; readonly span: Span }
  | { readonly kind: "String"; readonly value: string; readonly span: Span }
  | ListSyntax;

/** `(...)` has bracket "form", `{...}` "braces". `'x` is a form (quote x) whose quote symbol has the span of the mark. */
export interface ListSyntax {
  readonly kind: "List";
  readonly bracket: "form" | "braces";
  readonly items: readonly Syntax[];
  readonly span: Span;
}

export interface Comment {
  readonly text: string;
  readonly span: Span;
}

export interface SyntaxModule {
  readonly items: readonly Syntax[];
  readonly comments: readonly Comment[];
}
