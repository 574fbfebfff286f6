/**
 * `js/name`: globals of JavaScript. `js/a.b` is a property of one, and `(js/a.b x)` calls it as a method, so that `this` is what
 * JavaScript expects.
 */
import { signatures } from "../../runtime/signatures.ts";
import type { Expr } from "../ir/kernel.ts";
import { call, callBuiltin, constant, force } from "../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../ir/syntax.ts";
import type { Span } from "../source/span.ts";
import { type Env, isGlobal } from "./env.ts";

type SymbolSyntax = Syntax & { readonly kind: "Symbol" };

const library: ReadonlySet<string> = /*#__PURE__*/ new Set(signatures.map(({ name }) => name));

/** Does the symbol name a global of JavaScript here? */
export const isJavaScript = (syntax: Syntax, env: Env): syntax is SymbolSyntax =>
  syntax.kind === "Symbol" && isGlobal(syntax.name) && !env.rebound.has(syntax.name) && !isLibrary(syntax.name);
/** Functions of the prelude are written in Valk, and have no signature. */
const isLibrary = (name: string): boolean => library.has(name) || /^js\/(?:each|collect)(?:$|\/)/.test(name);

/** A global, and the names of properties after it. */
const parts = (name: string): readonly [string, ...string[]] =>
  name
    .slice("js/".length)
    .split(".")
    .filter((part) => part !== "") as [string, ...string[]];

const read = (span: Span, [name, ...fields]: readonly [string, ...string[]]): Expr =>
  fields.reduce<Expr>(
    (object, field) => callBuiltin(span, "js/field", constant(span, field), object),
    callBuiltin(span, "js/global", constant(span, name)),
  );

export const globalValue = ({ span, name }: SymbolSyntax): Expr => read(span, parts(name));

export function globalCall(list: ListSyntax, args: readonly Expr[]): Expr {
  const { span, name } = list.items[0] as SymbolSyntax;
  const path = parts(name);
  if (path.length === 1)
    return args.length === 0 ? force(list.span, read(span, path)) : call(list.span, read(span, path), args);
  const object = read(span, path.slice(0, -1) as [string, ...string[]]);
  return callBuiltin(list.span, "js/method", constant(span, path[path.length - 1]), object, ...args);
}
