/** What can be done with any stream: `io/*`. `net/*` and `tls/*` use the same for sockets. */
import { ValkError } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { type Kind, refuse, WHOLE } from "../kernel/wrong.ts";
import { DATA, encode, encodingOf } from "./encoding.ts";
import {
  type Done,
  flag,
  type GiveUp,
  handled,
  numberOption,
  type Options,
  operation,
  type Start,
} from "./operation.ts";
import { close, finish, read, type Stream, stream, streamRef, write } from "./stream.ts";
import { chunk, everything, line } from "./take.ts";

const KINDS: readonly string[] = ["socket", "file", "pipe", "stdin", "stdout", "stderr"];
export const STREAM: Kind = { what: "a stream", is: (v) => v instanceof Ref && KINDS.includes(v.kind) };
const target = (ref: Value): Stream => (ref as Ref<Stream>).target;

/** Lines and whole streams that come from outside end somewhere, unless the program says otherwise. */
const LIMIT = 64 * 1024 * 1024;
const limitOf = (name: string, options: Options): number => numberOption(name, options, "limit", WHOLE) ?? LIMIT;

export const startRead: Start = (done, [ref], options, _, name) =>
  read(name, target(ref), chunk(name, encodingOf(name, options)), flag(options, "keep"), done);
const startLine: Start = (done, [ref], options, _, name) => {
  const take = line(name, encodingOf(name, options), limitOf(name, options));
  return read(name, target(ref), take, flag(options, "keep"), done);
};
const startAll: Start = (done, [ref], options, _, name) => {
  const take = everything(name, encodingOf(name, options), limitOf(name, options));
  return read(name, target(ref), take, flag(options, "keep"), done);
};
export const startWrite: Start = (done, [ref, data], options, _, name) =>
  write(name, target(ref), encode(name, "argument 2", data, encodingOf(name, options)), done);
export const startFinish: Start = (done, [ref], _o, _s, name) => finish(name, target(ref), done);

// Reads and writes in turn, so that the faster side waits for the slower one.
const startCopy: Start = (done, [from, to], options, _, name) => {
  const take = chunk(name, "bytes");
  const keep = flag(options, "keep");
  let total = 0;
  let giveUp: GiveUp | undefined; // of the step that waits
  const step = (begin: (done: Done) => GiveUp | undefined, next: (v: Value) => void): void => {
    let waits = true;
    const begun = begin((v) => {
      waits = false;
      if (v instanceof ValkError) done(v);
      else next(v);
    });
    if (waits) giveUp = begun;
  };
  const copy = (): void =>
    step(
      (done) => read(name, target(from), take, keep, done),
      (part) => (part === nil ? done(total) : send(part as Uint8Array)),
    );
  const send = (part: Uint8Array): void =>
    step(
      (done) => write(name, target(to), part, done),
      () => {
        total += part.length;
        copy();
      },
    );
  copy();
  return (why) => giveUp?.(why);
};

/** `(io/read-async stream [options] k)`: the next chunk as a string (or bytes), nil at the end. */
export const ioRead = /*#__PURE__*/ operation("io/read-async", [STREAM], startRead);
export const ioReadHandle = /*#__PURE__*/ handled("io/read", [STREAM], startRead);
/** `(io/read-line-async stream [options] k)`: the next line without its end, nil after the last. */
export const ioReadLine = /*#__PURE__*/ operation("io/read-line-async", [STREAM], startLine);
export const ioReadLineHandle = /*#__PURE__*/ handled("io/read-line", [STREAM], startLine);
/** `(io/read-all-async stream [options] k)`: all up to the end. */
export const ioReadAll = /*#__PURE__*/ operation("io/read-all-async", [STREAM], startAll);
export const ioReadAllHandle = /*#__PURE__*/ handled("io/read-all", [STREAM], startAll);
/** `(io/write-async stream data [options] k)`: nil when it has left for the system. */
export const ioWrite = /*#__PURE__*/ operation("io/write-async", [STREAM, DATA], startWrite);
export const ioWriteHandle = /*#__PURE__*/ handled("io/write", [STREAM, DATA], startWrite);
/** `(io/end-async stream k)`: nil when all has left and the other side has been told that no more will come. */
export const ioEnd = /*#__PURE__*/ operation("io/end-async", [STREAM], startFinish);
export const ioEndHandle = /*#__PURE__*/ handled("io/end", [STREAM], startFinish);
/** `(io/copy-async from to k)`: copies up to the end of `from`; how many bytes. */
export const ioCopy = /*#__PURE__*/ operation("io/copy-async", [STREAM, STREAM], startCopy);
export const ioCopyHandle = /*#__PURE__*/ handled("io/copy", [STREAM, STREAM], startCopy);

/** Closes a stream after what is being written; nil. The process's own streams stay open. */
export const ioClose = /*#__PURE__*/ native("io/close", 1, 1, (ref: Value): Value => {
  if (!STREAM.is(ref)) return refuse("io/close", [ref], STREAM);
  close(target(ref));
  return nil;
});

// One Ref each: what one reader has left is for the next.
const own: Record<string, Ref<Stream>> = /*#__PURE__*/ Object.create(null);
const standard = (name: "stdin" | "stdout" | "stderr"): Fn =>
  native(`io/${name}`, 0, 0, (): Value => {
    const ends = name === "stdin" ? { input: process.stdin } : { output: process[name] };
    own[name] ??= streamRef(name, stream({ what: name, shared: true, ...ends }));
    return own[name];
  });
/** `(io/stdin)`: the process's own streams. */
export const ioStdin = /*#__PURE__*/ standard("stdin");
export const ioStdout = /*#__PURE__*/ standard("stdout");
export const ioStderr = /*#__PURE__*/ standard("stderr");
