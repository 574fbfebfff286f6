/** Files, at once. */
import { readFileSync } from "node:fs";
import { native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import { refuse, STRING } from "../kernel/wrong.ts";
import { fileError } from "./file-error.ts";

/** The text of a file (UTF-8). The Error of a file that cannot be read has its code, such as :ENOENT, in its data. */
export const readFile = /*#__PURE__*/ native("read-file", 1, 1, (path: Value): Value => {
  if (typeof path !== "string") return refuse("read-file", [path], STRING);
  try {
    return readFileSync(path, "utf8");
  } catch (e) {
    return fileError("read-file", "read", path, e);
  }
});
