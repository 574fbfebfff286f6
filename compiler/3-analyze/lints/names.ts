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
  /** Does it load files that only the run will show? */
  loads = false,
): void {
  const namespaces = new Map(module.namespaces?.map(({ name, module: id }) => [name.name, id]));
  const spaces = { ...NO_IMPORTS, namespaces };
  let visible: string[] | null = null;
  const suggestions = (name: string): readonly string[] => {
    visible ??= [...globals.keys(), ...world.names(), ...new Set([...scopes.names.values()].map((v) => v.name))];
    return nearest(name, visible);
  };
  const isBound = (ref: Kernel.Ref): boolean => {
    const read = scopes.reads.get(ref);
    return (
      read?.end.kind !== "global" ||
      read.end.home !== null ||
      globals.has(ref.name) ||
      world.lookup(ref.name) !== null ||
      // Bound later in a frame around it: a matter of time, not of spelling.
      read.cells.length > 0
    );
  };
  // Names that an expression gives to `def` nobody knows here. But `(def x 5)` is a slip.
  const isSlip = ({ of }: ComputedNames): boolean => of.kind === "Ref" && !isBound(of);
  const opens = (expr: Kernel.Expr): boolean => {
    const computed = computedNames(expr);
    return (computed !== null && computed.form !== "\\" && !isSlip(computed)) || children(expr).some(opens);
  };
  const open = loads || module.body.some(opens);
  /** Of a name that a module does not export: does it have it, and which may be meant? */
  const others = (from: string, name: string): readonly [hidden: boolean, nearest: readonly string[]] => [
    world.defines(from, name),
    nearest(name, world.exports(from)),
  ];
  const unbound = (ref: Kernel.Ref): void => {
    if (open || isBound(ref)) return;
    const from = importOf(ref.name, spaces);
    const path = module.namespaces?.find((space) => space.module === from?.module)?.path;
    if (from !== undefined && path !== undefined) {
      const { name } = from;
      context.report(ref.span, messages.importUnknown, name, path, ...others(from.module, name));
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
    const computed = computedNames(expr);
    if (computed !== null && isSlip(computed)) {
      const { form, of } = computed;
      const { name } = of as Kernel.Ref;
      const usage =
        form === "fun"
          ? `(fun {${name} parameters} {body})`
          : form === "\\"
            ? `(\\ {${name}} {body})`
            : `(${form} {${name}} value)`;
      context.report(of.span, messages.malformed, `${form}: expected names in braces`, usage);
      return;
    }
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
      context.report(name.span, messages.importUnknown, name.name, path, ...others(from, name.name));
  }
  for (const expr of module.body) visit(expr);
}

/** The names of a binding form that are no literal: 2-expand/forms/computed.ts. */
interface ComputedNames {
  readonly form: string;
  readonly of: Kernel.Expr;
}
function computedNames(expr: Kernel.Expr): ComputedNames | null {
  if (expr.kind !== "Call" || expr.callee.kind !== "Builtin" || expr.callee.name !== "binding/names") return null;
  const [form, of] = expr.args;
  return { form: String((form as Kernel.Const).value), of };
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
