/**
 * The compile cache. `valk run` finds a whole program by its entry, if no text of it has changed. Where something has changed, and
 * for `valk build`, each unit that comes out the same as before is taken from here (kept.ts), and only the others are compiled.
 */
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { hash } from "./hash.ts";
import type { Files, WritableFiles } from "./host.ts";
import type { Kept, Store } from "./kept.ts";
import type { Unit } from "./unit.ts";

/** Everything besides the texts that decides the output. */
export interface CacheKey {
  /** Version and build of the compiler. */
  readonly compiler: string;
  /** Absolute path of the entry, or the text of a program that is no file, with the directory it starts in. */
  readonly entry: string;
  readonly options: Readonly<Record<string, string | boolean | null>>;
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

/** A unit's entry in the cache. `of` tells apart what the unit was: its text, and where its loads and imports led. */
interface KeptUnit {
  readonly of: string;
  readonly kept: Kept;
}

/**
 * What is kept of the units of a program. Of each there is one version, the last. `maps`: with source maps, which are made for it.
 * New results are written by `save`.
 */
export function unitStore(
  folder: string,
  key: CacheKey,
  { maps }: { readonly maps: boolean },
  files: WritableFiles,
): Store & { readonly save: () => void } {
  const written = new Map<string, string>();
  const place = ({ id }: Unit): string => join(folder, `${hash(JSON.stringify([key, maps, id]))}.unit.json`);
  return {
    get: (unit) => {
      const path = place(unit);
      try {
        if (!files.exists(path)) return null;
        const { of, kept } = JSON.parse(files.readFile(path)) as KeptUnit;
        return of === identity(unit) ? kept : null;
      } catch {
        // Damaged: as if there were none.
        return null;
      }
    },
    put: (unit, kept) => {
      // Maps are made when they are read.
      const outputs = maps ? kept.files : kept.files.map(({ path, code }) => ({ path, code }));
      const entry: KeptUnit = { of: identity(unit), kept: { ...kept, files: outputs } };
      written.set(place(unit), JSON.stringify(entry));
    },
    save: () => {
      if (written.size > 0) files.writeFiles(written);
    },
  };
}

const identity = (unit: Unit): string =>
  hash(JSON.stringify(unit, (_, part) => (part instanceof Map ? [...part] : part)));
