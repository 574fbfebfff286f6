/** Child processes: `process/*`. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { errorOf } from "../kernel/border.ts";
import { error, ValkError } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import { isList, list, nil, toArray, type Value } from "../kernel/list.ts";
import { isRef, type Ref, Ref as RefOf } from "../kernel/ref.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { type Kind, PLIST, refuse, STRING, WHOLE } from "../kernel/wrong.ts";
import { DATA, decode, type Encoding, encode, encodingOf } from "./encoding.ts";
import { fileError } from "./file-error.ts";
import {
  type Done,
  flag,
  handled,
  numberOption,
  type Options,
  operation,
  option,
  type Start,
  textOption,
} from "./operation.ts";
import { SIGNAL, signalName } from "./signal.ts";
import { type Stream, stream, streamRef } from "./stream.ts";

const STRINGS: Kind = {
  what: "a list of strings",
  is: (v) => isList(v) && toArray(v).every((x) => typeof x === "string"),
};
const ENVIRONMENT: Kind = {
  what: "a plist of strings",
  is: (v) =>
    PLIST.is(v) &&
    toArray(v as never).every((x, i) => (i % 2 === 0 ? x instanceof Sym : typeof x === "string" || x === nil)),
};
// Added to the environment of this process; nil takes a variable away.
const environment = (given: Value | undefined): NodeJS.ProcessEnv | undefined => {
  if (given === undefined) return undefined;
  const items = toArray(given as never);
  const env = { ...process.env };
  for (let i = 0; i < items.length; i += 2) {
    const name = (items[i] as Sym).name.replace(/^:/, "");
    if (items[i + 1] === nil) delete env[name];
    else env[name] = items[i + 1] as string;
  }
  return env;
};
const hostOptions = (name: string, options: Options): SpawnOptions => ({
  cwd: textOption(name, options, "cwd"),
  env: environment(option(name, options, "env", ENVIRONMENT)),
  shell: flag(options, "shell"),
  windowsHide: true,
});

// The host says of a directory that is missing that the command is.
const runError = (name: string, command: string, options: Options, e: Error): ValkError => {
  const cwd = textOption(name, options, "cwd");
  return fileError(name, "run", cwd === undefined ? command : `${command}" in "${cwd}`, e);
};

type End = readonly [code: number | null, signal: NodeJS.Signals | null];
/** `:code 0 :signal ()`; the code of a process that a signal ended is nil. */
const outcome = ([code, signal]: End): Value[] => [sym(":code"), code ?? nil, sym(":signal"), signal ?? nil];

interface Child {
  readonly process: ChildProcess;
  readonly pipes: Readonly<Record<"stdin" | "stdout" | "stderr", Ref<Stream> | null>>;
  end: End | null;
  readonly waiting: Set<Done>;
}

const PIPING: Kind = {
  what: ":pipe, :inherit or :ignore",
  is: (v) => v instanceof Sym && /^:(?:pipe|inherit|ignore)$/.test(v.name),
};
const piping = (name: string, options: Options, which: string): "pipe" | "inherit" | "ignore" =>
  ((option(name, options, which, PIPING) as Sym)?.name.slice(1) ?? "pipe") as "pipe";

const startSpawn: Start = (done, [command, args], options, _, name) => {
  const stdio = ["stdin", "stdout", "stderr"].map((which) => piping(name, options, which));
  const child = spawn(command as string, toArray(args as never) as string[], { ...hostOptions(name, options), stdio });
  const failed = (e: Error): void => done(runError(name, command as string, options, e));
  child.once("error", failed);
  child.once("spawn", () => {
    child.off("error", failed);
    child.on("error", () => {}); // a signal that could not be sent
    const pipe = (which: "stdin" | "stdout" | "stderr", end: Parameters<typeof stream>[0]): Ref<Stream> | null =>
      child[which] === null ? null : streamRef("pipe", stream(end));
    const state: Child = {
      process: child,
      pipes: {
        stdin: pipe("stdin", { what: "the process's input", output: child.stdin }),
        stdout: pipe("stdout", { what: "the process's output", input: child.stdout }),
        stderr: pipe("stderr", { what: "the process's error output", input: child.stderr }),
      },
      end: null,
      waiting: new Set(),
    };
    child.once("exit", (code, signal) => {
      state.end = [code, signal];
      for (const waiter of state.waiting) waiter(list(...outcome(state.end)));
    });
    done(new RefOf("process", state));
  });
  return () => {
    child.off("error", failed);
    child.on("error", () => {});
    child.kill("SIGKILL");
  };
};
/** `(process/spawn-async command args [options] k)`: a running process. */
export const processSpawn = /*#__PURE__*/ operation("process/spawn-async", [STRING, STRINGS], startSpawn);
export const processSpawnHandle = /*#__PURE__*/ handled("process/spawn", [STRING, STRINGS], startSpawn);

const PROCESS: Kind = { what: "a process", is: (v) => isRef(v, "process") };
const target = (ref: Value): Child => (ref as Ref<Child>).target;

// Waiting is not owning: a process whose end nobody waits for any more goes on.
const startWait: Start = (done, [ref]) => {
  const { end, waiting } = target(ref);
  if (end !== null) return done(list(...outcome(end)));
  waiting.add(done);
  return () => {
    waiting.delete(done);
  };
};
/** `(process/wait-async process k)`: `{:code 0 :signal ()}` when it has ended. */
export const processWait = /*#__PURE__*/ operation("process/wait-async", [PROCESS], startWait);
export const processWaitHandle = /*#__PURE__*/ handled("process/wait", [PROCESS], startWait);

const pipeOf = (which: "stdin" | "stdout" | "stderr"): Fn =>
  native(`process/${which}`, 1, 1, (ref: Value): Value => {
    if (!PROCESS.is(ref)) return refuse(`process/${which}`, [ref], PROCESS);
    return target(ref).pipes[which] ?? error(`process/${which}: the process was started without this pipe`);
  });
/** `(process/stdin process)`: streams to and from a process. */
export const processStdin = /*#__PURE__*/ pipeOf("stdin");
export const processStdout = /*#__PURE__*/ pipeOf("stdout");
export const processStderr = /*#__PURE__*/ pipeOf("stderr");

/** `(process/pid [process])`: its number; without a process, that of this one. */
export const processPid = /*#__PURE__*/ native("process/pid", 0, 1, (ref?: Value): Value => {
  if (ref === undefined) return process.pid;
  return PROCESS.is(ref) ? (target(ref).process.pid ?? nil) : refuse("process/pid", [ref], PROCESS);
});

const KILLED: Kind = {
  what: "a process or its number",
  is: (v) => PROCESS.is(v) || (Number.isInteger(v) && (v as number) > 0),
};
/** `(process/kill process [signal])`: sends a signal, default :SIGTERM, to a process or to one by its number; 1, or 0 if it has ended. */
export const processKill = /*#__PURE__*/ native(
  "process/kill",
  1,
  2,
  (whom: Value, signal: Value = "SIGTERM"): Value => {
    if (!KILLED.is(whom) || !SIGNAL.is(signal)) return refuse("process/kill", [whom, signal], KILLED, SIGNAL);
    const name = signalName(signal) as NodeJS.Signals;
    if (typeof whom !== "number") return target(whom).end === null && target(whom).process.kill(name) ? 1 : 0;
    try {
      process.kill(whom, name);
      return 1;
    } catch (e) {
      return (e as { code?: string }).code === "ESRCH" ? 0 : errorOf(e);
    }
  },
);

/** A process that prints without end does not fill the memory. */
const LIMIT = 64 * 1024 * 1024;

const startExec: Start = (done, [command, args], options, _, name) => {
  const encoding = encodingOf(name, options);
  const limit = numberOption(name, options, "limit", WHOLE) ?? LIMIT;
  const input = option(name, options, "stdin", DATA);
  const data = input === undefined ? "" : encode(name, "option :stdin", input, "utf8");
  const child = spawn(command as string, toArray(args as never) as string[], hostOptions(name, options));
  const { stdin, stdout, stderr } = child;
  let failure: ValkError | null = null;
  const stop = (): void => {
    child.kill("SIGKILL");
    // A grandchild may hold the pipes open.
    stdout?.destroy();
    stderr?.destroy();
    stdin?.destroy();
  };
  let size = 0;
  const collect = (from: Readable | null): Buffer[] => {
    const parts: Buffer[] = [];
    from?.on("data", (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size <= limit || failure !== null) return;
      failure = error(`${name}: the output is longer than ${limit} bytes`, list(sym(":too-long")));
      stop();
    });
    return parts;
  };
  const out = collect(stdout),
    err = collect(stderr);
  child.on("error", (e) => done(runError(name, command as string, options, e)));
  child.on("close", (code, signal) => done(failure ?? result(name, [code, signal], out, err, encoding)));
  stdin?.on("error", () => {}); // it need not read what it is given
  stdin?.end(data);
  return stop;
};
const result = (name: string, end: End, out: Buffer[], err: Buffer[], encoding: Encoding): Value => {
  const way = "; option {:encoding :bytes} gives them as they are";
  const stdout = decode(name, Buffer.concat(out), encoding, way),
    stderr = decode(name, Buffer.concat(err), encoding, way);
  if (stdout instanceof ValkError) return stdout;
  if (stderr instanceof ValkError) return stderr;
  return list(...outcome(end), sym(":stdout"), stdout, sym(":stderr"), stderr);
};
/** `(process/exec-async command args [options] k)`: runs it to its end; `{:code 0 :signal () :stdout ".." :stderr ".."}`. */
export const processExec = /*#__PURE__*/ operation("process/exec-async", [STRING, STRINGS], startExec);
export const processExecHandle = /*#__PURE__*/ handled("process/exec", [STRING, STRINGS], startExec);
