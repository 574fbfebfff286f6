/** What goes into a compilation and what comes out of it: plain data, so that hosts and caches can hold it. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { JavaScriptModule } from "../ir/javascript.ts";
import type { Near } from "../ir/near.ts";
import type { Source } from "../source/source.ts";
import type { Summary } from "./summary.ts";

/** One source module, with its loads resolved. */
export interface Unit {
  /** Unique and stable: the key in `loads` and in summaries. For files their absolute path. */
  readonly id: string;
  readonly source: Source;
  /** Literal paths in `(load "path")` forms -> the id of the module they name; null: there is no such file. */
  readonly loads: ReadonlyMap<string, string | null>;
  /** The same for `(import {..} "path")` forms that name Valk modules. Other imports are JavaScript's. */
  readonly imports?: ReadonlyMap<string, string | null>;
  /** Of paths that lead to no file: what is there instead, or would be with another ending. */
  readonly near?: ReadonlyMap<string, Near>;
  /** What is known of JavaScript's modules that it imports, by their specifiers. */
  readonly javascript?: ReadonlyMap<string, JavaScriptModule>;
  /** The output file relative to the output root, with forward slashes: `lib/list.js`. */
  readonly output: string;
  /**
   * Do other modules of the program load it? Then it becomes two files: `list.valk.js`, which other modules import, and
   * `list.js`, which runs it when JavaScript imports it. Otherwise `list.js` is both.
   */
  readonly loaded: boolean;
  /** A part of the library that comes with the compiler: functions only, for other Valk modules only. */
  readonly library?: boolean;
}

export interface OutputFile {
  /** Relative to the output root. */
  readonly path: string;
  readonly code: string;
  /** The source map (version 3) as JSON text, without the trailing comment in `code`; absent for facades. */
  readonly map?: string;
}

export interface CompiledUnit {
  readonly id: string;
  /** Empty if the program has errors. */
  readonly files: readonly OutputFile[];
  readonly summary: Summary | null;
  /** It was not compiled: its results are those of an earlier compilation. */
  readonly reused: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompiledProgram {
  /** In the order of the units. */
  readonly units: readonly CompiledUnit[];
  /** True if anything was an error (with `strict`: or a warning): then no unit has files. */
  readonly failed: boolean;
}
