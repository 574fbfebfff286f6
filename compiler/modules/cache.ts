/** The compile cache of `valk run`: which output belongs to which texts, so that an unchanged program is not compiled again. */
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { hash } from "./hash.ts";
import type { Files, WritableFiles } from "./host.ts";

/** Everything besides the texts that decides the output. */
export interface CacheKey {
  /** Version and build of the compiler. */
  readonly compiler: string;
  /** Absolute path of the entry file, or the text of a program that is no file, with the directory it starts in. */
  readonly entry: string;
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** Warnings of one source, kept to be shown at each run. */
export interface CachedReport {
  readonly path: string;
  /** Where to read the text again; null: it is the entry's text. */
  readonly file: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface CachedProgram {
  /** Absolute path of the JavaScript file to import. */
  readonly main: string;
  readonly reports: readonly CachedReport[];
}

/** What is found under a key: the program, and what must still hold for it. */
interface Manifest extends CachedProgram {
  readonly texts: readonly (readonly [file: string, hash: string])[];
  readonly absent: readonly string[];
}

export interface NewProgram {
  /** Source files and their texts as compiled. */
  readonly texts: ReadonlyMap<string, string>;
  readonly absent: readonly string[];
  /** Output paths relative to the output root, and their texts. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The output to import. */
  readonly main: string;
  readonly reports: readonly CachedReport[];
}

const manifestPath = (folder: string, key: CacheKey): string => join(folder, `${hash(JSON.stringify(key))}.json`);

/** The program stored under the key, if no text it was made of has changed since. */
export function lookup(folder: string, key: CacheKey, files: Files): CachedProgram | null {
  const path = manifestPath(folder, key);
  try {
    if (!files.exists(path)) return null;
    const { texts, absent, main, reports } = JSON.parse(files.readFile(path)) as Manifest;
    const valid =
      texts.every(([file, known]) => files.exists(file) && hash(files.readFile(file)) === known) &&
      !absent.some((file) => files.exists(file)) &&
      files.exists(main);
    return valid ? { main, reports } : null;
  } catch {
    // A damaged or unreadable entry is a missing one.
    return null;
  }
}

/** Stores a program. The output goes to a folder named after its content, so that runs of other versions are not disturbed. */
export function store(folder: string, key: CacheKey, program: NewProgram, files: WritableFiles): CachedProgram {
  const texts = [...program.texts].map(([file, text]) => [file, hash(text)] as const);
  const root = join(folder, hash(JSON.stringify([key, ...program.outputs])));
  const main = join(root, program.main);
  const manifest: Manifest = { main, reports: program.reports, texts, absent: program.absent };
  const outputs = new Map([...program.outputs].map(([path, text]) => [join(root, path), text]));
  if (![...outputs.keys()].every((path) => files.exists(path))) files.writeFiles(outputs);
  files.writeFiles(new Map([[manifestPath(folder, key), JSON.stringify(manifest)]]));
  return { main, reports: program.reports };
}
