/** From what the user names to the modules of the program: reads the files, follows literal loads, decides where output goes. */
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { JavaScriptModule } from "../ir/javascript.ts";
import type { Near } from "../ir/near.ts";
import type { Source } from "../source/source.ts";
import type { Files } from "./host.ts";
import { javascriptModuleAt } from "./javascript.ts";
import { libraryFile, libraryModule, libraryName } from "./library.ts";
import { loads } from "./loads.ts";
import { nearFile } from "./near-file.ts";
import { packageModule } from "./packages.ts";
import type { Unit } from "./unit.ts";

export type Entry =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "directory"; readonly path: string }
  /** A program that is no file: from standard input or the command line. `name` is what messages call it. */
  | { readonly kind: "text"; readonly text: string; readonly name: string };

export interface Places {
  /** Absolute; also the base of source paths in messages. */
  readonly cwd: string;
  /** Further directories in which loads are looked up. */
  readonly loadPath: readonly string[];
  /** The folder of the library's modules; without it loading one does nothing. */
  readonly libraryFolder?: string;
}

export interface Graph {
  readonly kind: "graph";
  /** Entries first (a directory's in alphabetical order), then what they load, in the order of the text, depth first. */
  readonly units: readonly Unit[];
  /** Number of units that are entries. */
  readonly entries: number;
  /** Places where a load was looked up in vain: a file that appears there changes the program. */
  readonly absent: readonly string[];
  /** Files that are no modules and decide what the program is: those that say where a package's Valk modules are, JavaScript's modules. */
  readonly manifests: readonly string[];
}

export interface GraphFailure {
  readonly kind: "failure";
  /** For the user: what is wrong with the entry. */
  readonly text: string;
}

interface Module {
  readonly id: string;
  /** The path under which the module was found first: unlike the id, with symbolic links. */
  readonly place: string;
  readonly source: Source;
  readonly loads: ReadonlyMap<string, string | null>;
  readonly imports: ReadonlyMap<string, string | null>;
  readonly javascript: ReadonlyMap<string, JavaScriptModule>;
  readonly near: ReadonlyMap<string, Near>;
}

const extension = ".valk";
const slashes = (path: string): string => (sep === "/" ? path : path.split(sep).join("/"));

/** The program that `entry` starts. Files that loads name and that cannot be found are null in `Unit.loads`: the compiler reports them. */
export function graph(entry: Entry, files: Files, places: Places): Graph | GraphFailure {
  const found = entries(entry, files, places);
  if (typeof found === "string") return { kind: "failure", text: found };
  const modules = new Map<string, Module>();
  const absent = new Set<string>();
  const manifests = new Set<string>();
  const cwd = files.realpath(places.cwd);

  const locate = (path: string, folder: string, others = [...places.loadPath, places.cwd]): string | null => {
    const bases = isAbsolute(path) ? [""] : [folder, ...others];
    for (const base of new Set(bases)) {
      const candidate = resolve(base, path);
      if (files.exists(candidate)) return candidate;
      absent.add(candidate);
    }
    return null;
  };

  /** What may have been meant by a path that leads nowhere. */
  const nearTo = (path: string, folder: string, others: readonly string[]): Near | null => {
    const bases = isAbsolute(path) ? [""] : [folder, ...others];
    const found = bases.flatMap((base) => nearFile(resolve(base, path), path, [extension], files) ?? []);
    return found.find(({ kind }) => kind === "file") ?? found[0] ?? null;
  };

  /** A Valk module; null: a missing one; undefined: none of ours. */
  const locateImport = (path: string, folder: string): string | null | undefined => {
    const inPackage = packageModule(path, folder, files, (at, exists) => void (exists ? manifests : absent).add(at));
    if (inPackage !== null || !path.endsWith(extension)) return inPackage ?? undefined;
    return locate(path, folder, []);
  };

  const libraryFolder = places.libraryFolder === undefined ? null : files.realpath(places.libraryFolder);
  /** A module of the library by name: the place of its file, or null. */
  const locateLibrary = (path: string): string | null => {
    const file = libraryFile(path);
    return file === null || libraryFolder === null ? null : join(libraryFolder, file);
  };
  const inLibrary = (place: string): string | null =>
    libraryFolder !== null && place.startsWith(libraryFolder + sep) ? slashes(relative(libraryFolder, place)) : null;

  // An explicit stack: chains of loads may be longer than the host's stack is deep.
  const add = (id: string, place: string, source: Source): readonly string[] => {
    const targets = new Map<string, string | null>();
    const near = new Map<string, Near>();
    const missing = (path: string, others: readonly string[]): void => {
      const found = nearTo(path, dirname(place), others);
      if (found !== null) near.set(path, found);
    };
    const next: string[] = [];
    const paths = loads(source);
    for (const path of paths.loads) {
      const library = libraryModule(path);
      const target = library === null ? (locateLibrary(path) ?? locate(path, dirname(place))) : null;
      targets.set(path, library ?? (target === null ? null : files.realpath(target)));
      if (target !== null) next.push(target);
      else if (library === null) missing(path, [...places.loadPath, places.cwd]);
    }
    const imports = new Map<string, string | null>();
    const javascript = new Map<string, JavaScriptModule>();
    for (const path of paths.imports) {
      const target = locateImport(path, dirname(place));
      if (target === undefined) {
        const module = javascriptModuleAt(path, dirname(place), files);
        javascript.set(path, module);
        if (module.path !== null) (module.problem?.kind === "missing" ? absent : manifests).add(module.path);
        continue;
      }
      imports.set(path, target === null ? null : files.realpath(target));
      if (target !== null) next.push(target);
      else missing(path, []);
    }
    modules.set(id, { id, place, source, loads: targets, imports, javascript, near });
    return next;
  };
  const addFile = (place: string): readonly string[] => {
    const id = files.realpath(place);
    if (modules.has(id)) return [];
    const library = inLibrary(id);
    const path = library === null ? slashes(relative(cwd, id)) || id : libraryName(library);
    return add(id, place, { path, text: files.readFile(id) });
  };

  const pending: string[] = [];
  for (const { place, source } of found) {
    const next = source === null ? addFile(place) : add(place, place, source);
    pending.push(...next);
  }
  const count = modules.size;
  pending.reverse();
  for (let place = pending.pop(); place !== undefined; place = pending.pop())
    pending.push(...[...addFile(place)].reverse());

  const all = [...modules.values()];
  const loaded = new Set(all.flatMap((module) => [...module.loads.values(), ...module.imports.values()]));
  const root =
    entry.kind === "directory"
      ? resolve(places.cwd, entry.path)
      : commonFolder(all.filter(({ id }) => inLibrary(id) === null).map((module) => module.place));
  return {
    kind: "graph",
    units: all.map(({ id, place, source, loads, imports, javascript, near }) => ({
      id,
      source,
      loads,
      ...(imports.size === 0 ? {} : { imports }),
      ...(near.size === 0 ? {} : { near }),
      ...(javascript.size === 0 ? {} : { javascript }),
      output: outputOf(root, place, inLibrary(id)),
      loaded: loaded.has(id),
    })),
    entries: count,
    absent: [...absent],
    manifests: [...manifests],
  };
}

interface FoundEntry {
  readonly place: string;
  /** null: to be read from the file at `place`. */
  readonly source: Source | null;
}

const entries = (entry: Entry, files: Files, { cwd }: Places): readonly FoundEntry[] | string => {
  if (entry.kind === "text") {
    // Its folder is the current directory; the name cannot be a file's, because of the brackets.
    return [{ place: join(cwd, entry.name), source: { path: entry.name, text: entry.text } }];
  }
  const path = resolve(cwd, entry.path);
  if (entry.kind === "file") {
    if (files.exists(path)) return [{ place: path, source: null }];
    if (files.isDirectory(path)) return `${entry.path} is a directory, not a file`;
    const near = files.exists(path + extension) ? `; did you mean ${entry.path}${extension}?` : "";
    return `there is no file ${entry.path}${near}`;
  }
  if (!files.isDirectory(path)) return `there is no directory ${entry.path}`;
  const places = valkFiles(path, files);
  return places.length === 0
    ? `no ${extension} files in ${entry.path}`
    : places.map((place) => ({ place, source: null }));
};

/** All Valk files of a directory, without hidden and package directories, in alphabetical order. */
const valkFiles = (folder: string, files: Files): readonly string[] =>
  [...files.list(folder)].sort().flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith(".") || name === "node_modules") return [];
    if (files.isDirectory(path)) return valkFiles(path, files);
    return name.endsWith(extension) && files.exists(path) ? [path] : [];
  });

const commonFolder = (paths: readonly string[]): string => {
  const split = paths.map((path) => dirname(path).split(sep));
  const [first] = split;
  let length = 0;
  while (length < first.length && split.every((parts) => parts[length] === first[length])) length++;
  return first.slice(0, length).join(sep) || sep;
};

/** Modules of the library have a folder of their own in the output. */
const outputOf = (root: string, place: string, library: string | null): string =>
  library === null ? output(root, place) : `valk-library/${library.slice(0, -extension.length)}.js`;

/** `lib/list.valk` -> `lib/list.js`. A directory's program may load files outside of it: `../a.valk` -> `_parent/a.js`. */
const output = (root: string, place: string): string => {
  const path = slashes(relative(root, place)).replace(/^(?:\.\.\/)+/, (up) => "_parent/".repeat(up.length / 3));
  const plain = path.replace(/[<>]/g, "");
  return `${plain.endsWith(extension) ? plain.slice(0, -extension.length) : plain}.js`;
};
