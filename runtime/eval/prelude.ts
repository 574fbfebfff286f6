/**
 * What code compiled at run time needs of the prelude. Empty here: the build writes the compiled module anew when it has compiled
 * the prelude (compiler/modules/prelude-index.ts).
 */
import type { Summary } from "../../compiler/compile-code.ts";

/** The modules by specifier, such as `prelude/list`. */
export const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};
/** What the compiler knows of them. */
export const summaries: readonly Summary[] = [];
