/**
 * Printing. Each call is one write to process.stdout, unbuffered: Node writes to files, terminals and pipes that are not full
 * synchronously (on POSIX), so what is printed keeps its order with stderr and with console.log of JavaScript code in the same
 * program; 1e5 lines take 0.1 s. fs.writeSync would fail with EAGAIN on pipes that are full; what a slow reader has not taken at
 * the end of a program is written then (kernel/report.ts).
 */

import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { display } from "../kernel/show.ts";
import { NUMBER, refuse, STRING, wrong } from "../kernel/wrong.ts";

interface Stream {
  write(text: string): unknown;
}
type Console = "log" | "error";

const streams = (): { readonly stdout?: Stream; readonly stderr?: Stream } | undefined => globalThis.process;
// Without process (a browser), console ends a line with each call: a part of a line waits for its end.
const toConsole = (to: Sink, method: Console, text: string): void => {
  const lines = (to.partial + text).split("\n");
  to.partial = lines.pop() as string;
  if (lines.length > 0) console[method](lines.join("\n"));
};

/** Where text goes; hosts and tests may replace `write`. */
export interface Sink {
  write: (text: string) => void;
  /** The begun line that a console still waits for. */
  partial: string;
}
export const out: Sink = {
  write: (text) => {
    const stream = streams()?.stdout;
    if (stream) stream.write(text);
    else toConsole(out, "log", text);
  },
  partial: "",
};
export const err: Sink = {
  write: (text) => {
    const stream = streams()?.stderr;
    if (stream) stream.write(text);
    else toConsole(err, "error", text);
  },
  partial: "",
};

/** Prints the values with blanks between them, and ends the line. */
export const print = /*#__PURE__*/ native("print", 0, Infinity, (...values: Value[]): Value => {
  let text = values.length === 0 ? "" : display(values[0]);
  for (let i = 1; i < values.length; i++) text += ` ${display(values[i])}`;
  out.write(`${text}\n`);
  return nil;
});

const DIRECTIVE = /%(?:ld|[\s\S])/g;
const formatted = (name: string, end: string, format: Value, values: readonly Value[]): Value => {
  if (typeof format !== "string") return refuse(name, [format], STRING);
  let text = "";
  let done = 0;
  let used = 0;
  for (const { 0: directive, index } of format.matchAll(DIRECTIVE)) {
    text += format.slice(done, index);
    done = index + directive.length;
    if (directive === "%%") text += "%";
    else if (/^%(?:s|d|ld?)$/.test(directive)) {
      const value = values[used++];
      const kind = directive === "%s" ? STRING : NUMBER;
      // As in C, what stands before the wrong argument has been written.
      if (value === undefined || !(kind.is(value) || isError(value))) {
        if (text !== "") out.write(text);
        return value === undefined
          ? error(`${name}: no argument for ${directive}`)
          : wrong(name, used + 1, `${kind.what} for ${directive}`, value);
      }
      text += display(value);
    } else text += directive;
  }
  text += format.slice(done) + end;
  if (text !== "") out.write(text);
  return nil;
};

/** Prints a text in which %s, %d (also %l, %ld) stand for the values and %% for a percent sign. */
export const printf = /*#__PURE__*/ native(
  "printf",
  1,
  Infinity,
  (format: Value, ...values: Value[]): Value => formatted("printf", "", format, values),
);

/** `printf`, and ends the line. */
export const println = /*#__PURE__*/ native(
  "println",
  1,
  Infinity,
  (format: Value, ...values: Value[]): Value => formatted("println", "\n", format, values),
);
