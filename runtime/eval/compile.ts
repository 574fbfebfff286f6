/** Lists compiled when they are evaluated, and kept for the next time. */
import { compileCode } from "../../compiler/compile-code.ts";
import { error } from "../kernel/error.ts";
import { type List, nil, type Value } from "../kernel/list.ts";
import { type Frame, frameOf, Quoted } from "../kernel/quoted.ts";
import type { Scope } from "../kernel/scope.ts";
import { library, runtimeModule } from "./library.ts";
import { macrosIn } from "./macros.ts";
import { codeOf } from "./syntax.ts";
import { scopeOf, View } from "./view.ts";

/** Makes the code for a scope. */
type Make = (scope: Scope, values: readonly Value[]) => () => Value;

interface Unit {
  /** The names it was compiled for, of the frames it stands in. */
  readonly names: string;
  /** The module whose globals and macros it was compiled for. */
  readonly root: Scope;
  readonly make: Make;
  /** Does it see nothing of the caller's frame? */
  readonly lexical: boolean;
  readonly values: readonly Value[];
  /** How to get from the list to the frames of literals in it. */
  readonly literals: readonly (Quoted | null)[];
}

// Compiled code knows which names only the library binds; it is forgotten when a program binds another one.
let units = new WeakMap<List, Unit>();
export const forget = (): void => {
  units = new WeakMap();
};
/** Of a view of a literal the constant under it: it is the same for all evaluations of the literal. */
const keyOf = (list: List): List => (list instanceof Quoted ? list.cell : list);

const namesOf = (frame: Frame | null): string => (frame === null ? "" : `${frame.globals} ${frame.names.join(" ")}`);

/** The code of a list that has been compiled for these frames, or null. */
export const compiled = (list: List, caller: Frame | null, scope: Scope): (() => Value) | null => {
  const unit = units.get(keyOf(list));
  if (unit === undefined) return null;
  const own = frameOf(list);
  if (unit.root !== (scope.root ?? scope) || unit.names !== `${namesOf(own)};${namesOf(caller)}`) return null;
  return instance(unit, own, caller, scope);
};

const instance = ({ make, values, literals, lexical }: Unit, own: Frame | null, caller: Frame | null, scope: Scope) => {
  const others = literals.slice(1).map((literal) => (literal === null ? null : frameOf(literal)));
  return make(new View([own, ...others], lexical ? null : caller, scope), values);
};

/** Compiles the list. An Error if it is no code that could be compiled. */
export const compileList = (list: List, caller: Frame | null, scope: Scope): (() => Value) | Error => {
  try {
    const code = codeOf(list);
    if (code === null) return error("eval: the list is nested too deeply");
    const own = frameOf(list);
    const macros = macrosIn((own === null ? undefined : scopeOf(own)) ?? scope);
    const compileIn = (frame: Frame | null) => {
      const others = code.literals.slice(1).map((literal) => (literal === null ? null : frameOf(literal)));
      const view = new View([own, ...others], frame, scope);
      const binds = Object.assign((name: string) => view.knows(name), {
        inFrame: (name: string) => view.inFrame(name),
      });
      return compileCode(code.syntax, binds, library(), macros);
    };
    // What a literal's own frames and the globals bind means the same whoever runs it.
    const alone = list instanceof Quoted ? compileIn(null) : null;
    const lexical = alone !== null && typeof alone !== "string" && alone.closed;
    const unit = lexical ? alone : compileIn(caller);
    if (typeof unit === "string") return error(`eval: ${unit}`);
    // The text is the compiler's: nothing of the program reaches it but as a literal or a mangled name.
    const make = new Function("$import", unit.text)(runtimeModule) as Make;
    const made: Unit = {
      names: `${namesOf(own)};${namesOf(caller)}`,
      root: scope.root ?? scope,
      make,
      lexical,
      values: code.values,
      literals: code.literals,
    };
    units.set(keyOf(list), made);
    return instance(made, own, caller, scope);
  } catch (e) {
    // The compiler's recursion is bounded by the depth of the list, but the stack is the host's.
    if (e instanceof RangeError) return error("eval: the list is nested too deeply");
    // Inline JavaScript is checked as a module's; here it stands in a function, where `import.meta` for one means nothing.
    if (e instanceof SyntaxError) return error(`eval: js: ${e.message}`, nil, e);
    throw e;
  }
};
