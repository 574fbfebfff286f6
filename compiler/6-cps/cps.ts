/**
 * core -> cps: fast bodies, resume functions, loops.
 *
 * The fast body has everything inline. The resume function of call i holds the code after it; where that comes to the next call
 * that may unwind, it goes on in a function made of the rest after that call, unless that rest is short. So code size stays
 * linear: every rest is written once, every call has one resume function, whichever way control came to it. A join point or loop
 * that a resume function leaves to becomes a function in the same way. Afterwards the laws of ir/cps.ts hold.
 */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import { forEachStmt } from "../ir/core-walk.ts";
import type * as Cps from "../ir/cps.ts";
import { hasNoEffect } from "../ir/op-effects.ts";
import type { World } from "../ir/world.ts";
import { impossible } from "../source/impossible.ts";
import { mangle } from "../source/names.ts";
import type { Span } from "../source/span.ts";
import { fuelBlock } from "./fuel.ts";
import { liveness } from "./liveness.ts";
import { loopBindings } from "./loop-bindings.ts";
import { unwinds as findUnwinds, type Unwinds } from "./unwinds.ts";

/** Rests of at most this many operations, without a call that may unwind, are repeated instead of called. */
const SHORT = 4;

export function cps(
  module: Core.Module,
  world: World,
  context: Context,
): { readonly module: Cps.Module; readonly unwinds: Unwinds } {
  const facts = findUnwinds(module, world);
  // Names are JavaScript's from here on; parts get `$` and a digit or a letter, which no mangled name has.
  const taken = new Set([...module.functions.map((f) => mangle(f.name)), ...module.variables.map(mangle)]);
  const used = new Set(taken);
  const unique = (base: string): string => {
    let candidate = base;
    for (let i = 2; used.has(candidate); i++) candidate = `${base}_${i}`;
    used.add(candidate);
    return candidate;
  };
  const entry = (name: string, top: string, lambda: Core.Lambda, calls = 1): Cps.Entry => {
    const parts: Cps.Function[] = [];
    const shared: Shared = { facts, world, context, parts, unique, closures: new Map(), owner: lambda.name, calls };
    const fn = translate(lambda, { kind: "Top", name: top }, top, shared);
    return { name, arity: arityOf(lambda), fn, unwinds: facts.lambda(lambda.id).unwinds, parts };
  };
  const entries = module.functions.map((f) => entry(f.name, mangle(f.name), f.lambda, f.twin === undefined ? 1 : 2));
  const init = entry("init", unique("init"), module.init);
  return { module: { entries, variables: module.variables, init, exports: module.exports }, unwinds: facts };
}

const arityOf = (lambda: Core.Lambda): Cps.Arity => ({
  params: lambda.params.length - (lambda.rest ? 1 : 0),
  rest: lambda.rest,
});

interface Shared {
  readonly facts: Unwinds;
  readonly world: World;
  readonly context: Context;
  readonly parts: Cps.Function[];
  readonly unique: (base: string) => string;
  /** A closure written in several places has its parts once. */
  readonly closures: Map<number, Cps.Function>;
  readonly owner: string | null;
  /** How many calls the entry burns fuel for. */
  readonly calls: number;
}

/** Where the code of a label is: the statements after a join in their block, or a loop. */
type Place =
  | { readonly kind: "join"; readonly join: Core.Join; readonly block: Core.Block; readonly index: number }
  | { readonly kind: "loop"; readonly loop: LoopEnd };

function translate(source: Core.Lambda, self: Cps.Self, name: string, shared: Shared): Cps.Function {
  const lambda = loopBindings(source, shared.context);
  const { facts, world, parts } = shared;
  const live = liveness(lambda);
  const places = findPlaces(lambda.body);
  const reachedAgain = findReachedAgain(lambda.body, facts);
  const made = new Map<object, string>(); // call or label -> the name of its function
  const rests = new Map<Core.Let, string>();
  const jobs: (() => void)[] = []; // parts still to be written: a queue, because a top level can have thousands in a row
  let calls = 0;

  /** Labels inside the function that is being written; all others are left by calling a function. */
  type Local = ReadonlySet<Core.Label>;

  const stmtsFrom = (block: Core.Block, from: number, local: Local, fast: boolean): Cps.Stmt[] => {
    const out: Cps.Stmt[] = [];
    for (let i = from; i < block.stmts.length; i++) {
      const stmt = block.stmts[i];
      switch (stmt.kind) {
        case "Let": {
          out.push({ kind: "Let", var: stmt.var, op: operation(stmt.op, stmt.var), span: stmt.span });
          if (!facts.op(stmt.op)) break;
          const resume = resumeOf(stmt, block, i);
          out.push({ kind: "Check", var: stmt.var, resume, live: live.after(stmt) });
          if (!fast && !isShort(block, i + 1)) {
            const rest = restOf(stmt, block, i);
            out.push(goto(rest, [stmt.var, ...live.after(stmt)].map(varAtom)));
            return out;
          }
          break;
        }
        case "Guard":
          out.push({ kind: "Guard", value: stmt.value, exit: leave(stmt.label, [stmt.value], local, fast) });
          break;
        case "Report":
          out.push(stmt);
          break;
        case "Join": {
          if (stmt.params.length > 0) out.push({ kind: "Declare", vars: stmt.params });
          const body = stmtsFrom(stmt.body, 0, new Set([...local, stmt.label]), fast);
          // A body that always goes on in a rest never comes back.
          if (!breaksTo(body, stmt.label)) return [...out, ...body];
          out.push({ kind: "Labeled", label: stmt.label, body });
          break;
        }
        default:
          stmt satisfies never;
      }
    }
    out.push(...ending(block.end, local, fast));
    return out;
  };

  const ending = (end: Core.End, local: Local, fast: boolean): readonly Cps.Stmt[] => {
    switch (end.kind) {
      case "Return":
        return [{ kind: "Return", op: { kind: "Use", atom: end.value }, span: null }];
      case "Tail":
        return [{ kind: "Return", op: operation(end.op, null), span: end.span }];
      case "Jump":
        return leave(end.label, end.args, local, fast, end.span);
      case "If":
        return [
          {
            kind: "If",
            test: end.test,
            then: stmtsFrom(end.then, 0, local, fast),
            else: stmtsFrom(end.else, 0, local, fast),
          },
        ];
      case "Loop":
        return [
          { kind: "Declare", vars: end.params },
          { kind: "Assign", vars: end.params, values: end.inits },
          { kind: "Loop", label: end.label, body: stmtsFrom(end.body, 0, new Set([...local, end.label]), fast) },
        ];
      default:
        return end satisfies never;
    }
  };

  /** Goes to a label: inside this function by break or continue, else by calling the function of its code. */
  const leave = (
    label: Core.Label | null,
    args: readonly Core.Atom[],
    local: Local,
    fast: boolean,
    span: Span | null = null,
  ): readonly Cps.Stmt[] => {
    if (label === null) return [{ kind: "Return", op: { kind: "Use", atom: args[0] }, span: null }];
    const place = places.get(label) ?? impossible(`jump to unknown label ${label.name}`);
    if (local.has(label)) {
      const params = place.kind === "join" ? place.join.params : place.loop.params;
      const assign: Cps.Stmt[] = params.length === 0 ? [] : [{ kind: "Assign", vars: params, values: args }];
      return [...assign, { kind: place.kind === "join" ? "Break" : "Continue", label }];
    }
    if (place.kind === "join" && isShort(place.block, place.index + 1)) {
      const bound = place.join.params.map(
        (p, i): Cps.Stmt => ({ kind: "Let", var: p, op: { kind: "Use", atom: args[i] }, span: lambda.span }),
      );
      return [...bound, ...stmtsFrom(place.block, place.index + 1, local, fast)];
    }
    return [goto(labelFunction(label, place), [...args, ...live.label(label).map(varAtom)], span)];
  };

  const goto = (target: string, args: readonly Core.Atom[], span: Span | null = null): Cps.Stmt => ({
    kind: "Return",
    op: { kind: "Goto", target, args },
    span,
  });

  const operation = (op: Core.Op, bound: Core.Var | null): Cps.Op => {
    if (op.kind !== "Closure") return op;
    const inner = op.lambda;
    const innerSelf: Cps.Self =
      bound === null ? impossible("closure without a variable") : { kind: "Local", var: bound };
    const known = shared.closures.get(inner.id);
    if (known !== undefined) return { kind: "Closure", fn: known, arity: inner.thunk ? null : arityOf(inner) };
    const fn = translate(inner, innerSelf, shared.unique(`${name}$$${mangle(inner.name ?? "fn")}`), {
      ...shared,
      owner: inner.thunk ? shared.owner : inner.name,
    });
    shared.closures.set(inner.id, fn);
    return { kind: "Closure", fn, arity: inner.thunk ? null : arityOf(inner) };
  };

  const none: Local = new Set();
  const loopOf = (loop: LoopEnd, fast: boolean): Cps.Stmt => ({
    kind: "Loop",
    label: loop.label,
    body: stmtsFrom(loop.body, 0, new Set([loop.label]), fast),
  });
  const part = (part: Omit<Cps.Function, "owner">): void => void parts.push({ ...part, owner: shared.owner });
  const resumeOf = (stmt: Core.Let, block: Core.Block, index: number): string => {
    const known = made.get(stmt);
    if (known !== undefined) return known;
    const resume = shared.unique(`${name}$${++calls}`);
    made.set(stmt, resume);
    jobs.push(() => {
      const slots = live.after(stmt);
      const loads = slots.map((v, i): Cps.Stmt => ({ kind: "Slot", var: v, index: i, count: slots.length }));
      const again = reachedAgain.has(stmt) && !isShort(block, index + 1);
      const body = again
        ? [goto(restOf(stmt, block, index), [stmt.var, ...slots].map(varAtom))]
        : stmtsFrom(block, index + 1, none, false);
      part({ name: resume, role: "resume", params: [stmt.var], body: [...loads, ...body], span: stmt.span });
    });
    return resume;
  };
  const restOf = (stmt: Core.Let, block: Core.Block, index: number): string => {
    const known = rests.get(stmt);
    if (known !== undefined) return known;
    const rest = shared.unique(`${made.get(stmt) ?? name}b`);
    rests.set(stmt, rest);
    const params = [stmt.var, ...live.after(stmt)];
    jobs.push(() =>
      part({ name: rest, role: "rest", params, body: stmtsFrom(block, index + 1, none, false), span: stmt.span }),
    );
    return rest;
  };
  const labelFunction = (label: Core.Label, place: Place): string => {
    const known = made.get(label);
    if (known !== undefined) return known;
    // A loop that is the whole body of a module-level function: the function itself.
    const itself = place.kind === "loop" && place.loop === wholeLoop(lambda) && self.kind === "Top";
    const target = itself ? name : shared.unique(`${name}$${place.kind === "join" ? "j" : "l"}`);
    made.set(label, target);
    if (itself) return target;
    const params = [...(place.kind === "join" ? place.join.params : place.loop.params), ...live.label(label)];
    jobs.push(() => {
      const body =
        place.kind === "join" ? stmtsFrom(place.block, place.index + 1, none, false) : [loopOf(place.loop, false)];
      part({ name: target, role: "rest", params, body, span: lambda.span });
    });
    return target;
  };

  const isShort = (block: Core.Block, from: number): boolean => {
    let size = 0;
    const count = (op: Core.Op): void => void (size += op.kind === "Closure" || facts.op(op) ? SHORT + 1 : 1);
    for (const stmt of block.stmts.slice(from, from + SHORT + 1)) {
      if (stmt.kind === "Let") count(stmt.op);
      else size += stmt.kind === "Join" ? SHORT + 1 : 1;
    }
    const end = block.end;
    if (end.kind === "Tail") size += 1;
    if (end.kind === "If") size += 2 + (isShort(end.then, 0) && isShort(end.else, 0) ? 0 : SHORT);
    if (end.kind === "Loop") size += SHORT + 1;
    if (block.stmts.length - from > SHORT) size += SHORT;
    return size <= SHORT;
  };

  const whole = wholeLoop(lambda);
  const params = whole?.params ?? lambda.params;
  const body: readonly Cps.Stmt[] = whole === null ? stmtsFrom(lambda.body, 0, none, true) : [loopOf(whole, true)];
  for (let i = 0; i < jobs.length; i++) jobs[i]();
  const cost = (1 + (countVars(lambda.body) >> 3)) * (self.kind === "Top" ? shared.calls : 1);
  const fuelled = facts.lambda(lambda.id).fuel
    ? fuelBlock(
        body,
        { kind: "Fuel", cost, self, args: params },
        (op) => op.kind !== "Closure" && hasNoEffect(op, world),
      )
    : body;
  return { name, role: "fast", params, body: fuelled, span: lambda.span, owner: shared.owner };
}

type LoopEnd = Core.End & { readonly kind: "Loop" };
/** The loop that is the whole body, started with the parameters: they can be its variables. */
function wholeLoop({ params, body }: Core.Lambda): LoopEnd | null {
  if (body.stmts.length > 0 || body.end.kind !== "Loop") return null;
  const { inits } = body.end;
  return inits.length === params.length && inits.every((a, i) => a.kind === "Var" && a.var === params[i])
    ? body.end
    : null;
}

const varAtom = (v: Core.Var): Core.Atom => ({ kind: "Var", var: v });

const breaksTo = (stmts: readonly Cps.Stmt[], label: Core.Label): boolean =>
  stmts.some((s): boolean => {
    switch (s.kind) {
      case "Break":
        return s.label === label;
      case "If":
        return breaksTo(s.then, label) || breaksTo(s.else, label);
      case "Guard":
        return breaksTo(s.exit, label);
      case "Labeled":
      case "Loop":
        return breaksTo(s.body, label);
      default:
        return false;
    }
  });

function findPlaces(body: Core.Block): ReadonlyMap<Core.Label, Place> {
  const places = new Map<Core.Label, Place>();
  const visit = (block: Core.Block): void => {
    block.stmts.forEach((stmt, index) => {
      if (stmt.kind !== "Join") return;
      places.set(stmt.label, { kind: "join", join: stmt, block, index });
      visit(stmt.body);
    });
    const end = block.end;
    if (end.kind === "Loop") places.set(end.label, { kind: "loop", loop: end });
    if (end.kind === "If") {
      visit(end.then);
      visit(end.else);
    } else if (end.kind === "Loop") visit(end.body);
  };
  visit(body);
  return places;
}

/** The calls that code after another call comes to: their rest is needed twice, so it is a function. */
function findReachedAgain(body: Core.Block, facts: Unwinds): ReadonlySet<Core.Let> {
  const found = new Set<Core.Let>();
  const contains = (block: Core.Block): boolean => {
    let any = false;
    forEachStmt(block, (stmt) => {
      any ||= stmt.kind === "Let" && facts.op(stmt.op);
    });
    return any;
  };
  const visit = (block: Core.Block, before: boolean): void => {
    let seen = before;
    for (const stmt of block.stmts) {
      if (stmt.kind === "Join") {
        visit(stmt.body, seen);
        seen ||= contains(stmt.body);
      } else if (stmt.kind === "Let" && facts.op(stmt.op)) {
        if (seen) found.add(stmt);
        seen = true;
      }
    }
    const end = block.end;
    if (end.kind === "If") {
      visit(end.then, seen);
      visit(end.else, seen);
    } else if (end.kind === "Loop") visit(end.body, seen || contains(end.body));
  };
  visit(body, false);
  return found;
}

function countVars(body: Core.Block): number {
  let n = 0;
  forEachStmt(body, (stmt) => {
    n += stmt.kind === "Let" ? 1 : stmt.kind === "Join" ? stmt.params.length : 0;
  });
  return n;
}
