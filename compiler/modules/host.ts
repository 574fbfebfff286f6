/** What the module graph and the cache need of a file system; cli/host.ts has the real one, tests have fakes. Paths are absolute. */
export interface Files {
  /** The text of a file, without a byte order mark. Throws if it cannot be read. */
  readFile(path: string): string;
  /** Is it a file? */
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
  /** The path without symbolic links. Only for paths that exist. */
  realpath(path: string): string;
  /** Names in a directory, in any order. */
  list(path: string): readonly string[];
}

export interface WritableFiles extends Files {
  /** Writes all of them or none: every text goes to a temporary file first, and the renames come when all are there. */
  writeFiles(files: ReadonlyMap<string, string>): void;
}
