/** Types of values as the optimizer tracks them: sets of kinds, as bits; and what operations give. */
import type { Type } from "../../runtime/signatures.ts";
import type * as Core from "../ir/core.ts";
import type { World } from "../ir/world.ts";

export type Kinds = number;
export const NUMBER = 1,
  BIGINT = 2,
  NIL = 4,
  CONS = 8,
  STRING = 16,
  SYMBOL = 32,
  FUNCTION = 64,
  OTHER = 128,
  ERROR = 256;
export const NOTHING = 0;
export const ANY = 511;

const bits: Readonly<Record<Type, Kinds>> = {
  number: NUMBER,
  bigint: BIGINT,
  nil: NIL,
  cons: CONS,
  string: STRING,
  symbol: SYMBOL,
  function: FUNCTION,
  handle: OTHER,
  ref: OTHER,
  other: OTHER,
};

export const isOnly = (kinds: Kinds, set: Kinds): boolean => (kinds & ~set) === 0;

/** The kinds of a constant. */
export function atomKinds(atom: Core.Atom): Kinds {
  switch (atom.kind) {
    case "Lit":
      return typeof atom.value === "number" ? NUMBER : typeof atom.value === "bigint" ? BIGINT : STRING;
    case "Nil":
      return NIL;
    case "Datum":
      return atom.datum.kind === "Symbol" ? SYMBOL : CONS;
    case "Fn":
      return FUNCTION;
    default:
      return ANY;
  }
}

/** What an operation gives; `of` tells the kinds of its atoms, `result` those of the module's own functions. */
export function opKinds(
  op: Core.Op,
  of: (atom: Core.Atom) => Kinds,
  result: (name: string) => Kinds,
  world: World,
): Kinds {
  switch (op.kind) {
    case "Use":
      return of(op.atom);
    case "Arith": {
      if (op.op === "==" || op.op === "!=") return NUMBER;
      const args = op.args.map(of);
      if (args.every((k) => isOnly(k, NUMBER))) return NUMBER;
      const comparison = op.op !== "+" && op.op !== "-" && op.op !== "*";
      return comparison ? NUMBER | ERROR : NUMBER | BIGINT | ERROR;
    }
    case "Closure":
      return FUNCTION;
    case "SetGlobal":
      return of(op.value);
    case "Call": {
      if (op.fn.kind === "Own") return result(op.fn.name);
      if (op.fn.kind === "Local") return ANY;
      const fn = world.fn(op.fn);
      if (fn === null) return ANY;
      if (fn.fn.kind === "Module") return fn.fails ? kindsOf(fn.gives) | ERROR : kindsOf(fn.gives);
      if (fn.gives === "any" && fn.fails) return ANY;
      const passes = !fn.seesErrors && op.args.some((a) => (of(a) & ERROR) !== 0);
      return kindsOf(fn.gives) | (fn.fails || passes ? ERROR : 0);
    }
    case "Prim":
      switch (op.prim) {
        case "set":
          return of(op.args[1]);
        case "unbound":
        case "fail":
          return ERROR;
        case "numbers":
        case "same":
          return NUMBER;
        case "function":
          return FUNCTION;
        case "spawn":
          return OTHER;
        case "quoted":
          return CONS;
        default:
          return ANY;
      }
    default:
      return ANY;
  }
}

// "any" of a builtin that does not fail may still be an Error somebody stored.
const kindsOf = (gives: readonly Type[] | "any"): Kinds =>
  gives === "any" ? ANY : gives.reduce((k, t) => k | bits[t], 0);

/** What a summary says of a function with these kinds of results. */
export function resultOf(kinds: Kinds = ANY): { readonly gives: readonly Type[] | "any"; readonly fails: boolean } {
  const types = (["number", "bigint", "nil", "cons", "string", "symbol", "function", "other"] as const).filter(
    (t) => (kinds & bits[t]) !== 0,
  );
  return { gives: types.length === 8 ? "any" : types, fails: (kinds & ERROR) !== 0 };
}
