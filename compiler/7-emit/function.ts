/**
 * One cps function -> the statements of a JavaScript function. Values that are used once are written where they are used, as
 * long as no effect moves past another: `pending` holds what has not been written yet.
 */
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import { impossible } from "../source/impossible.ts";
import type { Span } from "../source/span.ts";
import * as build from "./build.ts";
import type { Expression, Statement } from "./build.ts";
import * as operators from "./operators.ts";
import type { LocalNames } from "./scope.ts";
import { countUses } from "./uses.ts";

/** What the module gives its functions. */
export interface Host {
  readonly names: LocalNames;
  runtime(module: string, name: string): Expression;
  constant(datum: Core.Atom & { kind: "Datum" }): Expression;
  fn(fn: Core.FnRef): Expression;
  /** The top-level function of this name. */
  part(name: string): Expression;
  global(global: Core.GlobalRef): Expression;
  setGlobal(name: string, value: Expression): Expression;
  init(module: string): Expression;
  /** Is the operation free of effects (it may make an Error), and does it read nothing that changes? */
  pure(op: Cps.Op): boolean;
  /** Does the builtin give a number whenever it gives no Error? */
  givesNumber(op: Cps.Op): boolean;
}

interface Pending {
  readonly expression: Expression;
  /** The same as a raw boolean, for a test; only one of the two is written. */
  readonly test?: Expression;
  readonly pure: boolean;
  readonly span: Span;
  /** Variables it mentions, for assignments in parallel. */
  readonly reads: ReadonlySet<Cps.Var>;
  readonly depth: number;
}

const SLOTS = ["a", "b", "c", "d", "e", "g", "h", "i"] as const;
/** Deeper expressions get a name in between, to be readable. */
const DEPTH = 4;

export function emitFunction(fn: Cps.Function, host: Host): { readonly params: string[]; readonly body: Statement[] } {
  const uses = countUses(fn);
  const params = fn.params.map(host.names.of);
  const slots = fn.body.some((s) => s.kind === "Slot");
  return { params: slots ? [...params, "$"] : params, body: emitBody(fn, host, uses) };
}

function emitBody(fn: Cps.Function, host: Host, uses: ReadonlyMap<Cps.Var, number>): Statement[] {
  const pending = new Map<Cps.Var, Pending>();
  const numbers = new Set<Cps.Var>(); // variables that are numbers unless they are Errors
  const name = host.names.of;
  const use = ([module, exported]: readonly [string, string]): Expression => host.runtime(module, exported);

  // ---- atoms and operations ----

  let reads = new Set<Cps.Var>();
  let depth = 0;
  let effects = false; // did the operation take over an effect, so that it may not move either?
  const atom = (a: Core.Atom): Expression => {
    switch (a.kind) {
      case "Var": {
        const waiting = pending.get(a.var);
        if (waiting !== undefined) {
          pending.delete(a.var);
          for (const v of waiting.reads) reads.add(v);
          depth = Math.max(depth, waiting.depth);
          effects ||= !waiting.pure;
          return waiting.expression;
        }
        reads.add(a.var);
        return build.id(name(a.var));
      }
      case "Lit":
        return typeof a.value === "bigint" ? build.bigint(a.value) : build.literal(a.value);
      case "Nil":
        return host.runtime("kernel/list", "nil");
      case "Datum":
        return host.constant(a);
      case "Fn":
        return host.fn(a.fn);
      default:
        return a satisfies never;
    }
  };

  /** The operands, once everything that must come first has been written. */
  const operands = (atoms: readonly Core.Atom[], out: Statement[], twice = false): Expression[] => {
    const effects = [...pending].filter(([, p]) => !p.pure).map(([v]) => v);
    const used = atoms.filter((a) => a.kind === "Var" && effects.includes(a.var)).map((a) => (a as { var: Cps.Var }).var);
    const inOrder = used.length === effects.length && used.every((v, i) => v === effects[i]);
    if (!inOrder) for (const v of effects) write(v, out);
    for (const a of atoms) {
      const waiting = a.kind === "Var" ? pending.get(a.var) : undefined;
      if (waiting !== undefined && (waiting.depth >= DEPTH || (twice && waiting.expression.type !== "Identifier"))) {
        // What is pure may be written after other things, but not before an effect it stood behind.
        if (!waiting.pure) for (const [v, p] of pending) if (!p.pure) write(v, out);
        if (pending.has((a as { var: Cps.Var }).var)) write((a as { var: Cps.Var }).var, out);
      }
    }
    return atoms.map(atom);
  };
  const write = (v: Cps.Var, out: Statement[]): void => {
    const waiting = pending.get(v);
    if (waiting === undefined) return;
    pending.delete(v);
    out.push(build.located(build.declare("const", name(v), waiting.expression), waiting.span));
  };
  const flushEffects = (out: Statement[]): void => {
    for (const [v, p] of pending) if (!p.pure) write(v, out);
  };

  const operation = (op: Cps.Op, span: Span | null, out: Statement[]): Expression => {
    const here = <T extends Expression>(e: T): T => build.located(e, span);
    switch (op.kind) {
      case "Use":
        return operands([op.atom], out)[0];
      case "Arith": {
        const twice = op.checks.some((c) => c) || (op.args.length > 2 && operators.isComparison(op.op));
        const args = operands(op.args, out, twice);
        const make = operators.isComparison(op.op) ? operators.comparisonValue : operators.arithmeticValue;
        return build.locatedCalls(make(op.op as never, args, op.checks, use), span);
      }
      case "Prim":
        return here(primitive(op.prim, op.args, out));
      case "Call": {
        const inline = op.fn.kind === "Builtin" ? operators.predicates.get(op.fn.name) : undefined;
        if (inline !== undefined) return build.conditional(inline(operands(op.args, out)[0], use), build.literal(1), build.literal(0));
        const binary = op.fn.kind === "Builtin" && op.args.length === 2 ? operators.binary.get(op.fn.name) : undefined;
        const callee = binary !== undefined ? use(binary) : op.fn.kind === "Local" ? atom({ kind: "Var", var: op.fn.var }) : host.fn(op.fn);
        return here(build.call(callee, ...operands(op.args, out)));
      }
      case "Apply": {
        const n = op.args.length;
        if (n === 0) return here(build.call(host.runtime("kernel/function", "call0"), ...operands([op.callee], out)));
        const [callee, ...args] = operands([op.callee, ...op.args], out, true);
        const slow = n <= 2 ? build.call(host.runtime("kernel/function", `apply${n}`), callee, ...args) : build.call(host.runtime("kernel/function", "apply"), callee, build.array(args));
        if (op.callee.kind !== "Var") return here(slow);
        const test = build.binary("===", build.member(callee, "$n"), build.literal(n));
        return build.conditional(test, here(build.call(callee, ...args)), build.located(slow, span));
      }
      case "Closure": {
        // Uses in a closure count double, so nothing in it waits to be written.
        const { params, body } = { params: op.fn.params.map(name), body: emitBody(op.fn, host, countUses(op.fn)) };
        const fn = build.located(build.arrow(params, body), op.fn.span, op.fn.owner ?? undefined);
        if (op.arity === null) return fn;
        return arityCall(host.runtime, op.fn.owner, op.arity, fn);
      }
      case "Read": {
        const cells = operands(op.cells, out).map((cell): Expression => build.member(cell, "v"));
        const last = op.final === null ? [] : [final(op.final)];
        return [...cells, ...last].reduce((a, b) => build.logical("??", a, b));
      }
      case "Global":
        return here(final(op.final));
      case "SetGlobal":
        return here(host.setGlobal(op.name, operands([op.value], out)[0]));
      case "Init":
        return here(build.call(host.init(op.module)));
      case "Goto":
        return build.call(host.part(op.target), ...operands(op.args, out));
      default:
        return op satisfies never;
    }
  };
  const final = (f: Core.Final): Expression => {
    switch (f.kind) {
      case "Atom":
        return atom(f.atom);
      case "Unbound":
        return build.call(host.runtime("kernel/error", "unbound"), build.literal(f.name));
      case "Global": {
        const read = host.global(f.global);
        if (f.set) return read;
        return build.logical("??", read, final(f.otherwise ?? { kind: "Unbound", name: f.global.name }));
      }
      default:
        return f satisfies never;
    }
  };

  const primitive = (prim: Core.Prim, args: readonly Core.Atom[], out: Statement[]): Expression => {
    const values = operands(args, out);
    switch (prim) {
      case "cell":
        return build.call(host.runtime("kernel/cell", "cell"), ...values);
      case "set":
        return { type: "AssignmentExpression", operator: "=", left: build.member(values[0], "v"), right: values[1] };
      case "unbound":
        return build.call(host.runtime("kernel/error", "unbound"), ...values);
      case "fail":
        return build.call(host.runtime("kernel/error", "error"), ...values);
      case "function":
        return build.call(host.runtime("kernel/control", "asFunction"), ...values);
      case "numbers":
        return build.conditional(operators.areNumbers(values), build.literal(1), build.literal(0));
      case "probe":
        return build.call(host.runtime("kernel/probe", "probe"), ...values);
      default:
        return build.call(host.runtime("kernel/control", prim), ...values);
    }
  };

  // ---- tests ----

  /** A raw boolean that says whether the atom counts as true; it is no Error. */
  const truth = (test: Core.Atom, out: Statement[]): Expression => {
    if (test.kind === "Lit") return build.literal(test.value !== 0 && test.value !== 0n);
    if (test.kind !== "Var") return build.literal(test.kind !== "Nil");
    const raw = pending.get(test.var)?.test;
    if (raw !== undefined) {
      operands([test], out);
      return raw;
    }
    const isNumber = numbers.has(test.var);
    const value = operands([test], out)[0];
    return isNumber ? build.binary("!==", value, build.literal(0)) : build.call(host.runtime("kernel/truth", "truthy"), value);
  };

  /** The test of an If that follows `let`, if the variable is nothing but that test: a raw boolean, perhaps an Error. */
  const fused = (s: Cps.Stmt & { kind: "Let" }, out: Statement[]): { readonly test: Expression; readonly fails: boolean } | null => {
    const { op } = s;
    if (op.kind === "Arith" && operators.isComparison(op.op)) {
      const twice = op.checks.some((c) => c) || op.args.length > 2;
      const args = operands(op.args, out, twice);
      const test = operators.comparisonTest(op.op, args, op.checks, use);
      return { test: build.locatedCalls(test, s.span), fails: op.checks.some((c) => c) && !operators.neverFails(op.op) };
    }
    if (op.kind === "Prim" && op.prim === "numbers") return { test: operators.areNumbers(operands(op.args, out)), fails: false };
    if (op.kind === "Call" && op.fn.kind === "Builtin") {
      const inline = operators.predicates.get(op.fn.name);
      if (inline !== undefined) return { test: inline(operands(op.args, out)[0], use), fails: false };
    }
    return null;
  };

  // ---- statements ----

  /** `next`: where control goes by itself at the end of this list; `loop`: the innermost loop. */
  interface Where {
    readonly next: Core.Label | null;
    readonly loop: Core.Label | null;
  }

  const list = (stmts: readonly Cps.Stmt[], out: Statement[], where: Where): void => {
    for (let i = 0; i < stmts.length; i++) {
      const s = stmts[i];
      const inner: Where = i === stmts.length - 1 ? where : { ...where, next: null };
      switch (s.kind) {
        case "Let": {
          const skip = testStatement(stmts, i, out, where);
          if (skip > 0) {
            i += skip - 1;
            break;
          }
          bindLet(s, out);
          break;
        }
        case "Slot": {
          const slot = s.count > 8 && s.index >= 7 ? build.at(build.member(build.id("$"), "i"), build.literal(s.index - 7)) : build.member(build.id("$"), SLOTS[s.index]);
          // A frame never changes, so a slot used once is read where it is used.
          if (uses.get(s.var) === 1) pending.set(s.var, { expression: slot, pure: true, span: fn.span, reads: new Set(), depth: 0 });
          else if ((uses.get(s.var) ?? 0) > 0) out.push(build.declare("const", name(s.var), slot));
          break;
        }
        case "Check": {
          // Where nothing else uses the value it has not been written yet.
          if (pending.has(s.var)) flushEffects(out);
          const slots = s.live.map((v) => atom({ kind: "Var", var: v }));
          out.push(build.when(build.binary("===", build.id(name(s.var)), host.runtime("kernel/control", "Y")), [build.ret(push(s.resume, slots))]));
          break;
        }
        case "Guard": {
          const value = operands([s.value], out, true)[0];
          const exit: Statement[] = [];
          list(s.exit, exit, { next: null, loop: where.loop });
          out.push(build.when(build.binary("instanceof", value, host.runtime("kernel/error", "ValkError")), exit));
          break;
        }
        case "Report": {
          const value = operands([s.value], out, true)[0];
          const stops = build.call(host.runtime("kernel/main", "stops"), value, atom({ kind: "Var", var: s.loaded }));
          const isError = build.binary("instanceof", value, host.runtime("kernel/error", "ValkError"));
          out.push(build.when(build.and([isError, stops]), [build.ret(value)]));
          break;
        }
        case "If": {
          flushEffects2([s.test], out);
          branches(truth(s.test, out), s.then, s.else, out, inner);
          break;
        }
        case "Declare":
          if (chosen(s, stmts[i + 1], out)) {
            i++;
            break;
          }
          if (s.vars.length > 0) out.push(build.declareAll(s.vars.map(name)));
          break;
        case "Assign":
          assign(s, out);
          break;
        case "Labeled":
          labeled(s, out, where);
          break;
        case "Loop": {
          flushEffects(out);
          const body: Statement[] = [];
          list(s.body, body, { next: s.label, loop: s.label });
          out.push(mentions(body, name(s.label), "ContinueStatement") ? build.labeled(name(s.label), build.forever(body)) : build.forever(body));
          break;
        }
        case "Break":
          if (where.next !== s.label || i < stmts.length - 1) out.push(build.breakTo(name(s.label)));
          break;
        case "Continue":
          if (where.next !== s.label || i < stmts.length - 1) out.push(build.continueTo(where.loop === s.label ? null : name(s.label)));
          break;
        case "Return":
          out.push(build.located(build.ret(operation(s.op, s.span, out)), s.span));
          break;
        case "Fuel":
          fuel(s, out);
          break;
        default:
          s satisfies never;
      }
    }
  };

  const flushEffects2 = (keep: readonly Core.Atom[], out: Statement[]): void => {
    const kept = keep.length === 1 && keep[0].kind === "Var" ? keep[0].var : null;
    const effects = [...pending].filter(([, p]) => !p.pure).map(([v]) => v);
    if (effects.length === 1 && effects[0] === kept) return;
    flushEffects(out);
  };

  const bindLet = (s: Cps.Stmt & { kind: "Let" }, out: Statement[]): void => {
    const count = uses.get(s.var) ?? 0;
    const pure = host.pure(s.op);
    if (count === 0 && pure) return;
    if (host.givesNumber(s.op)) numbers.add(s.var);
    reads = new Set();
    depth = 0;
    effects = !pure;
    if (count === 1 && isTest(s.op)) {
      const made = fused(s, out);
      if (made !== null && !made.fails) {
        const expression = build.conditional(made.test, build.literal(1), build.literal(0));
        pending.set(s.var, { expression, test: made.test, pure: !effects, span: s.span, reads, depth: depth + 1 });
        return;
      }
    }
    const expression = operation(s.op, s.span, out);
    const free = reads;
    const movable = !effects;
    if (count === 0) {
      flushEffects(out);
      out.push(build.located(build.expression(expression), s.span));
    } else if (count === 1) {
      pending.set(s.var, { expression, pure: movable, span: s.span, reads: free, depth: depth + 1 });
    } else {
      flushEffects(out);
      out.push(build.located(build.declare("const", name(s.var), expression), s.span));
    }
  };

  const isTest = (op: Cps.Op): boolean =>
    op.kind === "Arith" ? operators.isComparison(op.op) && (operators.neverFails(op.op) || op.checks.every((c) => !c))
      : op.kind === "Call" && op.fn.kind === "Builtin" && operators.predicates.has(op.fn.name);

  /** let t = comparison; [guard t]; if t: written as one test. Gives the number of statements it took, 0 if it does not apply. */
  const testStatement = (stmts: readonly Cps.Stmt[], i: number, out: Statement[], where: Where): number => {
    const s = stmts[i] as Cps.Stmt & { kind: "Let" };
    const guard = stmts[i + 1]?.kind === "Guard" ? (stmts[i + 1] as Cps.Stmt & { kind: "Guard" }) : null;
    const test = stmts[i + (guard === null ? 1 : 2)];
    const isVar = (a: Core.Atom): boolean => a.kind === "Var" && a.var === s.var;
    if (test?.kind !== "If" || !isVar(test.test) || (guard !== null && !isVar(guard.value))) return 0;
    const exits = guard === null ? 0 : guard.exit.reduce((n, e) => n + exitUses(e, isVar), 0);
    if (uses.get(s.var) !== 1 + (guard === null ? 0 : 1 + exits)) return 0;
    flushEffectsFor(s.op, out);
    const made = fused(s, out);
    if (made === null) return 0;
    const taken = guard === null ? 2 : 3;
    const inner: Where = i + taken === stmts.length ? where : { ...where, next: null };
    if (!made.fails || guard === null) {
      branches(made.test, test.then, test.else, out, inner);
      return taken;
    }
    const t = build.id(name(s.var));
    out.push(build.declare("const", name(s.var), made.test));
    const exit: Statement[] = [], then: Statement[] = [], otherwise: Statement[] = [];
    list(guard.exit, exit, { next: null, loop: where.loop });
    list(test.then, then, inner);
    if (leaves(then)) {
      out.push(build.when(build.binary("===", t, build.literal(true)), then));
      out.push(build.when(build.binary("!==", t, build.literal(false)), exit));
      list(test.else, out, inner);
    } else {
      list(test.else, otherwise, inner);
      out.push(build.when(build.binary("===", t, build.literal(true)), then, [build.when(build.binary("===", t, build.literal(false)), otherwise, exit)]));
    }
    return taken;
  };
  const exitUses = (e: Cps.Stmt, isVar: (a: Core.Atom) => boolean): number =>
    e.kind === "Assign" ? e.values.filter(isVar).length
      : e.kind === "Return" && e.op.kind === "Use" ? (isVar(e.op.atom) ? 1 : 0)
        : e.kind === "Return" && e.op.kind === "Goto" ? e.op.args.filter(isVar).length
          : e.kind === "Break" || e.kind === "Continue" ? 0 : 100;
  const flushEffectsFor = (op: Cps.Op, out: Statement[]): void => {
    const atoms = op.kind === "Arith" || op.kind === "Call" ? op.args : [];
    const effects = [...pending].filter(([, p]) => !p.pure).map(([v]) => v);
    const used = atoms.filter((a) => a.kind === "Var" && effects.includes(a.var));
    if (used.length !== effects.length) flushEffects(out);
  };

  const branches = (test: Expression, then: readonly Cps.Stmt[], otherwise: readonly Cps.Stmt[], out: Statement[], where: Where): void => {
    flushEffects(out);
    if (test.type === "Literal" && typeof test.value === "boolean") {
      list(test.value ? then : otherwise, out, where);
      return;
    }
    const thenOut: Statement[] = [], elseOut: Statement[] = [];
    list(then, thenOut, where);
    if (leaves(thenOut)) {
      list(otherwise, elseOut, where);
      const a = only(thenOut), b = only(elseOut);
      if (a !== null && b !== null && simple(a) && simple(b)) out.push(build.ret(build.conditional(test, a, b)));
      else out.push(build.when(test, thenOut), ...elseOut);
      return;
    }
    list(otherwise, elseOut, where);
    if (thenOut.length === 0 && elseOut.length === 0) out.push(build.expression(test));
    else if (thenOut.length === 0) out.push(build.when(not(test), elseOut));
    else out.push(build.when(test, thenOut, elseOut));
  };
  const only = (stmts: readonly Statement[]): Expression | null =>
    stmts.length === 1 && stmts[0].type === "ReturnStatement" ? (stmts[0].argument ?? null) : null;
  const simple = (e: Expression): boolean => e.type === "Identifier" || e.type === "Literal" || e.type === "MemberExpression";

  /** let p; l: { if (t) { p = a; break l } else { p = b; break l } } of atoms is  const p = t ? a : b. */
  const chosen = (s: Cps.Stmt & { kind: "Declare" }, next: Cps.Stmt | undefined, out: Statement[]): boolean => {
    if (s.vars.length !== 1 || next?.kind !== "Labeled" || next.body.length !== 1) return false;
    const branch = next.body[0];
    if (branch.kind !== "If") return false;
    const value = (side: readonly Cps.Stmt[]): Core.Atom | null => {
      const [set, leave] = side;
      if (side.length !== 2 || set.kind !== "Assign" || leave.kind !== "Break" || leave.label !== next.label) return null;
      const [atom] = set.values;
      return set.values.length === 1 && set.vars[0] === s.vars[0] && !(atom.kind === "Var" && pending.has(atom.var)) ? atom : null;
    };
    const a = value(branch.then), b = value(branch.else);
    if (a === null || b === null) return false;
    flushEffects2([branch.test], out);
    out.push(build.declare("const", name(s.vars[0]), build.conditional(truth(branch.test, out), atom(a), atom(b))));
    return true;
  };

  /** A label is written only where somebody breaks to it. */
  const labeled = (s: Cps.Stmt & { kind: "Labeled" }, out: Statement[], where: Where): void => {
    flushEffects(out);
    const body: Statement[] = [];
    list(s.body, body, { next: s.label, loop: where.loop });
    if (mentions(body, name(s.label), "BreakStatement")) out.push(build.labeled(name(s.label), build.block(body)));
    else out.push(...body);
  };

  /** Assigns in parallel: no value may see a variable that was assigned before it. */
  const assign = (s: Cps.Stmt & { kind: "Assign" }, out: Statement[]): void => {
    const todo: { v: Cps.Var; value: Expression; reads: Set<Cps.Var> }[] = [];
    flushAllBut(s.values, out);
    s.values.forEach((value, i) => {
      reads = new Set();
      const e = atom(value);
      if (value.kind === "Var" && value.var === s.vars[i]) return;
      todo.push({ v: s.vars[i], value: e, reads });
    });
    while (todo.length > 0) {
      const free = todo.findIndex((t) => todo.every((o) => o === t || !o.reads.has(t.v)));
      if (free < 0) {
        // A cycle: one value moves out of the way first.
        const temp: Cps.Var = { id: -1, name: todo[0].v.name };
        out.push(build.declare("const", name(temp), todo[0].value));
        todo[0] = { v: todo[0].v, value: build.id(name(temp)), reads: new Set() };
        continue;
      }
      const [t] = todo.splice(free, 1);
      out.push(build.expression(build.assign(build.id(name(t.v)), t.value)));
    }
  };
  const flushAllBut = (atoms: readonly Core.Atom[], out: Statement[]): void => {
    const effects = [...pending].filter(([, p]) => !p.pure).map(([v]) => v);
    const used = atoms.filter((a) => a.kind === "Var" && effects.includes(a.var)).map((a) => (a as { var: Cps.Var }).var);
    if (used.length !== effects.length || used.some((v, i) => v !== effects[i])) flushEffects(out);
  };

  const push = (resume: string, slots: readonly Expression[]): Expression => {
    const f = host.part(resume);
    const n = slots.length;
    const kind = n <= 1 ? 1 : n === 2 ? 2 : n <= 4 ? 4 : 8;
    const rest = n > 8 ? [...slots.slice(0, 7), build.array(slots.slice(7))] : slots;
    return build.call(host.runtime("kernel/control", `push${kind}`), f, ...rest);
  };

  const fuel = (s: Cps.Stmt & { kind: "Fuel" }, out: Statement[]): void => {
    const left = build.member(host.runtime("kernel/registers", "R"), "fuel");
    // A large frame costs more, but one unit is enough to go on: however little there is, a call that was asked for again runs.
    const burnt: Expression = { type: "UpdateExpression", operator: "--", prefix: true, argument: left };
    const self = s.self.kind === "Top" ? host.part(s.self.name) : build.id(name(s.self.var));
    const overflow = build.call(host.runtime("kernel/control", "overflow"), self, ...s.args.map((v) => build.id(name(v))));
    out.push(build.when(build.binary("<", burnt, build.literal(0)), [build.ret(overflow)]));
    if (s.cost > 1) out.push(build.expression({ type: "AssignmentExpression", operator: "-=", left, right: build.literal(s.cost - 1) }));
  };

  const out: Statement[] = [];
  list(fn.body, out, { next: null, loop: null });
  if (pending.size > 0 && [...pending.values()].some((p) => !p.pure)) impossible("an effect was not written");
  return out;
}

/** `def(n, f)` or, for a function with a name, `named(name, n, f)`. */
export const arityCall = (runtime: Host["runtime"], name: string | null, arity: Cps.Arity, fn: Expression): Expression => {
  const n = build.literal(arity.rest ? -1 - arity.params : arity.params);
  return name === null ? build.call(runtime("kernel/function", "def"), n, fn) : build.call(runtime("kernel/function", "named"), build.literal(name), n, fn);
};

const not = (test: Expression): Expression => {
  if (test.type === "BinaryExpression" && test.operator === "===") return { ...test, operator: "!==" };
  if (test.type === "BinaryExpression" && test.operator === "!==") return { ...test, operator: "===" };
  if (test.type === "UnaryExpression" && test.operator === "!") return test.argument;
  return build.unary("!", test);
};

/** Does control never come to the end of these statements? */
export function leaves(stmts: readonly Statement[]): boolean {
  const last = stmts[stmts.length - 1];
  if (last === undefined) return false;
  switch (last.type) {
    case "ReturnStatement": case "BreakStatement": case "ContinueStatement":
      return true;
    case "IfStatement":
      return last.alternate != null && leaves([last.consequent]) && leaves([last.alternate]);
    case "BlockStatement":
      return leaves(last.body);
    case "ForStatement":
      return true;
    default:
      return false;
  }
}

/** Is there a jump to the label in these statements? */
function mentions(stmts: readonly Statement[], label: string, kind: "BreakStatement" | "ContinueStatement"): boolean {
  return stmts.some((s): boolean => {
    switch (s.type) {
      case "BreakStatement": case "ContinueStatement":
        return s.type === kind && s.label?.name === label;
      case "IfStatement":
        return mentions([s.consequent], label, kind) || (s.alternate != null && mentions([s.alternate], label, kind));
      case "BlockStatement":
        return mentions(s.body, label, kind);
      case "LabeledStatement":
        return mentions([s.body], label, kind);
      case "ForStatement":
        return mentions([s.body], label, kind);
      default:
        return false;
    }
  });
}
