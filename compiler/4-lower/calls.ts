/** Calls: direct where the callee is known and takes these arguments. */
import { arithmetic, comparison } from "../ir/core.ts";
import type * as Core from "../ir/core.ts";
import type { OutsideFunction } from "../ir/world.ts";
import { impossible } from "../source/impossible.ts";
import type { Span } from "../source/span.ts";
import { bind, fnAtom, type Lowering } from "./lowering.ts";

export function applyTo(
  l: Lowering,
  callee: Core.Atom,
  args: readonly Core.Atom[],
  b: Core.Stmt[],
  span: Span,
): Core.Op {
  if (callee.kind === "Fn") {
    const { fn } = callee;
    if (fn.kind === "Own") {
      const own = l.facts.globals.get(fn.name)?.lambda ?? impossible("own function");
      return known(l, fn, { min: own.params.length, rest: own.rest !== null }, args, b, span);
    }
    const outside = l.world.fn(fn);
    if (outside !== null) return fn.kind === "Builtin" ? builtinCall(outside, fn, args) : known(l, fn, outside, args, b, span);
  }
  return args.length === 0 && callee.kind !== "Var" ? { kind: "Use", atom: callee } : { kind: "Apply", callee, args };
}
