/**
 * Forward flow of kinds: drops checks of arithmetic on numbers, Guards of what is no Error, and branches that are never taken.
 *
 * Law: at each point the kinds of a variable contain every value it can have there. They shrink along Guards and tests
 * (occurrence typing: Tobin-Hochstadt and Felleisen, ICFP 2010); results of the module's functions and loop parameters are
 * least fixpoints, reached from below.
 */
import type { Context } from "../../context.ts";
import type * as Core from "../../ir/core.ts";
import { forEachOp } from "../../ir/core-walk.ts";
import type { World } from "../../ir/world.ts";
import {
  ANY,
  atomKinds,
  BIGINT,
  CONS,
  ERROR,
  FUNCTION,
  isOnly,
  type Kinds,
  NIL,
  NOTHING,
  NUMBER,
  opKinds,
  STRING,
} from "../facts.ts";

const ROUNDS = 6;

export interface Typed {
  readonly module: Core.Module;
  /** What each of the module's functions gives. */
  readonly results: ReadonlyMap<string, Kinds>;
}

export function types(module: Core.Module, world: World, context: Context): Typed {
  const workers = new Map(
    module.functions.flatMap((f) =>
      f.worker === undefined ? [] : [[f.name, module.functions.find((w) => w.name === f.worker) as Core.Function]],
    ),
  );
  const results = new Map<string, Kinds>(module.functions.map((f) => [f.name, NOTHING]));
  // From below, looking again only at functions that call one whose result grew.
  const callers = callersOf(module, workers);
  let dirty: readonly Core.Function[] = module.functions;
  for (let round = 0; round < ROUNDS && dirty.length > 0; round++) {
    const grown = new Set<Core.Function>();
    for (const f of dirty) {
      const before = results.get(f.name) as Kinds;
      const kinds = before | flow(f, results, workers, world, context).result;
      if (kinds === before) continue;
      results.set(f.name, kinds);
      for (const caller of callers.get(f.name) ?? []) grown.add(caller);
    }
    dirty = [...grown];
  }
  if (dirty.length > 0) for (const name of results.keys()) results.set(name, ANY);
  return {
    module: {
      ...module,
      functions: module.functions.map((f) => ({ ...f, lambda: flow(f, results, workers, world, context).lambda })),
      init: flow({ lambda: module.init }, results, workers, world, context).lambda,
    },
    results,
  };
}

function callersOf(
  module: Core.Module,
  workers: ReadonlyMap<string, Core.Function>,
): ReadonlyMap<string, ReadonlySet<Core.Function>> {
  const callers = new Map<string, Set<Core.Function>>();
  for (const f of module.functions)
    forEachOp(f.lambda.body, (op) => {
      if (op.kind !== "Call" || op.fn.kind !== "Own") return;
      for (const name of [op.fn.name, workers.get(op.fn.name)?.name]) {
        if (name === undefined) continue;
        const known = callers.get(name);
        if (known === undefined) callers.set(name, new Set([f]));
        else known.add(f);
      }
    });
  return callers;
}

/** One function's body. A call whose arguments are known to be numbers goes to the callee's copy for numbers. */
export function flow(
  { lambda, numbers = [] }: Pick<Core.Function, "lambda" | "numbers">,
  results: ReadonlyMap<string, Kinds>,
  workers: ReadonlyMap<string, Core.Function>,
  world: World,
  context: Context,
): { readonly lambda: Core.Lambda; readonly result: Kinds } {
  const kinds = new Map<Core.Var, Kinds>();
  const trail: (readonly [Core.Var, Kinds | undefined])[] = []; // what narrowing replaced, to be put back at the end of a branch
  const definitions = new Map<Core.Var, Core.Op>();
  const labels = new Map<Core.Label, Kinds[]>(); // kinds of what jumps bring to its parameters
  let returned: Kinds = NOTHING;

  const of = (atom: Core.Atom): Kinds => (atom.kind === "Var" ? (kinds.get(atom.var) ?? ANY) : atomKinds(atom));
  const set = (v: Core.Var, k: Kinds): void => {
    trail.push([v, kinds.get(v)]);
    kinds.set(v, k);
  };
  const scoped = <T>(f: () => T): T => {
    const mark = trail.length;
    const result = f();
    while (trail.length > mark) {
      const [v, before] = trail.pop() as readonly [Core.Var, Kinds | undefined];
      if (before === undefined) kinds.delete(v);
      else kinds.set(v, before);
    }
    return result;
  };
  const narrow = (atom: Core.Atom, to: Kinds): void => {
    if (atom.kind === "Var") set(atom.var, of(atom) & to);
  };
  const bring = (label: Core.Label | null, args: readonly Core.Atom[], only: Kinds = ANY): void => {
    if (label === null) {
      returned |= of(args[0]) & only;
      return;
    }
    const at = labels.get(label) ?? args.map(() => NOTHING);
    labels.set(
      label,
      at.map((k, i) => k | (of(args[i]) & only)),
    );
  };

  /** What follows from the value's being no Error: for arithmetic, that the arguments are all numbers or all big integers. */
  const succeeded = (atom: Core.Atom): void => {
    narrow(atom, ANY & ~ERROR);
    const op = atom.kind === "Var" ? definitions.get(atom.var) : undefined;
    if (op?.kind !== "Arith" || op.op === "==" || op.op === "!=") return;
    const numbers = op.args.some((a) => isOnly(of(a), NUMBER));
    for (const a of op.args) narrow(a, numbers ? NUMBER : NUMBER | BIGINT);
  };
  const tested = (test: Core.Atom, truth: boolean): void => {
    const op = test.kind === "Var" ? definitions.get(test.var) : undefined;
    if (truth) narrow(test, ANY & ~NIL);
    else narrow(test, ANY & ~(CONS | STRING));
    if (op?.kind !== "Call" || op.fn.kind !== "Builtin") return;
    const kind = predicateKinds.get(op.fn.name);
    if (kind !== undefined) narrow(op.args[0], truth ? kind : ANY & ~kind);
  };

  const operation = (op: Core.Op): Core.Op => {
    if (op.kind === "Closure") return { kind: "Closure", lambda: scopedLambda(op.lambda) };
    if (op.kind === "Arith") {
      const checks = op.args.map((a) => !isOnly(of(a), NUMBER));
      return checks.every((c, i) => c === op.checks[i]) ? op : { ...op, checks };
    }
    if (op.kind === "Call" && op.fn.kind === "Own") {
      const worker = workers.get(op.fn.name);
      if (worker?.numbers?.every((i) => isOnly(of(op.args[i]), NUMBER)))
        return { ...op, fn: { kind: "Own", name: worker.name } };
    }
    // (e) calls e only if it is a function.
    if (op.kind === "Apply" && op.args.length === 0 && (of(op.callee) & FUNCTION) === 0)
      return { kind: "Use", atom: op.callee };
    if (
      op.kind === "Call" &&
      op.fn.kind === "Builtin" &&
      op.fn.name === "select/test" &&
      isOnly(of(op.args[0]), NUMBER | BIGINT | NIL | ERROR)
    )
      return { kind: "Use", atom: op.args[0] };
    return op;
  };
  // A closure runs later: what is known of the variables around it stays true, what was narrowed here, too (they never change).
  const scopedLambda = (inner: Core.Lambda): Core.Lambda =>
    scoped(() => {
      const outer = returned;
      for (const p of inner.params) kinds.set(p, ANY);
      const body = block(inner.body);
      returned = outer;
      return { ...inner, body };
    });

  const block = (b: Core.Block): Core.Block => {
    const stmts: Core.Stmt[] = [];
    for (const stmt of b.stmts) {
      switch (stmt.kind) {
        case "Let": {
          const op = operation(stmt.op);
          definitions.set(stmt.var, op);
          kinds.set(
            stmt.var,
            opKinds(op, of, (name) => results.get(name) ?? ANY, world),
          );
          stmts.push(op === stmt.op ? stmt : { ...stmt, op });
          break;
        }
        case "Guard": {
          const k = of(stmt.value);
          if ((k & ERROR) === 0) break;
          bring(stmt.label, [stmt.value], ERROR);
          succeeded(stmt.value);
          stmts.push(stmt);
          break;
        }
        case "Report":
          if ((of(stmt.value) & ERROR) === 0) break;
          stmts.push(stmt);
          break;
        case "Join": {
          labels.set(
            stmt.label,
            stmt.params.map(() => NOTHING),
          );
          const body = scoped(() => block(stmt.body));
          const brought = labels.get(stmt.label) ?? [];
          stmt.params.forEach((p, i) => void kinds.set(p, brought[i]));
          stmts.push({ ...stmt, body });
          break;
        }
        default:
          stmt satisfies never;
      }
    }
    return { stmts, end: ending(numeric(b.end, stmts)) };
  };
  /** A test of what is only ever a number is a comparison with 0. */
  const numeric = (end: Core.End, before: Core.Stmt[]): Core.End => {
    if (end.kind !== "If" || end.test.kind !== "Var" || !isOnly(of(end.test), NUMBER)) return end;
    const op = definitions.get(end.test.var);
    const asks = op?.kind === "Arith" || (op?.kind === "Call" && op.fn.kind === "Builtin") || op?.kind === "Prim";
    if (asks) return end;
    const v = { id: context.fresh(), name: "t" };
    const zero: Core.Atom = { kind: "Lit", value: 0 };
    before.push({
      kind: "Let",
      var: v,
      op: { kind: "Arith", op: "!=", args: [end.test, zero], checks: [false, false] },
      span: lambda.span,
    });
    return { ...end, test: { kind: "Var", var: v } };
  };
  const ending = (end: Core.End): Core.End => {
    switch (end.kind) {
      case "Return":
        bring(null, [end.value]);
        return end;
      case "Tail": {
        const op = operation(end.op);
        returned |= opKinds(op, of, (name) => results.get(name) ?? ANY, world);
        return op.kind === "Use" ? { kind: "Return", value: op.atom } : { ...end, op };
      }
      case "Jump":
        bring(end.label, end.args);
        return end;
      case "If": {
        const side = (b: Core.Block, truth: boolean): Core.Block =>
          scoped(() => {
            tested(end.test, truth);
            return block(b);
          });
        return { ...end, then: side(end.then, true), else: side(end.else, false) };
      }
      case "Loop": {
        let params: Kinds[] = end.inits.map(of);
        let body = end.body;
        for (let round = 0; ; round++) {
          labels.set(end.label, params);
          end.params.forEach((p, i) => void kinds.set(p, params[i]));
          const before = returned;
          body = scoped(() => block(end.body));
          const brought = labels.get(end.label) as Kinds[];
          if (brought.every((k, i) => k === params[i])) break;
          returned = before;
          params = round < ROUNDS ? brought : brought.map(() => ANY);
        }
        return { ...end, body };
      }
      default:
        return end satisfies never;
    }
  };
  lambda.params.forEach((p, i) => void kinds.set(p, numbers.includes(i) ? NUMBER : ANY));
  const body = block(lambda.body);
  return { lambda: { ...lambda, body }, result: returned };
}

const predicateKinds: ReadonlyMap<string, Kinds> = new Map([
  ["nil?", NIL],
  ["error?", ERROR],
  ["string?", STRING],
  ["list?", NIL | CONS],
]);
