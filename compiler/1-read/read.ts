/**
 * Text -> syntax. Afterwards every datum has its span, comments are beside the tree, and whatever was wrong is reported;
 * the tree of a text with errors is a best guess that only serves to find more of them.
 *
 * One pass over the characters with an explicit stack, so that neither long nor deeply nested texts are a problem.
 */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import type { Comment, ListSyntax, Syntax, SyntaxModule } from "../ir/syntax.ts";
import { span } from "../source/span.ts";
import {
  APOSTROPHE,
  AT,
  BACKQUOTE,
  BAR,
  CLOSE_BRACES,
  CLOSE_FORM,
  COMMA,
  CONSTITUENT,
  classes,
  HASH,
  OPEN_BRACES,
  OPEN_FORM,
  QUOTE,
  SEMICOLON,
  SPACE,
} from "./characters.ts";
import { readNumber, startsNumber } from "./number.ts";
import { readString } from "./string.ts";

/** A bracket that waits for its closing one. */
interface Bracket {
  readonly kind: "form" | "braces";
  readonly start: number;
  readonly items: Syntax[];
}
/** A quote mark or `#;` that waits for its datum. */
interface Mark {
  readonly kind: "mark";
  readonly start: number;
  readonly text: string;
  /** Number of comments before it: those inside a datum that `#;` removes go with it. */
  readonly comments: number;
}

const OPENING = { form: "(", braces: "{" } as const;
const CLOSING = { form: ")", braces: "}" } as const;
const QUOTES: Readonly<Record<string, string>> = {
  "'": "quote",
  "`": "quasiquote",
  ",": "unquote",
  ",@": "unquote-splicing",
};
const MAX_NOTES = 3;

export function read(context: Context): SyntaxModule {
  const { text } = context.source;
  const comments: Comment[] = [];
  const top: Syntax[] = [];
  const open: (Bracket | Mark)[] = [];
  const unclosed = { form: 0, braces: 0 };
  let items = top;
  let at = 0;

  /** A datum is complete: waiting marks apply to it, then it belongs to the innermost bracket. */
  function add(datum: Syntax): void {
    let result = datum;
    for (let last = open[open.length - 1]; last !== undefined && last.kind === "mark"; last = open[open.length - 1]) {
      open.pop();
      if (last.text === "#;") {
        comments.length = last.comments;
        comments.push({ text: text.slice(last.start, datum.span.end), span: span(last.start, datum.span.end) });
        return;
      }
      result = quoted(last, result);
    }
    items.push(result);
  }

  function openBracket(kind: Bracket["kind"]): void {
    items = [];
    open.push({ kind, start: at, items });
    unclosed[kind]++;
    at++;
  }

  /** The innermost bracket ends before `end`. */
  function close(end: number): void {
    const { kind, start, items: inner } = popBracket();
    add({ kind: "List", bracket: kind, items: inner, span: span(start, end) });
  }

  function popBracket(): Bracket {
    const bracket = open.pop() as Bracket;
    unclosed[bracket.kind]--;
    items = top;
    // Marks stand between brackets, at most as many as the user typed in a row.
    for (let i = open.length - 1; i >= 0; i--) {
      const outer = open[i];
      if (outer.kind === "mark") continue;
      items = outer.items;
      break;
    }
    return bracket;
  }

  function dropMarks(): void {
    for (let last = open[open.length - 1]; last !== undefined && last.kind === "mark"; last = open[open.length - 1]) {
      context.report(span(last.start, last.start + last.text.length), messages.nothingFollows, last.text);
      open.pop();
    }
  }

  function closeBracket(kind: Bracket["kind"]): void {
    dropMarks();
    at++;
    const innermost = open[open.length - 1] as Bracket | undefined;
    const here = span(at - 1, at);
    if (innermost === undefined) {
      context.report(here, messages.strayBracket, CLOSING[kind]);
      return;
    }
    if (innermost.kind !== kind) {
      const opened = {
        span: span(innermost.start, innermost.start + 1),
        text: `\`${OPENING[innermost.kind]}\` was opened here`,
      };
      context.reportWith(here, [opened], messages.mismatchedBracket, OPENING[innermost.kind], CLOSING[kind]);
      // Brackets inside were forgotten if one of this kind is open; otherwise this one was mistyped.
      if (unclosed[kind] > 0) closeInside(kind);
    }
    close(at);
  }

  function closeInside(kind: Bracket["kind"]): void {
    for (;;) {
      const last = open[open.length - 1];
      if (last.kind === kind) return;
      if (last.kind === "mark") open.pop();
      else close(at - 1);
    }
  }

  function mark(markText: string): void {
    open.push({ kind: "mark", start: at, text: markText, comments: comments.length });
    at += markText.length;
  }

  function lineComment(): void {
    const newline = text.indexOf("\n", at);
    comment(newline === -1 ? text.length : newline);
  }

  function comment(end: number): void {
    comments.push({ text: text.slice(at, end), span: span(at, end) });
    at = end;
  }

  function blockComment(): void {
    const end = blockCommentEnd(text, at);
    if (end === -1) context.report(span(at, at + 2), messages.unclosedComment);
    comment(end === -1 ? text.length : end);
  }

  function string(): boolean {
    const literal = readString(text, at, context);
    if (literal === null) return false;
    add({ kind: "String", value: literal.value, span: span(at, literal.end) });
    at = literal.end;
    return true;
  }

  function atom(): void {
    const start = at;
    while (++at < text.length && classes[text.charCodeAt(at)] === CONSTITUENT);
    const name = text.slice(start, at);
    add(
      startsNumber(text, start)
        ? readNumber(name, span(start, at), context)
        : { kind: "Symbol", name, span: span(start, at) },
    );
  }

  function hash(): void {
    const next = text.charCodeAt(at + 1);
    if (next === SEMICOLON) mark("#;");
    else if (next === BAR) blockComment();
    else atom();
  }

  if (text.startsWith("#!")) lineComment();
  while (at < text.length) {
    const code = text.charCodeAt(at);
    switch (code) {
      case OPEN_FORM:
        openBracket("form");
        break;
      case OPEN_BRACES:
        openBracket("braces");
        break;
      case CLOSE_FORM:
        closeBracket("form");
        break;
      case CLOSE_BRACES:
        closeBracket("braces");
        break;
      case SEMICOLON:
        lineComment();
        break;
      case APOSTROPHE:
        mark("'");
        break;
      case BACKQUOTE:
        mark("`");
        break;
      case COMMA:
        mark(text.charCodeAt(at + 1) === AT ? ",@" : ",");
        break;
      case HASH:
        hash();
        break;
      case QUOTE:
        // Everything after an unclosed string is inside it: there is nothing more to find, and no bracket to blame.
        if (!string()) return { items: top, comments };
        break;
      default:
        if (classes[code] === SPACE) at++;
        else atom();
    }
  }
  dropMarks();
  reportUnclosed(
    open.filter((entry) => entry.kind !== "mark"),
    context,
  );
  while (open.length > 0)
    if (open[open.length - 1].kind === "mark") open.pop();
    else close(text.length);
  return { items: top, comments };
}

/** `'x` is `(quote x)`; the quote symbol has the place of the mark. */
function quoted(mark: Mark, datum: Syntax): ListSyntax {
  const head: Syntax = {
    kind: "Symbol",
    name: QUOTES[mark.text],
    span: span(mark.start, mark.start + mark.text.length),
  };
  return { kind: "List", bracket: "form", items: [head, datum], span: span(mark.start, datum.span.end) };
}

/** The offset behind the comment that starts with `#|` at `start`, or -1. Comments nest. */
function blockCommentEnd(text: string, start: number): number {
  let depth = 1;
  for (let at = start + 2; at + 1 < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BAR && text.charCodeAt(at + 1) === HASH) {
      at++;
      if (--depth === 0) return at + 1;
    } else if (code === HASH && text.charCodeAt(at + 1) === BAR) {
      at++;
      depth++;
    }
  }
  return -1;
}

/** One error for all brackets left open: the innermost is where to look, the outer ones are often its consequence. */
function reportUnclosed(brackets: readonly Bracket[], context: Context): void {
  const innermost = brackets[brackets.length - 1];
  if (innermost === undefined) return;
  const place = (bracket: Bracket) => span(bracket.start, bracket.start + 1);
  const outer = brackets.slice(0, -1).reverse().slice(0, MAX_NOTES);
  const notes = outer.map((bracket) => ({
    span: place(bracket),
    text: `nor is the \`${OPENING[bracket.kind]}\` around it`,
  }));
  context.reportWith(place(innermost), notes, messages.unclosedBracket, OPENING[innermost.kind]);
}
