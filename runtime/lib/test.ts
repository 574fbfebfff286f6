/** What the test framework, runtime/library/modules/test.valk, needs of the host. */
import { ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { repr } from "../kernel/show.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { type Step, trace, traceLines } from "../kernel/trace.ts";
import { ERROR, wrong } from "../kernel/wrong.ts";
import { err, out } from "./io.ts";

/** `valk test` names the file descriptor that it reads results from. */
const CHANNEL = "VALK_TEST_FD";
interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}
interface Files {
  writeSync(fd: number, text: string): number;
}

const plain = (value: Value): unknown => {
  if (typeof value === "number" || typeof value === "string") return value;
  if (value instanceof Sym) return value.name.replace(/^:/, "");
  if (!(value instanceof ValkError)) return repr(value);
  const data: Record<string, Value> = {};
  for (let at = value.data; at !== nil && at.tail !== nil; at = at.tail.tail)
    if (at.head instanceof Sym) data[at.head.name.slice(1)] = at.tail.head;
  const { expected, actual } = data;
  return { message: value.message, expected, actual, steps: steps(value) };
};

/** Tells `valk test`, if it runs the program, what has happened: a kind of event and keywords with values. */
export const report = /*#__PURE__*/ native("test/report", 1, Infinity, (kind: Value, ...data: Value[]): Value => {
  const process = (globalThis as { process?: Process }).process;
  const fd = Number(process?.env[CHANNEL]);
  if (process === undefined || !Number.isInteger(fd)) return nil;
  const event: Record<string, unknown> = { kind: plain(kind) };
  for (let i = 0; i + 1 < data.length; i += 2) event[String(plain(data[i]))] = plain(data[i + 1]);
  try {
    (process.getBuiltinModule?.("node:fs") as Files | undefined)?.writeSync(fd, `${JSON.stringify(event)}\n`);
  } catch {
    // nobody listens any more
  }
  return nil;
});

// As the library's modules are called in traces: by their names, or by their files in this package.
const LIBRARY = /^src\/(?:modules\/(?:aio\/)?)?\w+\.valk$|\/runtime\/library\/[\w/]+\.valk$/;
/** Where the program, and not the library, made an Error: innermost first. */
const steps = (e: ValkError): readonly Step[] =>
  trace(e).filter((step) => step !== null && !LIBRARY.test(step.path)) as Step[];
/** The place "file:line:column" in the program where an Error was made, or nil where it is not known. */
export const where = /*#__PURE__*/ native("error/where", 1, 1, (e: Value): Value => {
  if (!(e instanceof ValkError)) return wrong("error/where", 1, ERROR.what, e);
  const [line] = traceLines(steps(e).slice(0, 1));
  return line === undefined ? nil : line.replace(/^at (?:.* \()?|\)$/g, "");
});

// ---- captured output ----

interface Capture {
  stdout: string;
  stderr: string;
  readonly before: { readonly out: (text: string) => void; readonly err: (text: string) => void };
}

/** Keeps what the program prints from now on. */
export const captureStart = /*#__PURE__*/ native("test/capture-start", 0, 0, (): Value => {
  const capture: Capture = { stdout: "", stderr: "", before: { out: out.write, err: err.write } };
  out.write = (text) => {
    capture.stdout += text;
  };
  err.write = (text) => {
    capture.stderr += text;
  };
  return new Ref("capture_state", capture);
});
/** Ends a capture: {:stdout s :stderr s}. */
export const captureStop = /*#__PURE__*/ native("test/capture-stop", 1, 1, (ref: Value): Value => {
  if (!isRef(ref, "capture_state")) return wrong("test/capture-stop", 1, "what test/capture-start gave", ref);
  const { stdout, stderr, before } = ref.target as Capture;
  out.write = before.out;
  err.write = before.err;
  return list(sym(":stdout"), stdout, sym(":stderr"), stderr);
});
