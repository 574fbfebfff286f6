/** Names that nothing binds, calls of known functions with a wrong number of arguments, and calls of what is no function. */
import { signatures } from "../../../runtime/signatures.ts";
import type { Context } from "../../context.ts";
import { messages } from "../../diagnostics/messages.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { importOf, NO_IMPORTS } from "../../ir/imports.ts";
import type * as Kernel from "../../ir/kernel.ts";
import { children } from "../../ir/kernel-children.ts";
import type { OutsideFunction, World } from "../../ir/world.ts";
import type { OwnGlobal } from "../globals.ts";
import type { Scopes } from "../scope.ts";

interface Shape {
  readonly min: number;
  readonly max: number;
  readonly curries: boolean;
  /** As they are written; null: not known. */
  readonly names: string | null;
}

export function lintNames(
  module: Kernel.Module,
  globals: ReadonlyMap<string, OwnGlobal>,
  scopes: Scopes,
  world: World,
  context: Context,
  /** Are there names that only the run will show? */
  open = false,
): void {
  const namespaces = new Map(module.namespaces?.map(({ name, module: id }) => [name.name, id]));
  const spaces = { ...NO_IMPORTS, namespaces };
  let visible: string[] | null = null;
  const suggestions = (name: string): readonly string[] => {
    visible ??= [...globals.keys(), ...world.names(), ...new Set([...scopes.names.values()].map((v) => v.name))];
    return nearest(name, visible);
  };
  const unbound = (ref: Kernel.Ref): void => {
    const read = scopes.reads.get(ref);
    if (
      open ||
      read?.end.kind !== "global" ||
      read.end.home !== null ||
      globals.has(ref.name) ||
      world.lookup(ref.name) !== null
    )
      return;
    // Bound later in a frame around it: a matter of time, not of spelling.
    if (read.cells.length > 0) return;
    const from = importOf(ref.name, spaces);
    const path = module.namespaces?.find((space) => space.module === from?.module)?.path;
    if (from !== undefined && path !== undefined) {
      const { name } = from;
      context.report(ref.span, messages.importUnknown, name, path, nearest(name, world.exports(from.module)));
    } else if (spaces.namespaces.has(ref.name)) context.report(ref.span, messages.moduleAsValue, ref.name);
    else context.report(ref.span, messages.unbound, ref.name, suggestions(ref.name));
  };
  const shapeOf = (callee: Kernel.Expr): Shape | null => {
    if (callee.kind !== "Ref") return null;
    const read = scopes.reads.get(callee);
    if (read?.end.kind !== "global" || read.cells.length > 0) return null;
    const home = read.end.home === null ? "own" : world.lookupFrom(read.end.home, callee.name);
    if (home !== "own") return home?.kind === "function" ? { ...home, names: paramsOf(home) } : null;
    const own = globals.get(callee.name);
    if (own !== undefined) {
      const lambda = own.lambda;
      return lambda === null ? null : shapeOfLambda(lambda);
    }
    const outside = world.lookup(callee.name);
    return outside?.kind === "function" ? { ...outside, names: paramsOf(outside) } : null;
  };
  const call = (expr: Kernel.Call | Kernel.Force): void => {
    const callee = expr.kind === "Call" ? expr.callee : expr.expr;
    const given = expr.kind === "Call" ? expr.args.length : 0;
    const shape = shapeOf(callee);
    if (shape === null || callee.kind !== "Ref") return;
    if (
      given > shape.max ||
      (given < shape.min && !shape.curries && given > 0) ||
      (given === 0 && expr.kind === "Force" && shape.min > 0 && !shape.curries)
    )
      context.report(expr.span, messages.arity, callee.name, expected(shape), given, shape.names);
  };
  const visit = (expr: Kernel.Expr): void => {
    if (expr.kind === "Ref") unbound(expr);
    if (expr.kind === "Call" || expr.kind === "Force") call(expr);
    // `(5)` is 5: only arguments make it a call.
    if (expr.kind === "Call") {
      const what = noFunction(expr.callee);
      if (what !== null) context.report(expr.callee.span, messages.notAFunction, what);
    }
    // Whether and where quoted code runs is not known.
    if (expr.kind !== "Code") for (const child of children(expr)) visit(child);
  };
  for (const { name, module: from, path } of module.imports ?? []) {
    if (!world.gives(from, name.name))
      context.report(name.span, messages.importUnknown, name.name, path, nearest(name.name, world.exports(from)));
  }
  for (const expr of module.body) visit(expr);
}

const shapeOfLambda = ({ params, rest }: Kernel.Lambda): Shape => {
  const names = [...params, ...(rest === null ? [] : [{ name: "&" }, rest])].map(({ name }) => name).join(" ");
  return { min: params.length, max: rest === null ? params.length : Infinity, curries: true, names };
};

const paramsOf = ({ fn }: OutsideFunction): string | null =>
  fn.kind === "Builtin" ? (signatures.find(({ name }) => name === fn.name)?.params ?? null) : null;

const expected = ({ min, max }: Pick<Shape, "min" | "max">): string => {
  const plural = (n: number): string => `${n} argument${n === 1 ? "" : "s"}`;
  return min === max ? plural(min) : max === Infinity ? `at least ${plural(min)}` : `${min} to ${plural(max)}`;
};

/** What a literal that is certainly no function is, in words. */
const noFunction = (expr: Kernel.Expr): string | null => {
  if (expr.kind === "Const") return typeof expr.value === "string" ? "a string" : `the number ${expr.value}`;
  if (expr.kind === "Code") return "a list";
  if (expr.kind !== "Quote") return null;
  const { datum } = expr;
  if (datum.kind !== "Symbol") return "a list";
  return `the ${datum.name.startsWith(":") ? "keyword" : "symbol"} \`${datum.name}\``;
};
