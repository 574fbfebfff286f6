/**
 * kernel -> what every name means. Facts beside the tree: nothing is written on nodes.
 *
 * The law of frames (LANGUAGE 3 and 6): a read finds the innermost frame in which the name is bound at that moment. A name with
 * one `=` in its frame is a binding: what its `=` dominates textually sees the value it bound (and so each resumption of a
 * continuation sees its own); every other read goes through a cell of the frame. All other assigned names are variables: one
 * cell, always. Dominance is followed in evaluation order, and given up at the end of branches, control bodies and frames.
 */
import type * as Kernel from "../ir/kernel.ts";
import { children } from "../ir/kernel-children.ts";
import type { Mark } from "../ir/syntax.ts";
import { symbolsIn } from "../ir/syntax-walk.ts";
import { type OwnGlobal, opensFrame } from "./globals.ts";

/** A name of a frame, or shift's k. Compared by identity. */
export interface Variable {
  readonly name: string;
  readonly param: boolean;
  /** How many `=` name it in its frame. */
  assigns: number;
  /** Is it read or written through a cell? */
  cell: boolean;
  /** The expansions of macros whose templates bind it. */
  readonly marks: number[];
}

/** How a read finds its value: the cells to look at, innermost first, and where it ends if none of them is set. */
export interface Read {
  readonly cells: readonly Variable[];
  readonly end:
    | { readonly kind: "value"; readonly variable: Variable }
    /** A cell that is known to be set. */
    | { readonly kind: "cell"; readonly variable: Variable }
    /** `home`: as this module's name, wherever the read stands; null: the module's own. */
    | { readonly kind: "global"; readonly name: string; readonly set: boolean; readonly home: string | null };
}

/** A name that code compiled at run time may ask for, and how to find it. */
export interface Seen {
  readonly name: string;
  readonly read: Read;
}

export interface Scopes {
  readonly reads: ReadonlyMap<Kernel.Ref, Read>;
  /** The variables of a frame that need a cell from its start, and all its parameters by name. */
  readonly frames: ReadonlyMap<Kernel.Expr, readonly Variable[]>;
  /** Parameter, assigned name or k -> its variable; absent for names that are globals. */
  readonly names: ReadonlyMap<Kernel.Name, Variable>;
  /** Variables that a template's name is not, although it is called so and stands in their scope. */
  readonly hidden: ReadonlySet<Variable>;
  /** Of an `Eval` all names of the frames around it, of quoted code the names that stand in it. */
  readonly visible: ReadonlyMap<Kernel.Expr, readonly Seen[]>;
}

interface Scope {
  readonly names: ReadonlyMap<string, Variable>;
  readonly parent: Scope | null;
  /** False for shift's k: `=` goes to the frame around it. */
  readonly frame: boolean;
}
/** What dominates the present point: variables and, by name, globals. */
interface Known {
  readonly what: Variable | string;
  readonly next: Known | null;
}
const knows = (known: Known | null, what: Variable | string): boolean => {
  for (let k = known; k !== null; k = k.next) if (k.what === what) return true;
  return false;
};

/** `isHome`: do the names that a template's module gives a meaning include this one? */
export function analyzeScopes(
  module: Kernel.Module,
  globals: ReadonlyMap<string, OwnGlobal>,
  isHome: (name: string, module: string) => boolean = () => false,
): Scopes {
  const reads = new Map<Kernel.Ref, Read>();
  const frames = new Map<Kernel.Expr, readonly Variable[]>();
  const names = new Map<Kernel.Name, Variable>();
  const hidden = new Set<Variable>();
  const visible = new Map<Kernel.Expr, readonly Seen[]>();

  const openFrame = (expr: Kernel.Lambda | Kernel.Frame | Kernel.Async, parent: Scope | null): Scope => {
    const own = new Map<string, Variable>();
    const params =
      expr.kind === "Async"
        ? []
        : expr.kind === "Lambda" && expr.rest !== null
          ? [...expr.params, expr.rest]
          : expr.params;
    for (const param of params) {
      const variable: Variable = { name: param.name, param: true, assigns: 0, cell: false, marks: marksOf(param) };
      own.set(param.name, variable);
      names.set(param, variable);
    }
    collectAssigns(expr.body, own, names);
    for (const v of own.values()) if (v.assigns > 1 || (v.param && v.assigns > 0)) v.cell = true;
    frames.set(expr, [...own.values()]);
    return { names: own, parent, frame: true };
  };

  const read = (name: string, scope: Scope | null, known: Known | null, mark?: Mark): Read => {
    const cells: Variable[] = [];
    const home = mark !== undefined && isHome(name, mark.module) ? mark : null;
    for (let s = scope; s !== null; s = s.parent) {
      const variable = s.names.get(name);
      if (variable === undefined) continue;
      // A template's name is its module's, unless the template itself binds it.
      if (home !== null && !variable.marks.includes(home.expansion)) {
        hidden.add(variable);
        continue;
      }
      if (variable.param && variable.assigns === 0) return { cells, end: { kind: "value", variable } };
      if (variable.param || knows(known, variable)) {
        const kind = isBinding(variable) ? "value" : "cell";
        return { cells, end: { kind, variable } };
      }
      variable.cell = true;
      cells.push(variable);
    }
    return { cells, end: { kind: "global", name, set: knows(known, name), home: home?.module ?? null } };
  };
  const readAll = (wanted: Iterable<string>, scope: Scope | null, known: Known | null): readonly Seen[] =>
    [...new Set(wanted)].map((name) => ({ name, read: read(name, scope, known) }));

  /** Walks in evaluation order; gives what is known afterwards. */
  const walk = (expr: Kernel.Expr, scope: Scope | null, known: Known | null): Known | null => {
    switch (expr.kind) {
      case "Ref":
        reads.set(expr, read(expr.name, scope, known, expr.mark));
        return known;
      case "Lambda":
      case "Async":
        walk(expr.body, openFrame(expr, scope), known);
        return known;
      case "Frame": {
        for (const arg of expr.args) known = walk(arg, scope, known);
        walk(expr.body, openFrame(expr, scope), known);
        return known;
      }
      case "If": {
        const after = walk(expr.test, scope, known);
        walk(expr.then, scope, after);
        walk(expr.else, scope, after);
        return after;
      }
      case "Seq": {
        // It may stop early, so nothing in it dominates what comes after it.
        let inside = known;
        for (const e of expr.body) inside = walk(e, scope, inside);
        return known;
      }
      case "Assign": {
        expr.values.forEach((value, i) => {
          // (= {f} (\ ..)): the closure and the binding are made in one step, so that f in it is that closure.
          const variable = names.get(expr.names[i]);
          const own = value.kind === "Lambda" && variable !== undefined && isBinding(variable);
          const after = walk(value, scope, own ? { what: variable, next: known } : known);
          if (!own) known = after;
        });
        for (const name of expr.names) known = { what: names.get(name) ?? name.name, next: known };
        return known;
      }
      case "Define": {
        for (const value of expr.values) known = walk(value, scope, known);
        // A function with a sole definition is always set; only variables are worth remembering.
        if (expr.values.every(neverFails))
          for (const name of expr.names)
            if (globals.get(name.name)?.lambda === null) known = { what: name.name, next: known };
        return known;
      }
      case "Shift": {
        if (expr.tag !== null) known = walk(expr.tag, scope, known);
        const k: Variable = { name: expr.k.name, param: true, assigns: 0, cell: false, marks: marksOf(expr.k) };
        names.set(expr.k, k);
        walk(expr.body, { names: new Map([[k.name, k]]), parent: scope, frame: false }, known);
        return known;
      }
      case "Reset":
        if (expr.tag !== null) known = walk(expr.tag, scope, known);
        walk(expr.body, scope, known);
        return known;
      case "Ensure":
        walk(expr.body, scope, known);
        walk(expr.cleanup, scope, known);
        return known;
      case "WithState": {
        const after = walk(expr.state, scope, known);
        walk(expr.body, scope, after);
        return after;
      }
      case "Code":
        for (const { lambda } of expr.bodies) walk(lambda, scope, known);
        visible.set(expr, readAll(symbolsIn([expr.datum]), scope, known));
        return known;
      case "Eval":
        known = walk(expr.value, scope, known);
        visible.set(expr, readAll(namesAround(scope), scope, known));
        return known;
      case "Const":
      case "Quote":
      case "Builtin":
      case "Temp":
      case "Load":
      case "Fail":
      case "Call":
      case "Force":
      case "Bind":
        for (const child of children(expr)) known = walk(child, scope, known);
        return known;
      default:
        return expr satisfies never;
    }
  };

  let known: Known | null = null;
  for (const expr of module.body) known = walk(expr, null, known);
  return { reads, frames, names, hidden, visible };
}

const marksOf = ({ mark }: Kernel.Name): number[] => (mark === undefined ? [] : [mark.expansion]);

const isBinding = (variable: Variable): boolean => !variable.param && variable.assigns === 1;

function* namesAround(scope: Scope | null): Iterable<string> {
  for (let s = scope; s !== null; s = s.parent) yield* s.names.keys();
}

const neverFails = (expr: Kernel.Expr): boolean =>
  expr.kind === "Const" || expr.kind === "Quote" || expr.kind === "Code" || expr.kind === "Lambda";

/** The names that `=` binds in this frame: those under its body, nested frames excepted. */
function collectAssigns(body: Kernel.Expr, own: Map<string, Variable>, names: Map<Kernel.Name, Variable>): void {
  if (body.kind === "Assign")
    for (const name of body.names) {
      const variable = own.get(name.name) ?? { name: name.name, param: false, assigns: 0, cell: false, marks: [] };
      variable.assigns++;
      variable.marks.push(...marksOf(name));
      own.set(name.name, variable);
      names.set(name, variable);
    }
  if (body.kind === "Frame") for (const arg of body.args) collectAssigns(arg, own, names);
  if (opensFrame(body)) return;
  for (const child of children(body)) collectAssigns(child, own, names);
}
