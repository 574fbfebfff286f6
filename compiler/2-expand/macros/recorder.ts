/** What became of macro calls and names, kept while a module is expanded, so that the result can be shown as Valk again. */
import type { Name, Ref } from "../../ir/kernel.ts";
import type { SymbolSyntax, Syntax } from "../../ir/syntax.ts";

export interface Recorder {
  /** Head of a call of a macro -> the call's expansion. (Not the call: forms put the items of a list into new ones.) */
  readonly expansions: Map<Syntax, Syntax>;
  readonly names: Map<Name | Ref, SymbolSyntax>;
  /** Top-level items, after the macros among them. */
  readonly items: Syntax[];
}

export const createRecorder = (): Recorder => ({ expansions: new Map(), names: new Map(), items: [] });
