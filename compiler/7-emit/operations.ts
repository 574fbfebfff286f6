/** Operations of cps as expressions. */
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import { unboundName, written } from "../source/names.ts";
import type { Span } from "../source/span.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import * as operators from "./operators.ts";
import { atom, operands } from "./pending.ts";
import type { Host, Writer } from "./writer.ts";

export function operation(w: Writer, op: Cps.Op, span: Span | null, out: Statement[]): Expression {
  const { host } = w;
  const here = <T extends Expression>(e: T): T => build.located(e, span);
  switch (op.kind) {
    case "Use":
      return operands(w, [op.atom], out)[0];
    case "Arith":
      return build.locatedCalls(arithmetic(w, op, out), span);
    case "Prim":
      return here(primitive(w, op.prim, op.args, span, out));
    case "Call":
      return knownCall(w, op, span, out);
    case "Apply":
      return apply(w, op, span, out);
    case "Closure":
      return closure(w, op);
    case "Read": {
      const cells = operands(w, op.cells, out).map((cell): Expression => build.member(cell, "v"));
      const last = op.final === null ? [] : [final(w, op.final)];
      return [...cells, ...last].reduce((a, b) => build.logical("??", a, b));
    }
    case "Global":
      return here(final(w, op.final));
    case "SetGlobal":
      return here(host.setGlobal(op.name, operands(w, [op.value], out)[0]));
    case "Init":
      return here(build.call(host.init(op.module)));
    case "Goto":
      return here(build.call(host.part(op.target), ...operands(w, op.args, out)));
    default:
      return op satisfies never;
  }
}

function arithmetic(w: Writer, { op, args, checks }: Cps.Op & { kind: "Arith" }, out: Statement[]): Expression {
  const values = operands(w, args, out, operators.repeats(op, checks));
  return operators.isComparison(op)
    ? operators.comparisonValue(op, values, checks, w.use)
    : operators.arithmeticValue(op, values, checks, w.use);
}

function primitive(
  w: Writer,
  prim: Core.Prim,
  args: readonly Core.Atom[],
  span: Span | null,
  out: Statement[],
): Expression {
  const { host } = w;
  if (prim === "eval") return evaluation(w, args, span, out);
  const values = operands(w, args, out);
  if (prim === "set") return build.assign(build.member(values[0], "v"), values[1]);
  if (prim === "frame" && host.dynamic) values.unshift(build.literal(";scope"), host.scope());
  if (prim === "same") return build.bit(build.binary("===", values[0], values[1]));
  if (prim === "numbers") return build.bit(operators.areNumbers(values));
  const [module, name] = primitives[prim] ?? ["kernel/control", prim];
  return build.call(w.host.runtime(module, name), ...values);
}

/** Code that the list carries is called in place; the names around are put together only for the compiler. */
function evaluation(w: Writer, args: readonly Core.Atom[], span: Span | null, out: Statement[]): Expression {
  const { host } = w;
  const here = <T extends Expression>(e: T): T => build.located(e, span);
  const [list, ...names] = operands(w, args, out, true);
  const frame = build.call(host.runtime("kernel/quoted", "frame"), ...names);
  const slow = here(build.call(host.runtime("eval/evaluate", "evaluateIn"), list, frame, host.scope()));
  if (args[0].kind !== "Var") return slow;
  const code = build.member(list, "$code");
  return build.conditional(build.binary("!==", code, build.id("undefined")), here(build.call(code, list)), slow);
}

/** The runtime's functions for them; control operations have those of their names. */
const primitives: Readonly<Partial<Record<Core.Prim, readonly [module: string, name: string]>>> = {
  cell: ["kernel/cell", "cell"],
  unbound: ["kernel/error", "unbound"],
  fail: ["kernel/error", "error"],
  function: ["kernel/control", "asFunction"],
  probe: ["kernel/probe", "probe"],
  // Around the kernel's: fibers do not see the handlers around them.
  spawn: ["lib/spawn", "spawn"],
  quoted: ["kernel/quoted", "quoted"],
  frame: ["kernel/quoted", "frame"],
};

function knownCall(
  w: Writer,
  { fn, args }: Cps.Op & { kind: "Call" },
  span: Span | null,
  out: Statement[],
): Expression {
  const [code] = args;
  if (fn.kind === "Builtin" && fn.name === "js/expression" && code.kind === "Lit" && span !== null) {
    operands(w, args, out);
    const expression = build.arrow([], [build.ret(w.host.javascript(String(code.value), span))]);
    return build.located(build.call(w.host.fn(fn), expression), span);
  }
  const inline = fn.kind === "Builtin" ? operators.predicates.get(fn.name) : undefined;
  if (inline !== undefined) return build.bit(build.locatedCalls(inline(operands(w, args, out)[0], w.use), span));
  if (
    fn.kind === "Builtin" &&
    args.length === 1 &&
    args[0].kind === "Var" &&
    (fn.name === "head" || fn.name === "tail")
  ) {
    // Inline, so that V8 learns the shape of the list at each place; what is no cell has no `$len`.
    const [list] = operands(w, args, out, true);
    const full = build.binary(">", build.member(list, "$len"), build.literal(1));
    return build.conditional(full, build.member(list, fn.name), build.located(build.call(w.host.fn(fn), list), span));
  }
  if (fn.kind === "Builtin" && fn.name === "perform") {
    const [of, value = w.use(["kernel/list", "nil"])] = operands(w, args, out);
    const clause = build.call(w.use(["lib/effect", "evidence"]), of);
    return build.located(build.call(build.member(clause, "run"), value), span);
  }
  const binary = fn.kind === "Builtin" && args.length === 2 ? operators.binary.get(fn.name) : undefined;
  const callee = (): Expression => {
    if (binary !== undefined) return w.use(binary);
    return fn.kind === "Local" ? atom(w, { kind: "Var", var: fn.var }) : w.host.fn(fn);
  };
  return build.located(build.call(callee(), ...operands(w, args, out)), span);
}

/** A call of an unknown value: directly if it takes this many arguments. */
function apply(w: Writer, op: Cps.Op & { kind: "Apply" }, span: Span | null, out: Statement[]): Expression {
  const { host } = w;
  const here = <T extends Expression>(e: T): T => build.located(e, span);
  const n = op.args.length;
  if (n === 0) return here(build.call(host.runtime("kernel/function", "call0"), ...operands(w, [op.callee], out)));
  const [callee, ...args] = operands(w, [op.callee, ...op.args], out, true);
  const slow =
    n <= 2
      ? build.call(host.runtime("kernel/function", `apply${n}`), callee, ...args)
      : build.call(host.runtime("kernel/function", "apply"), callee, build.array(args));
  if (op.callee.kind !== "Var") return here(slow);
  const test = build.binary("===", build.member(callee, "$n"), build.literal(n));
  return build.conditional(test, here(build.call(callee, ...args)), here(slow));
}

/** Uses in a closure count double, so nothing in it waits to be written. */
function closure(w: Writer, { fn, arity }: Cps.Op & { kind: "Closure" }): Expression {
  const code = build.arrow(fn.params.map(w.name), w.closure(fn));
  build.located(code, fn.span, fn.owner ?? undefined);
  return arity === null ? code : arityCall(w.host.runtime, fn.owner, arity, code);
}

/** `def(n, f)` or, for a function with a name, `named(name, n, f)`. */
export function arityCall(runtime: Host["runtime"], name: string | null, arity: Cps.Arity, fn: Expression): Expression {
  const n = build.literal(arity.rest ? -1 - arity.params : arity.params);
  if (name === null) return build.call(runtime("kernel/function", "def"), n, fn);
  return build.call(runtime("kernel/function", "named"), build.literal(name), n, fn);
}

/** Where a read ends that found no frame. */
function final(w: Writer, f: Core.Final): Expression {
  switch (f.kind) {
    case "Atom":
      return atom(w, f.atom);
    case "Unbound": {
      const error = build.call(w.host.runtime("kernel/error", "unbound"), build.literal(unboundName(written(f.name))));
      const asked = w.host.byName(f.name);
      return asked === null ? error : build.logical("??", asked, error);
    }
    case "Global": {
      const read = w.host.global(f.global);
      if (f.set) return read;
      return build.logical("??", read, final(w, f.otherwise ?? { kind: "Unbound", name: f.global.name }));
    }
    default:
      return f satisfies never;
  }
}
