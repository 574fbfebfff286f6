/** Builders of kernel nodes, for the expander and for tests. The short ones keep the laws of kernel.ts. */
import type { Span } from "../source/span.ts";
import type { Bind, Builtin, Call, Const, Expr, Fail, Force, Frame, If, Name, Quote, Ref, Temp } from "./kernel.ts";
import type { Mark, Syntax } from "./syntax.ts";

export const constant = (span: Span, value: number | bigint | string): Const => ({ kind: "Const", value, span });
export const quote = (span: Span, datum: Syntax): Quote => ({ kind: "Quote", datum, span });
export const nil = (span: Span): Quote => quote(span, { kind: "List", bracket: "braces", items: [], span });
export const ref = (span: Span, name: string, mark?: Mark): Ref =>
  mark === undefined ? { kind: "Ref", name, span } : { kind: "Ref", name, span, mark };
export const call = (span: Span, callee: Expr, args: readonly Expr[]): Call => ({ kind: "Call", callee, args, span });
export const builtin = (span: Span, name: string): Builtin => ({ kind: "Builtin", name, span });
/** A call of a builtin, with at least one argument. */
export const callBuiltin = (span: Span, name: string, ...args: readonly Expr[]): Call =>
  call(span, builtin(span, name), args);
export const branch = (span: Span, test: Expr, yes: Expr, no: Expr): If => ({
  kind: "If",
  test,
  then: yes,
  else: no,
  span,
});
export const frame = (span: Span, params: readonly Name[], args: readonly Expr[], body: Expr): Frame => ({
  kind: "Frame",
  params,
  args,
  body,
  span,
});
export const fail = (span: Span, message: string): Fail => ({ kind: "Fail", message, span });

/** A compile-time variable for `value` in the body that `use` makes of it. */
export function bind(span: Span, temp: number, value: Expr, use: (variable: Temp) => Expr): Bind {
  return { kind: "Bind", temp, value, body: use({ kind: "Temp", temp, span }), span };
}

/** `(e)`. What cannot be a function is its own value. */
export const force = (span: Span, expr: Expr): Expr =>
  expr.kind === "Const" || expr.kind === "Quote" || expr.kind === "Code"
    ? expr
    : ({ kind: "Force", expr, span } satisfies Force);

/** A sequence: nothing is nil, and one expression is itself. */
export function sequence(span: Span, body: readonly Expr[]): Expr {
  if (body.length === 0) return nil(span);
  return body.length === 1 ? body[0] : { kind: "Seq", body, span };
}
