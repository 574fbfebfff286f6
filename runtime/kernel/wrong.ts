/** The cold path of builtins: which argument does not fit, and how to say so. */
import { error, ValkError } from "./error.ts";
import { isList, nil, type Value } from "./list.ts";
import { show } from "./show.ts";
import { Sym } from "./symbol.ts";

/** The Error for an argument of a wrong type or value; `position` counts from 1. */
export const wrong = (name: string, position: number, expected: string, value: Value): Value =>
  value instanceof ValkError ? value : error(`${name}: argument ${position} must be ${expected}, got ${show(value)}`);

/** What a parameter takes, and how messages call it. */
export interface Kind {
  readonly what: string;
  readonly is: (value: Value) => boolean;
}

export const NUMBER: Kind = { what: "a number", is: (v) => typeof v === "number" || typeof v === "bigint" };
export const WHOLE: Kind = { what: "a whole number", is: Number.isInteger };
export const COUNT: Kind = { what: "a whole number, 0 or more", is: (v) => Number.isInteger(v) && (v as number) >= 0 };
export const STRING: Kind = { what: "a string", is: (v) => typeof v === "string" };
export const LIST: Kind = { what: "a list", is: (v) => isList(v) };
export const CONS: Kind = { what: "a non-empty list", is: (v) => isList(v) && v !== nil };
export const SYMBOL: Kind = { what: "a symbol", is: (v) => v instanceof Sym };
export const FUNCTION: Kind = { what: "a function", is: (v) => typeof v === "function" };
export const PLIST: Kind = {
  what: "a plist (keys and values in turn)",
  is: (v) => isList(v) && (v.$len & 2) === 0,
};
export const ERROR: Kind = { what: "an error", is: (v) => v instanceof ValkError };
export const ANY: Kind = { what: "a value", is: () => true };

/** The first Error among the arguments. */
export const firstError = (args: readonly Value[]): ValkError | null => {
  for (const arg of args) if (arg instanceof ValkError) return arg;
  return null;
};

/**
 * The Error of a call whose arguments do not all fit: the first Error argument, else what is wrong with the first that does not
 * fit. The last kind goes for all further arguments. Builtins call it only when their quick tests failed.
 */
export const refuse = (name: string, args: readonly Value[], ...kinds: readonly Kind[]): Value => {
  const failed = firstError(args);
  if (failed !== null) return failed;
  for (let i = 0; i < args.length; i++) {
    const kind = kinds[Math.min(i, kinds.length - 1)] as Kind;
    if (!kind.is(args[i])) return wrong(name, i + 1, kind.what, args[i]);
  }
  return error(`${name}: arguments do not fit together`);
};
