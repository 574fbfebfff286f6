/** The judge's program tree: what expand.ts gives and evaluate.ts runs. */
import type { List, Value } from "../../runtime/kernel/list.ts";
import type { Env, Module } from "./machine.ts";
import type { Macro, ValkImport } from "./macros.ts";

/**
 * The names of one frame, counted in its source. "A name with one `=` in the source of its frame is a binding ... A name
 * with several `=` (two branches count as two, a parameter counts as one ...) is a variable."
 */
export interface Scope {
  readonly parent: Scope | null;
  readonly params: Set<string>;
  readonly assigned: Map<string, number>;
  /** Names that templates bind here, each with its expansion. */
  readonly marks: Set<string>;
}
/** Stands among the assigned names if an expression gives some of them: which is no name. */
export const ANY = "&";
export const isVariable = (scope: Scope, name: string): boolean =>
  scope.assigned.has(ANY) || (scope.assigned.get(name) ?? 0) + (scope.params.has(name) ? 1 : 0) > 1;

export interface Clause {
  /** The key is `otherwise`. */
  readonly otherwise: boolean;
  readonly test: Node;
  readonly result: Node;
}
export interface Part {
  readonly splice: boolean;
  readonly node: Node;
}

/** `(Eff/op {v k} body)`: "a `with-handler` clause" is a frame of its own. */
export interface HandlerClause {
  readonly operation: Value;
  readonly scope: Scope;
  readonly value: string;
  readonly k: string;
  readonly aborts: boolean;
  readonly body: Node;
}

export type Node =
  | { readonly kind: "Const"; readonly value: Value }
  /** `own`: of a literal in evaluated code, the frames it was written in. */
  | { readonly kind: "Ref"; readonly name: string; readonly own?: Env }
  /** `macros`: those known where it stands. */
  | { readonly kind: "Literal"; readonly list: List; readonly macros: ReadonlyMap<string, Macro> }
  | { readonly kind: "Eval"; readonly value: Node }
  /** A name of a template: as the template's module has it, whatever the frames bind. In code of macros the phase's. */
  | { readonly kind: "Home"; readonly name: string; readonly path: string; readonly phase: Module | null }
  /** A quasiquote in the code of a macro: what it makes differs each time. */
  | { readonly kind: "Quasi"; readonly node: () => Node }
  | { readonly kind: "Fail"; readonly message: string }
  | {
      readonly kind: "Lambda";
      readonly scope: Scope;
      readonly name: string;
      readonly params: readonly string[];
      readonly rest: string | null;
      readonly body: Node;
    }
  | { readonly kind: "Call"; readonly parts: readonly Node[] }
  | { readonly kind: "Force"; readonly expr: Node }
  | { readonly kind: "If"; readonly test: Node; readonly then: Node; readonly else: Node }
  | { readonly kind: "Select"; readonly clauses: readonly Clause[] }
  | { readonly kind: "Case"; readonly subject: Node; readonly clauses: readonly Clause[] }
  | { readonly kind: "Logic"; readonly op: "and" | "or"; readonly items: readonly Node[] }
  | { readonly kind: "Seq"; readonly items: readonly Node[] }
  | { readonly kind: "Assign"; readonly names: readonly string[]; readonly values: readonly Node[] }
  | { readonly kind: "Define"; readonly names: readonly string[]; readonly values: readonly Node[] }
  /** `=` or `def` of the names that `list` gives. */
  | { readonly kind: "Bind"; readonly form: "=" | "def"; readonly list: Node; readonly values: readonly Node[] }
  | { readonly kind: "Frame"; readonly scope: Scope; readonly body: Node }
  | { readonly kind: "Template"; readonly braces: boolean; readonly parts: readonly Part[] }
  | { readonly kind: "Reset"; readonly tag: Node | null; readonly body: Node }
  | {
      readonly kind: "Shift";
      readonly tag: Node | null;
      readonly k: string;
      readonly aborts: boolean;
      readonly body: Node;
    }
  | { readonly kind: "Handle"; readonly clauses: readonly HandlerClause[]; readonly body: Node }
  | { readonly kind: "Async"; readonly scope: Scope; readonly body: Node }
  | { readonly kind: "Scope"; readonly scope: Scope; readonly name: string; readonly body: Node }
  | { readonly kind: "Spawn"; readonly parent: Node; readonly scope: Scope; readonly body: Node }
  | { readonly kind: "With"; readonly key: Node; readonly value: Node; readonly body: Node }
  | { readonly kind: "Deadline"; readonly ms: Node; readonly body: Node }
  | { readonly kind: "Try"; readonly body: Node; readonly scope: Scope; readonly name: string; readonly handler: Node }
  | { readonly kind: "Ensure"; readonly body: Node; readonly cleanup: Node }
  | { readonly kind: "Load"; readonly path: string }
  | { readonly kind: "Penv" }
  | ({ readonly kind: "Import" } & ValkImport)
  | { readonly kind: "JsImport"; readonly specifier: string; readonly names: readonly (readonly [string, string])[] };

export type Of<T extends Node["kind"]> = Node & { kind: T };
