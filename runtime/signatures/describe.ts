/** A short notation for signatures: a row for each builtin. */
import type { Effect, Signature, Type } from "../signatures.ts";

/** What is not as usual. Without traits a builtin is pure, may fail, returns its first Error argument, does not curry. */
export interface Traits {
  readonly effect?: Effect;
  readonly fails?: false;
  readonly errors?: "sees";
  readonly curries?: true;
  readonly internal?: true;
}

/**
 * Valk name, export, parameters (optional ones in brackets, `& xs` for any number), the types of its value separated by blanks
 * (or "any"), one line of documentation, traits.
 */
export type Row = readonly [
  name: string,
  exported: string,
  params: string,
  gives: string,
  doc: string,
  traits?: Traits,
];

const limits = (params: string): { readonly min: number; readonly max: number } => {
  const [fixed, rest] = params.split("&") as [string, string?];
  const names = fixed.split(" ").filter((name) => name !== "");
  const min = names.filter((name) => !name.startsWith("[")).length;
  return { min, max: rest === undefined ? names.length : Infinity };
};

/** The signatures of a module under runtime/. */
export const describe = (module: string, rows: readonly Row[]): readonly Signature[] =>
  rows.map(([name, exported, params, gives, doc, traits]) => ({
    name,
    module,
    export: exported,
    params,
    ...limits(params),
    effect: "pure",
    gives: gives === "any" ? "any" : (gives.split(" ") as Type[]),
    fails: true,
    errors: "passes",
    curries: false,
    ...traits,
    doc,
  }));
