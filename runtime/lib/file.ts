/** Files. */
import { readFileSync } from "node:fs";
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { list, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { refuse, STRING } from "../kernel/wrong.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
};

/** The text of a file (UTF-8). The Error of a file that cannot be read has its code, such as :ENOENT, in its data. */
export const readFile = /*#__PURE__*/ native("read-file", 1, 1, (path: Value): Value => {
  if (typeof path !== "string") return refuse("read-file", [path], STRING);
  try {
    return readFileSync(path, "utf8");
  } catch (e) {
    const { code = "EUNKNOWN", message } = e as { code?: string; message: string };
    return error(`read-file: cannot read "${path}": ${REASONS[code] ?? message}`, list(sym(`:${code}`)), e);
  }
});
