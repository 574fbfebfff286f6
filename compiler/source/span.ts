import type { Source } from "./source.ts";

/** A place in one source text: two offsets in UTF-16 units, end exclusive, and for made-up nodes who made them. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The form or pass that made the node this span belongs to; absent on what the user wrote. */
  readonly by?: string;
  /** If a macro made it: start and end are the call's, and this is where the macro's own text stands. */
  readonly template?: Template;
}

/** The part of a macro's definition that an expansion came from; its file need not be the call's. */
export interface Template {
  readonly macro: string;
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** The call of the macro stands in another macro's template. */
  readonly outer?: Template;
}

export const span = (start: number, end: number): Span => ({ start, end });

/** The span of a node that `by` made out of the text at `origin`. */
export const made = (origin: Span, by: string): Span =>
  origin.template === undefined
    ? { start: origin.start, end: origin.end, by }
    : { start: origin.start, end: origin.end, by, template: origin.template };

/** From the start of a to the end of b. */
export const join = (a: Span, b: Span): Span => ({ start: a.start, end: b.end });
