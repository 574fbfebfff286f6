/** Statements of cps as statements of JavaScript. */
import { opAtoms } from "../ir/core-walk.ts";
import type * as Cps from "../ir/cps.ts";
import { assign } from "./assign.ts";
import { branch, choice, testAndBranch, within } from "./branches.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import { mentions } from "./flow.ts";
import { operation } from "./operations.ts";
import { atom, flushEffects, operands } from "./pending.ts";
import { fused, isTest } from "./tests.ts";
import { nothingTaken, type Where, type Writer } from "./writer.ts";

type Kind<K extends Cps.Stmt["kind"]> = Cps.Stmt & { readonly kind: K };

export function list(w: Writer, stmts: readonly Cps.Stmt[], out: Statement[], where: Where): void {
  for (let i = 0; i < stmts.length; i += step(w, stmts, i, out, where));
}

/** Writes statement i, perhaps with those that follow it; gives how many. */
function step(w: Writer, stmts: readonly Cps.Stmt[], i: number, out: Statement[], where: Where): number {
  const s = stmts[i];
  if (s.kind === "Let") {
    const taken = testAndBranch(w, stmts, i, out, where);
    if (taken > 0) return taken;
  }
  if (s.kind === "Declare" && choice(w, s, stmts[i + 1], out)) return 2;
  statement(w, s, out, where, i === stmts.length - 1);
  return 1;
}

/** `last`: does it stand at the end of its list? */
function statement(w: Writer, s: Cps.Stmt, out: Statement[], where: Where, last: boolean): void {
  switch (s.kind) {
    case "Let":
      bind(w, s, out);
      break;
    case "Slot":
      slot(w, s, out);
      break;
    case "Check":
      check(w, s, out);
      break;
    case "Guard":
      guard(w, s, out, where);
      break;
    case "Report":
      report(w, s, out);
      break;
    case "If":
      branch(w, s, out, last ? where : within(where, null));
      break;
    case "Declare":
      if (s.vars.length > 0) out.push(build.declareAll(s.vars.map(w.name)));
      break;
    case "Assign":
      assign(w, s, out);
      break;
    case "Labeled":
      labeled(w, s, out, where);
      break;
    case "Loop":
      loop(w, s, out);
      break;
    case "Break":
      if (where.next !== s.label || !last) out.push(build.breakTo(w.name(s.label)));
      break;
    case "Continue":
      if (where.next !== s.label || !last) out.push(build.continueTo(where.loop === s.label ? null : w.name(s.label)));
      break;
    case "Return":
      out.push(build.located(build.ret(operation(w, s.op, s.span, out)), s.span));
      break;
    case "Fuel":
      fuel(w, s, out);
      break;
    default:
      s satisfies never;
  }
}

/** Nothing, a statement, a constant, or a value that waits to be used. */
function bind(w: Writer, s: Kind<"Let">, out: Statement[]): void {
  const count = w.uses.get(s.var) ?? 0;
  const pure = w.host.pure(s.op);
  if (count === 0 && pure) {
    // What it would have taken over happens all the same.
    const operands = s.op.kind === "Closure" || s.op.kind === "Goto" ? [] : opAtoms(s.op);
    if (operands.some((a) => a.kind === "Var" && w.pending.get(a.var)?.pure === false)) flushEffects(w, out);
    return;
  }
  if (w.host.givesNumber(s.op)) w.numbers.add(s.var);
  w.taken = { ...nothingTaken(), effects: !pure };
  const test = count === 1 && isTest(s.op) ? fused(w, s, out) : null;
  const value = test === null ? operation(w, s.op, s.span, out) : build.bit(test.test);
  if (count === 1) {
    const { reads, depth, effects } = w.taken;
    const raw = test === null ? {} : { test: test.test };
    w.pending.set(s.var, { expression: value, ...raw, pure: !effects, span: s.span, reads, depth: depth + 1 });
    return;
  }
  flushEffects(w, out);
  const written = count === 0 ? build.expression(value) : build.declare("const", w.name(s.var), value);
  out.push(build.located(written, s.span));
}

// ---- frames ----

const SLOTS = ["a", "b", "c", "d", "e", "g", "h", "i"] as const;
/** A larger frame has an array in its last slot. */
const LAST = SLOTS.length - 1;

/** A frame never changes, so a slot used once is read where it is used. */
function slot(w: Writer, s: Kind<"Slot">, out: Statement[]): void {
  const frame = build.id(w.host.frame);
  const expression =
    s.count > SLOTS.length && s.index >= LAST
      ? build.at(build.member(frame, SLOTS[LAST]), build.literal(s.index - LAST))
      : build.member(frame, SLOTS[s.index]);
  const count = w.uses.get(s.var) ?? 0;
  if (count === 1) w.pending.set(s.var, { expression, pure: true, span: w.fn.span, reads: new Set(), depth: 0 });
  else if (count > 0) out.push(build.declare("const", w.name(s.var), expression));
}

function check(w: Writer, s: Kind<"Check">, out: Statement[]): void {
  // Where nothing else uses the value it has not been written yet.
  if (w.pending.has(s.var)) flushEffects(w, out);
  const slots = s.live.map((v) => atom(w, { kind: "Var", var: v }));
  const unwinds = build.binary("===", build.id(w.name(s.var)), w.host.runtime("kernel/control", "Y"));
  out.push(build.when(unwinds, [build.ret(push(w, s.resume, slots))]));
}

function push({ host }: Writer, resume: string, slots: readonly Expression[]): Expression {
  const fn = host.part(resume);
  const size = [1, 2, 4, SLOTS.length].find((n) => n >= slots.length) ?? SLOTS.length;
  const fits = slots.length <= SLOTS.length;
  const args = fits ? slots : [...slots.slice(0, LAST), build.array(slots.slice(LAST))];
  return build.call(host.runtime("kernel/control", `push${size}`), fn, ...args);
}

function fuel({ host, name }: Writer, s: Kind<"Fuel">, out: Statement[]): void {
  const left = build.member(host.runtime("kernel/registers", "R"), "fuel");
  // A large frame costs more, but one unit is enough to go on: however little there is, a call that was asked for again runs.
  const burnt: Expression =
    s.cost === 1
      ? { type: "UpdateExpression", operator: "--", prefix: true, argument: left }
      : build.assign(left, build.literal(s.cost), "-=");
  const self = s.self.kind === "Top" ? host.part(s.self.name) : build.id(name(s.self.var));
  const args = s.args.map((v) => build.id(name(v)));
  const overflow = build.call(host.runtime("kernel/control", "overflow"), self, ...args);
  out.push(build.when(build.binary("<", burnt, build.literal(1 - s.cost)), [build.ret(overflow)]));
}

// ---- Errors ----

const isError = ({ host }: Writer, value: Expression): Expression =>
  build.binary("instanceof", value, host.runtime("kernel/error", "ValkError"));

function guard(w: Writer, s: Kind<"Guard">, out: Statement[], where: Where): void {
  const value = operands(w, [s.value], out, true)[0];
  const exit: Statement[] = [];
  w.list(s.exit, exit, within(where, null));
  out.push(build.when(isError(w, value), exit));
}

function report(w: Writer, s: Kind<"Report">, out: Statement[]): void {
  const value = operands(w, [s.value], out, true)[0];
  const stops = build.call(w.host.runtime("kernel/main", "stops"), value, atom(w, { kind: "Var", var: s.loaded }));
  out.push(build.when(build.and([isError(w, value), stops]), [build.ret(value)]));
}

// ---- labels: written only where somebody jumps to them ----

function labeled(w: Writer, s: Kind<"Labeled">, out: Statement[], where: Where): void {
  flushEffects(w, out);
  const body: Statement[] = [];
  w.list(s.body, body, within(where, s.label));
  if (mentions(body, w.name(s.label), "BreakStatement")) out.push(build.labeled(w.name(s.label), build.block(body)));
  else out.push(...body);
}

function loop(w: Writer, s: Kind<"Loop">, out: Statement[]): void {
  flushEffects(w, out);
  const body: Statement[] = [];
  w.list(s.body, body, { next: s.label, loop: s.label });
  const again = mentions(body, w.name(s.label), "ContinueStatement");
  out.push(again ? build.labeled(w.name(s.label), build.forever(body)) : build.forever(body));
}
