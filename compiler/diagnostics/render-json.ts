/** Diagnostics for programs: one JSON object a line. Lines and columns count from 1, columns in UTF-16 units, the end is exclusive. */
import { lineStarts, positionAt, type Source } from "../source/source.ts";
import type { Span } from "../source/span.ts";
import type { Diagnostic } from "./diagnostic.ts";

interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** All diagnostics of one source text, each on a line of its own. */
export function renderJson(diagnostics: readonly Diagnostic[], source: Source): string {
  const starts = lineStarts(source.text);
  return diagnostics
    .map((diagnostic) => {
      const { code, severity, text, help, notes } = diagnostic;
      const record = {
        code,
        severity,
        message: text,
        path: source.path,
        ...place(diagnostic.span, starts),
        ...(help === undefined ? {} : { help }),
        notes: (notes ?? []).map((note) => ({
          message: note.text,
          ...(note.source === undefined || note.source.path === source.path
            ? place(note.span, starts)
            : { path: note.source.path, ...place(note.span, lineStarts(note.source.text)) }),
        })),
      };
      return `${JSON.stringify(record)}\n`;
    })
    .join("");
}

function place(span: Span, starts: readonly number[]): Place {
  const start = positionAt(starts, span.start);
  const end = positionAt(starts, span.end);
  return { line: start.line + 1, column: start.column + 1, endLine: end.line + 1, endColumn: end.column + 1 };
}
