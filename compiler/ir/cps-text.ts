/**
 * Cps as s-expressions and back; spans are left out. Atoms and operations: op-text.ts.
 *
 *   (exports a b)  (variables x y)  (entry f ARITY unwinds FUNCTION..)  (init ..): the fast function, then its parts
 *   FUNCTION: (fast f (x.1) STMT..), resume and rest likewise; (of f) after the name says what Valk function it is a part of,
 *             where that is not the entry, or the function around it; (of) is the top level
 *   ARITY: 2, or 2+ with a rest list, or - for the body of a control operation
 *   (let x.1 OP)  where OP is also (closure ARITY FUNCTION) or (goto f$1b x.1)
 *   (slot x.1 0 3)  (check x.1 f$1 live.2)  (guard x.1 STMT..)  (report x.1 loaded.2)  (if x.1 BRANCH BRANCH)
 *   (declare x.1)  (assign (x.1 2))  (labeled l.1 STMT..)  (loop l.1 STMT..)  (break l.1)  (continue l.1)
 *   (return OP)  (fuel 1 @f x.1)
 *   BRANCH: a statement, or (do STMT..)
 */
import type { Span } from "../source/span.ts";
import { expectTagged, parseName, showSexps } from "./core-text.ts";
import type * as Cps from "./cps.ts";
import {
  parseAtom,
  parseFn,
  parseOp,
  showAtom,
  showFn,
  showOp,
  showVar,
  type Variables,
  variables,
} from "./op-text.ts";
import { expectList, expectNumber, isList, parseSexps, type Sexp, unexpected } from "./sexp.ts";

const NOWHERE: Span = { start: 0, end: 0 };

// ---- showing ----

export const showCps = (module: Cps.Module): string =>
  showSexps([
    ["exports", ...module.exports],
    ["variables", ...module.variables],
    ...module.entries.map((entry) => showEntry("entry", entry)),
    showEntry("init", module.init),
  ]);

const showEntry = (tag: string, { name, arity, fn, unwinds, parts }: Cps.Entry): Sexp => [
  tag,
  name,
  showArity(arity),
  unwinds ? "unwinds" : "plain",
  ...[fn, ...parts].map((part) => showFunction(part, name)),
];

const showArity = (arity: Cps.Arity | null): Sexp =>
  arity === null ? "-" : arity.rest ? `${arity.params}+` : arity.params;

/** `owner`: what goes without saying. */
export function showFunction(fn: Cps.Function, owner: string | null): Sexp {
  const of = fn.owner === owner ? [] : [["of", ...(fn.owner === null ? [] : [fn.owner])]];
  return [fn.role, fn.name, ...of, fn.params.map(showVar), ...fn.body.map((stmt) => showCpsStmt(stmt, fn.owner))];
}

function showCpsOp(op: Cps.Op, owner: string | null): Sexp {
  if (op.kind === "Closure") return ["closure", showArity(op.arity), showFunction(op.fn, owner)];
  return op.kind === "Goto" ? ["goto", op.target, ...op.args.map(showAtom)] : showOp(op);
}

export function showCpsStmt(stmt: Cps.Stmt, owner: string | null): Sexp {
  const all = (stmts: readonly Cps.Stmt[]): readonly Sexp[] => stmts.map((inner) => showCpsStmt(inner, owner));
  const branch = (stmts: readonly Cps.Stmt[]): Sexp =>
    stmts.length === 1 ? showCpsStmt(stmts[0], owner) : ["do", ...all(stmts)];
  switch (stmt.kind) {
    case "Let":
      return ["let", showVar(stmt.var), showCpsOp(stmt.op, owner)];
    case "Slot":
      return ["slot", showVar(stmt.var), stmt.index, stmt.count];
    case "Check":
      return ["check", showVar(stmt.var), stmt.resume, ...stmt.live.map(showVar)];
    case "Guard":
      return ["guard", showAtom(stmt.value), ...all(stmt.exit)];
    case "Report":
      return ["report", showAtom(stmt.value), showVar(stmt.loaded)];
    case "If":
      return ["if", showAtom(stmt.test), branch(stmt.then), branch(stmt.else)];
    case "Declare":
      return ["declare", ...stmt.vars.map(showVar)];
    case "Assign":
      return ["assign", ...stmt.vars.map((v, i) => [showVar(v), ...stmt.values.slice(i, i + 1).map(showAtom)])];
    case "Labeled":
      return ["labeled", showVar(stmt.label), ...all(stmt.body)];
    case "Loop":
      return ["loop", showVar(stmt.label), ...all(stmt.body)];
    case "Break":
      return ["break", showVar(stmt.label)];
    case "Continue":
      return ["continue", showVar(stmt.label)];
    case "Return":
      return ["return", showCpsOp(stmt.op, owner)];
    case "Fuel": {
      const self = stmt.self.kind === "Top" ? showFn({ kind: "Own", name: stmt.self.name }) : showVar(stmt.self.var);
      return ["fuel", stmt.cost, self, ...stmt.args.map(showVar)];
    }
    default:
      return stmt satisfies never;
  }
}

// ---- reading ----

/** The module of such a text; all spans are 0 or null. Throws a SyntaxError if it is none. */
export function parseCps(text: string): Cps.Module {
  const vars = variables();
  const [exports, names, ...rest] = parseSexps(text);
  return {
    exports: expectTagged(exports, "exports").map(parseName),
    variables: expectTagged(names, "variables").map(parseName),
    entries: rest.slice(0, -1).map((sexp) => parseEntry(expectTagged(sexp, "entry"), vars)),
    init: parseEntry(expectTagged(rest[rest.length - 1], "init"), vars),
  };
}

function parseEntry([title, arity, unwinds, ...functions]: readonly Sexp[], vars: Variables): Cps.Entry {
  const name = parseName(title);
  const [fn, ...parts] = functions.map((sexp) => parseFunction(sexp, name, vars));
  return { name, arity: parseArity(arity) ?? unexpected(arity, "an arity"), unwinds: unwinds === "unwinds", fn, parts };
}

function parseArity(sexp: Sexp): Cps.Arity | null {
  if (typeof sexp === "number") return { params: sexp, rest: false };
  return sexp === "-" ? null : { params: Number.parseInt(parseName(sexp), 10), rest: true };
}

function parseFunction(sexp: Sexp, outer: string | null, vars: Variables): Cps.Function {
  const [role, name, ...rest] = expectList(sexp, "a function");
  if (role !== "fast" && role !== "resume" && role !== "rest") return unexpected(sexp, "a function");
  const of = isList(rest[0]) && rest[0][0] === "of" ? rest[0] : null;
  const owner = of === null ? outer : of.length === 1 ? null : parseName(of[1]);
  const [params, ...body] = of === null ? rest : rest.slice(1);
  return {
    name: parseName(name),
    role,
    params: expectList(params, "parameters").map(vars),
    body: body.map((stmt) => parseStmt(stmt, owner, vars)),
    span: NOWHERE,
    owner,
  };
}

function parseCpsOp(sexp: Sexp, owner: string | null, vars: Variables): Cps.Op {
  const [tag, first, ...rest] = isList(sexp) ? sexp : [];
  if (tag === "goto") return { kind: "Goto", target: parseName(first), args: rest.map((arg) => parseAtom(arg, vars)) };
  if (tag === "closure") return { kind: "Closure", arity: parseArity(first), fn: parseFunction(rest[0], owner, vars) };
  return parseOp(sexp, vars) as Cps.Op;
}

function parseStmt(sexp: Sexp, owner: string | null, vars: Variables): Cps.Stmt {
  const [tag, ...rest] = expectList(sexp, "a statement");
  const [first, second, third] = rest;
  const all = (sexps: readonly Sexp[]): readonly Cps.Stmt[] => sexps.map((stmt) => parseStmt(stmt, owner, vars));
  const branch = (stmt: Sexp): readonly Cps.Stmt[] =>
    isList(stmt) && stmt[0] === "do" ? all(stmt.slice(1)) : all([stmt]);
  switch (tag) {
    case "let":
      return { kind: "Let", var: vars(first), op: parseCpsOp(second, owner, vars), span: NOWHERE };
    case "slot":
      return {
        kind: "Slot",
        var: vars(first),
        index: expectNumber(second, "an index"),
        count: expectNumber(third, "a count"),
      };
    case "check":
      return { kind: "Check", var: vars(first), resume: parseName(second), live: rest.slice(2).map(vars) };
    case "guard":
      return { kind: "Guard", value: parseAtom(first, vars), exit: all(rest.slice(1)) };
    case "report":
      return { kind: "Report", value: parseAtom(first, vars), loaded: vars(second) };
    case "if":
      return { kind: "If", test: parseAtom(first, vars), then: branch(second), else: branch(third) };
    case "declare":
      return { kind: "Declare", vars: rest.map(vars) };
    case "assign": {
      const pairs = rest.map((pair) => expectList(pair, "a variable with its value"));
      return {
        kind: "Assign",
        vars: pairs.map(([v]) => vars(v)),
        values: pairs.flatMap((pair) => pair.slice(1).map((value) => parseAtom(value, vars))),
      };
    }
    case "labeled":
      return { kind: "Labeled", label: vars(first), body: all(rest.slice(1)) };
    case "loop":
      return { kind: "Loop", label: vars(first), body: all(rest.slice(1)) };
    case "break":
      return { kind: "Break", label: vars(first) };
    case "continue":
      return { kind: "Continue", label: vars(first) };
    case "return":
      return { kind: "Return", op: parseCpsOp(first, owner, vars), span: null };
    case "fuel":
      return {
        kind: "Fuel",
        cost: expectNumber(first, "a cost"),
        self: parseSelf(second, vars),
        args: rest.slice(2).map(vars),
      };
    default:
      return unexpected(sexp, "a statement");
  }
}

function parseSelf(sexp: Sexp, vars: Variables): Cps.Self {
  const own =
    isList(sexp) || (typeof sexp === "string" && sexp.startsWith("@") && !/\.\d+$/.test(sexp)) ? parseFn(sexp) : null;
  return own === null ? { kind: "Local", var: vars(sexp) } : { kind: "Top", name: own.name };
}
