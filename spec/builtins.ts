/** Tables of calls of builtins: the function, its arguments, and its value as `repr` shows it. */
import { error } from "../runtime/kernel/error.ts";
import { apply } from "../runtime/kernel/function.ts";
import { formFromArray, type List, list, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";

export type Case = readonly [f: unknown, args: readonly Value[], expected: string];

/** `{...}` */
export const braces = list;
/** `(...)` */
export const form = (...items: readonly Value[]): List => formFromArray(items);
/** An Error argument, and how it comes back. */
export const E = error("boom");
export const BOOM = "Error: boom";

export const table = (name: string, cases: readonly Case[]): void => {
  describe(name, () => {
    for (const [f, args, expected] of cases)
      test(`${repr(f)} ${args.map(repr).join(" ")}`.slice(0, 100), () => {
        expect(repr(apply(f, args))).toBe(expected);
      });
  });
};
