/**
 * What the interpreter's parts share: continuations, environments, fibers, functions as values.
 *
 * The continuation of running code is a K (up to the nearest delimiter), then an M: the delimiters beyond, each with the K
 * under it (Danvy and Filinski's metacontinuation, as a list). A step gives the next step, so JavaScript's stack stays flat.
 */
import { error, isError } from "../../runtime/kernel/error.ts";
import { type Fn, nameOf } from "../../runtime/kernel/function.ts";
import type { Value } from "../../runtime/kernel/list.ts";
import type { Surroundings } from "./expand.ts";
import { globalOf } from "./interop.ts";
import type { Macro, ValkImport } from "./macros.ts";
import { type HandlerClause, isVariable, type Node, type Scope } from "./syntax.ts";

export type Step = (() => Step) | null;

/**
 * A continuation takes a value and the environment in which the code after it goes on. A `sealed` one ignores that
 * environment, because it has its own: nothing needs to be put in front of it, which is what makes tail calls proper.
 */
export interface K {
  readonly sealed: boolean;
  readonly run: (value: Value, env: Env, meta: M | null) => Step;
}
export interface M {
  /** The delimiter's tag; CLEANUP for the delimiter that `ensure` makes. */
  readonly tag: Value;
  readonly k: K;
  readonly next: M | null;
  readonly cleanup: ((k: K, meta: M | null) => Step) | null;
  /** The clauses of the delimiter that `with-handler` makes, and where they were written. */
  readonly handler?: { readonly clauses: readonly HandlerClause[]; readonly env: Env };
  /** Of a handler while the cleanups of an abort run: its continuation, and the clause that waits. What they perform may come before it. */
  readonly aborted?: { readonly to: K; readonly runs: (to: K) => K };
  /** "Dynamic state is part of the continuation": a piece of it, for the code above. */
  readonly state?: object;
}
/** The tags of plain reset, of ensure, and of a cleanup that is under way. */
export const PLAIN: unique symbol = Symbol("reset");
export const CLEANUP: unique symbol = Symbol("ensure");
export const CLEANING: unique symbol = Symbol("cleanup");
/** The tag of with-handler. */
export const HANDLER: unique symbol = Symbol("with-handler");
const STATE: unique symbol = Symbol("state");
/** The delimiter that a piece of dynamic state makes. */
export const withState = (state: object, k: K, next: M | null): M => ({ tag: STATE, k, next, cleanup: null, state });
/** The dynamic state of code above meta, innermost first. */
export const statesOf = (meta: M | null): object[] => {
  const states: object[] = [];
  for (let m = meta; m !== null; m = m.next) if (m.state !== undefined) states.push(m.state);
  return states;
};
/** What a fiber takes over of the code that starts it: the dynamic state. */
export const inherited = (meta: M | null, end: K): M | null =>
  statesOf(meta).reduceRight<M | null>((m, state) => withState(state, end, m), null);
/** What is left of delimiters that are dropped, on top of base: the cleanups, each in the dynamic state of its `ensure`. */
export const dropped = <B extends M | null>(entries: readonly M[], end: K, base: B): M | B =>
  entries.reduceRight<M | B>((next, entry, i) => {
    const { cleanup } = entry;
    if (cleanup === null) return next;
    const states = entries.slice(i + 1).flatMap((e) => e.state ?? []);
    const inState = (after: K, m: M | null): Step =>
      cleanup(
        states.length === 0 ? after : end,
        states.reduceRight<M | null>(
          (below, state, n) => withState(state, n === states.length - 1 ? after : end, below),
          m,
        ),
      );
    return { ...entry, k: end, next, cleanup: inState };
  }, base);
/** A cleanup that is under way goes on; what comes after it is dropped down to base, which gets v. Null if none is. */
export const shielded = (entries: readonly M[], end: K, base: M | null, v: Value): M | null => {
  const outermost = entries.findLastIndex((e) => e.tag === CLEANING);
  if (outermost < 0) return null;
  const after: K = { sealed: true, run: (w, env, m) => goOn(end, isError(w) ? w : v, env, m) };
  return entries
    .slice(0, outermost + 1)
    .reduceRight<M | null>(
      (next, e, i) => ({ ...e, ...(i === outermost ? { k: after } : {}), next }),
      dropped(entries.slice(outermost + 1), end, base),
    );
};

/** Environments are immutable lists, innermost first; only the cells of frames change. */
export type Env =
  /** `k`: of a shift, which opens no frame. */
  | { readonly kind: "value"; readonly name: string; value: Value; readonly next: Env; readonly k?: true }
  | { readonly kind: "frame"; readonly scope: Scope; cells: Map<string, Value> | null; readonly next: Env }
  | { readonly kind: "module"; readonly module: Module }
  /** Around evaluated code: the frames of the literal and those of the function that evaluates it. */
  | { readonly kind: "both"; readonly own: Env | null; readonly caller: Env; readonly next: Env }
  /** Around a literal in evaluated code that had frames already: they come after those of the evaluated code. */
  | { readonly kind: "over"; readonly own: Env; readonly next: Env };

export interface Module {
  readonly path: string;
  readonly globals: Map<string, Value>;
  /** What it imports from JavaScript. */
  readonly javascript: Map<string, () => Value>;
  /** Loaded files, in order. */
  readonly loads: Module[];
  readonly imports: Map<string, { readonly module: Module; readonly name: string }>;
  /** `(import * s "..")`: its exports are called `s/name`. */
  readonly spaces: Map<string, Module>;
  readonly loader: Module | null;
  /** The names it defines anywhere, run or not. */
  declared: ReadonlySet<string>;
  /** Does it evaluate lists that are no literals? */
  evaluates: boolean;
  /** The macros it knows in the end. */
  macros: ReadonlyMap<string, Macro>;
}

export const goOn =
  (k: K, value: Value, env: Env, meta: M | null): Step =>
  () =>
    k.run(value, env, meta);
export const into = (run: K["run"]): K => ({ sealed: false, run });
/** k as the continuation of code whose `=` do not reach what follows: that goes on in env. */
export const seal = (k: K, env: Env): K => (k.sealed ? k : { sealed: true, run: (v, _env, m) => k.run(v, env, m) });

// ---- frames ----

export const openFrame = (scope: Scope, next: Env): Env => ({ kind: "frame", scope, cells: null, next });
const setCell = (env: Env & { kind: "frame" }, name: string, value: Value): void => {
  env.cells ??= new Map();
  env.cells.set(name, value);
};
/** A parameter: by value, unless the frame also assigns it. */
export const withParameter = (env: Env & { kind: "frame" }, inner: Env, name: string, value: Value): Env => {
  if (!isVariable(env.scope, name)) return { kind: "value", name, value, next: inner };
  setCell(env, name, value);
  return inner;
};

const frameOf = (env: Env) => {
  while (env.kind === "value" || env.kind === "over" || env.kind === "both") env = env.next;
  return env;
};
/** "`(= {a b} 1 2)` binds in the current frame only"; gives the environment of what the `=` dominates. */
export const assign = (env: Env, name: string, value: Value): Env => {
  const frame = frameOf(env);
  if (frame.kind === "module") {
    frame.module.globals.set(name, value);
    return env;
  }
  setCell(frame, name, value);
  // "shift's k is visible in its body": a name of the frame around it stays behind it.
  let hidden = isVariable(frame.scope, name);
  for (let e = env; e.kind === "value"; e = e.next) hidden ||= e.k === true && e.name === name;
  return hidden ? env : { kind: "value", name, value, next: env };
};
/** The same for a name that the text does not show: it is in the frame itself, for all that see it. */
export const assignComputed = (env: Env, name: string, value: Value): void => {
  const frame = frameOf(env);
  if (frame.kind === "module") frame.module.globals.set(name, value);
  else setCell(frame, name, value);
};
/** Is a `=` of this name, here, a binding of a frame? Then a lambda bound by it sees itself by value. */
export const bindsByValue = (env: Env, name: string): boolean => {
  const frame = frameOf(env);
  return frame.kind === "frame" && !isVariable(frame.scope, name);
};

export const moduleOf = (env: Env): Module => {
  while (env.kind !== "module") env = env.next;
  return env.module;
};
/** "Out of scope: the C runtime's own internals (mem/*, arenas, slabs, metrics registry, coverage marks): calling one is an Error that says so" */
const ofC = /^(?:mem|arena|slab|metrics|coverage)\//;
/** "A read finds the innermost frame in which the name is bound at that moment; then module globals, imports, prelude" */
export const lookup = (env: Env, name: string, prelude: ReadonlyMap<string, Value>, own: Env | null = null): Value => {
  const local = inFrames(env, name, own);
  if (local !== undefined) return local;
  const modules = [...(own === null ? [] : modulesOf(own)), ...modulesOf(env)];
  for (const module of modules) {
    const found = inModule(module, name, prelude);
    if (found !== null) return found.value;
  }
  if (prelude.has(name)) return prelude.get(name);
  // "A loaded file sees a name its loader defines only if nothing else defines it"
  for (const module of modules) {
    const found = fromLoaders(module.loader, name);
    if (found !== null) return found.value;
  }
  if (name.startsWith("js/")) return globalOf(name);
  const written = name.replace(/ [\d.]+$/, "");
  return error(
    `unbound symbol ${written}${ofC.test(name) ? ": it belongs to the runtime of the C implementation" : ""}`,
  );
};
/** What `inside` makes of `s/name`, if s is one of the modules; the longest such s. */
export const spaced = <S, T>(spaces: ReadonlyMap<string, S>, name: string, inside: (space: S, own: string) => T) => {
  const found = [...spaces]
    .filter(([space]) => name.startsWith(`${space}/`))
    .sort(([a], [b]) => b.length - a.length)[0];
  return found === undefined ? undefined : inside(found[1], name.slice(found[0].length + 1));
};
const inModule = (module: Module, name: string, prelude: ReadonlyMap<string, Value>): { value: Value } | null => {
  if (module.globals.has(name)) return { value: module.globals.get(name) };
  const imported =
    module.imports.get(name) ?? spaced(module.spaces, name, (from, own) => ({ module: from, name: own }));
  if (imported !== undefined)
    return { value: lookup({ kind: "module", module: imported.module }, imported.name, prelude) };
  const foreign = module.javascript.get(name);
  return foreign === undefined ? visible(module, name, new Set()) : { value: foreign() };
};
/** The names that the current frame binds, or will, in the order of the text. */
export const namesOfFrame = (env: Env): string[] => {
  const frame = frameOf(env);
  return frame.kind === "module"
    ? [...frame.module.declared]
    : [...new Set([...frame.scope.params, ...frame.scope.assigned.keys()])];
};
/** The value the frames have for a name, undefined if none binds it now. Of evaluated code: its own frames, then the caller's. */
const inFrames = (env: Env, name: string, own: Env | null): Value => {
  for (; env.kind !== "module"; env = env.next) {
    if (env.kind === "value") {
      if (env.name === name) return env.value;
    } else if (env.kind === "frame") {
      if (env.cells?.has(name)) return env.cells.get(name);
    } else if (env.kind === "over") own ??= env.own;
    else {
      const found =
        (own === null ? undefined : inFrames(own, name, null)) ??
        (env.own === null ? undefined : inFrames(env.own, name, null)) ??
        inFrames(env.caller, name, null);
      if (found !== undefined) return found;
      own = null;
    }
  }
  return own === null ? undefined : inFrames(own, name, null);
};
const modulesOf = (env: Env): readonly Module[] => {
  for (let at = env; ; at = at.next) {
    if (at.kind === "module") return [at.module];
    if (at.kind === "over" || (at.kind === "both" && at.own !== null))
      return [...modulesOf(at.own as Env), ...modulesOf(at.next)];
  }
};
/** Every name that the frames of an environment may bind, now or later. */
export const localNames = (env: Env): ReadonlySet<string> => {
  const names = new Set<string>();
  for (; env.kind !== "module"; env = env.next) {
    if (env.kind === "value") names.add(env.name);
    else if (env.kind === "frame")
      for (const name of [...env.scope.params, ...env.scope.assigned.keys()]) names.add(name);
    else {
      if (env.own !== null) for (const name of localNames(env.own)) names.add(name);
      if (env.kind === "both") for (const name of localNames(env.caller)) names.add(name);
    }
  }
  return names;
};
/** Names that templates bind in the frames of an environment, each with its expansion. */
export const localMarks = (env: Env): ReadonlySet<string> => {
  const marks = new Set<string>();
  for (; env.kind !== "module"; env = env.next) {
    const around = env.kind === "both" ? [env.own, env.caller] : env.kind === "over" ? [env.own] : [];
    for (const other of around) if (other !== null) for (const mark of localMarks(other)) marks.add(mark);
    if (env.kind === "frame") for (const mark of env.scope.marks) marks.add(mark);
  }
  return marks;
};
/** Does the module, or one that it loads or that loads it, define the name? */
export const declares = (module: Module, name: string, seen: Set<Module> = new Set()): boolean => {
  if (seen.has(module)) return false;
  seen.add(module);
  return (
    module.declared.has(name) ||
    module.globals.has(name) ||
    module.imports.has(name) ||
    spaced(module.spaces, name, (from, own) => from.declared.has(own)) === true ||
    module.javascript.has(name) ||
    module.loads.some((other) => declares(other, name, seen)) ||
    (module.loader !== null && declares(module.loader, name, seen))
  );
};
const visible = (module: Module, name: string, seen: Set<Module>): { value: Value } | null => {
  if (module.loads.length === 0) return module.globals.has(name) ? { value: module.globals.get(name) } : null;
  seen.add(module);
  if (module.globals.has(name)) return { value: module.globals.get(name) };
  for (let i = module.loads.length - 1; i >= 0; i--) {
    const found = seen.has(module.loads[i]) ? null : visible(module.loads[i], name, seen);
    if (found !== null) return found;
  }
  return null;
};
const fromLoaders = (loader: Module | null, name: string): { value: Value } | null =>
  loader === null ? null : (visible(loader, name, new Set()) ?? fromLoaders(loader.loader, name));

// ---- functions as values ----

/** How a function of the interpreter runs. Natives have none: they are called. */
export type Code =
  | { readonly kind: "closure"; readonly node: Node & { kind: "Lambda" }; readonly env: Env }
  | { readonly kind: "partial"; readonly f: Fn; readonly args: readonly Value[] }
  /** A function that works on its continuation: k's, await, unpack ... */
  | { readonly kind: "control"; readonly run: (args: readonly Value[], k: K, env: Env, meta: M | null) => Step };

const codes = new WeakMap<Fn, Code>();
export const codeOf = (f: Fn): Code | undefined => codes.get(f);

/** The runtime undoes the compiler's mangling of names, of which these two characters matter here. */
const mangle = (name: string): string => name.replace(/[$_]/g, "$$$&");
/** A function value: to the runtime's library it is a function like any other, but it is never called from there. */
export const functionValue = (name: string, n: number, code: Code): Fn => {
  const f: Fn = () => {
    throw new Error(`the library called ${name}`);
  };
  Object.defineProperty(f, "name", { value: name === "\\" ? "" : mangle(name) });
  f.$n = n;
  codes.set(f, code);
  return f;
};
export const partial = (f: Fn, args: readonly Value[]): Fn => {
  const n = f.$n as number;
  return functionValue(nameOf(f), n < 0 ? n + args.length : n - args.length, { kind: "partial", f, args });
};

// ---- fibers ----

export interface Fiber {
  /** The value that stands for it in the program. */
  readonly handle: Value;
  done: boolean;
  value: Value;
  looked: boolean;
  readonly waiters: (() => void)[];
  /** What it waits for; null while it runs. */
  parked: Parked | null;
  cancelled: boolean;
  /** It runs its cleanups because it was cancelled: nothing interrupts them. */
  cleaning: boolean;
  /** Called when it is cancelled: first those of the program, then those that cancel what depends on it. */
  readonly hooks: Set<() => void>;
  readonly dependants: Set<() => void>;
  /** Of a Handle: how it ended, where the value does not tell; whether it waits for other Handles. */
  end: End | null;
  waits: boolean;
  /** The dynamic state that its code starts with; it may wait without (handles.ts). */
  context?: M | null;
}
export interface Parked {
  readonly k: K;
  readonly env: Env;
  meta: M | null;
  /** Closes what it waits for. */
  giveUp: () => void;
}
/** A Handle has completed with a result, or failed with it as the reason. */
export interface End {
  readonly ok: boolean;
  readonly result: Value;
}

/** What the evaluator needs from the rest of the interpreter. */
export interface World {
  readonly prelude: Map<string, Value>;
  readonly show: (value: Value) => string;
  readonly equal: (a: Value, b: Value) => boolean;
  /** `eval` as a function. */
  readonly evaluator: (run: (x: Value, k: K, meta: M | null) => Step) => Value;
  /** The fiber that runs has ended with this value. */
  readonly ended: (value: Value) => Step;
  readonly spawn: (run: () => Step, k: K, env: Env, meta: M | null) => Step;
  /** Is this code that JavaScript has called, and waits for? */
  readonly nested: () => boolean;
  /** Calls a function of JavaScript. */
  readonly foreign: (f: (...args: unknown[]) => unknown, args: readonly Value[]) => Value;
  readonly load: (path: string, from: Env, k: K, meta: M | null) => Step;
  readonly importNames: (what: ValkImport, from: Env, k: K, meta: M | null) => Step;
  /** The module that was read from a path. */
  readonly moduleAt: (path: string) => Module | undefined;
  /** Where code of a module that is evaluated is expanded, if it knows these macros. */
  readonly around: (module: Module, macros: ReadonlyMap<string, Macro>) => Surroundings;
  /** Scopes and request context. */
  readonly structure: Structure;
}
/** What `scope`, `spawn`, `ctx/with` and `ctx/with-deadline` do once their arguments are evaluated. */
export interface Structure {
  readonly scope: (body: (scope: Value, end: K, meta: M) => Step, k: K, env: Env, meta: M | null) => Step;
  readonly spawn: (scope: Value, run: () => Step, k: K, env: Env, meta: M | null) => Step;
  readonly local: (key: Value, value: Value, body: (meta: M) => Step, k: K, env: Env, meta: M | null) => Step;
  readonly deadline: (ms: Value, body: (meta: M) => Step, k: K, env: Env, meta: M | null) => Step;
}
