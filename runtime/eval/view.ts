/** What evaluated code sees: its own frame, the frame of the function that evaluates it, globals. */
import { AT_HOME, isForm } from "../../compiler/compile-code.ts";
import { error } from "../kernel/error.ts";
import type { Value } from "../kernel/list.ts";
import { type Frame, valueAt } from "../kernel/quoted.ts";
import type { Scope } from "../kernel/scope.ts";
import { forget } from "./compile.ts";
import { libraryValue } from "./library.ts";
import { valueAtHome } from "./macros.ts";

/** The name under which evaluated code finds its scope, and frames the scope of the module they belong to. */
export const SELF = ";scope";

/** The value of a name in part of a frame; undefined: not bound there now. */
const within = ({ names, values }: Frame, name: string, from: number, to: number): Value => {
  for (let i = from; i < to && i < names.length; i++)
    if (names[i] === name) {
      const value = valueAt(values[i]);
      if (value !== undefined) return value;
    }
  return undefined;
};
const local = (frame: Frame, name: string): Value => within(frame, name, 0, frame.globals);
const global = (frame: Frame, name: string): Value =>
  // The frame has what they were when it was made; code may have assigned them since.
  scopeOf(frame)?.get(name) ?? within(frame, name, frame.globals, frame.names.length);
/** The scope of the module that the frame belongs to, if that module has one. */
export const scopeOf = (frame: Frame): Scope | undefined =>
  frame.names[0] === SELF ? (frame.values[0] as Scope) : undefined;

/**
 * `own[0]` is the frame of the list that is evaluated, null if it has none; the others are those of literals in it, and the
 * code calls their names `name;1`, `name;2` ...
 */
export class View implements Scope {
  readonly own: readonly (Frame | null)[];
  readonly caller: Frame | null;
  readonly outer: Scope;
  constructor(own: readonly (Frame | null)[], caller: Frame | null, outer: Scope) {
    this.own = own;
    this.caller = caller;
    this.outer = outer;
  }
  /** The module that the code belongs to: that of the list, if it is a literal, else the one that evaluates it. */
  get module(): Scope {
    const [frame] = this.own;
    const scope = (frame === null ? undefined : scopeOf(frame)) ?? this.outer;
    return scope instanceof View ? scope.module : scope;
  }
  get root(): Scope {
    return this.outer.root ?? this.outer;
  }
  get folder(): string | null {
    return this.outer.folder;
  }
  get imports(): ReadonlySet<string> {
    return this.outer.imports;
  }
  get loads(): Scope[] {
    return this.outer.loads;
  }

  /** The own frame first, then the frame of the function that calls `eval`, then globals. */
  get(name: string): Value {
    if (name === SELF) return this;
    if (name.includes(AT_HOME)) return valueAtHome(name);
    const mark = name.indexOf(";");
    const plain = mark < 0 ? name : name.slice(0, mark);
    const frame = this.own[mark < 0 ? 0 : Number(name.slice(mark + 1))];
    return (
      (frame === null ? undefined : local(frame, plain)) ??
      (this.caller === null ? undefined : local(this.caller, plain)) ??
      (frame === null ? undefined : global(frame, plain)) ??
      this.outer.get(plain)
    );
  }

  knows(name: string): boolean {
    if (name.includes(";")) return true;
    const [frame] = this.own;
    return (
      (frame !== null && (frame.names.includes(name) || scopeOf(frame)?.knows(name) === true)) ||
      this.caller?.names.includes(name) === true ||
      this.outer.knows(name)
    );
  }

  /** Is it a name of the own frame, or of the frame of the function that calls `eval`? */
  inFrame(name: string): boolean {
    const mark = name.indexOf(";");
    const frame = this.own[mark < 0 ? 0 : Number(name.slice(mark + 1))];
    const plain = mark < 0 ? name : name.slice(0, mark);
    const binds = (f: Frame | null | undefined): boolean => f != null && f.names.lastIndexOf(plain, f.globals - 1) >= 0;
    return binds(frame) || binds(this.caller);
  }

  /** A global of the module the list was written in, if it is one that can be assigned, else of the module that calls `eval`. */
  define(name: string, value: Value): Value {
    for (const frame of this.own) {
      if (frame === null) continue;
      const scope = scopeOf(frame);
      if (scope?.knows(name) === true) return scope.define(name, value);
      if (frame.names.indexOf(name, frame.globals) >= 0)
        return error(`def: cannot assign ${name} here: its module evaluates no lists that are made at run time`);
    }
    if (!this.outer.knows(name) && (isForm(name) || libraryValue(name) !== undefined)) forget();
    return this.outer.define(name, value);
  }
}
