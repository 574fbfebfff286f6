/**
 * The runtime's modules, for code that is compiled at run time. Empty here: the build writes the compiled module anew when it has
 * compiled the prelude (compiler/modules/runtime-index.ts).
 */
import type { Summary } from "../../compiler/compile-code.ts";

/** By specifier, such as `lib/list`. */
export const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};
/** What the compiler knows of those written in Valk. */
export const summaries: readonly Summary[] = [];
