/** Errors of the file system, in words. */
import { error, type ValkError } from "../kernel/error.ts";
import { list } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "it is a directory",
  ENOTDIR: "not a directory",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EEXIST: "it exists already",
  ENOTEMPTY: "the directory is not empty",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ERR_FS_EISDIR: "it is a directory",
};

/** `name: cannot read "path": no such file`, with the code, such as :ENOENT, in its data. */
export const fileError = (name: string, verb: string, path: string, e: unknown): ValkError => {
  const { code = "EUNKNOWN", message } = e as { code?: string; message: string };
  return error(`${name}: cannot ${verb} "${path}": ${REASONS[code] ?? message}`, list(sym(`:${code}`)), e);
};
