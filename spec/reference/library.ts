/** The library: the runtime's builtins, called with evaluated values, and the judge's own where they touch the continuation. */
import { readdirSync, readFileSync } from "node:fs";
import { type Fn, nameOf, native } from "../../runtime/kernel/function.ts";
import { nil, type Value } from "../../runtime/kernel/list.ts";
import type { Program } from "./expand.ts";
import { type Code, functionValue } from "./machine.ts";
import { read } from "./read.ts";

const RUNTIME = new URL("../../runtime/", import.meta.url);
const filesOf = (folder: string, end: string): string[] =>
  readdirSync(new URL(folder, RUNTIME))
    .filter((name) => name.endsWith(end))
    .sort();

/** Every builtin of runtime/lib that stands alone: those that wait or do network are not the judge's business. */
const AREAS = [
  "atom",
  "bytes",
  "date",
  "equal",
  "error",
  "file",
  "function",
  "hash",
  "io",
  "json",
  "list",
  "logic",
  "math",
  "number",
  "order",
  "plist",
  "predicate",
  "process",
  "regex",
  "string",
  "test",
  "unicode",
  "vec",
];
const load = async (): Promise<ReadonlyMap<string, Value>> => {
  const table = new Map<string, Value>([
    ["nil", nil],
    ["true", 1],
    ["false", 0],
    ["otherwise", 1],
  ]);
  for (const area of AREAS) {
    const exports = (await import(new URL(`lib/${area}.ts`, RUNTIME).href)) as Record<string, unknown>;
    for (const f of Object.values(exports))
      if (typeof f === "function" && (f as Fn).$n !== undefined) table.set(nameOf(f as Fn), f);
  }
  return table;
};
let loaded: Promise<ReadonlyMap<string, Value>> | null = null;
export const builtins = async (): Promise<Map<string, Value>> => {
  loaded ??= load();
  return new Map(await loaded);
};

// Made once, as it is the same for every program and takes longer than most of them run. It has no macros, so that nothing
// of the program it was first made for is in it.
let prelude: Program | null = null;
/** The library functions written in Valk, as one module. */
export const preludeProgram = (expand: (data: readonly Value[]) => Program): Program => {
  prelude ??= expand(
    filesOf("prelude/", ".valk").flatMap((name) => read(readFileSync(new URL(`prelude/${name}`, RUNTIME), "utf8"))),
  );
  return prelude;
};

type Control = Extract<Code, { kind: "control" }>["run"];
/** A builtin that works on its continuation. */
export const control = (name: string, min: number, max: number, run: Control): Value => {
  const f = functionValue(name, min, { kind: "control", run });
  return native(name, min, max, f);
};
/** The same for one that curries, like the library functions written in Valk. */
export const curriedControl = (name: string, n: number, run: Control): Value =>
  functionValue(name, n, { kind: "control", run });
