/** Which files a module may load: what the module graph is built from before anything is expanded. */
import type { Syntax, SyntaxModule } from "../ir/syntax.ts";

export interface Paths {
  readonly loads: readonly string[];
  /** Of `(import {..} "path")`. */
  readonly imports: readonly string[];
}

/**
 * Every literal path of a `(load "path")` or an `import`, each once, in order of appearance. It also finds those in quoted data: a file that
 * is compiled in vain does no harm.
 */
export function loadPaths(module: SyntaxModule): Paths {
  const paths = new Set<string>();
  const imports = new Set<string>();
  const waiting: Syntax[] = [...module.items].reverse();
  for (let syntax = waiting.pop(); syntax !== undefined; syntax = waiting.pop()) {
    if (syntax.kind !== "List") continue;
    const [head, path] = syntax.items;
    if (syntax.items.length === 2 && head.kind === "Symbol" && head.name === "load" && path.kind === "String")
      paths.add(path.value);
    const last = syntax.items[syntax.items.length - 1];
    if (head?.kind === "Symbol" && head.name === "import" && last.kind === "String") imports.add(last.value);
    for (let i = syntax.items.length - 1; i >= 0; i--) waiting.push(syntax.items[i]);
  }
  return { loads: [...paths], imports: [...imports] };
}
