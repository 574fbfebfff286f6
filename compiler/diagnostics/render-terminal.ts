/** Diagnostics for people: what and where, the excerpt with a pointer, further places, a way out. */
import { codeFrameColumns } from "@babel/code-frame";
import pc from "picocolors";
import { lineStarts, type Position, positionAt, type Source } from "../source/source.ts";
import type { Span } from "../source/span.ts";
import type { Diagnostic } from "./diagnostic.ts";

type Colors = ReturnType<typeof pc.createColors>;

const LINES_ABOVE = 1;
const LINES_BELOW = 1;
/** Longer lines (minified or generated code) are cut around the pointer. */
const MAX_COLUMNS = 160;

/** All diagnostics of one source text, each followed by an empty line. */
export function renderTerminal(diagnostics: readonly Diagnostic[], source: Source, color = false): string {
  const colors = pc.createColors(color);
  const starts = lineStarts(source.text);
  return diagnostics.map((diagnostic) => `${one(diagnostic, source, starts, colors)}\n`).join("\n");
}

function one(diagnostic: Diagnostic, source: Source, starts: readonly number[], colors: Colors): string {
  const paint = diagnostic.severity === "error" ? colors.red : colors.yellow;
  const lines = [
    `${paint(colors.bold(`${diagnostic.severity}[${diagnostic.code}]`))}${colors.bold(`: ${diagnostic.text}`)}`,
    place(diagnostic.span, source, starts, colors),
    excerpt(diagnostic.span, source, starts, paint, colors),
  ];
  for (const note of diagnostic.notes ?? []) {
    const where = note.source ?? source;
    const lineOf = where === source ? starts : lineStarts(where.text);
    lines.push(`${colors.cyan("note")}: ${note.text}`, place(note.span, where, lineOf, colors));
    lines.push(excerpt(note.span, where, lineOf, colors.cyan, colors));
  }
  if (diagnostic.help !== undefined) lines.push(`${colors.cyan("help")}: ${diagnostic.help}`);
  return lines.join("\n");
}

function place(span: Span, source: Source, starts: readonly number[], colors: Colors): string {
  const { line, column } = positionAt(starts, span.start);
  return `  ${colors.blue("-->")} ${source.path}:${line + 1}:${column + 1}`;
}

/** The lines around the span. A span over several lines is pointed at where it starts: the pointer says where to look. */
function excerpt(
  span: Span,
  source: Source,
  starts: readonly number[],
  paint: (text: string) => string,
  colors: Colors,
): string {
  const position = positionAt(starts, span.start);
  const first = Math.max(0, position.line - LINES_ABOVE);
  // What follows the last newline is no line that anybody sees.
  const end = starts.length - (starts.length > 1 && starts[starts.length - 1] === source.text.length ? 2 : 1);
  const last = Math.max(position.line, Math.min(end, position.line + LINES_BELOW));
  const lines: string[] = [];
  for (let line = first; line <= last; line++) lines.push(lineText(source.text, starts, line));
  const shown = cut(lines, position, lines[position.line - first].length, span.end - span.start);
  const frame = codeFrameColumns(
    shown.lines.join("\n"),
    {
      start: { line: position.line + 1, column: shown.start + 1 },
      end: { line: position.line + 1, column: shown.end + 1 },
    },
    { linesAbove: LINES_ABOVE, linesBelow: LINES_BELOW, startLine: first + 1 } as Parameters<
      typeof codeFrameColumns
    >[2],
  );
  return frame
    .split("\n")
    .map((line) => paintLine(line, paint, colors))
    .join("\n");
}

const lineText = (text: string, starts: readonly number[], line: number): string =>
  text.slice(starts[line], line + 1 < starts.length ? starts[line + 1] - 1 : text.length).replace(/\r$/, "");

interface Shown {
  readonly lines: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** The part of the lines that is shown, and the pointer's columns in it (from 0, end exclusive, at least one wide). */
function cut(lines: readonly string[], position: Position, lineLength: number, spanLength: number): Shown {
  const left = position.column > MAX_COLUMNS - 40 ? position.column - 40 : 0;
  const start = position.column - left;
  const end = Math.max(start + 1, Math.min(start + spanLength, lineLength - left, MAX_COLUMNS));
  return { lines: lines.map((line) => line.slice(left, left + MAX_COLUMNS)), start, end };
}

/** code-frame colours JavaScript only; here its gutter and its pointer get colours, the Valk text none. */
function paintLine(line: string, paint: (text: string) => string, colors: Colors): string {
  const match = /^(>?\s*\d*\s*\|)(.*)$/s.exec(line);
  if (match === null) return line;
  const [, gutter, text] = match;
  const isPointer = !/\d/.test(gutter);
  return `${colors.blue(gutter)}${isPointer ? paint(text) : text}`;
}
