/** Source files that are loaded at run time: where they are, and what becomes of Errors at their top level. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { reporter } from "../kernel/report.ts";

export interface SourceFile {
  /** The same for one file however it is named. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

/** The file of a load: in `folder` (or beside the file of that URL), the load path, the current directory. null: nowhere. */
export const findSource = (path: string, folder: string | null): SourceFile | null => {
  for (const place of placesOf(path, folder)) {
    if (!sourceFiles.exists(place)) continue;
    const text = readFileSync(place, "utf8");
    return {
      path: realpathSync(place),
      folder: dirname(place),
      text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text,
    };
  }
  return null;
};

const placesOf = (path: string, folder: string | null): readonly string[] => {
  const own = folder === null ? [] : [folder.startsWith("file:") ? dirname(fileURLToPath(folder)) : folder];
  const loadPath = (process.env.VALK_PATH ?? "").split(delimiter).filter((entry) => entry !== "");
  return (isAbsolute(path) ? ["/"] : [...own, ...loadPath, process.cwd()]).map((base) => resolve(base, path));
};
/** Is it a directory that is there instead? */
export const isFolder = (path: string, folder: string | null): boolean =>
  placesOf(path, folder).some((place) => sourceFiles.isDirectory(place));

/** No file has a NUL in its name, and Node throws for one. */
const is = (path: string, what: "isFile" | "isDirectory"): boolean =>
  !path.includes("\0") && (statSync(path, { throwIfNoEntry: false })?.[what]() ?? false);

/** What has to be known of the file system to find modules of JavaScript. */
export const sourceFiles = {
  readFile: (path: string): string => readFileSync(path, "utf8"),
  exists: (path: string): boolean => is(path, "isFile"),
  isDirectory: (path: string): boolean => is(path, "isDirectory"),
  realpath: (path: string): string => realpathSync(path),
  list: (path: string): readonly string[] => readdirSync(path),
};

/** A module of JavaScript: that file, or what the specifier means to the host if `path` is null. */
export const importModule = async (specifier: string, path: string | null): Promise<Record<string, unknown>> =>
  (await import(path === null ? specifier : pathToFileURL(path).href)) as Record<string, unknown>;

/** An Error at the top level of a loaded file is printed, and loading goes on. */
export const reported = /*#__PURE__*/ native("load/report", 1, 1, (value: Value): Value => {
  if (value instanceof ValkError) reporter.report(value);
  return nil;
});

/** `load` of no module; modules with computed loads have one each (eval/load.ts). */
export const load = /*#__PURE__*/ native(
  "load",
  1,
  1,
  (path: Value): Value =>
    path instanceof ValkError ? path : error("load: there is no module here that could load a file"),
);
