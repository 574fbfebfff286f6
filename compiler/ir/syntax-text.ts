/** Syntax as s-expressions: it looks like the program itself, with quote marks spelt out. Spans and comments are left out. */
import type { Span } from "../source/span.ts";
import { braces, isBraces, isList, isString, parseSexps, printSexp, type Sexp, str } from "./sexp.ts";
import type { Syntax, SyntaxModule } from "./syntax.ts";

const NOWHERE: Span = { start: 0, end: 0 };

export function showSyntax(syntax: Syntax): Sexp {
  switch (syntax.kind) {
    case "Symbol": // one that a template brought is `(@ name expansion "module")`; no list of a program is
      return syntax.mark === undefined
        ? syntax.name
        : ["@", syntax.name, syntax.mark.expansion, str(syntax.mark.module)];
    case "Number":
    case "BigInt":
      return syntax.value;
    case "String":
      return str(syntax.value);
    case "List": {
      const items = syntax.items.map(showSyntax);
      return syntax.bracket === "form" ? items : braces(items);
    }
    default:
      return syntax satisfies never;
  }
}

const isMarked = (sexp: Sexp): sexp is readonly [string, string, number, { readonly str: string }] =>
  isList(sexp) &&
  sexp.length === 4 &&
  sexp[0] === "@" &&
  typeof sexp[1] === "string" &&
  typeof sexp[2] === "number" &&
  isString(sexp[3]);

export function parseSyntax(sexp: Sexp): Syntax {
  if (typeof sexp === "string") return { kind: "Symbol", name: sexp, span: NOWHERE };
  if (typeof sexp === "number") return { kind: "Number", value: sexp, span: NOWHERE };
  if (typeof sexp === "bigint") return { kind: "BigInt", value: sexp, span: NOWHERE };
  if (isString(sexp)) return { kind: "String", value: sexp.str, span: NOWHERE };
  if (isMarked(sexp))
    return { kind: "Symbol", name: sexp[1], span: NOWHERE, mark: { expansion: sexp[2], module: sexp[3].str } };
  if (isList(sexp)) return { kind: "List", bracket: "form", items: sexp.map(parseSyntax), span: NOWHERE };
  if (isBraces(sexp)) return { kind: "List", bracket: "braces", items: sexp.braces.map(parseSyntax), span: NOWHERE };
  return sexp satisfies never;
}

/** A module's text after 1-read. */
export const printSyntax = (module: SyntaxModule): string =>
  module.items.map((item) => `${printSexp(showSyntax(item))}\n`).join("");

/** The module of such a text; all spans are 0. */
export const readSyntax = (text: string): SyntaxModule => ({ items: parseSexps(text).map(parseSyntax), comments: [] });
