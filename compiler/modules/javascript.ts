/** JavaScript's modules in the file system: where a specifier leads, and what can be known of it before anything runs. */
import { builtinModules, createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type Node, type Program, parse } from "acorn";
import type { Options } from "../context.ts";
import type { JavaScriptModule, Problem } from "../ir/javascript.ts";
import type { Files } from "./host.ts";
import { nearFile } from "./near-file.ts";

const NOTHING_KNOWN: JavaScriptModule = { path: null, problem: null, exports: null };
const isPath = (specifier: string): boolean => /^\.{0,2}\//.test(specifier) || isAbsolute(specifier);

/** What `(import {..} "specifier")` in a file of that folder means. */
export function javascriptModuleAt(specifier: string, folder: string, files: Files): JavaScriptModule {
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return hostModule(specifier);
  // Some other URL.
  if (/^[a-z][a-z+.-]+:/.test(specifier)) return NOTHING_KNOWN;
  if (isPath(specifier)) return fileModule(resolve(folder, specifier), specifier, files);
  const found = packageFile(specifier, folder, files);
  return typeof found === "string"
    ? { path: found, problem: null, exports: null }
    : { path: null, problem: { kind: "no package", text: found.problem }, exports: null };
}

/** A module of Node: of this one, and what it does not have will hardly be in the one that runs the program. */
function hostModule(specifier: string): JavaScriptModule {
  try {
    const module: unknown = createRequire(import.meta.url)(specifier);
    return { path: null, problem: null, exports: ["default", ...Object.keys(Object(module))] };
  } catch {
    return { path: null, problem: { kind: "no package", text: "Node has no such module" }, exports: null };
  }
}

function fileModule(path: string, specifier: string, files: Files): JavaScriptModule {
  if (!files.exists(path))
    return {
      path,
      problem: { kind: "missing", near: nearFile(path, specifier, [".js", ".mjs"], files) },
      exports: null,
    };
  const real = files.realpath(path);
  if (!/\.m?js$/.test(path)) return { path: real, problem: null, exports: path.endsWith(".json") ? ["default"] : null };
  try {
    return { path: real, problem: null, exports: exportsOf(parsed(path, files), path.endsWith(".mjs")) };
  } catch (error) {
    return { path: real, problem: problemOf(error), exports: null };
  }
}

const parsed = (path: string, files: Files): Program =>
  parse(files.readFile(path), { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });

/** What a file of JavaScript imports, by specifier; nothing where it cannot be parsed. */
export function importedBy(path: string, files: Files): readonly string[] {
  try {
    return parsed(path, files).body.flatMap((statement) =>
      "source" in statement && typeof statement.source?.value === "string" ? [statement.source.value] : [],
    );
  } catch {
    return [];
  }
}

/** What acorn refuses may be newer than acorn, or CommonJS: only what is wrong in every JavaScript is a problem. */
function problemOf(error: unknown): Problem | null {
  const { loc, message } = error as Partial<SyntaxError> & { readonly loc?: { line: number; column: number } };
  if (loc === undefined) return null;
  const text = (message ?? "").replace(/ \(\d+:\d+\)$/, "");
  return {
    kind: "syntax",
    text: `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`,
    line: loc.line,
    column: loc.column + 1,
  };
}

type Named = Node & { readonly type: string; readonly name?: string; readonly value?: unknown };
const nameIn = (node: Named): string => (node.type === "Identifier" ? (node.name ?? "") : String(node.value));

/** The names a module exports; null if it passes on those of another, or may be CommonJS. */
function exportsOf({ body }: Program, sureModule: boolean): readonly string[] | null {
  const names: string[] = [];
  let module = sureModule;
  for (const statement of body) {
    module ||= /^(?:Import|Export)/.test(statement.type);
    if (statement.type === "ExportAllDeclaration") {
      if (!statement.exported) return null;
      names.push(nameIn(statement.exported as Named));
    } else if (statement.type === "ExportDefaultDeclaration") names.push("default");
    else if (statement.type === "ExportNamedDeclaration") {
      names.push(...statement.specifiers.map(({ exported }) => nameIn(exported as Named)));
      const { declaration } = statement;
      if (declaration?.type === "VariableDeclaration")
        names.push(...declaration.declarations.flatMap(({ id }) => bound(id)));
      else if (declaration) names.push(declaration.id.name);
    }
  }
  return module ? names : null;
}

/** The names a pattern binds. */
function bound(pattern: Node): readonly string[] {
  if (pattern.type === "Identifier") return [nameIn(pattern as Named)];
  const { properties, elements, left, argument, value } = pattern as unknown as Record<string, unknown>;
  return [properties, elements, left, argument, pattern.type === "Property" ? value : null]
    .flat()
    .flatMap((part) => (typeof part === "object" && part !== null ? bound(part as Node) : []));
}

// ---- packages ----

type Target = string | null | readonly Target[] | { readonly [condition: string]: Target };
interface Package {
  readonly name?: string;
  readonly main?: string;
  readonly exports?: Target;
}

/** The file that Node takes for an import of a package (https://nodejs.org/api/esm.html, "Resolution algorithm"). */
function packageFile(specifier: string, folder: string, files: Files): string | { readonly problem: string } {
  const [name, subpath] = split(specifier);
  for (let at = folder; ; at = dirname(at)) {
    const root = join(at, "node_modules", name);
    if (files.isDirectory(root)) return inPackage(root, name, subpath, files);
    if (dirname(at) === at) return { problem: `no node_modules above this file has ${name}` };
  }
}

const split = (specifier: string): readonly [name: string, subpath: string] => {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  return [parts.slice(0, length).join("/"), [".", ...parts.slice(length)].join("/")];
};

function inPackage(root: string, name: string, subpath: string, files: Files): string | { readonly problem: string } {
  const description = packageIn(root, files);
  const real = (path: string): string => files.realpath(path);
  if (description.exports !== undefined && description.exports !== null) {
    const target = exported(description.exports, subpath);
    const file = target === null ? null : join(root, target);
    if (file === null)
      return { problem: `${name} does not export ${subpath === "." ? "anything to import" : subpath}` };
    return files.exists(file) ? real(file) : { problem: `${name} names ${target}, which is not there` };
  }
  const wanted = subpath === "." ? (description.main ?? "index.js") : subpath;
  const candidates = subpath === "." ? [wanted, `${wanted}.js`, `${wanted}/index.js`, "index.js"] : [wanted];
  const file = candidates.map((path) => join(root, path)).find((path) => files.exists(path));
  return file === undefined ? { problem: `${name} has no file ${wanted}` } : real(file);
}

const packageIn = (root: string, files: Files): Package => {
  try {
    return JSON.parse(files.readFile(join(root, "package.json"))) as Package;
  } catch {
    return {};
  }
};

const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);
const isMap = (target: Target): target is { readonly [key: string]: Target } =>
  typeof target === "object" && target !== null && !Array.isArray(target);

/** The path that `exports` gives for a subpath, or null. */
function exported(exports: Target, subpath: string): string | null {
  const subpaths = isMap(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  if (!subpaths) return subpath === "." ? chosen(exports, "") : null;
  if (exports[subpath] !== undefined && !subpath.includes("*")) return chosen(exports[subpath], "");
  const patterns = Object.keys(exports)
    .filter((key) => key.includes("*"))
    .sort((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length);
  for (const pattern of patterns) {
    const [before, after] = pattern.split("*");
    if (subpath.length >= pattern.length && subpath.startsWith(before) && subpath.endsWith(after))
      return chosen(exports[pattern], subpath.slice(before.length, subpath.length - after.length));
  }
  return null;
}

/** The first that applies; `part` takes the place of `*`. */
function chosen(target: Target, part: string): string | null {
  if (target === null) return null;
  if (typeof target === "string") return target.replaceAll("*", part);
  if (!isMap(target)) {
    for (const one of target) {
      const found = chosen(one, part);
      if (found !== null) return found;
    }
    return null;
  }
  for (const [condition, value] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? chosen(value, part) : null;
    if (found !== null) return found;
  }
  return null;
}

// ---- the other way ----

/** What an output file imports it by. Without an output root the output may be anywhere: then files are named by URLs. */
export function javascriptSpecifier(
  specifier: string,
  module: JavaScriptModule | undefined,
  { outputRoot }: Options,
  output: string,
): string {
  const path = module?.path ?? null;
  if (path === null) return specifier;
  if (outputRoot === null) return pathToFileURL(path).href;
  if (!isPath(specifier)) return specifier;
  const to = relative(dirname(join(outputRoot, output)), path)
    .split(sep)
    .join("/");
  return to.startsWith("../") ? to : `./${to}`;
}
