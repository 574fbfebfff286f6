/** What a failed program leaves behind: the Error, where it was made, and the way there, without frames of the runtime or of Node. */

export interface Place {
  /** The function's name; empty at top level. */
  readonly name: string;
  /** Absolute path, or `<eval>` and the like. */
  readonly path: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** The frames of a stack, mapped to sources by Node, that lie in Valk code. */
export function places(stack: string): readonly Place[] {
  const found: Place[] = [];
  for (const line of stack.split("\n")) {
    const match = /^\s+at (?:async )?(?:(.*) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/.exec(line);
    if (match === null) continue;
    const [, name, where, row, column] = match;
    const made = /(?:<|%3C)(eval|stdin)(?:>|%3E)$/.exec(where);
    if (made === null && !where.endsWith(".valk")) continue;
    const path = made === null ? decode(where) : `<${made[1]}>`;
    found.push({
      name: name === undefined || name === "<anonymous>" ? "" : name,
      path,
      line: Number(row),
      column: Number(column),
    });
  }
  return found;
}

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

export interface Failure {
  readonly message: string;
  readonly stack?: string;
  /** The part of the way that was not on JavaScript's stack: across awaits and deep recursion. */
  readonly trace: readonly string[];
}

/** `text` gives a source, or null; `shown` its path as the user knows it. */
export function failure(
  { message, stack, trace }: Failure,
  text: (path: string) => string | null,
  shown: (path: string) => string,
): string {
  const found = places(stack ?? "");
  const where = found.map(({ name, path, line, column }) => {
    const place = `${shown(path)}:${line}:${column}`;
    return name === "" ? place : `${name} (${place})`;
  });
  const lines = [...where, ...trace].map((line) => `    at ${line}\n`);
  return `Error: ${message}\n${found.length > 0 ? excerpt(found[0], text(found[0].path)) : ""}${lines.join("")}`;
}

const excerpt = ({ line, column }: Place, text: string | null): string => {
  const code = text?.split("\n")[line - 1]?.replace(/\r$/, "");
  if (code === undefined || code.length > 200) return "";
  const gutter = " ".repeat(String(line).length);
  // Tabs stay tabs, so that the pointer stands under its place.
  const before = code.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `  ${line} | ${code}\n  ${gutter} | ${before}^\n`;
};
