/**
 * Which tests of core are surely no Errors: those behind a Guard, and those whose operation gives none. Join points and loops
 * take part, and functions called by name: a parameter is clean if everything that jumps there is, a function's result if all
 * it returns is. Assumed of all of them first, and given up until it holds.
 */
import type * as Core from "./core.ts";
import { comparison } from "./core.ts";
import type { World } from "./world.ts";

type Tested = Core.End & { readonly kind: "If" };
interface Known {
  readonly world?: Pick<World, "fn">;
  readonly noError?: (variable: Core.Var) => boolean;
}

/** The Ifs whose test is no Error. */
export function noErrors(module: Core.Module, { world, noError = () => false }: Known): ReadonlySet<Tested> {
  /** Parameters of labels that may get an Error. */
  const dirty = new Set<Core.Var>();
  /** Functions that may give one. */
  const failing = new Set<string>();
  const labels = new Map<Core.Label, readonly Core.Var[]>();
  const definitions = new Map<Core.Var, Core.Op>();
  let result = new Set<Tested>();
  // Callers pass numbers for these.
  const numbers = new Set(module.functions.flatMap((f) => (f.numbers ?? []).map((i) => f.lambda.params[i])));
  for (let before = -1; before !== dirty.size + failing.size; ) {
    before = dirty.size + failing.size;
    result = new Set();
    for (const { name, lambda } of module.functions) block(lambda.body, numbers, name);
    block(module.init.body, new Set(), null);
  }
  return result;

  /** `owner`: the function that a return is of. */
  function block({ stmts, end }: Core.Block, outer: ReadonlySet<Core.Var>, owner: string | null): void {
    const clean = new Set(outer);
    const isClean = (atom: Core.Atom): boolean => atom.kind !== "Var" || clean.has(atom.var) || noError(atom.var);
    const give = (isIt: boolean): void => {
      if (!isIt && owner !== null) failing.add(owner);
    };
    /** A value that is none: neither is what it was computed from. */
    const succeed = (atom: Core.Atom): void => {
      if (atom.kind !== "Var") return;
      clean.add(atom.var);
      const op = definitions.get(atom.var);
      if (op?.kind === "Arith" && op.op !== "==" && op.op !== "!=")
        for (const arg of op.args) if (arg.kind === "Var") clean.add(arg.var);
    };
    const pass = (label: Core.Label, args: readonly Core.Atom[]): void => {
      labels.get(label)?.forEach((param, i) => {
        if (i < args.length && !isClean(args[i])) dirty.add(param);
      });
    };
    const addParams = (params: readonly Core.Var[]): void => {
      for (const param of params) if (!dirty.has(param)) clean.add(param);
    };
    for (const stmt of stmts) {
      if (stmt.kind === "Let") {
        definitions.set(stmt.var, stmt.op);
        if (givesNone(stmt.op, isClean)) clean.add(stmt.var);
        if (stmt.op.kind === "Closure") block(stmt.op.lambda.body, clean, null);
      } else if (stmt.kind === "Guard") {
        if (stmt.label !== null) pass(stmt.label, [stmt.value]);
        else give(isClean(stmt.value));
        succeed(stmt.value);
      } else if (stmt.kind === "Join") {
        labels.set(stmt.label, stmt.params);
        block(stmt.body, clean, owner);
        addParams(stmt.params);
      }
    }
    if (end.kind === "Jump") pass(end.label, end.args);
    if (end.kind === "Return") give(isClean(end.value));
    if (end.kind === "Tail") give(givesNone(end.op, isClean));
    if (end.kind === "If") {
      if (isClean(end.test)) result.add(end);
      block(end.then, clean, owner);
      block(end.else, new Set([...clean, ...noneIfFalse(end.test)]), owner);
    }
    if (end.kind === "Loop") {
      labels.set(end.label, end.params);
      pass(end.label, end.inits);
      addParams(end.params);
      block(end.body, clean, owner);
    }
  }

  /** What is no Error because `error?` says so. */
  function noneIfFalse(test: Core.Atom): readonly Core.Var[] {
    const op = test.kind === "Var" ? definitions.get(test.var) : undefined;
    if (op?.kind !== "Call" || op.fn.kind !== "Builtin" || op.fn.name !== "error?") return [];
    return op.args.flatMap((arg) => (arg.kind === "Var" ? [arg.var] : []));
  }

  function givesNone(op: Core.Op, isClean: (atom: Core.Atom) => boolean): boolean {
    switch (op.kind) {
      case "Use":
        return isClean(op.atom);
      case "Closure":
        return true;
      case "Arith": {
        if (op.checks.every((check) => !check)) return true;
        // Equality takes anything.
        return (comparison as readonly string[]).includes(op.op) && builtin(op.op, op.args, isClean);
      }
      case "Prim":
        return ["cell", "function", "numbers", "same", "quoted", "frame"].includes(op.prim);
      case "SetGlobal":
        return isClean(op.value);
      case "Call":
        if (op.fn.kind === "Own") return !failing.has(op.fn.name);
        return op.fn.kind === "Builtin" && builtin(op.fn.name, op.args, isClean);
      case "Apply":
      case "Read":
      case "Global":
      case "Init":
        return false;
      default:
        return op satisfies never;
    }
  }

  /** Builtins pass on Errors among their arguments, unless they look at them. */
  function builtin(name: string, args: readonly Core.Atom[], isClean: (atom: Core.Atom) => boolean): boolean {
    const fn = world?.fn({ kind: "Builtin", name }) ?? null;
    return fn !== null && !fn.fails && (fn.seesErrors || args.every(isClean));
  }
}
