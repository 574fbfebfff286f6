import { isList, nil, type Value } from "../kernel/list.ts";
import { isKeyword, Sym } from "../kernel/symbol.ts";

const isConstant = (x: Value): boolean =>
  x instanceof Sym
    ? isKeyword(x)
    : typeof x === "number" || typeof x === "string" || typeof x === "bigint" || x === nil;

/** The value of what takes no compiler to evaluate: of data, and of lists such as `{5}` and `{"yes"}`, the usual branches. */
export const constantValue = (x: Value): Value | undefined => {
  if (x instanceof Sym) return isKeyword(x) ? x : undefined;
  if (!isList(x) || x === nil) return x;
  return x.tail === nil && isConstant(x.head) ? x.head : undefined;
};
