/**
 * The runtime's modules, as tsc wrote them, with constants of their own for what they import, and exports that are not the
 * names they use themselves:
 *
 *   import { R } from "./registers.js";   ->   import { R as R$i } from "./registers.js"; const R = R$i;
 *   export const Y = ..                   ->   const Y = ..        export { Y$x as Y };   const Y$x = Y;
 *
 * V8 folds a module's own constants into optimised code. An imported name, and an exported one even where it is defined, it
 * loads from a cell at each use, and checks what it finds: an await takes an eighth more time, a call of fib half as much again.
 * (The emitter does the same for compiled programs.) What leads back to the importing module stays as it is: it may not have
 * been evaluated yet.
 */
import { type Expression, type ImportDeclaration, type Node, type Program, parse } from "acorn";
import { join } from "./host.ts";

const MARK = "// Imports and exports: see cli/own-constants.ts.\n";

interface Module {
  readonly code: string;
  readonly program: Program;
  /** Import declarations of modules among the files, with their paths. */
  readonly imports: readonly { readonly node: ImportDeclaration; readonly path: string }[];
  /** Paths of all the files it is linked with, re-exports too. */
  readonly linked: readonly string[];
  /** What it exports and never assigns. */
  readonly constants: ReadonlySet<string>;
  /** Those of them that stand behind an `export`, with that declaration. */
  readonly declared: ReadonlyMap<string, Node>;
}

/** File path -> code, for those that change. Done already, a file stays as it is. */
export function ownConstants(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const modules = new Map([...files].map(([path, code]) => [path, moduleOf(path, code, files)]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    from === to ||
    (modules.get(from)?.linked ?? []).some((next) => !seen.has(next) && reaches(next, to, seen.add(next)));
  const changed = new Map<string, string>();
  for (const [path, module] of modules) {
    if (module.code.startsWith(MARK)) continue;
    const earlier = (other: string): boolean => !reaches(other, path, new Set([other]));
    changed.set(path, MARK + rewrite(module, modules, earlier));
  }
  return changed;
}

function moduleOf(path: string, code: string, files: ReadonlyMap<string, string>): Module {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const imports: { node: ImportDeclaration; path: string }[] = [];
  const linked: string[] = [];
  const constants = new Set<string>();
  const declared = new Map<string, Node>();
  for (const node of program.body) {
    const source = "source" in node ? node.source?.value : undefined;
    const target = typeof source === "string" && source.startsWith(".") ? join(path, "..", source) : null;
    if (target !== null && files.has(target)) {
      linked.push(target);
      if (node.type === "ImportDeclaration") imports.push({ node, path: target });
    }
    if (node.type !== "ExportNamedDeclaration") continue;
    const made = node.declaration;
    if (made?.type === "ClassDeclaration") declared.set(made.id.name, node);
    else if (made?.type === "VariableDeclaration" && made.kind === "const")
      for (const { id, init } of made.declarations)
        if (id.type === "Identifier" && isObject(init)) declared.set(id.name, node);
    // What has been rewritten exports constants under their names.
    if (made == null && source === undefined)
      for (const { exported } of node.specifiers) if (exported.type === "Identifier") constants.add(exported.name);
  }
  for (const name of declared.keys()) constants.add(name);
  return { code, program, imports, linked, constants, declared };
}

// Functions are left alone: a call checks what it calls in any case, and each name is some bytes in a bundle.
const isObject = (init: Expression | null | undefined): boolean =>
  init?.type === "ObjectExpression" || init?.type === "NewExpression";

function rewrite(
  { code, program, imports, declared }: Module,
  modules: ReadonlyMap<string, Module>,
  earlier: (path: string) => boolean,
): string {
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const made: string[] = [];
  for (const { node, path } of imports) {
    if (!earlier(path)) continue;
    for (const specifier of node.specifiers) {
      if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") continue;
      const imported = specifier.imported.name;
      const local = specifier.local.name;
      if (modules.get(path)?.constants.has(imported) !== true) continue;
      edits.push({ start: specifier.start, end: specifier.end, text: `${imported} as ${local}$i` });
      made.push(`${local} = ${local}$i`);
    }
  }
  const last = program.body.filter((node) => node.type === "ImportDeclaration").at(-1);
  if (last !== undefined && made.length > 0)
    edits.push({ start: last.end, end: last.end, text: `\nconst ${made.join(", ")};` });
  // One that the module does not use itself has nothing from a second name.
  const own = [...declared].filter(([name]) => code.match(new RegExp(`\\b${name}\\b`, "g"))?.length !== 1);
  for (const node of new Set(own.map(([, node]) => node)))
    edits.push({ start: node.start, end: node.start + "export ".length, text: "" });
  edits.sort((a, b) => b.start - a.start);
  let text = code;
  for (const { start, end, text: now } of edits) text = text.slice(0, start) + now + text.slice(end);
  if (own.length === 0) return text;
  const names = own.map(([name]) => name);
  return `${text}const ${names.map((n) => `${n}$x = ${n}`).join(", ")};\nexport { ${names.map((n) => `${n}$x as ${n}`).join(", ")} };\n`;
}
