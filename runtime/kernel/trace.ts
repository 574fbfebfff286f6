/**
 * The logical call path of an Error: what was on JavaScript's stack when it was made, then the heap frames below it, across
 * awaits and through any depth. Only Valk code: no frames of the compiler's runtime, of JavaScript or of Node.
 *
 * An Error keeps V8's unsymbolised stack and two pointers; all work is done here, when somebody prints it. Places on the
 * JavaScript stack come from the source maps beside the modules, those on the heap from the side table of place.ts.
 */
import type { Fiber, Frame, Meta } from "./control.ts";
import type { ValkError } from "./error.ts";
import { unmangle } from "./function.ts";
import type { Placed } from "./place.ts";

/** A call on the way to the Error. */
export interface Step {
  /** The function's name in Valk; empty at the top level and for functions without a name. */
  readonly name: string;
  /** A path, or `<eval>` and the like. Without a source map: of the JavaScript file. */
  readonly path: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}
/** `null` stands for calls that V8 did not keep. */
export type Trace = readonly (Step | null)[];

/** Innermost first. */
export const trace = (error: ValkError): Trace => {
  const sites = sitesOf(error);
  const entry = sites.findIndex(
    ({ file, name }) => (name === "run" || name === "under") && inRuntime(file) && file.includes("/kernel/control."),
  );
  const steps = (from: number, to?: number): Step[] => sites.slice(from, to).flatMap((site) => stepOf(site) ?? []);
  const heap = heapSteps(error.frames as Frame | null, error.meta as Meta | null);
  if (entry >= 0) return [...steps(0, entry), ...heap, ...steps(entry)];
  const cut = heap.length > 0 && sites.length >= (Error.stackTraceLimit ?? 0) && sites.length > 0;
  return cut ? [...steps(0), null, ...heap] : [...steps(0), ...heap];
};

/** The path to where a fiber waits, innermost first; of a fiber that does not wait nothing. */
export const waitingAt = ({ frames, meta }: Fiber): Trace => heapSteps(frames, meta);

// ---- frames on the heap ----

/** More frames than anybody's path has; the walk must end. */
const LIMIT = 1_000_000;
const heapSteps = (F: Frame | null, M: Meta | null): readonly (Step | null)[] => {
  const steps: (Step | null)[] = [];
  const known = new Map<string, Step | null>();
  for (let n = 0; n < LIMIT; n++) {
    if (F === null) {
      if (M === null) return steps;
      F = M.frames;
      M = M.next;
      continue;
    }
    const place = (F.f as Placed).$at;
    F = F.next;
    if (place === undefined) continue;
    let step = known.get(place);
    if (step === undefined) {
      step = parsePlace(place);
      known.set(place, step);
    }
    if (step !== null) steps.push(step);
  }
  return [...steps, null];
};

/** `name file:line:column` or `file:line:column`; null for the library's functions. */
const parsePlace = (place: string): Step | null => {
  const match = /^(?:([^ ]+) )?(.*):(\d+):(\d+)$/s.exec(place);
  if (match === null || match[2].startsWith("runtime/prelude/")) return null;
  return { name: match[1] ?? "", path: match[2], line: Number(match[3]), column: Number(match[4]) };
};

// ---- frames on JavaScript's stack ----

interface Site {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where the function starts: its name in Valk is in the map there. Null if the stack has been made a text already. */
  readonly start: readonly [line: number, column: number] | null;
}
/** What V8 tells of a frame. */
interface CallSite {
  getFunctionName(): string | null;
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL?(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getEnclosingLineNumber?(): number | null;
  getEnclosingColumnNumber?(): number | null;
}
interface Hook {
  prepareStackTrace?: unknown;
}

const sitesOf = (error: Error): readonly Site[] => {
  // V8 makes the text when it is first asked for; until then it can be had in parts.
  const hook = (Error as Hook).prepareStackTrace;
  let sites: readonly CallSite[] | null = null;
  let stack: unknown;
  try {
    (Error as Hook).prepareStackTrace = (e: Error, found: readonly CallSite[]) => {
      sites = found;
      return `${e.name}: ${e.message}${found.map((site) => `\n    at ${site}`).join("")}`;
    };
    stack = error.stack;
  } finally {
    (Error as Hook).prepareStackTrace = hook;
  }
  if (sites !== null) return (sites as readonly CallSite[]).map(siteOf);
  return String(stack)
    .split("\n")
    .flatMap((line) => {
      const match = /^\s+at (?:async )?(?:(.*) \()?(.+?):(\d+):(\d+)\)?$/.exec(line);
      return match === null
        ? []
        : { name: match[1] ?? "", file: match[2], line: Number(match[3]), column: Number(match[4]), start: null };
    });
};
const siteOf = (site: CallSite): Site => ({
  name: site.getFunctionName() ?? "",
  file: site.getScriptNameOrSourceURL?.() ?? site.getFileName() ?? "",
  line: site.getLineNumber() ?? 0,
  column: site.getColumnNumber() ?? 0,
  start:
    site.getEnclosingLineNumber === undefined
      ? null
      : [site.getEnclosingLineNumber() ?? 0, site.getEnclosingColumnNumber?.() ?? 0],
});

/** The folder of the runtime, if it is not in a bundle. */
const runtimeFolder = (): string | undefined => /^(.*\/)kernel\/trace\.[jt]s/.exec(import.meta.url ?? "")?.[1];
const inRuntime = (file: string): boolean => {
  const folder = runtimeFolder();
  return folder !== undefined && file.startsWith(folder);
};

const stepOf = (site: Site): Step | null => {
  const { file, line, column, name } = site;
  if (file === "" || /^(?:node|native|evalmachine)\b/.test(file) || inRuntime(file)) return null;
  // Node has mapped it already (--enable-source-maps).
  if (/\.valk$|<(?:eval|stdin)>$|%3C(?:eval|stdin)%3E$/.test(file))
    return { name: visible(name), path: pathOf(file), line, column };
  const module = moduleAt(file);
  if (module === null) return null;
  if (module.map === null)
    return module.compiled ? { name: nameIn(module.text, site), path: pathOf(file), line, column } : null;
  const entry = module.map.findEntry(line - 1, column - 1);
  if (entry.generatedLine !== line - 1 || !/\.valk$|>$/.test(entry.originalSource ?? "")) return null;
  const at = site.start === null ? null : module.map.findEntry(site.start[0] - 1, site.start[1] - 1);
  const exact =
    at !== null &&
    site.start !== null &&
    at.generatedLine === site.start[0] - 1 &&
    at.generatedColumn === site.start[1] - 1;
  return {
    name: exact ? (at.name ?? "") : visible(name),
    path: sourcePath(entry.originalSource as string, file),
    line: (entry.originalLine as number) + 1,
    column: (entry.originalColumn as number) + 1,
  };
};

/** Without a map: the emitter writes names before functions, `named("f", 1, x => ...` and `at("f file:2:3", x => ...`. */
const nameIn = (text: string, { name, start }: Site): string => {
  const before = start === null ? "" : (text.split("\n")[start[0] - 1] ?? "").slice(0, start[1] - 1);
  const match = /(named|at)\(("(?:[^"\\]|\\.)*"), (?:-?\d+, )?$/.exec(before);
  if (match === null) return visible(name);
  const said = JSON.parse(match[2]) as string;
  return match[1] === "named" ? said : (parsePlace(said)?.name ?? "");
};

/** A function's name in JavaScript as the program knows it; the top level has none. */
const visible = (name: string): string =>
  /^init(?:\$\d.*)?$/.test(name) ? "" : unmangle(name.replace(/^(?:Object|Module)\./, ""));

// ---- source maps: what Node has for them, taken without an import, because the kernel runs in browsers, too ----

interface Entry {
  readonly generatedLine?: number;
  readonly generatedColumn?: number;
  readonly originalSource?: string;
  readonly originalLine?: number;
  readonly originalColumn?: number;
  readonly name?: string;
}
interface SourceMap {
  findEntry(line: number, column: number): Entry;
}
interface Module {
  readonly compiled: boolean;
  readonly text: string;
  readonly map: SourceMap | null;
}
interface NodeProcess {
  cwd(): string;
  getBuiltinModule?(name: string): unknown;
}
const host = (): NodeProcess | undefined => (globalThis as { process?: NodeProcess }).process;

/** null: it is not there, or not to be had in this engine. */
const moduleAt = (file: string): Module | null => {
  const builtin = host()?.getBuiltinModule;
  if (builtin === undefined) return null;
  const fs = builtin("node:fs") as { readFileSync(path: URL | string, encoding: "utf8"): string };
  const { SourceMap } = builtin("node:module") as { SourceMap: new (payload: unknown) => SourceMap };
  try {
    const url = file.startsWith("file:") ? new URL(file) : new URL(`file://${file}`);
    const text = fs.readFileSync(url, "utf8");
    const compiled = text.startsWith("// Compiled by valk ");
    const link = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)?.[1];
    if (link === undefined) return { compiled, text, map: null };
    try {
      const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(link);
      const json = inline === null ? fs.readFileSync(new URL(link, url), "utf8") : atob(inline[1]);
      return { compiled, text, map: new SourceMap(JSON.parse(json)) };
    } catch {
      return { compiled, text, map: null };
    }
  } catch {
    return null;
  }
};

const pathOf = (file: string): string => {
  const made = /(?:<|%3C)(eval|stdin)(?:>|%3E)$/.exec(file);
  if (made !== null) return `<${made[1]}>`;
  try {
    const path = file.startsWith("file:") ? decodeURIComponent(new URL(file).pathname) : file;
    return path.replace(/^\/(?=[A-Za-z]:\/)/, "");
  } catch {
    return file;
  }
};
const sourcePath = (source: string, file: string): string =>
  source.startsWith("<") ? source : pathOf(new URL(source, file.startsWith("file:") ? file : `file://${file}`).href);

// ---- the text ----

/** Repetitions of up to so many calls are shown once. */
const PERIOD = 4;
/** So many lines from the inner end, and so many from the outer, are shown. */
const INNER = 40,
  OUTER = 10;

/** A line for each call, repetitions counted, the middle of a very long path left out. Paths are shown as seen from `from`. */
export const traceLines = (path: Trace, from: string | undefined = host()?.cwd?.()): readonly string[] => {
  const base = from?.replaceAll("\\", "/").replace(/\/?$/, "/");
  const lines = collapsed(path.map((step) => (step === null ? "..." : shown(step, base))));
  if (lines.length <= INNER + OUTER + 1) return lines;
  return [...lines.slice(0, INNER), `... ${lines.length - INNER - OUTER} more`, ...lines.slice(-OUTER)];
};

const shown = ({ name, path, line, column }: Step, base: string | undefined): string => {
  const near = base !== undefined && path.startsWith(base) ? path.slice(base.length) : path;
  const place = `${near}:${line}:${column}`;
  return `at ${name === "" ? place : `${name} (${place})`}`;
};

const collapsed = (lines: readonly string[]): readonly string[] => {
  const out: string[] = [];
  for (let i = 0; i < lines.length; ) {
    let period = 1,
      end = i + 1;
    for (let p = 1; p <= PERIOD; p++) {
      let j = i + p;
      while (j < lines.length && lines[j] === lines[j - p]) j++;
      const whole = i + p * Math.floor((j - i) / p);
      if (whole - i >= 3 * p && whole > end) {
        period = p;
        end = whole;
      }
    }
    out.push(...lines.slice(i, i + period));
    const more = end - i - period;
    if (more > 0) out.push(`... ${more} more of the same`);
    i = end;
  }
  return out;
};
