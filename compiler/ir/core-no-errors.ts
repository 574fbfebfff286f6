/**
 * Which tests of core are surely no Errors: those behind a Guard, and those whose operation gives none. Join points and loops
 * take part: a parameter is clean if everything that jumps there is. Assumed of all of them first, and given up until it holds.
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
  const labels = new Map<Core.Label, readonly Core.Var[]>();
  let result = new Set<Tested>();
  for (let before = -1; before !== dirty.size; ) {
    before = dirty.size;
    result = new Set();
    for (const { lambda } of module.functions) block(lambda.body, new Set());
    block(module.init.body, new Set());
  }
  return result;

  function block({ stmts, end }: Core.Block, outer: ReadonlySet<Core.Var>): void {
    const clean = new Set(outer);
    const isClean = (atom: Core.Atom): boolean => atom.kind !== "Var" || clean.has(atom.var) || noError(atom.var);
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
        if (givesNone(stmt.op, isClean)) clean.add(stmt.var);
        if (stmt.op.kind === "Closure") block(stmt.op.lambda.body, clean);
      } else if (stmt.kind === "Guard") {
        if (stmt.label !== null) pass(stmt.label, [stmt.value]);
        if (stmt.value.kind === "Var") clean.add(stmt.value.var);
      } else if (stmt.kind === "Join") {
        labels.set(stmt.label, stmt.params);
        block(stmt.body, clean);
        addParams(stmt.params);
      }
    }
    if (end.kind === "Jump") pass(end.label, end.args);
    if (end.kind === "If") {
      if (isClean(end.test)) result.add(end);
      block(end.then, clean);
      block(end.else, clean);
    }
    if (end.kind === "Loop") {
      labels.set(end.label, end.params);
      pass(end.label, end.inits);
      addParams(end.params);
      block(end.body, clean);
    }
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
        return op.prim === "cell" || op.prim === "function";
      case "Call":
        return op.fn.kind === "Builtin" && builtin(op.fn.name, op.args, isClean);
      case "Apply":
      case "Read":
      case "Global":
      case "SetGlobal":
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
