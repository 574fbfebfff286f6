/**
 * Quoted code. A list whose names are all known carries two closures: one runs it, the other gives its frame to code that is
 * compiled at run time, and runs the literals in it. The frame holds the names that stand in the list and no others. A list that
 * nobody could run, or that means the same whoever runs it, is data.
 */
import type * as Core from "../ir/core.ts";
import type * as Kernel from "../ir/kernel.ts";
import { forEachChild } from "../ir/kernel-children.ts";
import { impossible } from "../source/impossible.ts";
import { openCells, thunkOf } from "./functions.ts";
import { bind, blockOf, type Lowering, NIL, prim, type Seen, varAtom, variable } from "./lowering.ts";
import { cellOf, finalOp, globalFinal, valueOf } from "./names.ts";

export function quotedCode(l: Lowering, expr: Kernel.Code, b: Core.Stmt[]): Core.Op {
  const seen = l.facts.visible.get(expr) ?? [];
  const locals = namesAround(l, expr);
  const bodies = expr.bodies.filter(({ lambda }) => isKnown(l, lambda.body));
  const open =
    bodies.length < expr.bodies.length ||
    (expr.bodies.every(({ index }) => index > 0) && (isDeep(expr.datum) || isCode(expr.datum)));
  const globals = locals.length > 0 || open ? seen.filter(({ read }) => isOfProgram(l, read)) : [];
  const datum: Core.Atom = { kind: "Datum", datum: expr.datum };
  if (bodies.length === 0 && locals.length === 0 && globals.length === 0) return { kind: "Use", atom: datum };
  const whole = bodies.find(({ index }) => index === 0);
  const parts = bodies.filter((body) => body !== whole);
  const run = whole === undefined ? NIL : bind(l, b, "code", code(l, whole.lambda), expr.span);
  const needed = parts.length > 0 || locals.length > 0 || globals.length > 0;
  const inner = needed ? bind(l, b, "inner", innerCode(l, expr, parts, locals, globals), expr.span) : NIL;
  const indexes = parts.map(({ index }): Core.Atom => ({ kind: "Lit", value: index }));
  return prim("quoted", datum, run, inner, ...indexes);
}

/** Could it be run, as far as its head says? If it has no code, it stood too deep in other literals and is compiled when it is run. */
const isCode = ({ items: [head] }: Kernel.Code["datum"]): boolean =>
  head?.kind === "Symbol" ? !head.name.startsWith(":") : head?.kind === "List" && head.bracket === "form";

/** Are there lists in the lists of it? They have no code of their own, and are compiled when they are run. */
const isDeep = (datum: Kernel.Code["datum"]): boolean =>
  datum.items.some(
    (item) =>
      item.kind === "List" &&
      item.bracket === "braces" &&
      item.items.some((part) => part.kind === "List" && part.items.length > 0),
  );

/** Names and values, or cells, of the frames around a node. */
export function namesAround(l: Lowering, expr: Kernel.Expr): readonly Core.Atom[] {
  return (l.facts.visible.get(expr) ?? []).flatMap(({ name, read: { cells, end } }) => {
    const places = cells.map((v) => cellOf(l, v));
    if (end.kind === "value") places.push(valueOf(l, end.variable));
    if (end.kind === "cell") places.push(cellOf(l, end.variable));
    return places.flatMap((place): Core.Atom[] => [{ kind: "Lit", value: name }, place]);
  });
}

/** Do frames or globals bind every name in it? (Literals in it are asked on their own.) */
function isKnown(l: Lowering, expr: Kernel.Expr): boolean {
  if (expr.kind === "Ref") {
    const read = l.facts.reads.get(expr);
    const { globals } = l.facts;
    return (
      read === undefined ||
      read.cells.length > 0 ||
      read.end.kind !== "global" ||
      globals.has(expr.name) ||
      l.world.lookup(expr.own ?? expr.name) !== null
    );
  }
  let known = true;
  if (expr.kind !== "Code")
    forEachChild(expr, (child) => {
      known &&= isKnown(l, child);
    });
  return known;
}

/** A global of this module or of one that it loads: what is the library's everybody finds. */
const isOfProgram = ({ facts, world }: Lowering, { cells, end }: Seen["read"]): boolean => {
  if (end.kind !== "global" || cells.length > 0) return false;
  const outside = world.lookup(end.name);
  return facts.globals.has(end.name) || (outside !== null && outside !== world.builtin(end.name));
};

/** The value of a global when the frame is asked for, unset where it is. */
const globalNow = (l: Lowering, { end }: Seen["read"]): Core.Op =>
  end.kind === "global" ? finalOp(globalFinal(l, { ...end, set: true })) : impossible("a global that is a local name");

const code = (l: Lowering, lambda: Kernel.Lambda): Core.Op => ({
  kind: "Closure",
  lambda: { ...thunkOf(l, "code", bodyOf(l, lambda), lambda.span), code: true },
});

const bodyOf = (l: Lowering, lambda: Kernel.Lambda): Core.Block =>
  blockOf((b) => {
    openCells(l, lambda, b, lambda.span);
    return l.finish(lambda.body, b, null);
  });

/** To code that is compiled at run time names of the frames around it are like globals, but they come first. */
const isOfFrame = ({ world }: Lowering, { end }: Seen["read"]): boolean => {
  const outside = end.kind === "global" ? world.lookup(end.name) : null;
  return outside?.kind === "variable" && outside.frame === true;
};

/** The frame for 0; runs part i for i + 1. */
function innerCode(
  l: Lowering,
  { span }: Kernel.Code,
  parts: readonly Kernel.CodeBody[],
  locals: readonly Core.Atom[],
  globals: readonly Seen[],
): Core.Op {
  const part = variable(l, "part");
  const frame = blockOf((b) => {
    const values = (of: readonly Seen[]): readonly Core.Atom[] =>
      of.flatMap(({ name, read }) => [{ kind: "Lit", value: name }, bind(l, b, name, globalNow(l, read), span)]);
    const framed = values(globals.filter(({ read }) => isOfFrame(l, read)));
    const others = values(globals.filter(({ read }) => !isOfFrame(l, read)));
    const separator: readonly Core.Atom[] = others.length > 0 ? [{ kind: "Lit", value: "" }] : [];
    return { kind: "Tail", op: prim("frame", ...locals, ...framed, ...separator, ...others), span };
  });
  const body = parts.reduceRight<Core.Block>((otherwise, { lambda }, i) => {
    const then = bodyOf(l, lambda);
    return blockOf((b) => {
      const op: Core.Op = {
        kind: "Arith",
        op: "==",
        args: [varAtom(part), { kind: "Lit", value: i + 1 }],
        checks: [false, false],
      };
      return { kind: "If", test: bind(l, b, "t", op, span), then, else: otherwise };
    });
  }, frame);
  return { kind: "Closure", lambda: { ...thunkOf(l, "inner", body, span, [part]), code: true } };
}
