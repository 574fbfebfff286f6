/** What a failed program leaves behind: the Error, the source where it was made, and the way there. */
import { type Step, type Trace, traceLines } from "../runtime/kernel/trace.ts";

/** `text` gives a source, or null. */
export function failure(message: string, trace: Trace, text: (path: string) => string | null, cwd: string): string {
  const first = trace.find((step) => step !== null);
  const lines = traceLines(trace, cwd).map((line) => `    ${line}\n`);
  return `Error: ${message}\n${first ? excerpt(first, text(first.path)) : ""}${lines.join("")}`;
}

const excerpt = ({ line, column }: Step, text: string | null): string => {
  const code = text?.split("\n")[line - 1]?.replace(/\r$/, "");
  if (code === undefined || code.length > 200) return "";
  const gutter = " ".repeat(String(line).length);
  // Tabs stay tabs, so that the pointer stands under its place.
  const before = code.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `  ${line} | ${code}\n  ${gutter} | ${before}^\n`;
};
