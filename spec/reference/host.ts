/** The judge's way to real files. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, Script } from "node:vm";
import type { Host } from "./interpret.ts";

const LIBRARY = fileURLToPath(new URL("../../runtime/library/", import.meta.url));

/** Node's own import: inside jest `import` is jest's, which does not load what is no code of the tests. */
const load = new Script("(specifier) => import(specifier)", {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext() as (specifier: string) => Promise<unknown>;

export const files: Host = {
  readFile: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  },
  library: (name) => {
    const file = name.startsWith("src/") ? resolve(LIBRARY, name.slice("src/".length)) : null;
    return file !== null && existsSync(file) ? file : null;
  },
  import: (specifier) => load(specifier),
  resolve: (path, from) => (from === null ? resolve(path) : resolve(dirname(from), path)),
};
