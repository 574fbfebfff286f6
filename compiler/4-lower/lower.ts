/**
 * kernel -> core: names become variables, cells and globals; intermediate values get names; Errors become Guards.
 * Afterwards: every law of ir/core.ts holds, and nothing of frames is left but the cells they need.
 */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import { arithmetic, comparison } from "../ir/core.ts";
import { usesVar } from "../ir/core-walk.ts";
import type * as Kernel from "../ir/kernel.ts";
import type { Syntax } from "../ir/syntax.ts";
import type { Outside, OutsideFunction, World } from "../ir/world.ts";
import { impossible } from "../source/impossible.ts";
import type { Span } from "../source/span.ts";

/** What 3-analyze found out; its types are structural here, so that the phases need not import each other. */
export interface Facts {
  readonly globals: ReadonlyMap<string, { readonly lambda: Kernel.Lambda | null }>;
  readonly reads: ReadonlyMap<Kernel.Ref, Read>;
  readonly frames: ReadonlyMap<Kernel.Expr, readonly Variable[]>;
  readonly names: ReadonlyMap<Kernel.Name, Variable>;
}
interface Variable {
  readonly name: string;
  readonly param: boolean;
  readonly assigns: number;
  readonly cell: boolean;
}
interface Read {
  readonly cells: readonly Variable[];
  readonly end:
    | { readonly kind: "value"; readonly variable: Variable }
    | { readonly kind: "cell"; readonly variable: Variable }
    | { readonly kind: "global"; readonly name: string; readonly set: boolean };
}

/** Where a value goes: out of the function, or to a join point of one parameter. */
type Target = Core.Label | null;

export function lower(module: Kernel.Module, facts: Facts, world: World, context: Context): Core.Module {
  const values = new Map<Variable, Core.Atom>();
  const cells = new Map<Variable, Core.Atom>();
  const temps = new Map<number, Core.Atom>();
  const truths = new Map<number, boolean>();

  const variable = (name: string): Core.Var => ({ id: context.fresh(), name });
  const bind = (b: Core.Stmt[], name: string, op: Core.Op, span: Span): Core.Atom => {
    if (op.kind === "Use") return op.atom;
    const v = variable(name);
    b.push({ kind: "Let", var: v, op, span });
    return isCall(op) && context.options.probe ? bind(b, name, prim("probe", varAtom(v)), span) : varAtom(v);
  };

  // ---- expressions ----

  /** The value of an expression that is not in tail position. */
  const atom = (expr: Kernel.Expr, b: Core.Stmt[], hint = "t"): Core.Atom => {
    switch (expr.kind) {
      case "Const":
        return { kind: "Lit", value: expr.value };
      case "Quote":
        return quote(expr.datum);
      case "Temp":
        return temps.get(expr.temp) ?? impossible("unbound temp");
      case "Seq":
        return joined(expr, b, hint);
      case "If":
        return joined({ ...expr, test: started(expr.test, b) }, b, hint);
      case "Bind":
        temps.set(expr.temp, atom(expr.value, b));
        return atom(expr.body, b, hint);
      case "Frame":
        enterFrame(expr, b);
        return atom(expr.body, b, hint);
      case "Assign":
        return assign(expr, b);
      case "Define":
        return define(expr, b);
      default:
        return bind(b, hint, operation(expr, b, hint), expr.span);
    }
  };

  const joined = (expr: Kernel.Expr, b: Core.Stmt[], hint: string): Core.Atom => {
    const label = variable("join"), param = variable(hint);
    b.push({ kind: "Join", label, params: [param], body: block(expr, label) });
    return varAtom(param);
  };
  /** Evaluates the part of a test that always runs, so that it stands before the join and dominates what follows. */
  const started = (expr: Kernel.Expr, b: Core.Stmt[]): Kernel.Expr => {
    if (expr.kind === "Bind") {
      temps.set(expr.temp, atom(expr.value, b));
      return started(expr.body, b);
    }
    if (expr.kind === "If") return { ...expr, test: started(expr.test, b) };
    if (expr.kind === "Temp") return expr;
    const temp = -context.fresh();
    temps.set(temp, atom(expr, b));
    return { kind: "Temp", temp, span: expr.span };
  };

  const atoms = (exprs: readonly Kernel.Expr[], b: Core.Stmt[]): Core.Atom[] => exprs.map((e) => atom(e, b));

  /** The one operation an expression comes down to after its parts are evaluated. */
  const operation = (expr: Kernel.Expr, b: Core.Stmt[], hint: string): Core.Op => {
    switch (expr.kind) {
      case "Ref":
        return readOf(expr);
      case "Builtin":
        return finalOp(outsideFinal(world.builtin(expr.name), expr.name));
      case "Lambda":
        return { kind: "Closure", lambda: lambda(expr) };
      case "Call":
        return call(expr, b);
      case "Force":
        return force(expr, b);
      case "Reset":
        return prim("reset", tagOf(expr.tag, b), thunk("reset", expr.body, b));
      case "Shift":
        return shift(expr, b);
      case "Async":
        return prim("spawn", thunk("async", expr.body, b, expr, context.options.probe));
      case "Ensure":
        return prim("ensure", thunk("ensure", expr.body, b), thunk("cleanup", expr.cleanup, b));
      case "WithState":
        return prim("withState", atom(expr.state, b), thunk("with", expr.body, b));
      case "Load":
        return world.runs(expr.module) ? { kind: "Init", module: expr.module } : { kind: "Use", atom: { kind: "Nil" } };
      case "Fail":
        return prim("fail", { kind: "Lit", value: expr.message });
      default:
        return { kind: "Use", atom: atom(expr, b, hint) };
    }
  };

  /** The same in tail position with respect to target: ends the block. */
  const finish = (expr: Kernel.Expr, b: Core.Stmt[], target: Target): Core.End => {
    switch (expr.kind) {
      case "If":
        return branch(expr, b, target);
      case "Seq": {
        for (const e of expr.body.slice(0, -1)) guard(atom(e, b, "_"), b, target);
        return finish(expr.body[expr.body.length - 1], b, target);
      }
      case "Bind":
        temps.set(expr.temp, atom(expr.value, b));
        return finish(expr.body, b, target);
      case "Frame":
        enterFrame(expr, b);
        return finish(expr.body, b, target);
      case "Const": case "Quote": case "Temp": case "Assign": case "Define":
        return leave(atom(expr, b), target);
      default: {
        if (target !== null) return leave(atom(expr, b), target);
        const op = operation(expr, b, "t");
        if (op.kind === "Closure" || op.kind === "Use") return leave(bind(b, expr.kind === "Lambda" ? (expr.name ?? "fn") : "t", op, expr.span), null);
        return { kind: "Tail", op, span: expr.span };
      }
    }
  };

  const block = (expr: Kernel.Expr, target: Target): Core.Block => {
    const stmts: Core.Stmt[] = [];
    const end = finish(expr, stmts, target);
    return { stmts, end };
  };

  const leave = (value: Core.Atom, target: Target): Core.End =>
    target === null ? { kind: "Return", value } : { kind: "Jump", label: target, args: [value] };

  const guard = (value: Core.Atom, b: Core.Stmt[], label: Target): void => {
    if (value.kind === "Var") b.push({ kind: "Guard", value, label });
  };

  // ---- tests ----

  const branch = (expr: Kernel.If, b: Core.Stmt[], target: Target): Core.End => {
    if (!isCompound(expr.test)) {
      const test = atom(expr.test, b);
      guard(test, b, target);
      return { kind: "If", test, then: branchBlock(expr, true, target), else: branchBlock(expr, false, target) };
    }
    // A test made of tests (and, or) goes straight to the branches instead of making a value first.
    const yes = variable("yes"), no = variable("no");
    const inner: Core.Stmt[] = [];
    const testStmts: Core.Stmt[] = [];
    const testEnd = test(expr.test, testStmts, yes, no, target);
    inner.push({ kind: "Join", label: yes, params: [], body: { stmts: testStmts, end: testEnd } });
    const end = finish(expr.then, inner, target);
    b.push({ kind: "Join", label: no, params: [], body: { stmts: inner, end } });
    return finish(expr.else, b, target);
  };

  /** A branch; what its test says of a temp is known in it. */
  const branchBlock = (expr: Kernel.If, side: boolean, target: Target): Core.Block =>
    assuming(expr.test, side, () => block(side ? expr.then : expr.else, target));

  const assuming = <T>(tested: Kernel.Expr, truth: boolean, f: () => T): T => {
    if (tested.kind !== "Temp") return f();
    const before = truths.get(tested.temp);
    truths.set(tested.temp, truth);
    const result = f();
    if (before === undefined) truths.delete(tested.temp);
    else truths.set(tested.temp, before);
    return result;
  };

  const isCompound = (expr: Kernel.Expr): boolean =>
    expr.kind === "If" || (expr.kind === "Bind" && (isCompound(expr.body) || expr.body.kind === "Temp"));

  const test = (expr: Kernel.Expr, b: Core.Stmt[], yes: Core.Label, no: Core.Label, fail: Target): Core.End => {
    const to = (label: Core.Label): Core.Block => ({ stmts: [], end: { kind: "Jump", label, args: [] } });
    if (expr.kind === "Bind") {
      temps.set(expr.temp, atom(expr.value, b));
      return test(expr.body, b, yes, no, fail);
    }
    if (expr.kind === "If") {
      const t = atom(expr.test, b);
      guard(t, b, fail);
      const side = (truth: boolean): Core.Block =>
        assuming(expr.test, truth, () => {
          const stmts: Core.Stmt[] = [];
          const end = test(truth ? expr.then : expr.else, stmts, yes, no, fail);
          return { stmts, end };
        });
      return { kind: "If", test: t, then: side(true), else: side(false) };
    }
    const truth = expr.kind === "Temp" ? truths.get(expr.temp) : undefined;
    if (truth !== undefined) return { kind: "Jump", label: truth ? yes : no, args: [] };
    const t = atom(expr, b);
    guard(t, b, fail);
    return { kind: "If", test: t, then: to(yes), else: to(no) };
  };

  // ---- names ----

  const readOf = (ref: Kernel.Ref): Core.Op => {
    const read = facts.reads.get(ref) ?? impossible(`unresolved name ${ref.name}`);
    const chain = read.cells.map(cellOf);
    if (read.end.kind === "cell") return { kind: "Read", cells: [...chain, cellOf(read.end.variable)], final: null };
    const final: Core.Final =
      read.end.kind === "value" ? { kind: "Atom", atom: valueOf(read.end.variable) } : globalFinal(read.end.name, read.end.set);
    if (chain.length > 0) return { kind: "Read", cells: chain, final };
    return finalOp(final);
  };
  const cellOf = (v: Variable): Core.Atom => cells.get(v) ?? impossible(`no cell for ${v.name}`);
  const valueOf = (v: Variable): Core.Atom => values.get(v) ?? impossible(`no value for ${v.name}`);
  const finalOp = (final: Core.Final): Core.Op => (final.kind === "Atom" ? { kind: "Use", atom: final.atom } : { kind: "Global", final });

  const globalFinal = (name: string, set: boolean): Core.Final => {
    const own = facts.globals.get(name);
    if (own === undefined) return outsideFinal(world.lookup(name), name);
    if (own.lambda !== null) return { kind: "Atom", atom: { kind: "Fn", fn: { kind: "Own", name } } };
    return { kind: "Global", global: { module: null, name }, set, otherwise: set ? null : outsideFinal(world.lookup(name), name) };
  };
  const outsideFinal = (outside: Outside | null, name: string): Core.Final => {
    if (outside === null) return { kind: "Unbound", name };
    if (outside.kind === "constant") return { kind: "Atom", atom: outside.atom };
    if (outside.kind === "function") return { kind: "Atom", atom: { kind: "Fn", fn: outside.fn } };
    return { kind: "Global", global: outside.global, set: false, otherwise: null };
  };

  const assign = (expr: Kernel.Assign, b: Core.Stmt[]): Core.Atom => {
    const bound = expr.values.map((value, i) => assigned(expr.names[i], value, b));
    bound.forEach((value, i) => {
      const name = expr.names[i];
      const v = facts.names.get(name);
      if (v === undefined) b.push(effect({ kind: "SetGlobal", name: name.name, value }, name.span));
      else {
        values.set(v, value);
        if (v.cell) b.push(effect(prim("set", cellOf(v), value), name.span));
      }
    });
    return { kind: "Nil" };
  };
  /** The value of one name; a lambda sees itself under the name. */
  const assigned = (name: Kernel.Name, value: Kernel.Expr, b: Core.Stmt[]): Core.Atom => {
    const v = facts.names.get(name);
    if (value.kind !== "Lambda" || v === undefined || v.param || v.assigns !== 1) return atom(value, b, name.name);
    const self = variable(name.name);
    values.set(v, varAtom(self));
    b.push({ kind: "Let", var: self, op: { kind: "Closure", lambda: lambda(value) }, span: value.span });
    return varAtom(self);
  };
  const effect = (op: Core.Op, span: Span): Core.Stmt => ({ kind: "Let", var: variable("_"), op, span });

  const define = (expr: Kernel.Define, b: Core.Stmt[]): Core.Atom => {
    const own = expr.names.length === 1 ? facts.globals.get(expr.names[0].name) : undefined;
    if (own?.lambda !== undefined && own.lambda !== null && own.lambda === expr.values[0]) return { kind: "Nil" };
    const bound = expr.values.map((value, i) => atom(value, b, expr.names[i].name));
    const set = (to: Core.Stmt[]): void =>
      bound.forEach((value, i) => void to.push(effect({ kind: "SetGlobal", name: expr.names[i].name, value }, expr.names[i].span)));
    if (bound.every((value) => value.kind !== "Var")) {
      set(b);
      return { kind: "Nil" };
    }
    const label = variable("join"), param = variable("t");
    const stmts: Core.Stmt[] = [];
    for (const value of bound) guard(value, stmts, label);
    set(stmts);
    b.push({ kind: "Join", label, params: [param], body: { stmts, end: { kind: "Jump", label, args: [{ kind: "Nil" }] } } });
    return varAtom(param);
  };

  // ---- functions and frames ----

  const openCells = (variables: readonly Variable[], b: Core.Stmt[], span: Span): void => {
    for (const v of variables) {
      if (!v.cell) continue;
      const cell = variable(v.name);
      const init = v.param ? [valueOf(v)] : [];
      b.push({ kind: "Let", var: cell, op: prim("cell", ...init), span });
      cells.set(v, varAtom(cell));
    }
  };
  const enterFrame = (expr: Kernel.Frame, b: Core.Stmt[]): void => {
    const args = expr.args.map((arg, i) => atom(arg, b, expr.params[i].name));
    expr.params.forEach((param, i) => void values.set(facts.names.get(param) ?? impossible("frame parameter"), args[i]));
    openCells(facts.frames.get(expr) ?? [], b, expr.span);
  };
  const lambda = (expr: Kernel.Lambda): Core.Lambda => {
    const names = expr.rest === null ? expr.params : [...expr.params, expr.rest];
    const params = names.map((name) => {
      const v = variable(name.name);
      values.set(facts.names.get(name) ?? impossible("parameter"), varAtom(v));
      return v;
    });
    const stmts: Core.Stmt[] = [];
    openCells(facts.frames.get(expr) ?? [], stmts, expr.span);
    const end = finish(expr.body, stmts, null);
    return { id: context.fresh(), name: expr.name, params, rest: expr.rest !== null, thunk: false, body: { stmts, end }, span: expr.span };
  };
  /** The body of a control operation as a closure that the kernel calls. */
  const thunk = (name: string, body: Kernel.Expr, b: Core.Stmt[], frame?: Kernel.Expr, probed = false): Core.Atom => {
    const stmts: Core.Stmt[] = [];
    if (frame !== undefined) openCells(facts.frames.get(frame) ?? [], stmts, body.span);
    const end = finish(body, stmts, null);
    const code = probed ? probing({ stmts, end }, body.span) : { stmts, end };
    return bind(b, name, { kind: "Closure", lambda: thunkOf(name, code, body.span) }, body.span);
  };
  const thunkOf = (name: string | null, body: Core.Block, span: Span, params: readonly Core.Var[] = []): Core.Lambda => ({
    id: context.fresh(), name, params, rest: false, thunk: true, body, span,
  });
  /** Test mode: the block under the delimiter that `probe` captures to. */
  const probing = (body: Core.Block, span: Span): Core.Block => {
    const stmts: Core.Stmt[] = [];
    const inner = bind(stmts, "probed", { kind: "Closure", lambda: thunkOf("probed", body, span) }, span);
    const tag: Core.Atom = { kind: "Fn", fn: { kind: "Builtin", name: "PROBE" } };
    return { stmts, end: { kind: "Tail", op: prim("reset", tag, inner), span } };
  };
  const tagOf = (tag: Kernel.Expr | null, b: Core.Stmt[]): Core.Atom =>
    tag === null ? { kind: "Fn", fn: { kind: "Builtin", name: "PROMPT" } } : atom(tag, b);

  const shift = (expr: Kernel.Shift, b: Core.Stmt[]): Core.Op => {
    const tag = tagOf(expr.tag, b);
    const raw = variable(expr.k.name), k = variable(expr.k.name);
    values.set(facts.names.get(expr.k) ?? impossible("k"), varAtom(k));
    const stmts: Core.Stmt[] = [{ kind: "Let", var: k, op: prim("function", varAtom(raw)), span: expr.k.span }];
    const end = finish(expr.body, stmts, null);
    const body = { stmts, end };
    if (!usesVar(body, k)) return prim("abort", tag, bind(b, "abort", { kind: "Closure", lambda: thunkOf("abort", { ...body, stmts: stmts.slice(1) }, expr.body.span) }, expr.body.span));
    const made = thunkOf("shift", body, expr.body.span, [raw]);
    return prim("shift", tag, bind(b, "shift", { kind: "Closure", lambda: made }, expr.body.span));
  };

  // ---- calls ----

  const call = (expr: Kernel.Call, b: Core.Stmt[]): Core.Op => {
    const callee = atom(expr.callee, b);
    return applyTo(callee, atoms(expr.args, b), b, expr.span);
  };
  const force = (expr: Kernel.Force, b: Core.Stmt[]): Core.Op => applyTo(atom(expr.expr, b), [], b, expr.span);

  const applyTo = (callee: Core.Atom, args: readonly Core.Atom[], b: Core.Stmt[], span: Span): Core.Op => {
    if (callee.kind === "Fn") {
      const fn = callee.fn;
      if (fn.kind === "Own") {
        const own = facts.globals.get(fn.name)?.lambda ?? impossible("own function");
        return known(fn, { min: own.params.length, rest: own.rest !== null, curries: true }, args, b, span);
      }
      const outside = world.fn(fn);
      if (outside !== null) return builtinCall(outside, args, b, span);
    }
    if (args.length === 0 && callee.kind !== "Var") return { kind: "Use", atom: callee };
    return { kind: "Apply", callee, args };
  };
  const builtinCall = (outside: OutsideFunction, args: readonly Core.Atom[], b: Core.Stmt[], span: Span): Core.Op => {
    const fn = outside.fn;
    if (fn.kind === "Builtin") {
      const inRange = args.length >= outside.min && args.length <= outside.max;
      if (!inRange) return { kind: "Apply", callee: { kind: "Fn", fn }, args };
      const op = [...arithmetic, ...comparison].find((o) => o === fn.name);
      return op !== undefined && args.length >= 2
        ? { kind: "Arith", op, args, checks: args.map((a) => !(a.kind === "Lit" && typeof a.value === "number")) }
        : { kind: "Call", fn, args };
    }
    return known(fn, outside, args, b, span);
  };
  const known = (
    fn: Core.FnRef, shape: { readonly min: number; readonly rest: boolean; readonly curries: boolean },
    args: readonly Core.Atom[], b: Core.Stmt[], span: Span,
  ): Core.Op => {
    if (!shape.rest && args.length === shape.min) return { kind: "Call", fn, args };
    if (shape.rest && args.length >= shape.min && (args.length > 0 || shape.min === 0)) {
      const list = bind(b, "rest", { kind: "Call", fn: { kind: "Builtin", name: "list" }, args: args.slice(shape.min) }, span);
      return { kind: "Call", fn, args: [...args.slice(0, shape.min), list] };
    }
    return args.length === 0 ? { kind: "Use", atom: { kind: "Fn", fn } } : { kind: "Apply", callee: { kind: "Fn", fn }, args };
  };

  // ---- the module ----

  const functions: Core.Function[] = [];
  const variables: string[] = [];
  for (const [name, own] of facts.globals)
    if (own.lambda === null) variables.push(name);
    else functions.push({ name, lambda: lambda(own.lambda) });
  const top: Core.Stmt[] = [];
  const loaded = variable("loaded");
  for (const expr of module.body) {
    const value = atom(expr, top, "_");
    if (value.kind === "Var") top.push({ kind: "Report", value, loaded });
  }
  const span = { start: 0, end: context.source.text.length };
  const code: Core.Block = { stmts: top, end: { kind: "Return", value: { kind: "Nil" } } };
  const init = thunkOf(null, context.options.probe ? probing(code, span) : code, span, [loaded]);
  const exports = module.exports === null ? [...facts.globals.keys()] : [...new Set(module.exports.map((n) => n.name))].filter((name) => facts.globals.has(name));
  return { functions, variables, init, exports };
}

const varAtom = (v: Core.Var): Core.Atom => ({ kind: "Var", var: v });
const prim = (name: Core.Prim, ...args: readonly Core.Atom[]): Core.Op => ({ kind: "Prim", prim: name, args });
const isCall = (op: Core.Op): boolean =>
  op.kind === "Apply" || (op.kind === "Call" && (op.fn.kind === "Own" || op.fn.kind === "Module" || op.fn.kind === "Local"));

function quote(datum: Syntax): Core.Atom {
  switch (datum.kind) {
    case "Number": case "BigInt": case "String":
      return { kind: "Lit", value: datum.value };
    case "List":
      return datum.items.length === 0 ? { kind: "Nil" } : { kind: "Datum", datum };
    case "Symbol":
      return { kind: "Datum", datum };
    default:
      return datum satisfies never;
  }
}
