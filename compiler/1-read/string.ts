/** String literals and their escapes. */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import { readEscape } from "../source/escapes.ts";
import { span } from "../source/span.ts";
import { BACKSLASH, QUOTE } from "./characters.ts";

export interface StringLiteral {
  readonly value: string;
  /** The offset behind the closing quote. */
  readonly end: number;
}

/** The string whose opening quote is at `start`; null if it is never closed (which is reported). */
export function readString(text: string, start: number, context: Context): StringLiteral | null {
  let value = "";
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { value: value + text.slice(from, at), end: at + 1 };
    if (code !== BACKSLASH) continue;
    if (at + 1 >= text.length) break;
    const escape = readEscape(text, at);
    if (escape === null) {
      // The backslash is kept; what follows is an ordinary character.
      const width = (text.codePointAt(at + 1) as number) > 0xffff ? 2 : 1;
      context.report(span(at, at + 1 + width), messages.unknownEscape, text.slice(at, at + 1 + width));
      at += width;
      continue;
    }
    value += text.slice(from, at) + escape.value;
    from = escape.end;
    at = escape.end - 1;
  }
  context.report(span(start, start + 1), messages.unclosedString);
  return null;
}
