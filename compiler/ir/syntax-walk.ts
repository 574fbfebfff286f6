/** What stands in a text. */
import type { Syntax } from "./syntax.ts";

/** The names in it, without keywords: each once, in the order of the text. */
export function symbolsIn(items: readonly Syntax[]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: Syntax[] = [...items].reverse();
  for (let syntax = waiting.pop(); syntax !== undefined; syntax = waiting.pop()) {
    if (syntax.kind === "Symbol" && !syntax.name.startsWith(":")) found.add(syntax.name);
    if (syntax.kind === "List") for (let i = syntax.items.length - 1; i >= 0; i--) waiting.push(syntax.items[i]);
  }
  return found;
}
