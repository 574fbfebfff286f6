/** What a module sees of the outside: the names of the modules it loads, of the prelude and of the builtins. */
import type { Type } from "../../runtime/signatures.ts";
import type { Atom, FnRef, GlobalRef } from "./core.ts";

/** A function defined elsewhere, with what callers may rely on. */
export interface OutsideFunction {
  readonly kind: "function";
  readonly fn: FnRef;
  /** Accepted argument counts; max is Infinity with a rest list or without a limit. */
  readonly min: number;
  readonly max: number;
  /** A Valk function with a rest parameter takes `min` arguments and a list; builtins are called with their arguments as they are. */
  readonly rest: boolean;
  /** Too few arguments give a partial application (else an Error). */
  readonly curries: boolean;
  readonly unwinds: boolean;
  /** May calling it lead back into the calling module (a cycle of loads)? */
  readonly cyclic: boolean;
  readonly fails: boolean;
  readonly pure: boolean;
  /** Are Errors among the arguments seen as ordinary values? (Otherwise the first one is the result, of builtins.) */
  readonly seesErrors: boolean;
  readonly gives: readonly Type[] | "any";
}

export type Outside =
  | OutsideFunction
  /** `set`: it has a value from the start. `frame`: to code that is compiled at run time, it is a name of the frames around it. */
  | { readonly kind: "variable"; readonly global: GlobalRef; readonly set?: true; readonly frame?: boolean }
  | { readonly kind: "constant"; readonly atom: Atom };

export interface World {
  /** What a free name means, unless the module defines it itself. */
  lookup(name: string): Outside | null;
  /** What a name means in another module, whose template it stands in; "own": what this module's own code means by it. */
  lookupFrom(module: string, name: string): Outside | "own" | null;
  /** May `import` take that from a module? */
  gives(module: string, name: string): boolean;
  /** Does a module define that, exported or not? */
  defines(module: string, name: string): boolean;
  /** All that it may take, for suggestions. */
  exports(module: string): ReadonlySet<string>;
  /** The same for a name as derived forms mean it: builtins and prelude only. */
  builtin(name: string): Outside | null;
  /** The function behind a reference that core holds. */
  fn(ref: FnRef): OutsideFunction | null;
  /** All visible names, for suggestions. */
  names(): Iterable<string>;
  /** Those of them that the module sees only because it imports them: a file that it loads does not. */
  imported(): readonly string[];
  /** Is there a top level to run? (Library modules have none.) */
  runs(module: string): boolean;
  /** May running a loaded module's top level unwind? */
  initUnwinds(module: string): boolean;
}
