/** What may have been meant by a path that leads to no file. */
import { basename, dirname, extname } from "node:path";
import { nearest } from "../diagnostics/nearest.ts";
import type { Near } from "../ir/near.ts";
import type { Files } from "./host.ts";

/** `place`: where `path`, as it is written, would be. `endings`: of the files that could be meant. */
export function nearFile(place: string, path: string, endings: readonly string[], files: Files): Near | null {
  const ending = endings.find((end) => files.exists(place + end));
  if (ending !== undefined) return { kind: "file", path: path + ending };
  if (files.isDirectory(place)) return { kind: "directory" };
  const folder = dirname(place);
  if (!files.isDirectory(folder)) return null;
  const names = files.list(folder).filter((name) => endings.includes(extname(name)));
  const [name] = nearest(basename(place), names, 1);
  return name === undefined ? null : { kind: "file", path: path.slice(0, -basename(place).length) + name };
}
