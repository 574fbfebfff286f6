/**
 * Values that are used once are written where they are used, and not before: until then they are pending. Laws:
 *
 * - Only what is used once waits, so nothing is computed twice, or in a closure or a loop it does not stand in.
 * - Effects happen in the order of the program. Pending effects are in that order; an operation takes over all of them, in
 *   order, or they are written before it. An expression that has taken over an effect is one.
 * - What has no effect may move past effects: it reads nothing that changes.
 * - Before control divides or comes together no effect is pending.
 */
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import type { Pending, Writer } from "./writer.ts";

/** Deeper expressions get a name in between, to be readable. */
const DEPTH = 4;

/** The atom; what was pending for it is part of the expression that is being made. */
export function atom(w: Writer, a: Core.Atom): Expression {
  switch (a.kind) {
    case "Var":
      return take(w, a.var) ?? named(w, a.var);
    case "Lit":
      return typeof a.value === "bigint" ? build.bigint(a.value) : build.literal(a.value);
    case "Nil":
      return w.host.runtime("kernel/list", "nil");
    case "Datum":
      return w.host.constant(a);
    case "Fn":
      return w.host.fn(a.fn);
    default:
      return a satisfies never;
  }
}

const named = (w: Writer, v: Cps.Var): Expression => {
  w.taken.reads.add(v);
  return build.id(w.name(v));
};

function take({ pending, taken }: Writer, v: Cps.Var): Expression | null {
  const waiting = pending.get(v);
  if (waiting === undefined) return null;
  pending.delete(v);
  for (const read of waiting.reads) taken.reads.add(read);
  taken.depth = Math.max(taken.depth, waiting.depth);
  taken.effects ||= !waiting.pure;
  return waiting.expression;
}

/** The operands of an operation, once everything that must come first has been written. `twice`: they will be repeated. */
export function operands(w: Writer, atoms: readonly Core.Atom[], out: Statement[], twice = false): Expression[] {
  flushUnlessTaken(w, atoms, out);
  for (const a of atoms) {
    const waiting = a.kind === "Var" ? w.pending.get(a.var) : undefined;
    if (a.kind !== "Var" || waiting === undefined || !needsName(waiting, twice)) continue;
    // What is pure may be written after other things, but not before an effect it stood behind.
    if (!waiting.pure) flushEffects(w, out);
    write(w, a.var, out);
  }
  return atoms.map((a) => atom(w, a));
}

const needsName = (waiting: Pending, twice: boolean): boolean =>
  waiting.depth >= DEPTH || (twice && waiting.expression.type !== "Identifier");

/** Writes what is pending for the variable, if anything is. */
function write({ pending, name }: Writer, v: Cps.Var, out: Statement[]): void {
  const waiting = pending.get(v);
  if (waiting === undefined) return;
  pending.delete(v);
  out.push(build.located(build.declare("const", name(v), waiting.expression), waiting.span));
}

const effectsOf = ({ pending }: Writer): readonly Cps.Var[] => [...pending].filter(([, p]) => !p.pure).map(([v]) => v);

export function flushEffects(w: Writer, out: Statement[]): void {
  for (const v of effectsOf(w)) write(w, v, out);
}

/** ... unless these atoms, in this order, take over all of them. */
export function flushUnlessTaken(w: Writer, atoms: readonly Core.Atom[], out: Statement[]): void {
  const effects = effectsOf(w);
  const used = atoms.flatMap((a) => (a.kind === "Var" && effects.includes(a.var) ? [a.var] : []));
  if (used.length !== effects.length || used.some((v, i) => v !== effects[i])) flushEffects(w, out);
}
