/** Reads: variables, cells, globals. */
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import type { Outside } from "../ir/world.ts";
import { impossible } from "../source/impossible.ts";
import { replacement } from "../source/names.ts";
import { fnAtom, type Lowering, type Read, type Variable } from "./lowering.ts";

/**
 * `args`: it stands at the head of a call with so many arguments. A function of the module that takes as many looks itself
 * whether it was replaced.
 */
export function readOf(l: Lowering, ref: Kernel.Ref, args: number | null = null): Core.Op {
  const { cells, end } = l.facts.reads.get(ref) ?? impossible(`unresolved name ${ref.name}`);
  const chain = cells.map((v) => cellOf(l, v));
  if (end.kind === "cell") return { kind: "Read", cells: [...chain, cellOf(l, end.variable)], final: null };
  const final: Core.Final =
    end.kind === "value"
      ? { kind: "Atom", atom: valueOf(l, end.variable) }
      : globalFinal(l, ref.own === undefined ? end : { ...end, name: ref.own }, args);
  return chain.length > 0 ? { kind: "Read", cells: chain, final } : finalOp(final);
}

/** A function of the module, or what run-time code has put in its place. */
export const currentFunction = (name: string): Core.Final => ({
  kind: "Global",
  global: { module: null, name: replacement(name) },
  set: false,
  otherwise: { kind: "Atom", atom: fnAtom({ kind: "Own", name }) },
});

/** The library's, whatever the program calls by that name. */
export const builtin = ({ world }: Lowering, name: string): Core.Op => finalOp(outsideFinal(world.builtin(name), name));

export const cellOf = ({ cells }: Lowering, v: Variable): Core.Atom =>
  cells.get(v) ?? impossible(`no cell for ${v.name}`);
export const valueOf = ({ values }: Lowering, v: Variable): Core.Atom =>
  values.get(v) ?? impossible(`no value for ${v.name}`);

export const finalOp = (final: Core.Final): Core.Op =>
  final.kind === "Atom" ? { kind: "Use", atom: final.atom } : { kind: "Global", final };

export function globalFinal(
  { facts, world }: Lowering,
  { name, set, home }: Extract<Read["end"], { kind: "global" }>,
  args: number | null = null,
): Core.Final {
  if (home !== null) {
    const outside = world.lookupFrom(home, name);
    if (outside !== "own") return outsideFinal(outside, name);
  }
  const own = facts.globals.get(name);
  if (own === undefined) return outsideFinal(world.lookup(name), name);
  const whole = own.lambda !== null && args !== null && takes(own.lambda, args);
  if (own.lambda !== null && facts.dynamic && !whole) return currentFunction(name);
  if (own.lambda !== null) return { kind: "Atom", atom: fnAtom({ kind: "Own", name }) };
  const otherwise = set ? null : outsideFinal(world.lookup(name), name);
  return { kind: "Global", global: { module: null, name }, set, otherwise };
}

const takes = ({ params, rest }: Kernel.Lambda, args: number): boolean =>
  rest === null ? args === params.length : args >= params.length && args > 0;

function outsideFinal(outside: Outside | null, name: string): Core.Final {
  if (outside === null) return { kind: "Unbound", name };
  if (outside.kind === "constant") return { kind: "Atom", atom: outside.atom };
  if (outside.kind === "function") return { kind: "Atom", atom: fnAtom(outside.fn) };
  return { kind: "Global", global: outside.global, set: outside.set === true, otherwise: null };
}
