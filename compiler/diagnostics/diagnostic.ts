/** What the compiler tells about a program. The prose lives in the catalogue (messages.ts). */
import type { Source } from "../source/source.ts";
import type { Span } from "../source/span.ts";

export type Severity = "error" | "warning";

/** A further place that belongs to a diagnostic, such as the bracket that was never closed. */
export interface Note {
  readonly span: Span;
  /** The text it is a place in, if that is another than the diagnostic's. */
  readonly source?: Source;
  readonly text: string;
}

export interface Diagnostic {
  /** E0201, W0301: the key of spec/errors/. */
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  readonly text: string;
  /** A way out, in words. */
  readonly help?: string;
  readonly notes?: readonly Note[];
}

/** A catalogue entry: code, severity and how its arguments become text. */
export interface Message<Args extends readonly unknown[]> {
  readonly code: string;
  readonly severity: Severity;
  readonly text: (...args: Args) => string;
  readonly help?: (...args: Args) => string | undefined;
}
