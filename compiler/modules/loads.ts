/** The literal paths a module loads and imports. */
import { loadPaths, type Paths } from "../1-read/load-paths.ts";
import { read } from "../1-read/read.ts";
import { createContext, defaultOptions } from "../context.ts";
import type { Source } from "../source/source.ts";

/** What the reader reports here is dropped: the compilation reads the text again and reports it. Most modules load nothing and are not read twice. */
export const loads = (source: Source): Paths =>
  /load|import/.test(source.text) ? loadPaths(read(createContext(source, defaultOptions))) : { loads: [], imports: [] };
