/** The laws of cps that its types do not say. Runs after the translation in tests. */
import { opAtoms } from "./core-walk.ts";
import type * as Cps from "./cps.ts";
import { showCpsStmt } from "./cps-text.ts";
import { bodiesOf, wrongOp } from "./op-check.ts";
import { printSexp } from "./sexp.ts";

/** Where a statement is. `vars` grows with what is bound: it holds what has a value here. */
interface Scope {
  readonly fn: Cps.Function;
  readonly vars: Set<Cps.Var>;
  /** Declared, with a value or not yet. */
  readonly declared: Set<Cps.Var>;
  readonly targets: ReadonlyMap<Cps.Var, Target>;
  readonly checks: boolean;
}
/** `exits`: what has a value at each jump there. */
interface Target {
  readonly kind: "Labeled" | "Loop";
  readonly exits: ReadonlySet<Cps.Var>[];
}

/** What is wrong with the module, in words; empty if nothing is. */
export function checkCps(module: Cps.Module): readonly string[] {
  const problems: string[] = [];
  const globals = new Set(module.variables);
  const entries = [...module.entries, module.init];
  const own = new Map(module.entries.map((entry) => [entry.name, entry]));
  const parts = new Map<string, Cps.Function>();
  const closures = new Map<Cps.Var, Cps.Op & { kind: "Closure" }>();
  let where = "";
  let current: Cps.Stmt | null = null;
  const complain = (what: string): void => {
    const text = current === null ? "" : `: ${printSexp(showCpsStmt(current, null), 1e9).slice(0, 160)}`;
    problems.push(`${where}${what}${text}`);
  };

  for (const name of module.exports)
    if (!own.has(name) && !globals.has(name)) complain(`an export of nothing: ${name}`);
  for (const entry of entries)
    for (const fn of [entry.fn, ...entry.parts]) {
      if (parts.has(fn.name)) complain(`two functions are called ${fn.name}`);
      parts.set(fn.name, fn);
    }
  for (const entry of entries) {
    if (entry.fn.role !== "fast") complain(`the first function of ${entry.name} is not fast`);
    if (entry.fn.params.length !== entry.arity.params + (entry.arity.rest ? 1 : 0))
      complain(`${entry.name} differs from its arity`);
    checkFunction(entry.fn, new Set(), entry.unwinds);
    for (const part of entry.parts) {
      if (part.role === "fast") complain(`a part of ${entry.name} is fast: ${part.name}`);
      checkFunction(part, new Set(), true);
    }
  }
  return problems;

  function checkFunction(fn: Cps.Function, free: ReadonlySet<Cps.Var>, checks: boolean): void {
    const [before, outside] = [where, current];
    where = `in ${fn.name}: `;
    current = null;
    if (fn.role === "resume" && fn.params.length !== 1) complain("a resume function of more than a value");
    const scope: Scope = {
      fn,
      vars: new Set([...free, ...fn.params]),
      declared: new Set([...free, ...fn.params]),
      targets: new Map(),
      checks,
    };
    const slots = fn.body.filter((stmt) => stmt.kind === "Slot");
    if (slots.length > 0 && fn.role !== "resume") complain("slots outside a resume function");
    if (slots.some((slot, i) => fn.body[i] !== slot || slot.index !== i || slot.count !== slots.length))
      complain("slots out of order");
    if (!checkStmts(fn.body, scope)) fallsOff("a path falls off the end");
    [where, current] = [before, outside];
  }
  function fallsOff(what: string): void {
    current = null;
    complain(what);
  }

  function bind(v: Cps.Var, scope: Scope): void {
    if (scope.declared.has(v)) complain(`bound twice: ${show(v)}`);
    scope.declared.add(v);
  }
  function see(v: Cps.Var, scope: Scope): void {
    if (!scope.vars.has(v)) complain(`${scope.declared.has(v) ? "without a value" : "not in scope"}: ${show(v)}`);
  }
  function seeAtom(atom: Cps.Atom, scope: Scope): void {
    if (atom.kind === "Var") see(atom.var, scope);
    if (atom.kind === "Fn" && atom.fn.kind === "Own" && !own.has(atom.fn.name)) complain(`no function ${atom.fn.name}`);
  }

  /** Gives whether every path leaves. */
  function checkStmts(stmts: readonly Cps.Stmt[], scope: Scope): boolean {
    let left = false;
    stmts.forEach((stmt, i) => {
      current = stmt;
      if (left) complain("nothing comes to this statement");
      left = checkStmt(stmt, stmts[i - 1], scope) || left;
    });
    return left;
  }
  function inner(scope: Scope, label?: Cps.Var, target?: Target): Scope {
    const targets =
      label === undefined || target === undefined ? scope.targets : new Map([...scope.targets, [label, target]]);
    return { ...scope, vars: new Set(scope.vars), declared: new Set(scope.declared), targets };
  }

  function checkStmt(stmt: Cps.Stmt, before: Cps.Stmt | undefined, scope: Scope): boolean {
    switch (stmt.kind) {
      case "Let":
        bind(stmt.var, scope);
        if (stmt.op.kind === "Closure") {
          closures.set(stmt.var, stmt.op);
          scope.vars.add(stmt.var);
        }
        checkOp(stmt.op, scope);
        scope.vars.add(stmt.var);
        return false;
      case "Slot":
        bind(stmt.var, scope);
        scope.vars.add(stmt.var);
        return false;
      case "Check":
        checkCheck(stmt, before, scope);
        return false;
      case "Guard":
        seeAtom(stmt.value, scope);
        if (!checkStmts(stmt.exit, inner(scope))) complain("a Guard that goes on");
        return false;
      case "Report":
        seeAtom(stmt.value, scope);
        see(stmt.loaded, scope);
        return false;
      case "If": {
        seeAtom(stmt.test, scope);
        const branches = [stmt.then, stmt.else].map((branch) => checkStmts(branch, inner(scope)));
        current = stmt;
        if (branches.includes(false)) complain("a branch falls off its end");
        return true;
      }
      case "Declare":
        for (const v of stmt.vars) bind(v, scope);
        return false;
      case "Assign":
        if (stmt.vars.length !== stmt.values.length) complain("variables and values differ in number");
        for (const value of stmt.values) seeAtom(value, scope);
        for (const v of stmt.vars) {
          if (!scope.declared.has(v)) complain(`assigned without a declaration: ${show(v)}`);
          scope.vars.add(v);
        }
        return false;
      case "Labeled":
        checkLabeled(stmt, scope);
        return false;
      case "Loop":
        if (!checkStmts(stmt.body, inner(scope, stmt.label, { kind: "Loop", exits: [] })))
          complain("a loop's body falls off its end");
        return true;
      case "Break":
      case "Continue": {
        const target = scope.targets.get(stmt.label);
        const wanted = stmt.kind === "Break" ? "Labeled" : "Loop";
        if (target?.kind !== wanted) complain(`a ${stmt.kind} to no enclosing ${wanted}`);
        target?.exits.push(new Set(scope.vars));
        return true;
      }
      case "Return":
        if (stmt.op.kind === "Closure") complain("a closure without a variable");
        else checkOp(stmt.op, scope);
        return true;
      case "Fuel":
        checkFuel(stmt, scope);
        return false;
      default:
        return stmt satisfies never;
    }
  }

  /** What was declared before and got a value on every way out has one afterwards. (Without a way out what follows never runs.) */
  function checkLabeled(stmt: Cps.Stmt & { kind: "Labeled" }, scope: Scope): void {
    const exits: ReadonlySet<Cps.Var>[] = [];
    if (!checkStmts(stmt.body, inner(scope, stmt.label, { kind: "Labeled", exits }))) {
      current = stmt;
      complain("a labeled body falls off its end");
    }
    for (const v of scope.declared) if (exits.every((exit) => exit.has(v))) scope.vars.add(v);
  }

  function checkCheck(stmt: Cps.Stmt & { kind: "Check" }, before: Cps.Stmt | undefined, scope: Scope): void {
    if (!scope.checks) complain("a Check in a function that does not unwind");
    if (before?.kind !== "Let" || before.var !== stmt.var) complain("a Check that does not follow its Let");
    for (const v of stmt.live) see(v, scope);
    const resume = parts.get(stmt.resume);
    if (resume?.role !== "resume") complain(`no resume function ${stmt.resume}`);
    else if (resume.body.filter(({ kind }) => kind === "Slot").length !== stmt.live.length)
      complain("live variables and slots differ in number");
  }

  function checkFuel(stmt: Cps.Stmt & { kind: "Fuel" }, scope: Scope): void {
    const { fn } = scope;
    if (fn.role !== "fast") complain("fuel in a part");
    if (stmt.args.length !== fn.params.length || stmt.args.some((v, i) => v !== fn.params[i]))
      complain("fuel with other arguments than the function's");
    if (stmt.self.kind === "Local") see(stmt.self.var, scope);
    else if (stmt.self.name !== fn.name) complain(`fuel of another function: ${stmt.self.name}`);
  }

  function checkOp(op: Cps.Op, scope: Scope): void {
    if (op.kind === "Closure") {
      const wanted = op.arity === null ? null : op.arity.params + (op.arity.rest ? 1 : 0);
      if (wanted !== null && wanted !== op.fn.params.length) complain("a closure differs from its arity");
      if (op.fn.role !== "fast") complain("a closure that is a part");
      checkFunction(op.fn, scope.vars, true);
      return;
    }
    if (op.kind === "Goto") {
      for (const arg of op.args) seeAtom(arg, scope);
      const target = parts.get(op.target);
      if (target === undefined) complain(`no function ${op.target}`);
      else if (target.params.length !== op.args.length)
        complain(`${op.args.length} arguments for ${target.params.length} parameters`);
      return;
    }
    for (const atom of opAtoms(op)) seeAtom(atom, scope);
    const wrong = wrongOp(op, globals);
    if (wrong !== null) complain(wrong);
    for (const { body, params } of bodiesOf(op)) {
      const closure = body.kind === "Var" ? closures.get(body.var) : undefined;
      if (closure?.arity !== null) complain("the body of a control operation is no thunk");
      else if (closure.fn.params.length !== params) complain(`a body that takes ${closure.fn.params.length} arguments`);
    }
    if (op.kind !== "Call" || op.fn.kind === "Builtin" || op.fn.kind === "Module") return;
    const callee = op.fn.kind === "Own" ? own.get(op.fn.name)?.fn : closures.get(op.fn.var)?.fn;
    if (callee !== undefined && callee.params.length !== op.args.length)
      complain(`${op.args.length} arguments for ${callee.params.length} parameters`);
    if (callee === undefined && op.fn.kind === "Own") complain(`no function ${op.fn.name}`);
  }
}

const show = ({ name, id }: Cps.Var): string => `${name}.${id}`;
