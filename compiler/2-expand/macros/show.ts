/** A module after its macros, as Valk again. */

import { printSexp } from "../../ir/sexp.ts";
import type { Syntax } from "../../ir/syntax.ts";
import { showSyntax } from "../../ir/syntax-text.ts";
import type { Source } from "../../source/source.ts";
import type { Recorder } from "./recorder.ts";

export function showExpansion(recorder: Recorder, _scopes: unknown, _source: Source): string {
  return recorder.items.map((item: Syntax) => `${printSexp(showSyntax(item))}\n`).join("");
}
