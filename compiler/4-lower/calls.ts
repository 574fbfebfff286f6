/** Calls: direct where the callee is known and takes these arguments. */

import type * as Core from "../ir/core.ts";
import { arithmetic, comparison } from "../ir/core.ts";
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
    if (outside?.fn.kind === "Builtin") return builtinCall(outside, outside.fn, args);
    if (outside !== null) return known(l, outside.fn, outside, args, b, span);
  }
  return args.length === 0 && callee.kind !== "Var" ? { kind: "Use", atom: callee } : { kind: "Apply", callee, args };
}

/** Arithmetic of more operands is a call: inline, each of them is mentioned four times. */
const INLINE = 32;

function builtinCall(
  { min, max }: OutsideFunction,
  fn: Core.FnRef & { readonly kind: "Builtin" },
  args: readonly Core.Atom[],
): Core.Op {
  if (args.length < min || args.length > max) return { kind: "Apply", callee: fnAtom(fn), args };
  const op = [...arithmetic, ...comparison].find((o) => o === fn.name);
  if (op === undefined || args.length < 2 || args.length > INLINE) return { kind: "Call", fn, args };
  return { kind: "Arith", op, args, checks: args.map((a) => !(a.kind === "Lit" && typeof a.value === "number")) };
}

/** A function compiled from Valk: takes `min` arguments and, if it has a rest parameter, a list. */
function known(
  l: Lowering,
  fn: Core.FnRef,
  { min, rest }: { readonly min: number; readonly rest: boolean },
  args: readonly Core.Atom[],
  b: Core.Stmt[],
  span: Span,
): Core.Op {
  if (!rest && args.length === min) return { kind: "Call", fn, args };
  if (rest && args.length >= min && (args.length > 0 || min === 0)) {
    const list: Core.Op = { kind: "Call", fn: { kind: "Builtin", name: "list" }, args: args.slice(min) };
    return { kind: "Call", fn, args: [...args.slice(0, min), bind(l, b, "rest", list, span)] };
  }
  return args.length === 0 ? { kind: "Use", atom: fnAtom(fn) } : { kind: "Apply", callee: fnAtom(fn), args };
}
