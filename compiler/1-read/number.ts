/** Number literals: integers, floats, `0xff`, `0b101`, `123n`. */
import type { Context } from "../context.ts";
import { messages } from "../diagnostics/messages.ts";
import type { Syntax } from "../ir/syntax.ts";
import type { Span } from "../source/span.ts";
import { DOT, isDigit, MINUS } from "./characters.ts";

const DECIMAL = /^-?\d+$/;
const FLOAT = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const RADIX = /^-?0(?:[xX][\da-fA-F]+|[bB][01]+)$/;
const BIG = /^-?(?:\d+|0[xX][\da-fA-F]+|0[bB][01]+)n$/;

/** Up to 15 digits are exact in a double. */
const SURELY_EXACT = 15;
/** No double has more digits before the point: a longer integer needs no exact comparison (which would take quadratic time). */
const SURELY_INEXACT = 310;

/** Does an atom that starts with these characters have to be a number? `-`, `+5` and `.name` are symbols. */
export function startsNumber(text: string, start: number): boolean {
  let at = start;
  if (text.charCodeAt(at) === MINUS) at++;
  if (text.charCodeAt(at) === DOT) at++;
  return isDigit(text.charCodeAt(at));
}

/** The number written as `text`. A bad one is reported and read as 0, so that reading can go on. */
export function readNumber(text: string, span: Span, context: Context): Syntax {
  if (text.length <= SURELY_EXACT && DECIMAL.test(text)) return { kind: "Number", value: Number(text), span };
  if (BIG.test(text)) return { kind: "BigInt", value: bigInteger(text.slice(0, -1)), span };
  if (DECIMAL.test(text) || RADIX.test(text)) return { kind: "Number", value: integer(text, span, context), span };
  if (FLOAT.test(text)) return { kind: "Number", value: float(text, span, context), span };
  context.report(span, messages.badNumber, text, hint(text));
  return { kind: "Number", value: 0, span };
}

function integer(text: string, span: Span, context: Context): number {
  const value = text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
  const exact =
    text.length <= SURELY_EXACT ||
    (text.length <= SURELY_INEXACT && Number.isFinite(value) && BigInt(value) === bigInteger(text));
  if (!exact) context.report(span, messages.inexactInteger, text);
  return value;
}

/** BigInt() takes `0xff` and `-7`, but not `-0xff`. */
const bigInteger = (text: string): bigint => (text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text));

function float(text: string, span: Span, context: Context): number {
  const value = Number(text);
  if (!Number.isFinite(value)) context.report(span, messages.numberTooLarge, text);
  return value;
}

function hint(text: string): string {
  if (/^-?\.\d+/.test(text)) return `write ${text.replace(".", "0.")}`;
  if (/^-?\d+\.$/.test(text)) return `write ${text}0, or ${text.slice(0, -1)}`;
  if (/^-?\d[\d_]*$/.test(text)) return `write ${text.replaceAll("_", "")}: digits are not grouped`;
  if (/^-?0[oO]/.test(text)) return "numbers are written in decimal, as 0xff or as 0b101";
  if (/^-?0[xX]/.test(text)) return "after 0x come the digits 0 to 9 and a to f";
  if (/^-?0[bB]/.test(text)) return "after 0b come the digits 0 and 1";
  if (/^-?[\d.]+n$/.test(text)) return "a big integer has digits only before its n";
  return "a name cannot start with a digit; numbers look like 7, -7, 3.14, 1e9, 0xff, 0b101, 123n";
}
