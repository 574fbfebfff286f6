/** Builtins whose arguments are of fixed kinds. */
import { ValkError } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import { type Kind, refuse } from "../kernel/wrong.ts";

/**
 * A builtin that takes an argument of each kind, the last ones optional from `min` on. It calls f, whose parameters are what the kinds let through, when all fit; otherwise its
 * value is the first Error argument, or says which argument does not fit.
 */
export const checked = (
  name: string,
  kinds: readonly Kind[],
  f: (...args: never[]) => Value,
  min: number = kinds.length,
): Fn =>
  native(name, min, kinds.length, (...args: Value[]): Value => {
    for (let i = 0; i < args.length; i++)
      if (args[i] instanceof ValkError || !kinds[i].is(args[i])) return refuse(name, args, ...kinds);
    return (f as (...args: Value[]) => Value)(...args);
  });

/** 1 or 0. */
export const bit = (test: boolean): Value => (test ? 1 : 0);
