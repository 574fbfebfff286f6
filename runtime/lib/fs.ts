/** Files and directories: `fs/*`. Operations on one path run in the order in which they were started. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { errorOf } from "../kernel/border.ts";
import { fromArray, list, nil, type Value } from "../kernel/list.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { type Kind, STRING } from "../kernel/wrong.ts";
import { DATA, decode, encode, encodingOf } from "./encoding.ts";
import { fileError } from "./file-error.ts";
import { inOrder } from "./in-order.ts";
import { type Done, flag, handled, numberOption, type Options, operation, option, type Start } from "./operation.ts";
import { stream, streamRef } from "./stream.ts";

type Failure = NodeJS.ErrnoException | null | undefined;
/** Makes the callback of a host call; `value` makes the operation's result of the host's. */
type Settle = <T>(value: (result: T) => Value) => (e: Failure, result?: T) => void;
interface Turn {
  readonly args: readonly Value[];
  readonly options: Options;
  /** Aborted when the operation is given up. */
  readonly signal: AbortSignal;
  readonly name: string;
  readonly settle: Settle;
}

/**
 * An operation on paths, its first `count` arguments. `verb` is for messages. What waits for its turn is dropped when it is given
 * up; what the host has begun it can end early only where it takes the signal.
 */
const onPaths =
  (verb: string, count: 1 | 2, writes: boolean, begin: (turn: Turn) => void): Start =>
  (done, args, options, _, name) => {
    const paths = args.slice(0, count) as string[];
    const abort = new AbortController(),
      { signal } = abort;
    inOrder(
      paths.map((path) => resolve(path)),
      writes,
      (release) => {
        let ended = false;
        const end: Done = (value) => {
          if (ended) return;
          ended = true;
          release();
          done(value);
        };
        const settle: Settle = (value) => (e, result) =>
          end(e ? fileError(name, verb, paths[0], e) : value(result as Parameters<typeof value>[0]));
        if (signal.aborted) return release();
        try {
          begin({ args, options, signal, name, settle });
        } catch (e) {
          end(errorOf(e));
        }
      },
    );
    return () => abort.abort();
  };
const toNil = (): Value => nil;

const startRead = /*#__PURE__*/ onPaths("read", 1, false, ({ args: [path], options, signal, name, settle }) => {
  const encoding = encodingOf(name, options);
  const value = (bytes: Buffer): Value =>
    decode(name, bytes, encoding, `; option {:encoding :bytes} reads them as they are`);
  fs.readFile(path as string, { signal }, settle(value));
});
/** `(fs/read-async path [options] k)`: all of a file, as a string or bytes. */
export const fsRead = /*#__PURE__*/ operation("fs/read-async", [STRING], startRead);
export const fsReadHandle = /*#__PURE__*/ handled("fs/read", [STRING], startRead);

const writing = (verb: string, flag: "w" | "a"): Start =>
  onPaths(verb, 1, true, ({ args: [path, data], options, signal, name, settle }) => {
    const mode = permissions(name, options);
    fs.writeFile(
      path as string,
      encode(name, "argument 2", data, encodingOf(name, options)),
      { flag, signal, mode },
      settle(toNil),
    );
  });
const permissions = (name: string, options: Options): number | undefined =>
  numberOption(name, options, "permissions", PERMISSIONS);
const PERMISSIONS: Kind = {
  what: "a whole number from 0 to 4095",
  is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 0o7777,
};
const startWrite = /*#__PURE__*/ writing("write", "w");
const startAppend = /*#__PURE__*/ writing("append to", "a");
/** `(fs/write-async path data [options] k)`: replaces what the file holds. */
export const fsWrite = /*#__PURE__*/ operation("fs/write-async", [STRING, DATA], startWrite);
export const fsWriteHandle = /*#__PURE__*/ handled("fs/write", [STRING, DATA], startWrite);
/** `(fs/append-async path data [options] k)`: adds at the end of the file. */
export const fsAppend = /*#__PURE__*/ operation("fs/append-async", [STRING, DATA], startAppend);
export const fsAppendHandle = /*#__PURE__*/ handled("fs/append", [STRING, DATA], startAppend);

const startList = /*#__PURE__*/ onPaths("list", 1, false, ({ args: [path], options, settle }) =>
  fs.readdir(
    path as string,
    { recursive: flag(options, "recursive") },
    settle((names) => fromArray((names as string[]).sort((a, b) => (a < b ? -1 : 1)))),
  ),
);
/** `(fs/list-async path [options] k)`: the names in a directory, sorted. */
export const fsList = /*#__PURE__*/ operation("fs/list-async", [STRING], startList);
export const fsListHandle = /*#__PURE__*/ handled("fs/list", [STRING], startList);

const typeOf = (s: fs.Stats): string =>
  s.isFile() ? ":file" : s.isDirectory() ? ":directory" : s.isSymbolicLink() ? ":link" : ":other";
const statValue = (s: fs.Stats): Value =>
  list(
    ...[sym(":type"), sym(typeOf(s)), sym(":size"), s.size],
    ...[sym(":modified"), Math.floor(s.mtimeMs), sym(":permissions"), s.mode & 0o7777],
  );
const startStat = /*#__PURE__*/ onPaths("stat", 1, false, ({ args: [path], options, settle }) =>
  (flag(options, "link") ? fs.lstat : fs.stat)(path as string, settle(statValue)),
);
/** `(fs/stat-async path [options] k)`: `{:type :file :size bytes :modified ms :permissions n}`. */
export const fsStat = /*#__PURE__*/ operation("fs/stat-async", [STRING], startStat);
export const fsStatHandle = /*#__PURE__*/ handled("fs/stat", [STRING], startStat);

// An empty directory is removed like a file, one with something in it only with :recursive.
const startRemove = /*#__PURE__*/ onPaths("remove", 1, true, ({ args: [path], options, settle }) => {
  const target = path as string;
  if (flag(options, "recursive")) return fs.rm(target, { recursive: true }, (e) => settle(toNil)(e));
  const end = settle(toNil);
  fs.lstat(target, (e, stats) => {
    if (e) end(e);
    else (stats.isDirectory() ? fs.rmdir : fs.unlink)(target, (e) => end(e));
  });
});
/** `(fs/remove-async path [options] k)`: removes a file or an empty directory; with `:recursive 1` also what is in it. */
export const fsRemove = /*#__PURE__*/ operation("fs/remove-async", [STRING], startRemove);
export const fsRemoveHandle = /*#__PURE__*/ handled("fs/remove", [STRING], startRemove);

const startRename = /*#__PURE__*/ onPaths("rename", 2, true, ({ args: [from, to], settle }) =>
  fs.rename(from as string, to as string, (e) => settle(toNil)(e)),
);
/** `(fs/rename-async from to k)`: replaces a file that is there. */
export const fsRename = /*#__PURE__*/ operation("fs/rename-async", [STRING, STRING], startRename);
export const fsRenameHandle = /*#__PURE__*/ handled("fs/rename", [STRING, STRING], startRename);

const startMkdir = /*#__PURE__*/ onPaths("make", 1, true, ({ args: [path], options, name, settle }) =>
  fs.mkdir(path as string, { recursive: flag(options, "recursive"), mode: permissions(name, options) }, settle(toNil)),
);
/** `(fs/mkdir-async path [options] k)`: with `:recursive 1` also the directories above, and none need be missing. */
export const fsMkdir = /*#__PURE__*/ operation("fs/mkdir-async", [STRING], startMkdir);
export const fsMkdirHandle = /*#__PURE__*/ handled("fs/mkdir", [STRING], startMkdir);

const startTemporary: Start = (done, [prefix], _o, _s, name) => {
  const path = join(tmpdir(), prefix as string);
  fs.mkdtemp(path, (e, made) => done(e ? fileError(name, "make", path, e) : made));
};
/** `(fs/mkdtemp-async prefix k)`: makes a new directory where the system keeps temporary files; its path. */
export const fsTemporary = /*#__PURE__*/ operation("fs/mkdtemp-async", [STRING], startTemporary);
export const fsTemporaryHandle = /*#__PURE__*/ handled("fs/mkdtemp", [STRING], startTemporary);

const FLAGS: Readonly<Record<string, string>> = { ":read": "r", ":write": "w", ":append": "a" };
const MODE: Kind = { what: ":read, :write or :append", is: (v) => v instanceof Sym && v.name in FLAGS };
const OFFSET: Kind = { what: "a whole number, 0 or more", is: (v) => Number.isSafeInteger(v) && (v as number) >= 0 };
const opening = (writes: boolean): Start =>
  onPaths("open", 1, writes, ({ args: [path], options, signal, name, settle }) => {
    const flags = FLAGS[modeOf(name, options)];
    const start = numberOption(name, options, "start", OFFSET),
      end = numberOption(name, options, "end", OFFSET);
    const file: NodeJS.EventEmitter & { destroy(): unknown } = writes
      ? fs.createWriteStream(path as string, { flags, mode: permissions(name, options) })
      : fs.createReadStream(path as string, { flags, start, end: end === undefined ? undefined : end - 1 });
    const finish = settle((ref: Value) => ref);
    const failed = (e?: Error): void => finish(e ?? new Error("it was closed"));
    const giveUp = (): void => {
      file.destroy();
    };
    file.once("error", failed);
    file.once("close", failed);
    file.once("open", () => {
      file.off("error", failed);
      file.off("close", failed);
      signal.removeEventListener("abort", giveUp);
      if (signal.aborted) file.on("error", () => {});
      const ends = writes ? { output: file as fs.WriteStream } : { input: file as fs.ReadStream };
      finish(null, streamRef("file", stream({ what: "the file", ...ends })));
    });
    signal.addEventListener("abort", giveUp);
  });
const modeOf = (name: string, options: Options): string =>
  (option(name, options, "mode", MODE) as Sym)?.name ?? ":read";
const openRead = /*#__PURE__*/ opening(false),
  openWrite = /*#__PURE__*/ opening(true);
const startOpen: Start = (...call) => (modeOf(call[4], call[2]) === ":read" ? openRead : openWrite)(...call);
/** `(fs/open-async path [options] k)`: a stream; `:mode` is :read, :write or :append; `:start` and `:end` are bytes. */
export const fsOpen = /*#__PURE__*/ operation("fs/open-async", [STRING], startOpen);
export const fsOpenHandle = /*#__PURE__*/ handled("fs/open", [STRING], startOpen);
