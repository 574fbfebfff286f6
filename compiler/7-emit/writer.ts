/** What the parts of the emitter share while they write one JavaScript function. */
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import type { Span } from "../source/span.ts";
import type { Expression, Statement } from "./build.ts";
import type { LocalNames } from "./scope.ts";

/** What the module gives its functions. */
export interface Host {
  readonly names: LocalNames;
  /** What resume functions call their frame. */
  readonly frame: string;
  runtime(module: string, name: string): Expression;
  constant(datum: Core.Atom & { kind: "Datum" }): Expression;
  fn(fn: Core.FnRef): Expression;
  /** The top-level function of this name. */
  part(name: string): Expression;
  /** The expression of `(js "code")`; the place is that of the string. */
  javascript(code: string, place: Span): Expression;
  global(global: Core.GlobalRef): Expression;
  setGlobal(name: string, value: Expression): Expression;
  init(module: string): Expression;
  /** Is code compiled at run time that sees the module's globals? */
  readonly dynamic: boolean;
  /** The globals by name, for code that is compiled at run time. */
  scope(): Expression;
  /** In a module with such code: asks whether it has bound the name. */
  byName(name: string): Expression | null;
  /** Is the operation free of effects (it may make an Error), and does it read nothing that changes? */
  pure(op: Cps.Op): boolean;
  /** Does the builtin give a number whenever it gives no Error? */
  givesNumber(op: Cps.Op): boolean;
}

/** A value that has not been written yet: see pending.ts. */
export interface Pending {
  readonly expression: Expression;
  /** The same as a raw boolean, for a test; only one of the two is written. */
  readonly test?: Expression;
  readonly pure: boolean;
  readonly span: Span;
  /** Variables it mentions, for assignments in parallel. */
  readonly reads: ReadonlySet<Cps.Var>;
  readonly depth: number;
}

/** What the expression that is being made has taken over from its operands. */
export interface Taken {
  readonly reads: Set<Cps.Var>;
  depth: number;
  /** An effect, so that the expression may not move either. */
  effects: boolean;
}

/** Where a list of statements stands. */
export interface Where {
  /** Where control goes by itself at the end of the list. */
  readonly next: Core.Label | null;
  /** The innermost loop. */
  readonly loop: Core.Label | null;
}

export interface Writer {
  readonly host: Host;
  readonly fn: Cps.Function;
  readonly uses: ReadonlyMap<Cps.Var, number>;
  /** In the order of evaluation. */
  readonly pending: Map<Cps.Var, Pending>;
  /** Variables that are numbers unless they are Errors. */
  readonly numbers: Set<Cps.Var>;
  taken: Taken;
  readonly name: (variable: Cps.Var) => string;
  readonly use: (place: readonly [module: string, name: string]) => Expression;
  /** Writes statements; what contains statements goes on with it. */
  readonly list: (stmts: readonly Cps.Stmt[], out: Statement[], where: Where) => void;
  /** The body of a closure, which is written by a writer of its own. */
  readonly closure: (fn: Cps.Function) => Statement[];
}

export const nothingTaken = (): Taken => ({ reads: new Set(), depth: 0, effects: false });
