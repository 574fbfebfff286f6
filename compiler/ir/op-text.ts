/**
 * Variables, atoms and operations as s-expressions and back: what the texts of core and cps share.
 *
 *   x.12  variable 12, called x      nil  (quote {1 2})
 *   @f    function f of this module  list  the builtin  (from "id" f)  another module's function
 *   (+ x.1 2)        an argument is checked unless it is a literal number; (num x.1) is not, (any 2) is
 *   (%cell x.1)      operations of the kernel
 *   (call f x.1)     a known function: a builtin, @own, (from ..) or a variable
 *   (apply f.1 x.2)  (read (c.1 c.2) FINAL)  (set! name x.1)  (load "id")
 *   FINAL: an atom, (global x), (global? x FINAL) if it may be unset, (unbound x)
 */
import {
  type Arithmetic,
  type Atom,
  arithmetic,
  type Comparison,
  comparison,
  controlPrims,
  type Final,
  type FnRef,
  type GlobalRef,
  type Op,
  type Prim,
  plainPrims,
  type Var,
} from "./core.ts";
import { expectList, expectString, expectSymbol, isList, isString, type Sexp, str, unexpected } from "./sexp.ts";
import { parseSyntax, showSyntax } from "./syntax-text.ts";

/** All but closures, in which core and cps differ. */
export type PlainOp = Exclude<Op, { kind: "Closure" }>;
export type Variables = (sexp: Sexp) => Var;

const VARIABLE = /^(.*)\.(\d+)$/s;
const isVariable = (text: string): boolean => VARIABLE.test(text);

// ---- showing ----

export const showVar = ({ name, id }: Var): Sexp => `${name}.${id}`;

export function showAtom(atom: Atom): Sexp {
  switch (atom.kind) {
    case "Var":
      return showVar(atom.var);
    case "Lit":
      return typeof atom.value === "string" ? str(atom.value) : atom.value;
    case "Nil":
      return "nil";
    case "Datum":
      return ["quote", showSyntax(atom.datum)];
    case "Fn":
      return showFn(atom.fn);
    default:
      return atom satisfies never;
  }
}

/** The long forms are for names that would read as something else. */
export function showFn(fn: FnRef): Sexp {
  switch (fn.kind) {
    case "Own":
      return isVariable(`@${fn.name}`) ? ["own", fn.name] : `@${fn.name}`;
    case "Builtin":
      return isVariable(fn.name) || fn.name === "nil" || fn.name.startsWith("@") ? ["builtin", fn.name] : fn.name;
    case "Module":
      return ["from", str(fn.module), fn.name];
    default:
      return fn satisfies never;
  }
}

const showFinal = (final: Final): Sexp => {
  switch (final.kind) {
    case "Atom":
      return showAtom(final.atom);
    case "Unbound":
      return ["unbound", final.name];
    case "Global": {
      const { module, name } = final.global;
      const otherwise = final.otherwise === null ? [] : [showFinal(final.otherwise)];
      return [final.set ? "global" : "global?", module === null ? name : ["from", str(module), name], ...otherwise];
    }
    default:
      return final satisfies never;
  }
};

export function showOp(op: PlainOp): Sexp {
  switch (op.kind) {
    case "Use":
      return showAtom(op.atom);
    case "Arith":
      return [op.op, ...op.args.map((arg, i) => showChecked(arg, op.checks[i]))];
    case "Prim":
      return [`%${op.prim}`, ...op.args.map(showAtom)];
    case "Call":
      return ["call", op.fn.kind === "Local" ? showVar(op.fn.var) : showFn(op.fn), ...op.args.map(showAtom)];
    case "Apply":
      return ["apply", showAtom(op.callee), ...op.args.map(showAtom)];
    case "Read":
      return ["read", op.cells.map(showAtom), ...(op.final === null ? [] : [showFinal(op.final)])];
    case "Global":
      return op.final.kind === "Atom" ? ["final", showAtom(op.final.atom)] : showFinal(op.final);
    case "SetGlobal":
      return ["set!", op.name, showAtom(op.value)];
    case "Init":
      return ["load", str(op.module)];
    default:
      return op satisfies never;
  }
}

const isNumber = (atom: Atom): boolean => atom.kind === "Lit" && typeof atom.value === "number";
const showChecked = (atom: Atom, check: boolean): Sexp =>
  check !== isNumber(atom) ? showAtom(atom) : [check ? "any" : "num", showAtom(atom)];

// ---- reading ----

/** Gives each id one object, because passes compare variables by identity. */
export function variables(): Variables {
  const known = new Map<number, Var>();
  return (sexp) => {
    const [, name, digits] = VARIABLE.exec(expectSymbol(sexp, "a variable")) ?? unexpected(sexp, "a variable");
    const id = Number(digits);
    const variable = known.get(id) ?? { id, name };
    known.set(id, variable);
    return variable.name === name ? variable : unexpected(sexp, `the variable ${variable.name}.${id}`);
  };
}

export function parseAtom(sexp: Sexp, vars: Variables): Atom {
  if (typeof sexp === "number" || typeof sexp === "bigint") return { kind: "Lit", value: sexp };
  if (isString(sexp)) return { kind: "Lit", value: sexp.str };
  if (sexp === "nil") return { kind: "Nil" };
  if (typeof sexp === "string" && isVariable(sexp)) return { kind: "Var", var: vars(sexp) };
  if (isList(sexp) && sexp[0] === "quote" && sexp.length === 2) return { kind: "Datum", datum: parseSyntax(sexp[1]) };
  return { kind: "Fn", fn: parseFn(sexp) };
}

export function parseFn(sexp: Sexp): FnRef {
  if (typeof sexp === "string")
    return sexp.startsWith("@") ? { kind: "Own", name: sexp.slice(1) } : { kind: "Builtin", name: sexp };
  const [tag, ...rest] = expectList(sexp, "an atom");
  if (tag === "own") return { kind: "Own", name: expectSymbol(rest[0], "a name") };
  if (tag === "builtin") return { kind: "Builtin", name: expectSymbol(rest[0], "a name") };
  if (tag === "from")
    return { kind: "Module", module: expectString(rest[0], "a module id"), name: expectSymbol(rest[1], "a name") };
  return unexpected(sexp, "an atom");
}

const parseGlobal = (sexp: Sexp): GlobalRef =>
  isList(sexp)
    ? { module: expectString(sexp[1], "a module id"), name: expectSymbol(sexp[2], "a name") }
    : { module: null, name: expectSymbol(sexp, "a name") };

const parseFinal = (sexp: Sexp, vars: Variables): Final => {
  const [tag, what, otherwise] = isList(sexp) ? sexp : [];
  if (tag === "unbound") return { kind: "Unbound", name: expectSymbol(what, "a name") };
  if (tag !== "global" && tag !== "global?") return { kind: "Atom", atom: parseAtom(sexp, vars) };
  return {
    kind: "Global",
    global: parseGlobal(what),
    set: tag === "global",
    otherwise: otherwise === undefined ? null : parseFinal(otherwise, vars),
  };
};

const operators: ReadonlySet<string> = new Set([...arithmetic, ...comparison]);
const prims: ReadonlySet<string> = new Set([...plainPrims, ...controlPrims]);
const atomTags: ReadonlySet<Sexp> = new Set(["quote", "own", "builtin", "from"]);

export function parseOp(sexp: Sexp, vars: Variables): PlainOp {
  const atom = (item: Sexp): Atom => parseAtom(item, vars);
  if (!isList(sexp) || atomTags.has(sexp[0])) return { kind: "Use", atom: atom(sexp) };
  const [tag, ...rest] = sexp;
  const [first, second] = rest;
  switch (tag) {
    case "call": {
      const local = typeof first === "string" && isVariable(first);
      return {
        kind: "Call",
        fn: local ? { kind: "Local", var: vars(first) } : parseFn(first),
        args: rest.slice(1).map(atom),
      };
    }
    case "apply":
      return { kind: "Apply", callee: atom(first), args: rest.slice(1).map(atom) };
    case "read":
      return {
        kind: "Read",
        cells: expectList(first, "cells").map(atom),
        final: second === undefined ? null : parseFinal(second, vars),
      };
    case "global":
    case "global?":
    case "unbound":
      return { kind: "Global", final: parseFinal(sexp, vars) };
    case "final":
      return { kind: "Global", final: { kind: "Atom", atom: atom(first) } };
    case "set!":
      return { kind: "SetGlobal", name: expectSymbol(first, "a name"), value: atom(second) };
    case "load":
      return { kind: "Init", module: expectString(first, "a module id") };
    default:
      return parseNamed(sexp, expectSymbol(tag, "an operation"), rest, atom);
  }
}

function parseNamed(sexp: Sexp, tag: string, rest: readonly Sexp[], atom: (item: Sexp) => Atom): PlainOp {
  if (operators.has(tag)) {
    const marks = rest.map((item) => (isList(item) && (item[0] === "num" || item[0] === "any") ? item[0] : null));
    const args = rest.map((item, i) => atom(marks[i] === null ? item : (item as readonly Sexp[])[1]));
    const checks = args.map((arg, i) => (marks[i] === null ? !isNumber(arg) : marks[i] === "any"));
    return { kind: "Arith", op: tag as Arithmetic | Comparison, args, checks };
  }
  if (tag.startsWith("%") && prims.has(tag.slice(1)))
    return { kind: "Prim", prim: tag.slice(1) as Prim, args: rest.map(atom) };
  return unexpected(sexp, "an operation");
}
