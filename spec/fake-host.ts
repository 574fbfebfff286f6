/** A host whose files are a map and whose terminal are strings. */
import { dirname } from "node:path";
import type { Host } from "../cli/host.ts";

export interface FakeHost extends Host {
  readonly files: Map<string, string>;
  readonly output: { out: string; err: string };
  /** The modules that were run, with their arguments. */
  readonly runs: (readonly [path: string, script: string, ...args: string[]])[];
}

export function fakeHost(files: Readonly<Record<string, string>>, changes: Partial<Host> = {}): FakeHost {
  const map = new Map(Object.entries(files));
  const output = { out: "", err: "" };
  const runs: FakeHost["runs"] = [];
  const names = (folder: string): readonly string[] => {
    const prefix = folder.endsWith("/") ? folder : `${folder}/`;
    return [
      ...new Set(
        [...map.keys()]
          .filter((path) => path.startsWith(prefix))
          .map((path) => path.slice(prefix.length).split("/")[0]),
      ),
    ];
  };
  return {
    files: map,
    output,
    runs,
    cwd: "/work",
    loadPath: [],
    cacheFolder: "/cache",
    runtimeFolder: "/valk/dist/runtime",
    libraryFolder: "/valk/runtime/library",
    colors: false,
    processors: 2,
    child: () => Promise.reject(new Error("no processes here")),
    watch: () => Promise.resolve(),
    version: () => "1.2.3",
    build: () => "1.2.3+test",
    url: (path) => `file://${path}`,
    packageFile: (name) => `/packages/${name}.js`,
    readFile: (path) => {
      const text = map.get(path);
      if (text === undefined)
        throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), {
          code: "ENOENT",
          syscall: "open",
        });
      return text;
    },
    exists: (path) => map.has(path),
    isDirectory: (path) => names(path).length > 0,
    realpath: (path) => path,
    list: (path) => [...names(path)].reverse(),
    writeFiles: (written) => {
      for (const [path, text] of written) map.set(path, text);
    },
    out: (text) => {
      output.out += text;
    },
    err: (text) => {
      output.err += text;
    },
    stdin: () => "",
    dropOld: () => {},
    temporaryFolder: () => "/tmp/valk-1",
    runModule: async (path, script, args) => {
      runs.push([path, script, ...args]);
    },
    whenIdle: () => {},
    exit: () => {},
    ...changes,
  };
}

/** Paths below a folder, in alphabetical order. */
export const below = (host: FakeHost, folder: string): readonly string[] =>
  [...host.files.keys()].filter((path) => dirname(path).startsWith(folder)).sort();
