/** A place in one source text: two offsets in UTF-16 units, end exclusive, and for made-up nodes who made them. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The form or pass that made the node this span belongs to; absent on what the user wrote. */
  readonly by?: string;
}

export const span = (start: number, end: number): Span => ({ start, end });

/** The span of a node that `by` made out of the text at `origin`. */
export const made = (origin: Span, by: string): Span => ({ start: origin.start, end: origin.end, by });

/** From the start of a to the end of b. */
export const join = (a: Span, b: Span): Span => ({ start: a.start, end: b.end });
