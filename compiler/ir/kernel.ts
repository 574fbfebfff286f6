/**
 * Kernel: the program after expansion. Few node types; names are not resolved yet, forms and macros are gone.
 *
 * The laws that hold here, and that 3-analyze and 4-lower rely on:
 * - Evaluation order is textual: callee, then arguments left to right.
 * - `Seq` stops at the first non-last expression whose value is an Error, and that is its value.
 * - `If` gives its test's value where that is an Error. False is 0, nil, -0, 0n, JS false.
 * - Names live in frames. `Lambda`, `Frame` and `Async` open one; `Assign` binds in the innermost; a read finds the innermost
 *   frame in which the name is bound at that moment, then the module's global, imports, prelude, builtins.
 * - `Bind`/`Temp` are the expander's own variables: immutable, no frame, invisible to the program.
 */
import type { Span } from "../source/span.ts";
import type { JavaScriptImports } from "./javascript.ts";
import type { ListSyntax, Mark, Syntax } from "./syntax.ts";

export interface Name {
  readonly name: string;
  readonly span: Span;
  /** A macro's template binds it: reads that the same expansion made see it. */
  readonly mark?: Mark;
}

interface Node {
  readonly span: Span;
}

export interface Const extends Node {
  readonly kind: "Const";
  readonly value: number | bigint | string;
}
/** Data: symbols, keywords, quoted lists, nil. Inner lists keep their brackets. */
export interface Quote extends Node {
  readonly kind: "Quote";
  readonly datum: Syntax;
}
export interface Ref extends Node {
  readonly kind: "Ref";
  readonly name: string;
  /** The name stands in a macro's template, and may be a global of the template's module. */
  readonly mark?: Mark;
  /** What the name is called if no frame binds it (in code compiled at run time: see SymbolSyntax). */
  readonly own?: string;
}
/** A builtin or prelude function whatever the program calls by that name: what derived forms expand to. */
export interface Builtin extends Node {
  readonly kind: "Builtin";
  readonly name: string;
}
/** A function. `name` is the name it is bound to, for messages. A rest parameter gets a list. */
export interface Lambda extends Node {
  readonly kind: "Lambda";
  readonly name: string | null;
  readonly params: readonly Name[];
  readonly rest: Name | null;
  readonly body: Expr;
}
/** A call with at least one argument. */
export interface Call extends Node {
  readonly kind: "Call";
  readonly callee: Expr;
  readonly args: readonly Expr[];
}
/** `(e)`: e's value, called without arguments if it is a function. */
export interface Force extends Node {
  readonly kind: "Force";
  readonly expr: Expr;
}
/** A branch that is not there is the value nil. */
export interface If extends Node {
  readonly kind: "If";
  readonly test: Expr;
  readonly then: Expr;
  readonly else: Expr;
}
/** Two or more expressions. */
export interface Seq extends Node {
  readonly kind: "Seq";
  readonly body: readonly Expr[];
}
/**
 * `=`: evaluates all values left to right, then binds the names in the innermost frame (at top level: the module's globals);
 * gives nil. Error values are bound, too. names.length === values.length.
 */
export interface Assign extends Node {
  readonly kind: "Assign";
  readonly names: readonly Name[];
  readonly values: readonly Expr[];
}
/** `def`: evaluates all values, then sets the module's globals; if a value is an Error nothing is bound and it is the result. */
export interface Define extends Node {
  readonly kind: "Define";
  readonly names: readonly Name[];
  readonly values: readonly Expr[];
}
/** A new frame in which params are bound to the values of args (evaluated outside it), like an applied lambda without the call. */
export interface Frame extends Node {
  readonly kind: "Frame";
  readonly params: readonly Name[];
  readonly args: readonly Expr[];
  readonly body: Expr;
}
/** A compile-time variable: body is evaluated whatever the value is, an Error too. */
export interface Bind extends Node {
  readonly kind: "Bind";
  readonly temp: number;
  readonly value: Expr;
  readonly body: Expr;
}
export interface Temp extends Node {
  readonly kind: "Temp";
  readonly temp: number;
}
/** A delimiter; tag null is the plain one. No frame. */
export interface Reset extends Node {
  readonly kind: "Reset";
  readonly tag: Expr | null;
  readonly body: Expr;
}
/** Captures to the nearest delimiter of that tag; k is visible in body only. No frame. */
export interface Shift extends Node {
  readonly kind: "Shift";
  readonly tag: Expr | null;
  readonly k: Name;
  readonly body: Expr;
}
/** A new fiber, and a new frame. */
export interface Async extends Node {
  readonly kind: "Async";
  readonly body: Expr;
}
/** No frame for body and cleanup. */
export interface Ensure extends Node {
  readonly kind: "Ensure";
  readonly body: Expr;
  readonly cleanup: Expr;
}
/** Dynamic state: ctx/with, ctx/with-deadline. `delimits`: it is the tag of a delimiter, too: with-handler. No frame. */
export interface WithState extends Node {
  readonly kind: "WithState";
  readonly state: Expr;
  readonly delimits?: true;
  readonly body: Expr;
}
/** Runs a loaded module at its place, once. `module` is its resolved id. */
export interface Load extends Node {
  readonly kind: "Load";
  readonly module: string;
}
/**
 * A list literal in value position that may be run later: data, and for lists in it (`index`: in order of their opening
 * brackets, 0 is the literal itself) what running them means. Each is a lambda without parameters: a run is a frame of its own.
 */
export interface Code extends Node {
  readonly kind: "Code";
  readonly datum: ListSyntax;
  readonly bodies: readonly CodeBody[];
}
export interface CodeBody {
  readonly index: number;
  readonly lambda: Lambda;
}
/** `(eval e)` of what is no literal: a list that has no code of its own sees the frames around this place. */
export interface Eval extends Node {
  readonly kind: "Eval";
  readonly value: Expr;
}
/** A malformed form: an Error value when it is reached. Already reported at compile time. */
export interface Fail extends Node {
  readonly kind: "Fail";
  readonly message: string;
}

export type Expr =
  | Const
  | Quote
  | Ref
  | Builtin
  | Lambda
  | Call
  | Force
  | If
  | Seq
  | Assign
  | Define
  | Frame
  | Bind
  | Temp
  | Reset
  | Shift
  | Async
  | Ensure
  | WithState
  | Load
  | Code
  | Eval
  | Fail;

export interface Module {
  /** Top-level expressions, in order. */
  readonly body: readonly Expr[];
  /** Names of an `(export {..})` form, or null: every top-level def/fun is exported. */
  readonly exports: readonly Name[] | null;
  /** The code of the macros it defines. It runs while programs are compiled: here it is only checked. */
  readonly macros?: readonly MacroCode[];
  /** What `import` forms take from other Valk modules, in order. */
  readonly imports?: readonly Import[];
  /** Other Valk modules whose exports are all visible, under the module's name here. */
  readonly namespaces?: readonly Namespace[];
  /** What they take from JavaScript. */
  readonly javascript?: JavaScriptImports;
}

export interface MacroCode {
  readonly name: Name;
  /** null: a template, which is checked where it is used. */
  readonly code: Expr | null;
}

/** `(import * name "path")` */
export interface Namespace {
  readonly module: string;
  readonly path: string;
  readonly name: Name;
}

/** `{name}` of a module, here called `local`. */
export interface Import {
  readonly module: string;
  /** As the program wrote it. */
  readonly path: string;
  readonly name: Name;
  readonly local: string;
}
