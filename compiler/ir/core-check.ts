/** The laws of core that its types do not say. Runs between passes in tests. */

import type * as Core from "./core.ts";
import { noErrors } from "./core-no-errors.ts";
import { showEnd, showStmt } from "./core-text.ts";
import { forEachOp, opAtoms } from "./core-walk.ts";
import { bodiesOf, wrongOp } from "./op-check.ts";
import { printSexp, type Sexp } from "./sexp.ts";
import type { World } from "./world.ts";

/** What may be relied on besides the text: builtins that give no Errors, and variables that a pass knows to hold none. */
export interface Known {
  readonly world?: Pick<World, "fn">;
  readonly noError?: (variable: Core.Var) => boolean;
}

/** A place in a lambda: what is visible there. */
interface Scope {
  readonly vars: ReadonlySet<Core.Var>;
  /** Label -> number of parameters. */
  readonly labels: ReadonlyMap<Core.Label, number>;
  /** The top level, or the body of a control operation in it. */
  readonly top: Core.Lambda | null;
}

/** What is wrong with the module, in words; empty if nothing is. */
export function checkCore(module: Core.Module, known: Known = {}): readonly string[] {
  const problems: string[] = [];
  const made = new Map<number, Core.Var>();
  const lambdas = new Set<number>();
  const closures = new Map<Core.Var, Core.Lambda>();
  const own = new Map(module.functions.map(({ name, lambda }) => [name, lambda]));
  const copies = new Map(
    module.functions.flatMap(({ name, numbers }) => (numbers === undefined ? [] : [[name, numbers]])),
  );
  const globals = new Set(module.variables);
  const clean = noErrors(module, known);
  let where = "";
  const complain = (what: string, at?: Sexp): void => {
    const text = at === undefined ? "" : `: ${printSexp(at, 1e9).slice(0, 160)}`;
    problems.push(`${where}${what}${text}`);
  };

  const names = [...own.keys(), ...module.variables];
  if (module.functions.length + globals.size !== new Set(names).size || globals.size !== module.variables.length)
    complain("two functions or variables of one name");
  for (const name of module.exports)
    if (!own.has(name) && !globals.has(name)) complain(`an export of nothing: ${name}`);
  if (new Set(module.exports).size !== module.exports.length) complain("a name is exported twice");
  if (!module.init.thunk || module.init.params.length !== 1) complain("the top level is no thunk of one parameter");

  const nowhere: Scope = { vars: new Set(), labels: new Map(), top: null };
  const free = new Set(module.functions.flatMap((f) => (f.free ? [f.name] : [])));
  for (const { name, lambda, numbers, worker, twin } of module.functions) {
    where = `in ${name}: `;
    if (numbers?.some((i) => lambda.params[i] === undefined)) complain("numbers for a parameter it does not have");
    if (numbers?.length === 0) complain("a copy for no numbers");
    if (worker !== undefined && own.get(worker)?.params.length !== lambda.params.length)
      complain(`no such worker: ${worker}`);
    else if (worker !== undefined && !copies.has(worker)) complain(`a worker that is no copy for numbers: ${worker}`);
    if (twin !== undefined && (!free.has(twin) || own.get(twin)?.params.length !== lambda.params.length))
      complain(`no such twin: ${twin}`);
    if (free.has(name) && callsOf(lambda).has(name)) complain("a function that burns no fuel calls itself");
    if (lambda.thunk) complain("a function that is a thunk");
    checkLambda(lambda, nowhere, false);
  }
  where = "at top level: ";
  checkLambda(module.init, nowhere, true);
  return problems;

  /** A new variable or label. */
  function make(variable: Core.Var): void {
    const before = made.get(variable.id);
    if (before !== undefined)
      complain(`bound twice: ${show(before)}${before.name === variable.name ? "" : ` and ${show(variable)}`}`);
    made.set(variable.id, variable);
  }
  function see(variable: Core.Var, scope: Scope, at: Sexp): void {
    if (scope.vars.has(variable)) return;
    const twin = made.get(variable.id);
    const what =
      twin !== undefined && twin !== variable && scope.vars.has(twin) ? "a copy of a variable" : "not in scope";
    complain(`${what}: ${show(variable)}`, at);
  }
  function seeAtom(atom: Core.Atom, scope: Scope, at: Sexp): void {
    if (atom.kind === "Var") see(atom.var, scope, at);
    if (atom.kind === "Fn" && atom.fn.kind === "Own" && !own.has(atom.fn.name))
      complain(`no function ${atom.fn.name}`, at);
  }
  function leave(label: Core.Label, count: number, scope: Scope, at: Sexp): void {
    const wanted = scope.labels.get(label);
    if (wanted === undefined) complain(`a jump to a label that does not enclose it: ${show(label)}`, at);
    else if (wanted !== count) complain(`a jump with ${count} arguments to a label of ${wanted}`, at);
  }

  function checkLambda(lambda: Core.Lambda, outer: Scope, top: boolean): void {
    if (lambdas.has(lambda.id)) complain(`two lambdas with the id ${lambda.id}`);
    lambdas.add(lambda.id);
    if (lambda.rest && lambda.params.length === 0) complain("a rest list without a parameter");
    if (lambda.rest && lambda.thunk) complain("a thunk with a rest list");
    lambda.params.forEach(make);
    const isTop = top ? lambda : lambda.thunk ? outer.top : null;
    checkBlock(lambda.body, { vars: new Set([...outer.vars, ...lambda.params]), labels: new Map(), top: isTop });
  }

  function checkBlock(block: Core.Block, outer: Scope): void {
    const vars = new Set(outer.vars);
    const scope: Scope = { ...outer, vars };
    for (const stmt of block.stmts) checkStmt(stmt, scope, vars);
    checkEnd(block.end, scope);
  }

  /** `vars` are those of the scope: what the statement binds is visible from now on. */
  function checkStmt(stmt: Core.Stmt, scope: Scope, vars: Set<Core.Var>): void {
    switch (stmt.kind) {
      case "Let":
        make(stmt.var);
        if (stmt.op.kind === "Closure") {
          closures.set(stmt.var, stmt.op.lambda);
          vars.add(stmt.var);
          checkLambda(stmt.op.lambda, scope, false);
        } else checkOp(stmt.op, scope, showStmt(stmt));
        vars.add(stmt.var);
        return;
      case "Guard":
        seeAtom(stmt.value, scope, showStmt(stmt));
        if (stmt.label !== null) leave(stmt.label, 1, scope, showStmt(stmt));
        return;
      case "Join":
        make(stmt.label);
        stmt.params.forEach(make);
        checkBlock(stmt.body, { ...scope, labels: new Map([...scope.labels, [stmt.label, stmt.params.length]]) });
        for (const param of stmt.params) vars.add(param);
        return;
      case "Report":
        seeAtom(stmt.value, scope, showStmt(stmt));
        if (scope.top === null) complain("a Report that is not at top level", showStmt(stmt));
        else if (stmt.loaded !== scope.top.params[0])
          complain("a Report by another variable than the top level's parameter", showStmt(stmt));
        return;
      default:
        stmt satisfies never;
    }
  }

  function checkEnd(end: Core.End, scope: Scope): void {
    switch (end.kind) {
      case "Return":
        seeAtom(end.value, scope, showEnd(end));
        return;
      case "Tail":
        if (end.op.kind === "Closure") complain("a closure without a variable", showEnd(end));
        else checkOp(end.op, scope, showEnd(end));
        return;
      case "Jump":
        for (const arg of end.args) seeAtom(arg, scope, showEnd(end));
        leave(end.label, end.args.length, scope, showEnd(end));
        return;
      case "If":
        seeAtom(end.test, scope, showEnd(end));
        if (!clean.has(end)) complain("the test may be an Error", showEnd(end));
        checkBlock(end.then, scope);
        checkBlock(end.else, scope);
        return;
      case "Loop": {
        for (const init of end.inits) seeAtom(init, scope, showEnd(end));
        if (end.inits.length !== end.params.length)
          complain("a Loop whose parameters and first values differ in number", showEnd(end));
        make(end.label);
        end.params.forEach(make);
        const labels = new Map([...scope.labels, [end.label, end.params.length] as const]);
        checkBlock(end.body, { ...scope, vars: new Set([...scope.vars, ...end.params]), labels });
        return;
      }
      default:
        end satisfies never;
    }
  }

  function checkOp(op: Exclude<Core.Op, { kind: "Closure" }>, scope: Scope, at: Sexp): void {
    for (const atom of opAtoms(op)) seeAtom(atom, scope, at);
    const wrong = wrongOp(op, globals);
    if (wrong !== null) complain(wrong, at);
    for (const { body, params } of bodiesOf(op)) {
      const lambda = body.kind === "Var" ? closures.get(body.var) : undefined;
      if (lambda?.thunk !== true) complain("the body of a control operation is no thunk", at);
      else if (lambda.params.length !== params) complain(`a body that takes ${lambda.params.length} arguments`, at);
    }
    if (op.kind !== "Call") return;
    const { fn } = op;
    if (fn.kind !== "Own" && fn.kind !== "Local") return;
    const callee = fn.kind === "Own" ? own.get(fn.name) : closures.get(fn.var);
    if (callee === undefined)
      complain(
        fn.kind === "Own"
          ? `no function ${fn.name}`
          : `a direct call of a variable that is no closure: ${show(fn.var)}`,
        at,
      );
    else if (callee.thunk) complain("a direct call of a thunk", at);
    else if (callee.params.length !== op.args.length)
      complain(`a call with ${op.args.length} arguments of a function of ${callee.params.length}`, at);
    const numbers = fn.kind === "Own" ? copies.get(fn.name) : undefined;
    if (numbers?.some((i) => !mayBeNumber(op.args[i]))) complain("a copy for numbers called without", at);
  }
}

/** The functions of the module it calls itself, not from closures. */
const callsOf = ({ body }: Core.Lambda): ReadonlySet<string> => {
  const names = new Set<string>();
  forEachOp(body, (op) => {
    if (op.kind === "Call" && op.fn.kind === "Own") names.add(op.fn.name);
  });
  return names;
};
const mayBeNumber = (atom: Core.Atom | undefined): boolean =>
  atom?.kind === "Var" || (atom?.kind === "Lit" && typeof atom.value === "number");
const show = ({ name, id }: Core.Var): string => `${name}.${id}`;
