/**
 * Cps: flat functions as JavaScript will have them. Each core lambda became one fast body and, for every call in it that may
 * unwind, one resume function: the rest of the lambda after that call, which is its continuation, taking the live variables
 * from a frame. Rests that are long, join points and loops that a resume function goes on with are functions, too.
 *
 * Laws:
 * - Only the fast function of an unwinding lambda, resume functions and their continuations contain `Check`.
 * - A `Check` follows the `Let` of the same variable immediately, and its live variables are in scope.
 * - Functions other than closures are closed: their free variables are their parameters, or slots of their frame.
 * - `Break` and `Continue` go to an enclosing `Labeled` or `Loop` of the same function.
 */
import type { Span } from "../source/span.ts";
import type * as Core from "./core.ts";

export type Atom = Core.Atom;
export type Var = Core.Var;

export type Op =
  | Exclude<Core.Op, { kind: "Closure" }>
  | { readonly kind: "Closure"; readonly fn: Function; readonly arity: Arity | null }
  /** A call of a generated function of this module, by name. */
  | { readonly kind: "Goto"; readonly target: string; readonly args: readonly Atom[] };

/** What a function value knows of itself; null for the bodies of control operations. */
export interface Arity {
  readonly params: number;
  readonly rest: boolean;
}

export type Stmt =
  | { readonly kind: "Let"; readonly var: Var; readonly op: Op; readonly span: Span }
  /** Local k of the frame the resume function got. */
  | { readonly kind: "Slot"; readonly var: Var; readonly index: number; readonly count: number }
  | { readonly kind: "Check"; readonly var: Var; readonly resume: string; readonly live: readonly Var[] }
  | { readonly kind: "Guard"; readonly value: Atom; readonly exit: readonly Stmt[] }
  | { readonly kind: "Report"; readonly value: Atom; readonly loaded: Var }
  | { readonly kind: "If"; readonly test: Atom; readonly then: readonly Stmt[]; readonly else: readonly Stmt[] }
  /** Assigned later, by every path that leaves the `Labeled` or enters the next iteration. */
  | { readonly kind: "Declare"; readonly vars: readonly Var[] }
  | { readonly kind: "Assign"; readonly vars: readonly Var[]; readonly values: readonly Atom[] }
  | { readonly kind: "Labeled"; readonly label: Core.Label; readonly body: readonly Stmt[] }
  | { readonly kind: "Loop"; readonly label: Core.Label; readonly body: readonly Stmt[] }
  | { readonly kind: "Break"; readonly label: Core.Label }
  | { readonly kind: "Continue"; readonly label: Core.Label }
  | { readonly kind: "Return"; readonly op: Op; readonly span: Span | null }
  /** Burns fuel; without any left, asks the run loop to call the function with these arguments again. */
  | { readonly kind: "Fuel"; readonly cost: number; readonly self: Self; readonly args: readonly Var[] };

/** How a function refers to itself: by the name of its `Function`, or by the variable its closure is bound to. */
export type Self = { readonly kind: "Top"; readonly name: string } | { readonly kind: "Local"; readonly var: Var };

export interface Function {
  /** JavaScript's, unique in the module; a top-level function has that of its entry, mangled. */
  readonly name: string;
  readonly role: "fast" | "resume" | "rest";
  /** For a resume function: the value and then its slots. */
  readonly params: readonly Var[];
  readonly body: readonly Stmt[];
  readonly span: Span;
  /** The Valk function it is a part of, for traces; null is the module's top level. */
  readonly owner: string | null;
}

export interface Entry {
  /** Valk's name. */
  readonly name: string;
  readonly arity: Arity;
  readonly fn: Function;
  readonly unwinds: boolean;
  /** Resume functions and rests, in the order of their calls. */
  readonly parts: readonly Function[];
}

export interface Module {
  readonly entries: readonly Entry[];
  readonly variables: readonly string[];
  readonly init: Entry;
  readonly exports: readonly string[];
}
