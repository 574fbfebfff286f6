/** Import specifiers between output files, and from them to the runtime. */
import type { Options } from "../context.ts";

/** The file other Valk modules import, where it is not the one JavaScript imports: `lib/a.js` -> `lib/a.valk.js`. */
export const rawOutput = (output: string): string => output.replace(/\.js$/, ".valk.js");

/** From one output file to another, both relative to the output root. */
export function specifierBetween(from: string, to: string): string {
  const a = from.split("/").slice(0, -1);
  const b = to.split("/");
  let common = 0;
  while (common < a.length && common < b.length - 1 && a[common] === b[common]) common++;
  const up = a.slice(common).map(() => "..");
  return [...(up.length === 0 ? ["."] : up), ...b.slice(common)].join("/");
}

/** A runtime module such as `kernel/list`, from an output file. A relative `runtime` option counts from the output root. */
export function runtimeSpecifier({ runtime, runtimeExtension }: Options, from: string, module: string): string {
  const file = `${module}${runtimeExtension}`;
  if (!runtime.startsWith(".")) return `${runtime}/${file}`;
  return specifierBetween(from, runtime === "." ? file : `${runtime.replace(/^\.\//, "")}/${file}`);
}
