/**
 * Inlining: closures that are called once and not otherwise used, small functions of the module that only compute, and of two
 * small functions that call each other in tail position each into the other, which makes loops of them.
 *
 *   (let f (closure (x) e)) ... (let v (call f a)) ...  ->  ... (join j (v) e[a/x], returning to j) ...
 *
 * A function that can call user code keeps its frame, so that its name stays in stack traces; leaves do not have one to show.
 */
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { copyBlock, returnTo, rewriteBlock } from "../../ir/core-rewrite.ts";
import { forEachOp, forEachStmt, opAtoms } from "../../ir/core-walk.ts";
import { hasNoEffect } from "../../ir/op-effects.ts";
import type { World } from "../../ir/world.ts";

/** Largest number of operations of a function that is copied to its calls. */
const SMALL = 8;

export function inline(module: Core.Module, world: World, context: Context): Core.Module {
  const partners = findPartners(module);
  const small = new Map(module.functions.filter((f) => isSmallLeaf(f.lambda, world)).map((f) => [f.name, f.lambda]));
  const one = (lambda: Core.Lambda, name: string | null): Core.Lambda => {
    const once = calledOnce(lambda);
    const moved = new Map<Core.Var, Core.Lambda>();
    const walk = (l: Core.Lambda): Core.Lambda => ({ ...l, body: block(l.body) });
    const block = (b: Core.Block): Core.Block =>
      rewriteBlock(b, {
        lambda: walk,
        stmt: (s) => {
          if (s.kind !== "Let") return [s];
          if (s.op.kind === "Closure" && once.has(s.var)) {
            moved.set(s.var, s.op.lambda);
            return [];
          }
          const body = bodyFor(s.op);
          if (body === null) return [s];
          const label = { id: context.fresh(), name: "join" };
          return [{ kind: "Join", label, params: [s.var], body: returnTo(body, label, context.fresh) }];
        },
        end: (e, before) => {
          if (e.kind !== "Tail") return e;
          const body = bodyFor(e.op) ?? partnerFor(e.op, name);
          if (body === null) return e;
          before.push(...body.stmts);
          return body.end;
        },
      });
    const bodyFor = (op: Core.Op): Core.Block | null => {
      if (op.kind !== "Call") return null;
      const local = op.fn.kind === "Local" ? moved.get(op.fn.var) : undefined;
      if (local !== undefined) return bound(local, op.args, local.body);
      const own = op.fn.kind === "Own" ? small.get(op.fn.name) : undefined;
      if (own === undefined) return null;
      return copyBlock(own.body, context.fresh, new Map(own.params.map((p, i) => [p, op.args[i]])));
    };
    // Only in the function's own code: a tail call in a closure is another function's end.
    const partnerFor = (op: Core.Op, from: string | null): Core.Block | null => {
      if (op.kind !== "Call" || op.fn.kind !== "Own" || from === null || partners.get(from) !== op.fn.name) return null;
      const other = module.functions.find((f) => f.name === partners.get(from))?.lambda;
      return other === undefined
        ? null
        : copyBlock(other.body, context.fresh, new Map(other.params.map((p, i) => [p, op.args[i]])));
    };
    return walk(lambda);
  };
  return {
    ...module,
    functions: module.functions.map((f) => ({ ...f, lambda: one(f.lambda, f.name) })),
    init: one(module.init, null),
  };
}

/** Pairs of small functions without closures, each of which calls the other in tail position. */
function findPartners(module: Core.Module): ReadonlyMap<string, string> {
  const tails = new Map<string, ReadonlySet<string>>();
  for (const { name, lambda } of module.functions) {
    const called = new Set<string>();
    let size = 0;
    forEachOp(lambda.body, (op, v) => {
      size += op.kind === "Closure" ? SMALL + 1 : 1;
      if (v === null && op.kind === "Call" && op.fn.kind === "Own" && op.fn.name !== name) called.add(op.fn.name);
    });
    let loops = lambda.rest;
    forEachStmt(
      lambda.body,
      () => {},
      (end) => {
        loops ||= end.kind === "Loop";
      },
    );
    if (size <= SMALL && !loops) tails.set(name, called);
  }
  const partners = new Map<string, string>();
  for (const [name, called] of tails)
    for (const other of called) if (tails.get(other)?.has(name) && !partners.has(name)) partners.set(name, other);
  return partners;
}

/** A body with its parameters bound to the arguments; the variables stay, since it exists only once. */
const bound = (lambda: Core.Lambda, args: readonly Core.Atom[], body: Core.Block): Core.Block => ({
  stmts: [
    ...lambda.params.map(
      (p, i): Core.Stmt => ({ kind: "Let", var: p, op: { kind: "Use", atom: args[i] }, span: lambda.span }),
    ),
    ...body.stmts,
  ],
  end: body.end,
});

const isSmallLeaf = (lambda: Core.Lambda, world: World): boolean => {
  let size = 0;
  let leaf = !lambda.rest;
  forEachOp(lambda.body, (op) => {
    size++;
    if (op.kind === "Closure" || op.kind === "Prim" || !hasNoEffect(op, world)) leaf = false;
  });
  forEachStmt(
    lambda.body,
    () => {},
    (end) => {
      if (end.kind === "Loop") leaf = false;
    },
  );
  return leaf && size <= SMALL;
};

/**
 * Closures whose one use is a call in the function that made them: not in another closure, where the call may happen again, and
 * not in a loop that the closure is made outside of.
 */
function calledOnce(lambda: Core.Lambda): ReadonlySet<Core.Var> {
  const uses = new Map<Core.Var, number>();
  const calls = new Map<Core.Var, number>();
  const depths = new Map<Core.Var, number>();
  const made = new Set<Core.Var>();
  const count = (map: Map<Core.Var, number>, v: Core.Var): void => void map.set(v, (map.get(v) ?? 0) + 1);
  const atom = (a: Core.Atom): void => {
    if (a.kind === "Var") count(uses, a.var);
  };
  const operation = (op: Core.Op, depth: number): void => {
    if (op.kind === "Closure") {
      visit(op.lambda.body, depth + 1);
      return;
    }
    for (const a of opAtoms(op)) atom(a);
    if (op.kind === "Call" && op.fn.kind === "Local" && depths.get(op.fn.var) === depth) count(calls, op.fn.var);
  };
  const visit = (b: Core.Block, depth: number): void => {
    for (const s of b.stmts) {
      if (s.kind === "Let") {
        if (s.op.kind === "Closure" && !s.op.lambda.thunk && !s.op.lambda.rest) {
          made.add(s.var);
          depths.set(s.var, depth);
        }
        operation(s.op, depth);
      } else if (s.kind === "Join") visit(s.body, depth);
      else atom(s.value);
    }
    const { end } = b;
    if (end.kind === "Return") atom(end.value);
    else if (end.kind === "Tail") operation(end.op, depth);
    else if (end.kind === "Jump") for (const a of end.args) atom(a);
    else if (end.kind === "If") {
      atom(end.test);
      visit(end.then, depth);
      visit(end.else, depth);
    } else {
      for (const a of end.inits) atom(a);
      visit(end.body, depth + 1e6);
    }
  };
  visit(lambda.body, 0);
  return new Set([...made].filter((v) => uses.get(v) === 1 && calls.get(v) === 1));
}
