/** The runtime modules an output needs, to be carried along with it. */
import { parse } from "acorn";
import type * as ESTree from "estree";
import { basename, dirname, type Host, join, relative, resolve } from "./host.ts";

interface Imported {
  readonly specifier: string;
  /** Where it stands, with its quotes. */
  readonly start: number;
  readonly end: number;
}

function importedBy(code: string): readonly Imported[] {
  const found: Imported[] = [];
  const pending: unknown[] = [parse(code, { ecmaVersion: "latest", sourceType: "module" })];
  while (pending.length > 0) {
    const node = pending.pop();
    if (node === null || typeof node !== "object") continue;
    const { type, source } = node as Partial<ESTree.ImportDeclaration>;
    if (/^(?:Import|Export)/.test(type ?? "") && typeof source?.value === "string") {
      const { start, end } = source as ESTree.Literal & { readonly start: number; readonly end: number };
      found.push({ specifier: source.value, start, end });
    }
    for (const child of Object.values(node)) pending.push(child);
  }
  return found;
}

/** Specifiers of a module's static imports and exports, and of dynamic imports of literals. */
export const imports = (code: string): readonly string[] => importedBy(code).map(({ specifier }) => specifier);

/**
 * Follows the relative imports of the output files into `target`, where the runtime is going to be, and from there on. Gives
 * the files to write: absolute paths in `target` and their texts. Programs that evaluate lists need the compiler, too, which
 * comes to stand in `target/compiler`, and the packages it uses, in `target/packages`; what imports them is told so.
 */
export async function runtimeCopy(
  outputs: ReadonlyMap<string, string>,
  target: string,
  host: Host,
): Promise<ReadonlyMap<string, string>> {
  const copies = new Map<string, string>();
  const compiler = join(host.runtimeFolder, "../compiler");
  /** Where a file of this package, or of one that it uses, comes to stand. */
  const placeOf = (source: string): string => {
    const inRuntime = relative(host.runtimeFolder, source);
    if (!inRuntime.startsWith("..")) return join(target, inRuntime);
    const inCompiler = relative(compiler, source);
    return join(target, inCompiler.startsWith("..") ? `packages/${basename(source)}` : `compiler/${inCompiler}`);
  };
  const pending: string[] = [];
  for (const [path, code] of outputs) {
    if (!path.endsWith(".js")) continue;
    for (const specifier of imports(code)) {
      const inside = relative(target, resolve(dirname(path), specifier));
      if (specifier.startsWith(".") && !inside.startsWith("..")) pending.push(join(host.runtimeFolder, inside));
    }
  }
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    const place = placeOf(source);
    if (copies.has(place)) continue;
    let text = host.readFile(source);
    for (const { specifier, start, end } of [...importedBy(text)].sort((a, b) => b.start - a.start)) {
      if (specifier.startsWith("node:")) continue;
      const imported = specifier.startsWith(".") ? resolve(dirname(source), specifier) : host.packageFile(specifier);
      pending.push(imported);
      const from = relative(dirname(place), placeOf(imported)).replaceAll("\\", "/");
      const now = from.startsWith(".") ? from : `./${from}`;
      if (now !== specifier) text = text.slice(0, start) + JSON.stringify(now) + text.slice(end);
    }
    copies.set(place, text);
  }
  return copies;
}
