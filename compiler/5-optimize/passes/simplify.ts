/**
 * One forward walk that substitutes copies and constants, finds known callees, folds tests, and flattens joins; one backward
 * walk over its result that drops what nobody uses. Laws kept: effects stay in order and happen as often as before.
 *
 *   (let x (use a)) e                 -> e[a/x]
 *   (apply f args), f a known closure -> (call f args)
 *   (apply k v), k a continuation     -> (resume k v); in tail position (jump k v)
 *   (if (not x) a b)                  -> (if x b a)
 *   (let x (head l)) ... (let y (head l)) e -> ... e[x/y]  of what only looks at its arguments
 *   (join j (p) ... (jump j a)) e     -> ... e[a/p]        where that is the only jump to j
 */
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { mapAtoms } from "../../ir/core-rewrite.ts";
import { isCallOf, opAtoms } from "../../ir/core-walk.ts";
import { hasNoEffect } from "../../ir/op-effects.ts";
import type { World } from "../../ir/world.ts";

export function simplify(module: Core.Module, world: World, context: Context): Core.Module {
  const one = (lambda: Core.Lambda): Core.Lambda => prune(forward(lambda, context), world);
  return {
    ...module,
    functions: module.functions.map((f) => ({ ...f, lambda: one(f.lambda) })),
    init: one(module.init),
  };
}

// ---- forward ----

function forward(lambda: Core.Lambda, context: Context): Core.Lambda {
  const replaced = new Map<Core.Var, Core.Atom>();
  const definitions = new Map<Core.Var, Core.Op>();
  const jumps = countJumps(lambda.body);
  // Operations whose result is still at hand, by their text; those made in a branch are forgotten at its end.
  const available = new Map<string, Core.Var>();
  let trail: string[] = [];
  const scoped = <T>(f: () => T): T => {
    const outer = trail;
    trail = [];
    const result = f();
    for (const key of trail) available.delete(key);
    trail = outer;
    return result;
  };

  const atom = (a: Core.Atom): Core.Atom => (a.kind === "Var" ? (replaced.get(a.var) ?? a) : a);
  const definition = (a: Core.Atom): Core.Op | undefined => (a.kind === "Var" ? definitions.get(a.var) : undefined);

  /** x, if the atom is `(not x)`. */
  const negated = (a: Core.Atom): Core.Atom | null => {
    const op = definition(a);
    return isCallOf(op, "not") && op.args.length === 1 ? op.args[0] : null;
  };

  const operation = (op: Core.Op, tail: boolean): Core.Op => {
    if (op.kind === "Closure") return { kind: "Closure", lambda: inner(op.lambda) };
    const mapped = mapAtoms(op, atom);
    return mapped.kind === "Apply" ? known(mapped, tail) : mapped;
  };
  const known = (op: Core.Op & { kind: "Apply" }, tail: boolean): Core.Op => {
    const made = definition(op.callee);
    if (made?.kind === "Closure" && op.callee.kind === "Var") {
      const { params, rest, thunk } = made.lambda;
      if (!rest && !thunk && params.length === op.args.length)
        return { kind: "Call", fn: { kind: "Local", var: op.callee.var }, args: op.args };
    }
    if (made?.kind === "Prim" && made.prim === "function" && op.args.length === 1)
      return { kind: "Prim", prim: tail ? "jump" : "resume", args: [made.args[0], op.args[0]] };
    if (isCallOf(made, "effect/function") && op.args.length === 1)
      return { ...made, fn: { kind: "Builtin", name: "effect/resume" }, args: [made.args[0], op.args[0]] };
    return op;
  };
  const inner = (l: Core.Lambda): Core.Lambda => ({ ...l, body: block(l.body) });

  const block = (b: Core.Block): Core.Block => scoped(() => open(b));
  const open = (b: Core.Block): Core.Block => {
    const stmts: Core.Stmt[] = [];
    for (const stmt of b.stmts) {
      switch (stmt.kind) {
        case "Let": {
          // A closure can be called by its own code, so it is known before its body is looked at.
          if (stmt.op.kind === "Closure") definitions.set(stmt.var, stmt.op);
          const op = operation(stmt.op, false);
          const key = repeatable(op);
          const before = key === null ? undefined : available.get(key);
          if (op.kind === "Use") replaced.set(stmt.var, op.atom);
          else if (before !== undefined) replaced.set(stmt.var, { kind: "Var", var: before });
          else {
            if (key !== null) {
              available.set(key, stmt.var);
              trail.push(key);
            }
            definitions.set(stmt.var, op);
            stmts.push({ ...stmt, op });
          }
          break;
        }
        case "Guard": {
          const value = atom(stmt.value);
          // `(not E)` is E.
          const guarded = negated(value) ?? value;
          if (guarded.kind === "Var") stmts.push({ ...stmt, value: guarded });
          break;
        }
        case "Report": {
          const value = atom(stmt.value);
          if (value.kind === "Var") stmts.push({ ...stmt, value });
          break;
        }
        case "Join": {
          const body = block(stmt.body);
          const last = body.end;
          if (last.kind === "Jump" && last.label === stmt.label && jumps.get(stmt.label) === 1) {
            stmts.push(...body.stmts);
            stmt.params.forEach((p, k) => void replaced.set(p, last.args[k]));
          } else if (jumps.get(stmt.label) === undefined) {
            // Nothing ever goes on after it.
            stmts.push(...body.stmts);
            return { stmts, end: body.end };
          } else stmts.push({ ...stmt, body });
          break;
        }
        default:
          stmt satisfies never;
      }
    }
    return finish(stmts, b.end);
  };

  const finish = (stmts: Core.Stmt[], end: Core.End): Core.Block => {
    switch (end.kind) {
      case "Return":
        return { stmts, end: { ...end, value: atom(end.value) } };
      case "Tail": {
        const op = operation(end.op, true);
        return { stmts, end: op.kind === "Use" ? { kind: "Return", value: op.atom } : { ...end, op } };
      }
      case "Jump":
        return { stmts, end: { ...end, args: end.args.map(atom) } };
      case "If": {
        const test = atom(end.test);
        const truth = truthOf(test);
        if (truth !== null) {
          const taken = block(truth ? end.then : end.else);
          return { stmts: [...stmts, ...taken.stmts], end: taken.end };
        }
        const positive = negated(test);
        if (positive !== null) return finish(stmts, { kind: "If", test: positive, then: end.else, else: end.then });
        return { stmts, end: { kind: "If", test, then: block(end.then), else: block(end.else) } };
      }
      case "Loop":
        return { stmts, end: { ...end, inits: end.inits.map(atom), body: block(end.body) } };
      default:
        return end satisfies never;
    }
  };
  void context;
  return { ...lambda, body: block(lambda.body) };
}

/** A text for operations that give the same for the same variables, however often they run; null for all others. */
function repeatable(op: Core.Op): string | null {
  const name =
    op.kind === "Arith"
      ? op.op
      : op.kind === "Call" && op.fn.kind === "Builtin" && looking.has(op.fn.name)
        ? op.fn.name
        : null;
  if (name === null || (op.kind !== "Arith" && op.kind !== "Call")) return null;
  let key: string = name;
  for (const a of op.args) {
    if (a.kind === "Var") key += ` v${a.var.id}`;
    else if (a.kind === "Lit")
      key += ` ${typeof a.value} ${Object.is(a.value, -0) ? "-0" : JSON.stringify(String(a.value))}`;
    else return null;
  }
  return key;
}
const looking: ReadonlySet<string> = new Set(["head", "tail", "len", "nil?", "list?", "fst", "snd"]);

const truthOf = (atom: Core.Atom): boolean | null => {
  switch (atom.kind) {
    case "Var":
      return null;
    case "Lit":
      return atom.value !== 0 && atom.value !== 0n;
    case "Nil":
      return false;
    default:
      return true;
  }
};

/** How often each label is jumped to, Guards included; labels without a jump are absent. */
function countJumps(body: Core.Block): ReadonlyMap<Core.Label, number> {
  const counts = new Map<Core.Label, number>();
  const add = (label: Core.Label | null): void => {
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  };
  const visit = (b: Core.Block): void => {
    for (const s of b.stmts) {
      if (s.kind === "Guard") add(s.label);
      if (s.kind === "Join") visit(s.body);
      if (s.kind === "Let" && s.op.kind === "Closure") visit(s.op.lambda.body);
    }
    const { end } = b;
    if (end.kind === "Jump") add(end.label);
    if (end.kind === "If") {
      visit(end.then);
      visit(end.else);
    } else if (end.kind === "Loop") visit(end.body);
    else if (end.kind === "Tail" && end.op.kind === "Closure") visit(end.op.lambda.body);
  };
  visit(body);
  return counts;
}

// ---- backward ----

/** Drops operations without effects whose variable nobody uses. */
function prune(lambda: Core.Lambda, world: World): Core.Lambda {
  const used = new Set<Core.Var>();
  const use = (a: Core.Atom): void => {
    if (a.kind === "Var") used.add(a.var);
  };
  const block = (b: Core.Block): Core.Block => {
    const end = ending(b.end);
    const kept: Core.Stmt[] = [];
    for (let i = b.stmts.length - 1; i >= 0; i--) {
      const s = b.stmts[i];
      if (s.kind === "Let") {
        if (!used.has(s.var) && hasNoEffect(s.op, world)) continue;
        if (s.op.kind === "Closure")
          kept.push({ ...s, op: { kind: "Closure", lambda: { ...s.op.lambda, body: block(s.op.lambda.body) } } });
        else {
          for (const a of opAtoms(s.op)) use(a);
          kept.push(s);
        }
      } else if (s.kind === "Join") kept.push({ ...s, body: block(s.body) });
      else {
        use(s.value);
        if (s.kind === "Report") used.add(s.loaded);
        kept.push(s);
      }
    }
    return { stmts: kept.reverse(), end };
  };
  const ending = (end: Core.End): Core.End => {
    switch (end.kind) {
      case "Return":
        use(end.value);
        return end;
      case "Tail":
        if (end.op.kind === "Closure")
          return { ...end, op: { kind: "Closure", lambda: { ...end.op.lambda, body: block(end.op.lambda.body) } } };
        for (const a of opAtoms(end.op)) use(a);
        return end;
      case "Jump":
        for (const a of end.args) use(a);
        return end;
      case "If":
        use(end.test);
        return { ...end, then: block(end.then), else: block(end.else) };
      case "Loop":
        for (const a of end.inits) use(a);
        return { ...end, body: block(end.body) };
      default:
        return end satisfies never;
    }
  };
  return { ...lambda, body: block(lambda.body) };
}
