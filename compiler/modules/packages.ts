/** Packages written in Valk: `(import {f} "name")` finds the file that the `valk` condition of the package's exports names. */
import { dirname, join } from "node:path";
import type { Files } from "./host.ts";

/** `name`, `@scope/name` and what follows it: `@scope/name/sub` is `./sub` of `@scope/name`. */
const split = (specifier: string): readonly [name: string, subpath: string] => {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  return [parts.slice(0, length).join("/"), [".", ...parts.slice(length)].join("/")];
};

/**
 * The Valk file that a specifier names, looked for in `node_modules` from `folder` upwards as Node does; null if there is no such
 * package or it has no Valk in it. `looked`: package files that decide about it, whether they exist or not.
 */
export function packageModule(
  specifier: string,
  folder: string,
  files: Files,
  looked: (path: string, exists: boolean) => void,
): string | null {
  if (!/^(?:@[^/]+\/)?[^./@:][^/:]*(?:\/|$)/.test(specifier)) return null;
  const [name, subpath] = split(specifier);
  for (let at = folder; ; at = dirname(at)) {
    const root = join(at, "node_modules", name);
    const manifest = join(root, "package.json");
    const found = files.exists(manifest);
    looked(manifest, found);
    if (found) {
      const target = valkTarget(files.readFile(manifest), subpath);
      if (target === null) return null;
      const path = join(root, target);
      return files.exists(path) ? path : null;
    }
    if (dirname(at) === at) return null;
  }
}

function valkTarget(manifest: string, subpath: string): string | null {
  let exports: unknown;
  try {
    exports = (JSON.parse(manifest) as { exports?: unknown } | null)?.exports;
  } catch {
    return null;
  }
  if (typeof exports !== "object" || exports === null) return null;
  const entries = Object.keys(exports).some((key) => key.startsWith(".")) ? exports : { ".": exports };
  const exact = (entries as Record<string, unknown>)[subpath];
  if (exact !== undefined) return inside(conditional(exact));
  for (const [pattern, target] of Object.entries(entries)) {
    const [before, after, more] = pattern.split("*");
    if (after === undefined || more !== undefined) continue;
    if (!subpath.startsWith(before) || !subpath.endsWith(after) || subpath.length < pattern.length) continue;
    const star = subpath.slice(before.length, subpath.length - after.length);
    return inside(conditional(target)?.replaceAll("*", () => star) ?? null);
  }
  return null;
}

/** What stands under `valk`; conditions may be in conditions. */
const conditional = (target: unknown): string | null => {
  if (typeof target !== "object" || target === null) return null;
  const valk = (target as { valk?: unknown }).valk;
  if (typeof valk === "string") return valk;
  for (const [condition, inner] of Object.entries(target)) {
    if (!["import", "default", "node", "valk"].includes(condition)) continue;
    const found = conditional(inner);
    if (found !== null) return found;
  }
  return null;
};

/** A package gives away only what is in it. */
const inside = (target: string | null): string | null =>
  target?.startsWith("./") && !target.split("/").includes("..") ? target : null;
