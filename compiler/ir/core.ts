/**
 * Core: the program in A-normal form, names resolved, frames gone. Every intermediate value has a variable that is bound once
 * (Var); what the program assigns lives in cells. Control is structured: no gotos, no closures for join points.
 *
 * Laws:
 * - A Var is bound exactly once and is in scope in what follows its binding in the same block and in blocks nested there, and
 *   in closures made there.
 * - `Jump` goes to an enclosing `Join` (leaves it, binding its parameters) or `Loop` (next iteration). It never crosses a Lambda.
 * - `Guard` leaves with the value if it is an Error: returns it, or jumps to a label of one parameter.
 * - Evaluation order is the order of the statements; atoms have no effects.
 * - The test of an `If` is no Error (a Guard before it sees to that, or its type does).
 */
import type { Span } from "../source/span.ts";
import type { Syntax } from "./syntax.ts";

/** A variable. Ids are unique in a module; `name` is what it shows as. */
export interface Var {
  readonly id: number;
  readonly name: string;
}

/** A join point or loop. */
export type Label = Var;

/** A function with a sole definition, known wherever it is used. */
export type FnRef =
  | { readonly kind: "Own"; readonly name: string }
  | { readonly kind: "Module"; readonly module: string; readonly name: string }
  | { readonly kind: "Builtin"; readonly name: string };

/** A module-level variable; module null is this one. */
export interface GlobalRef {
  readonly module: string | null;
  readonly name: string;
}

export type Atom =
  | { readonly kind: "Var"; readonly var: Var }
  | { readonly kind: "Lit"; readonly value: number | bigint | string }
  | { readonly kind: "Nil" }
  | { readonly kind: "Datum"; readonly datum: Syntax }
  | { readonly kind: "Fn"; readonly fn: FnRef };

/** Binary and chained operators that are emitted inline: numbers first, the runtime for everything else. */
export const arithmetic = ["+", "-", "*"] as const;
export const comparison = ["<", ">", "<=", ">=", "==", "!="] as const;
export type Arithmetic = (typeof arithmetic)[number];
export type Comparison = (typeof comparison)[number];

/**
 * Kernel operations, by their names in runtime/kernel. Those in `control` may unwind.
 * numbers a...: are all of them JavaScript numbers? (1 or 0) · cell v: a new cell (no argument: unset) · set cell v · unbound "x": the Error · fail "msg": an Error made by the compiler
 * reset tag body · shift tag body · jump k v · resume k v · abort tag v · function k · spawn body · ensure body cleanup · withState s body · handle h body · probe v
 * same a b: are they one object? (1 or 0)
 * quoted list run inner index...: a list literal with its code; inner gives its frame for 0, and runs the list with the nth index for n
 * frame "x" v "y" w ... "" "g" u ...: names as code compiled at run time sees them, values or cells, innermost first; after "" globals
 * eval v "x" w ...: runs the list v, where no code of its own is known with these names around it
 */
export const plainPrims = ["cell", "set", "unbound", "fail", "function", "numbers", "same", "quoted", "frame"] as const;
export const controlPrims = [
  "reset",
  "shift",
  "jump",
  "resume",
  "abort",
  "spawn",
  "ensure",
  "withState",
  "handle",
  "probe",
  "eval",
] as const;
export type Prim = (typeof plainPrims)[number] | (typeof controlPrims)[number];

export type Op =
  /** The atom itself. */
  | { readonly kind: "Use"; readonly atom: Atom }
  /** `checks[i]`: may argument i be something else than a number? */
  | {
      readonly kind: "Arith";
      readonly op: Arithmetic | Comparison;
      readonly args: readonly Atom[];
      readonly checks: readonly boolean[];
    }
  | { readonly kind: "Prim"; readonly prim: Prim; readonly args: readonly Atom[] }
  /** A direct call with the right number of arguments; for a rest parameter the last argument is the list. */
  | {
      readonly kind: "Call";
      readonly fn: FnRef | { readonly kind: "Local"; readonly var: Var };
      readonly args: readonly Atom[];
    }
  /** A call of an unknown value; without arguments: force. */
  | { readonly kind: "Apply"; readonly callee: Atom; readonly args: readonly Atom[] }
  | { readonly kind: "Closure"; readonly lambda: Lambda }
  /** The first of the cells that is set, else `final`; final null: the last cell is known to be set. */
  | { readonly kind: "Read"; readonly cells: readonly Atom[]; readonly final: Final | null }
  | { readonly kind: "Global"; readonly final: Final }
  | { readonly kind: "SetGlobal"; readonly name: string; readonly value: Atom }
  /** Runs a loaded module, once. */
  | { readonly kind: "Init"; readonly module: string };

/** Where a read that finds no frame ends. `set`: the global is known to be set there. */
export type Final =
  | { readonly kind: "Atom"; readonly atom: Atom }
  | { readonly kind: "Global"; readonly global: GlobalRef; readonly set: boolean; readonly otherwise: Final | null }
  | { readonly kind: "Unbound"; readonly name: string };

export interface Let {
  readonly kind: "Let";
  readonly var: Var;
  readonly op: Op;
  readonly span: Span;
}
/** Leaves with the value if it is an Error: to the label, or from the function. */
export interface Guard {
  readonly kind: "Guard";
  readonly value: Atom;
  readonly label: Label | null;
}
/** Runs body; a jump to the label goes on after this statement with params bound. */
export interface Join {
  readonly kind: "Join";
  readonly label: Label;
  readonly params: readonly Var[];
  readonly body: Block;
}
export type Stmt = Let | Guard | Join | Report;
/** Top level only: an Error value ends the module, or is printed and passed over if the module was loaded. */
export interface Report {
  readonly kind: "Report";
  readonly value: Atom;
  /** The parameter of the top level that says so. */
  readonly loaded: Var;
}

export type End =
  | { readonly kind: "Return"; readonly value: Atom }
  | { readonly kind: "Tail"; readonly op: Op; readonly span: Span }
  /** `span`: of the tail call that it was. */
  | { readonly kind: "Jump"; readonly label: Label; readonly args: readonly Atom[]; readonly span?: Span }
  | { readonly kind: "If"; readonly test: Atom; readonly then: Block; readonly else: Block }
  | {
      readonly kind: "Loop";
      readonly label: Label;
      readonly params: readonly Var[];
      readonly inits: readonly Atom[];
      readonly body: Block;
    };

export interface Block {
  readonly stmts: readonly Stmt[];
  readonly end: End;
}

export interface Lambda {
  readonly id: number;
  /** The Valk name, null if it was never named. */
  readonly name: string | null;
  readonly params: readonly Var[];
  /** Is the last parameter a rest list? */
  readonly rest: boolean;
  /** The body of a control operation: called by the kernel only, needs no arity. */
  readonly thunk: boolean;
  /** A thunk that the program calls, when it runs quoted code: unlike others it may have to burn fuel itself. */
  readonly code?: true;
  readonly body: Block;
  readonly span: Span;
}

/** A module-level function with a sole definition. */
export interface Function {
  readonly name: string;
  readonly lambda: Lambda;
  /** Set on a copy made for numbers: callers pass JavaScript numbers for these parameters. */
  readonly numbers?: readonly number[];
  /** The copy of this function for numbers. */
  readonly worker?: string;
  /** The copy that this function calls in place of itself, and that calls this one: it burns fuel for both. */
  readonly twin?: string;
  /** It is such a copy. */
  readonly free?: true;
}

export interface Module {
  readonly functions: readonly Function[];
  /** Module-level variables, in the order of their first definition. */
  readonly variables: readonly string[];
  /** The top level: a thunk. */
  readonly init: Lambda;
  /** Names other modules and JavaScript may use. */
  readonly exports: readonly string[];
}
