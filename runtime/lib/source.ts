/** Source files that are loaded at run time: where they are, and what becomes of Errors at their top level. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
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
  const own = folder === null ? [] : [folder.startsWith("file:") ? dirname(fileURLToPath(folder)) : folder];
  const loadPath = (process.env.VALK_PATH ?? "").split(delimiter).filter((entry) => entry !== "");
  for (const base of isAbsolute(path) ? ["/"] : [...own, ...loadPath, process.cwd()]) {
    const place = resolve(base, path);
    if (!existsSync(place) || !statSync(place).isFile()) continue;
    const text = readFileSync(place, "utf8");
    return {
      path: realpathSync(place),
      folder: dirname(place),
      text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text,
    };
  }
  return null;
};

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
