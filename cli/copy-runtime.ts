/** The runtime modules an output needs, to be carried along with it. */
import { parse } from "acorn";
import type * as ESTree from "estree";
import { dirname, type Host, join, relative, resolve } from "./host.ts";

/** Specifiers of a module's static imports and exports, and of dynamic imports of literals. */
export function imports(code: string): readonly string[] {
  const found: string[] = [];
  const pending: unknown[] = [parse(code, { ecmaVersion: "latest", sourceType: "module" })];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === null || typeof node !== "object") continue;
    const { type, source } = node as Partial<ESTree.ImportDeclaration>;
    if (/^(?:Import|Export)/.test(type ?? "") && typeof source?.value === "string") found.push(source.value);
    for (const child of Object.values(node)) pending.push(child);
  }
  return found;
}

/**
 * Follows the relative imports of the output files into `target`, where the runtime is going to be, and from there on. Gives
 * the files to write: absolute paths in `target` and their texts.
 */
export async function runtimeCopy(
  outputs: ReadonlyMap<string, string>,
  target: string,
  host: Host,
): Promise<ReadonlyMap<string, string>> {
  const copies = new Map<string, string>();
  const pending = [...outputs].filter(([path]) => path.endsWith(".js"));
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const [path, code] = file;
    for (const specifier of imports(code)) {
      if (!specifier.startsWith(".")) continue;
      const to = resolve(dirname(path), specifier);
      const inside = relative(target, to);
      if (inside.startsWith("..") || copies.has(to)) continue;
      const text = host.readFile(join(host.runtimeFolder, inside));
      copies.set(to, text);
      pending.push([to, text]);
    }
  }
  return copies;
}
