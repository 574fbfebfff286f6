/**
 * Core as s-expressions and back; spans are left out. Atoms and operations: op-text.ts.
 *
 *   (exports a b)  (variables x y)
 *   (fn f.3 (x.1 & more.2) STMT.. END)     a function; (define g (fn f.3 ..)) if its module-level name is another
 *                                          also with (numbers 0 1), (worker h), (twin h) or (free) before the lambda
 *   (init (thunk 9 (loaded.8) ..))         the top level; 9: a lambda without a name
 *   (let x.1 OP)  (guard x.1)  (guard x.1 label.2)  (join label.2 (x.1) STMT.. END)  (report x.1 loaded.8)
 *   (return x.1)  (tail OP)  (jump label.2 x.1)  (if x.1 BLOCK BLOCK)  (loop label.2 ((x.1 INIT)) STMT.. END)
 *   BLOCK: its END if that is all, else (do STMT.. END)
 */
import type { Span } from "../source/span.ts";
import type * as Core from "./core.ts";
import { parseAtom, parseOp, showAtom, showOp, showVar, type Variables, variables } from "./op-text.ts";
import {
  expectList,
  expectNumber,
  expectSymbol,
  isList,
  parseSexps,
  printSexp,
  type Sexp,
  unexpected,
} from "./sexp.ts";

const NOWHERE: Span = { start: 0, end: 0 };
const LAMBDA = /^(.*)\.(\d+)$/s;

// ---- showing ----

export const showCore = (module: Core.Module): string => showSexps(coreSexps(module));

export const showSexps = (sexps: readonly Sexp[]): string => sexps.map((sexp) => `${printSexp(sexp)}\n`).join("");

const coreSexps = ({ exports, variables, functions, init }: Core.Module): readonly Sexp[] => [
  ["exports", ...exports],
  ["variables", ...variables],
  ...functions.map(showFunction),
  ["init", showLambda(init)],
];

function showFunction({ name, lambda, numbers, worker, twin, free }: Core.Function): Sexp {
  const facts = [
    ...(numbers === undefined ? [] : [["numbers", ...numbers]]),
    ...(worker === undefined ? [] : [["worker", worker]]),
    ...(twin === undefined ? [] : [["twin", twin]]),
    ...(free === undefined ? [] : [["free"]]),
  ];
  if (name === lambda.name && facts.length === 0) return showLambda(lambda);
  return ["define", name, ...facts, showLambda(lambda)];
}

export function showLambda({ id, name, params, rest, thunk, code, body }: Core.Lambda): Sexp {
  const all = params.map(showVar);
  const shown = rest ? [...all.slice(0, -1), "&", ...all.slice(-1)] : all;
  return [code ? "code" : thunk ? "thunk" : "fn", name === null ? id : `${name}.${id}`, shown, ...showStmts(body)];
}

export const showBlock = (block: Core.Block): Sexp =>
  block.stmts.length === 0 ? showEnd(block.end) : ["do", ...showStmts(block)];

const showStmts = (block: Core.Block): readonly Sexp[] => [...block.stmts.map(showStmt), showEnd(block.end)];
const showOperation = (op: Core.Op): Sexp => (op.kind === "Closure" ? showLambda(op.lambda) : showOp(op));

export function showStmt(stmt: Core.Stmt): Sexp {
  switch (stmt.kind) {
    case "Let":
      return ["let", showVar(stmt.var), showOperation(stmt.op)];
    case "Guard":
      return ["guard", showAtom(stmt.value), ...(stmt.label === null ? [] : [showVar(stmt.label)])];
    case "Join":
      return ["join", showVar(stmt.label), stmt.params.map(showVar), ...showStmts(stmt.body)];
    case "Report":
      return ["report", showAtom(stmt.value), showVar(stmt.loaded)];
    default:
      return stmt satisfies never;
  }
}

export function showEnd(end: Core.End): Sexp {
  switch (end.kind) {
    case "Return":
      return ["return", showAtom(end.value)];
    case "Tail":
      return ["tail", showOperation(end.op)];
    case "Jump":
      return ["jump", showVar(end.label), ...end.args.map(showAtom)];
    case "If":
      return ["if", showAtom(end.test), showBlock(end.then), showBlock(end.else)];
    case "Loop": {
      const params = end.params.map((param, i) => [showVar(param), ...end.inits.slice(i, i + 1).map(showAtom)]);
      return ["loop", showVar(end.label), params, ...showStmts(end.body)];
    }
    default:
      return end satisfies never;
  }
}

// ---- reading ----

/** The module of such a text; all spans are 0. Throws a SyntaxError if it is none. */
export function parseCore(text: string): Core.Module {
  const vars = variables();
  const [exports, names, ...rest] = parseSexps(text);
  const init = expectTagged(rest[rest.length - 1], "init");
  return {
    exports: expectTagged(exports, "exports").map(parseName),
    variables: expectTagged(names, "variables").map(parseName),
    functions: rest.slice(0, -1).map((sexp) => parseFunction(sexp, vars)),
    init: parseLambda(init[0], vars),
  };
}

/** What follows the tag. */
export function expectTagged(sexp: Sexp | undefined, tag: string): readonly Sexp[] {
  return sexp !== undefined && isList(sexp) && sexp[0] === tag ? sexp.slice(1) : unexpected(sexp, `(${tag} ..)`);
}
export const parseName = (sexp: Sexp): string => expectSymbol(sexp, "a name");

function parseFunction(sexp: Sexp, vars: Variables): Core.Function {
  const [tag, title, ...rest] = expectList(sexp, "a function");
  if (tag !== "define") {
    const lambda = parseLambda(sexp, vars);
    return { name: lambda.name ?? unexpected(sexp, "a function with a name"), lambda };
  }
  const fact = (name: string): readonly Sexp[] | undefined =>
    rest.slice(0, -1).flatMap((item) => (isList(item) && item[0] === name ? [item.slice(1)] : []))[0];
  const [numbers, worker, twin, free] = ["numbers", "worker", "twin", "free"].map(fact);
  return {
    name: parseName(title),
    lambda: parseLambda(rest[rest.length - 1], vars),
    ...(numbers === undefined ? {} : { numbers: numbers.map((n) => expectNumber(n, "a parameter's index")) }),
    ...(worker === undefined ? {} : { worker: parseName(worker[0]) }),
    ...(twin === undefined ? {} : { twin: parseName(twin[0]) }),
    ...(free === undefined ? {} : { free: true }),
  };
}

export function parseLambda(sexp: Sexp, vars: Variables = variables()): Core.Lambda {
  const [tag, title, list, ...body] = expectList(sexp, "a lambda");
  if (tag !== "fn" && tag !== "thunk" && tag !== "code") return unexpected(sexp, "a lambda");
  const params = expectList(list, "parameters");
  const matched =
    typeof title === "number"
      ? ["", null, title]
      : (LAMBDA.exec(parseName(title)) ?? unexpected(title, "a lambda's name"));
  return {
    id: Number(matched[2]),
    name: matched[1] as string | null,
    params: params.filter((param) => param !== "&").map(vars),
    rest: params.includes("&"),
    thunk: tag !== "fn",
    ...(tag === "code" ? { code: true } : {}),
    body: parseStmts(body, vars),
    span: NOWHERE,
  };
}

export function parseBlock(sexp: Sexp, vars: Variables = variables()): Core.Block {
  const items = expectList(sexp, "a block");
  return parseStmts(items[0] === "do" ? items.slice(1) : [items], vars);
}

function parseStmts(sexps: readonly Sexp[], vars: Variables): Core.Block {
  const stmts = sexps.slice(0, -1).map((sexp) => parseStmt(sexp, vars));
  return { stmts, end: parseEnd(sexps[sexps.length - 1], vars) };
}

function parseOperation(sexp: Sexp, vars: Variables): Core.Op {
  return isList(sexp) && (sexp[0] === "fn" || sexp[0] === "thunk" || sexp[0] === "code")
    ? { kind: "Closure", lambda: parseLambda(sexp, vars) }
    : parseOp(sexp, vars);
}

function parseStmt(sexp: Sexp, vars: Variables): Core.Stmt {
  const [tag, first, second, ...rest] = expectList(sexp, "a statement");
  switch (tag) {
    case "let":
      return { kind: "Let", var: vars(first), op: parseOperation(second, vars), span: NOWHERE };
    case "guard":
      return { kind: "Guard", value: parseAtom(first, vars), label: second === undefined ? null : vars(second) };
    case "join":
      return {
        kind: "Join",
        label: vars(first),
        params: expectList(second, "parameters").map(vars),
        body: parseStmts(rest, vars),
      };
    case "report":
      return { kind: "Report", value: parseAtom(first, vars), loaded: vars(second) };
    default:
      return unexpected(sexp, "a statement");
  }
}

function parseEnd(sexp: Sexp | undefined, vars: Variables): Core.End {
  const [tag, ...rest] =
    sexp === undefined ? unexpected(sexp, "the end of a block") : expectList(sexp, "the end of a block");
  switch (tag) {
    case "return":
      return { kind: "Return", value: parseAtom(rest[0], vars) };
    case "tail":
      return { kind: "Tail", op: parseOperation(rest[0], vars), span: NOWHERE };
    case "jump":
      return { kind: "Jump", label: vars(rest[0]), args: rest.slice(1).map((arg) => parseAtom(arg, vars)) };
    case "if":
      return {
        kind: "If",
        test: parseAtom(rest[0], vars),
        then: parseBlock(rest[1], vars),
        else: parseBlock(rest[2], vars),
      };
    case "loop": {
      const [label, list, ...body] = rest;
      const pairs = expectList(list, "parameters").map((pair) => expectList(pair, "a parameter"));
      return {
        kind: "Loop",
        label: vars(label),
        params: pairs.map(([param]) => vars(param)),
        inits: pairs.flatMap((pair) => pair.slice(1).map((init) => parseAtom(init, vars))),
        body: parseStmts(body, vars),
      };
    }
    default:
      return unexpected(sexp, "the end of a block");
  }
}
