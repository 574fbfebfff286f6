/** Expressions: everything that is evaluated where it stands. */
import { messages } from "../diagnostics/messages.ts";
import type { Expr } from "../ir/kernel.ts";
import { call, constant, fail, force, nil, quote, ref } from "../ir/kernel-build.ts";
import type { ListSyntax, SymbolSyntax, Syntax } from "../ir/syntax.ts";
import { MAX_ARGUMENTS } from "./depth.ts";
import { type Env, formAt, macroAt } from "./env.ts";
import { globalCall, globalValue, isJavaScript } from "./javascript.ts";
import { expansion, usedEarly } from "./macros/expansion.ts";
import { quoted } from "./quoted.ts";
import { openExpansion } from "./rebound.ts";

/** The value of a datum where it is evaluated: braces are data, everything in parentheses is applied. */
export function expression(syntax: Syntax, env: Env): Expr {
  switch (syntax.kind) {
    case "Number":
    case "BigInt":
    case "String":
    case "Symbol":
      return atom(syntax, env);
    case "List":
      return syntax.bracket === "braces" ? quoted(syntax, env) : application(syntax, env);
    default:
      return syntax satisfies never;
  }
}

/** Several expressions, from index `from` on. */
export function expressions(items: readonly Syntax[], env: Env, from = 0): Expr[] {
  const result: Expr[] = [];
  for (let i = from; i < items.length; i++) result.push(expression(items[i], env));
  return result;
}

/** A datum as a constant. */
export function literal(datum: Syntax): Expr {
  return datum.kind === "Symbol" || datum.kind === "List"
    ? quote(datum.span, datum)
    : constant(datum.span, datum.value);
}

function atom(syntax: Exclude<Syntax, ListSyntax>, env: Env): Expr {
  if (syntax.kind !== "Symbol" || syntax.name.startsWith(":")) return literal(syntax);
  if (macroAt(syntax, env) !== undefined) {
    env.context.report(syntax.span, messages.macroAsValue, syntax.name);
    return fail(syntax.span, `${syntax.name} is a macro, not a value`);
  }
  const form = formAt(syntax, env);
  if (form === undefined && isJavaScript(syntax, env)) return globalValue(syntax);
  if (form === undefined || form.function === true) return reference(syntax, env);
  env.context.report(syntax.span, messages.formAsValue, syntax.name);
  return fail(syntax.span, `${syntax.name} is a form, not a value`);
}

function reference(symbol: SymbolSyntax, env: Env): Expr {
  const plain = ref(symbol.span, symbol.name, symbol.mark);
  const result = symbol.own === undefined ? plain : { ...plain, own: symbol.own };
  env.macros.recorder?.names.set(result, symbol);
  return result;
}

/** What stands in parentheses, or in a body that is one expression: a form, `(e)`, or a call. */
export function application(list: ListSyntax, env: Env): Expr {
  if (list.items.length === 0) return nil(list.span);
  const [head] = list.items;
  const macro = macroAt(head, env);
  if (macro !== undefined) {
    const result = expansion(macro, list, env);
    return result === null
      ? fail(list.span, `the macro ${macro.name.name} could not be expanded`)
      : expression(result, openExpansion(env, result));
  }
  const form = formAt(head, env);
  if (form === undefined && usedEarly(head, env))
    return fail(list.span, `the macro ${(head as SymbolSyntax).name} is used before its definition`);
  if (form !== undefined) return form.expand(list, env);
  return isJavaScript(head, env) ? javascriptCall(list, env) : plainCall(list, env);
}

const javascriptCall = (list: ListSyntax, env: Env): Expr =>
  tooManyArguments(list, env)
    ? fail(list.span, "too many arguments")
    : globalCall(list, expressions(list.items, env, 1));

/** `(f a b)` and `(e)`, whatever the head is called. */
export function plainCall(list: ListSyntax, env: Env): Expr {
  if (tooManyArguments(list, env)) return fail(list.span, "too many arguments");
  const [head] = list.items;
  const form = formAt(head, env);
  const callee = head.kind === "Symbol" && form?.function === true ? reference(head, env) : expression(head, env);
  return list.items.length === 1 ? force(list.span, callee) : call(list.span, callee, expressions(list.items, env, 1));
}

function tooManyArguments({ items, span }: ListSyntax, env: Env): boolean {
  const given = items.length - 1;
  if (given <= MAX_ARGUMENTS) return false;
  env.context.report(span, messages.tooManyArguments, MAX_ARGUMENTS, given);
  return true;
}
