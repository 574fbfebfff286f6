/**
 * Binding forms whose names or body an expression gives, such as `(def (head names) v)` and `(\ {_} b)`. What they bind shows
 * in the run only. So the form is put together there, of names that have been looked at and values that have been evaluated, and
 * is run as evaluated code of this place: globals, frames and literals in it mean what they mean in any evaluated code.
 */
import type { Expr, Name, Temp } from "../../ir/kernel.ts";
import { bind, branch, builtin, callBuiltin, constant, nil, quote, sequence } from "../../ir/kernel-build.ts";
import { children } from "../../ir/kernel-children.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { symbolsIn } from "../../ir/syntax-walk.ts";
import type { Span } from "../../source/span.ts";
import { type Env, isBraces, isFixed, isNil, madeBy, malformed, nameOf } from "../env.ts";
import { expression, expressions } from "../expression.ts";
import { assign } from "./assign.ts";

/** Could it be an expression where a literal list is usual? What can only be a mistake is not. */
export const isComputed = (syntax: Syntax | undefined): boolean =>
  syntax !== undefined &&
  (syntax.kind === "Symbol"
    ? !syntax.name.startsWith(":")
    : syntax.kind === "List" && !isBraces(syntax) && !isNil(syntax));

const symbol = (span: Span, name: string): Expr => quote(span, { kind: "Symbol", name, span });
const form = (span: Span, name: string, ...parts: readonly Expr[]): Expr =>
  callBuiltin(span, "list/of-form", symbol(span, name), ...parts);
/** The value as code that has it. */
const given = (span: Span, value: Expr): Expr => form(span, "quote", value);
const evaluated = (call: ListSyntax, code: Expr): Expr => ({ kind: "Eval", value: code, span: madeBy(call) });

/** Evaluates and looks at a part of the form; an Error is the form's value. */
function checked(call: ListSyntax, value: Expr, use: (part: Temp) => Expr, env: Env): Expr {
  const span = madeBy(call);
  return bind(span, env.context.fresh(), value, (part) => sequence(span, [part, use(part)]));
}
const names = (call: ListSyntax, env: Env, count: number): Expr => {
  const span = madeBy(call);
  const [, list] = call.items;
  return callBuiltin(span, "binding/names", constant(span, nameOf(call)), expression(list, env), constant(span, count));
};
/** `params`: those of the function that it is the body of, as far as they are known. */
const body = (call: ListSyntax, code: Syntax, env: Env, params: readonly Syntax[] = []): Expr => {
  const span = madeBy(call);
  const value = expression(code, env);
  const early =
    code.kind === "List" ? params.find((param) => param.kind === "Symbol" && reads(value, param.name)) : null;
  // Who forgets the braces would be told that nothing is called so.
  if (early?.kind === "Symbol") {
    const what = `without braces the body is evaluated when the function is made, and there is no \`${early.name}\` yet`;
    malformed(call, env, what, code.span);
  }
  return callBuiltin(span, "binding/body", constant(span, nameOf(call)), value);
};
/** Is the name read where the expression is evaluated, and not in code that it makes? */
const reads = (expr: Expr, name: string): boolean =>
  expr.kind === "Ref"
    ? expr.name === name
    : expr.kind !== "Code" && expr.kind !== "Lambda" && children(expr).some((child) => reads(child, name));

/** `(def names value ...)` */
export function computedDefine(call: ListSyntax, env: Env): Expr {
  const span = madeBy(call);
  const values = expressions(call.items, env, 2);
  const define = (list: Expr): Expr =>
    evaluated(call, form(span, "def", list, ...values.map((value) => given(span, value))));
  return checked(call, names(call, env, values.length), define, env);
}

/**
 * `(= names value ...)`: of the names in the frame's text, those that the list has are bound. No other could be read in it. At the
 * top level they are globals.
 */
export function computedAssign(call: ListSyntax, env: Env): Expr {
  const span = madeBy(call);
  const values = expressions(call.items, env, 2);
  const { frame } = env;
  const nth = (list: Expr, i: number): Expr => callBuiltin(span, "binding/name", list, constant(span, i));
  const globals = (list: Expr): Expr => {
    const pairs = values.flatMap((value, i) => [given(span, nth(list, i)), given(span, value)]);
    return evaluated(
      call,
      callBuiltin(span, "list/of-form", builtin(span, "scope/assign"), symbol(span, SCOPE), ...pairs),
    );
  };
  const locals = (list: Expr): Expr =>
    bind(span, env.context.fresh(), callBuiltin(span, "list/of-braces", ...values), (all) => {
      const steps = [...symbolsIn(frame?.source ?? [])].filter(isBindable).map((name) => {
        const one = symbol(span, name);
        const value = callBuiltin(span, "binding/value", list, all, one);
        return branch(span, callBuiltin(span, "binding/has", list, one), assign({ name, span }, value), nil(span));
      });
      return sequence(span, [...steps, nil(span)]);
    });
  return checked(
    call,
    names(call, env, values.length),
    frame === undefined || frame.module === true ? globals : locals,
    env,
  );
}
/** The name under which evaluated code finds its globals: runtime/eval/view.ts. */
const SCOPE = ";scope";

const isBindable = (name: string): boolean => !name.startsWith("&") && !isFixed(name);

const known = (list: Syntax): readonly Syntax[] => (isBraces(list) ? list.items : []);

/** `(\ parameters body)` */
export function computedLambda(call: ListSyntax, env: Env): Expr {
  const span = madeBy(call);
  const [, list, code] = call.items;
  const parameters = isBraces(list) || isNil(list) ? quote(list.span, list) : names(call, env, -1);
  return checked(
    call,
    parameters,
    (params) =>
      checked(call, body(call, code, env, known(list)), (b) => evaluated(call, form(span, "\\", params, b)), env),
    env,
  );
}

/** `(fun names body)`; where the names are a literal list, the name is `name`. */
export function computedFun(call: ListSyntax, name: Name | null, env: Env): Expr {
  const span = madeBy(call);
  const [, list, code] = call.items;
  const lambda = (all: Expr, b: Expr): Expr => form(span, "\\", callBuiltin(span, "tail", all), b);
  const withBody = (use: (b: Expr) => Expr): Expr =>
    checked(call, body(call, code, env, known(list).slice(1)), use, env);
  if (name !== null) {
    const value = withBody((b) =>
      callBuiltin(span, "binding/named", symbol(span, name.name), evaluated(call, lambda(quote(list.span, list), b))),
    );
    return { kind: "Define", names: [name], values: [value], span: call.span };
  }
  const define = (all: Expr, b: Expr): Expr =>
    evaluated(
      call,
      form(span, "def", callBuiltin(span, "list/of-braces", callBuiltin(span, "head", all)), lambda(all, b)),
    );
  return checked(call, names(call, env, -1), (all) => withBody((b) => define(all, b)), env);
}

/** The body of `let` that an expression gives, in the frame of its names. */
export const computedBody = (call: ListSyntax, code: Syntax, env: Env): Expr =>
  checked(call, body(call, code, env), (b) => evaluated(call, b), env);

/** `(let names-and-values body)` */
export function computedLet(call: ListSyntax, env: Env): Expr {
  const span = madeBy(call);
  const [, list, code] = call.items;
  const all = expression(list, env);
  return evaluated(call, callBuiltin(span, "binding/let", all, body(call, code, env)));
}
