/** What importers need to know of a module: enough for separate compilation, and nothing about how it is written. */

import type { Type } from "../../runtime/signatures.ts";
import type { Source } from "../source/source.ts";

/** A function with a sole definition. */
export interface FunctionSummary {
  /** Number of parameters without the rest parameter. */
  readonly params: number;
  readonly rest: boolean;
  /** May a call of it return Y? */
  readonly unwinds: boolean;
  /** May its value be an Error? */
  readonly fails: boolean;
  /** The types of its value, apart from Errors. */
  readonly gives: readonly Type[] | "any";
}

export interface GlobalSummary {
  readonly name: string;
  /** null: a variable, to be read at its place and checked for being unset. */
  readonly fn: FunctionSummary | null;
}

export interface Summary {
  readonly id: string;
  /** The output file other modules import, relative to the output root; for the prelude a runtime module (`prelude/list`). */
  readonly output: string;
  readonly globals: readonly GlobalSummary[];
  /** Ids of the modules it loads at top level: their names are visible to its loaders, too. */
  readonly loads: readonly string[];
  /** May running its top level return Y? */
  readonly initUnwinds: boolean;
  /** Its text, if it defines macros: their code is compiled again wherever a program needs it. */
  readonly macros?: Source;
}
