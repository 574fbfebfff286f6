/** kernel and text -> what the comments above definitions say: the lines of `;` directly above a top-level `def` or `fun`. */
import type * as Kernel from "../ir/kernel.ts";

/** Name -> its comment without the semicolons, lines separated by newlines. A name that is defined twice has the first. */
export function documentation(module: Kernel.Module, text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const expr of module.body) {
    if (expr.kind !== "Define") continue;
    const comment = commentAbove(text, expr.span.start);
    if (comment === null) continue;
    for (const { name } of expr.names) if (!found.has(name)) found.set(name, comment);
  }
  return found;
}

function commentAbove(text: string, at: number): string | null {
  const lines: string[] = [];
  let end = text.lastIndexOf("\n", at - 1);
  // Something else stands before it on its line.
  if (text.slice(end + 1, at).trim() !== "") return null;
  while (end > 0) {
    const start = text.lastIndexOf("\n", end - 1);
    const line = text.slice(start + 1, end).trim();
    if (!line.startsWith(";")) break;
    lines.unshift(line.replace(/^;+ ?/, ""));
    end = start;
  }
  return lines.length === 0 ? null : lines.join("\n");
}
