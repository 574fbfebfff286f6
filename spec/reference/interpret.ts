/** Runs a program: modules, loads, the top level (LANGUAGE 3, 5, 8). */
import { pathToFileURL } from "node:url";
import { error, isError } from "../../runtime/kernel/error.ts";
import { native } from "../../runtime/kernel/function.ts";
import { isList, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { show } from "../../runtime/kernel/show.ts";
import { Sym } from "../../runtime/kernel/symbol.ts";
import { FUNCTION, LIST, NUMBER, refuse, STRING, SYMBOL } from "../../runtime/kernel/wrong.ts";
import { MS } from "../../runtime/lib/clock.ts";
import { eq } from "../../runtime/lib/equal.ts";
import { err, out } from "../../runtime/lib/io.ts";
import { evaluator } from "./evaluate.ts";
import { expandModule, type Program } from "./expand.ts";
import { scheduler } from "./fibers.ts";
import { handles } from "./handles.ts";
import { interop, isThenable } from "./interop.ts";
import { importsOf } from "./javascript-forms.ts";
import { builtins, control, curriedControl, preludeProgram } from "./library.ts";
import { type Env, goOn, into, type K, type M, type Module, moduleOf, type Step } from "./machine.ts";
import {
  importIn,
  type Macro,
  macrosOf,
  meaning,
  newPhase,
  type Phase,
  PhaseGlobals,
  pathsIn,
  type Tools,
  type ValkImport,
} from "./macros.ts";
import { readOne } from "./quoted.ts";
import { ReadError, read } from "./read.ts";
import { choices, structures } from "./structure.ts";
import type { Node } from "./syntax.ts";

export interface Host {
  /** The text of a file, or null. */
  readonly readFile: (path: string) => string | null;
  /** A path relative to the folder of a file; a null file: to the current directory. */
  readonly resolve: (path: string, from: string | null) => string;
  /** The file of a module of the library, by the name that programs load it by; null: there is none. */
  readonly library?: (name: string) => string | null;
  /** A module of JavaScript. */
  readonly import?: (specifier: string) => Promise<unknown>;
  /** How many steps the program may take before `interpret` throws. */
  readonly steps?: number;
}
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Library names of section 9, which are always there. */
const BUILT_IN: ReadonlySet<string> = new Set([
  "src/prelude.valk",
  "src/async_handles.valk",
  "src/http_api.valk",
  "src/modules/aio/sse.valk",
]);
class Exit extends Error {}

export const interpret = async (path: string, host: Host): Promise<Outcome> => {
  let stdout = "",
    stderr = "";
  let exitCode: number | null = null,
    stopped = false;
  const prelude = await builtins();
  const modules = new Map<string, Module>();
  const fibers = scheduler(host.steps);
  const report = (e: Value): void => {
    stderr += `Error: ${(e as Error).message}\n`;
  };

  // ---- modules of JavaScript: there before anything runs ----

  const javascript = new Map<string, unknown>();
  const specifierIn = (specifier: string, file: string): string =>
    specifier.startsWith(".") ? pathToFileURL(host.resolve(specifier, file)).href : specifier;
  const preload = async (file: string, seen = new Set<string>()): Promise<void> => {
    const text = seen.has(file) ? null : host.readFile(file);
    if (text === null) return;
    seen.add(file);
    for (const datum of text.includes("import") || text.includes("load") ? read(text) : []) {
      const [head, ...args] = isList(datum) ? toArray(datum) : [];
      const last = args[args.length - 1];
      if (!(head instanceof Sym) || typeof last !== "string") continue;
      if (head.name === "load" || last.endsWith(".valk")) {
        await preload(host.resolve(last, file), seen);
        continue;
      }
      if (head.name !== "import" || importsOf(args).length === 0) continue;
      const specifier = specifierIn(last, file);
      javascript.set(specifier, await host.import?.(specifier));
    }
  };

  // ---- modules ----

  /** "A name with exactly one top-level `fun`, or `def` of a lambda, is usable from the start of its module" */
  const hoist = (nodes: readonly Node[], env: Env): Node[] => {
    const count = new Map<string, number>();
    for (const n of nodes)
      if (n.kind === "JsImport")
        for (const [name, local] of n.names) {
          const module = javascript.get(specifierIn(n.specifier, moduleOf(env).path)) as Record<string, unknown>;
          moduleOf(env).javascript.set(local, () => js.fromJS(name === "*" ? module : module[name]));
        }
    for (const n of nodes)
      if (n.kind === "Define" || n.kind === "Assign")
        for (const name of n.names) count.set(name, (count.get(name) ?? 0) + 1);
    return nodes.map((n) =>
      n.kind !== "Define"
        ? n
        : {
            ...n,
            values: n.values.map((value, i): Node => {
              if (value.kind !== "Lambda" || count.get(n.names[i]) !== 1) return value;
              const f = machine.closure(value, env);
              moduleOf(env).globals.set(n.names[i], f);
              return { kind: "Const", value: f };
            }),
          },
    );
  };
  /** Runs top-level expressions in order; `onError` says whether an Error ends them. */
  const topLevel = (nodes: readonly Node[], env: Env, onError: (e: Value) => boolean, k: K, meta: M | null): Step => {
    const ready = hoist(nodes, env);
    const from = (i: number, m: M | null): Step =>
      i === ready.length
        ? goOn(k, nil, env, m)
        : machine.ev(
            ready[i],
            env,
            into((v, _env, m2) => (isError(v) && onError(v) ? goOn(k, v, env, m2) : from(i + 1, m2))),
            m,
          );
    return from(0, meta);
  };
  const newModule = (file: string, loader: Module | null): Module => ({
    path: file,
    globals: new Map(),
    javascript: new Map(),
    loads: [],
    imports: new Map(),
    spaces: new Map(),
    loader,
    declared: new Set(),
    evaluates: false,
    macros: new Map(),
  });
  const begin = (module: Module, { nodes, ...known }: Program): readonly Node[] => {
    Object.assign(module, known);
    return nodes;
  };

  /** The file that a path names: "the loading file's folder, the load path, the current directory". */
  const locate = (name: string, from: string): string | null =>
    host.library?.(name) ??
    [host.resolve(name, from), host.resolve(name, null)].find(
      (file) => modules.has(file) || phases.has(file) || host.readFile(file) !== null,
    ) ??
    null;

  const preludePhase = newPhase("prelude", [], () => new Map());
  const phases = new Map<string, Phase>([["prelude", preludePhase]]);
  const tools: Tools = {
    known: (name) => prelude.has(name),
    run: (lambda, phase, args) => {
      const env: Env = { kind: "module", module: phase.module };
      const f = lambda.kind === "Lambda" ? machine.closure(lambda, env) : error("not a macro");
      return toEnd((k) => apply(f, args, k, env, null));
    },
  };
  const toEnd = (begin: (k: K) => Step): Value => {
    let result: Value = error("a macro cannot wait");
    const keep = (v: Value): Step => {
      result = v;
      return null;
    };
    for (let step = begin({ sealed: true, run: keep }); step !== null; ) step = step();
    return result;
  };
  const phaseOf = (file: string): Phase => {
    const known = phases.get(file);
    if (known !== undefined) return known;
    const data = read(host.readFile(file) ?? "");
    const phase = newPhase(
      file,
      data,
      (self) =>
        new PhaseGlobals(self, tools, (node, { module }) => {
          const env: Env = { kind: "module", module };
          return toEnd((k) => machine.ev(node, env, k, null));
        }),
    );
    phases.set(file, phase);
    const paths = pathsIn(data);
    const at = (path: string): Phase[] => {
      const target = BUILT_IN.has(path) ? null : locate(path, file);
      return target === null ? [] : [phaseOf(target)];
    };
    for (const load of paths.loads.flatMap(at)) {
      phase.loads.push(load);
      phase.module.loads.push(load.module);
    }
    for (const { path, names, space } of paths.imports)
      for (const from of at(path)) {
        for (const [name, local] of names) {
          phase.imports.set(local, { phase: from, name });
          phase.module.imports.set(local, { module: from.module, name });
        }
        if (space === null) continue;
        phase.spaces.set(space, from);
        phase.module.spaces.set(space, from.module);
      }
    return phase;
  };
  /** "macros of the loading file are known where nothing else has the name" */
  const fromLoader = (module: Module, phase: Phase): ReadonlyMap<string, Macro> => {
    const loader = module.loader === null ? [] : [...macrosOf(phaseOf(module.loader.path))];
    return new Map(loader.filter(([name]) => meaning(name, phase) === null));
  };
  const expandFile = (module: Module): Program => {
    const phase = phaseOf(module.path);
    const at = (path: string): Phase | null => {
      const file = BUILT_IN.has(path) ? null : locate(path, module.path);
      return file === null ? null : phaseOf(file);
    };
    return expandModule(read(host.readFile(module.path) ?? ""), phase, tools, at, fromLoader(module, phase));
  };

  /** "It runs at its place, once per program". The module, if there is such a file. */
  const enter = (
    file: string,
    loader: Module | null,
    after: (module: Module) => void,
    k: K,
    from: Env,
    meta: M | null,
  ): Step => {
    const known = modules.get(file);
    const module = known ?? newModule(file, loader);
    after(module);
    if (known !== undefined) return goOn(k, nil, from, meta);
    modules.set(file, module);
    // "An Error at the top level of a loaded file is printed to stderr, loading goes on, `load` gives nil"
    const goes = (e: Value): boolean => {
      report(e);
      return false;
    };
    return topLevel(begin(module, expandFile(module)), { kind: "module", module }, goes, k, meta);
  };
  const load = (name: string, from: Env, k: K, meta: M | null): Step => {
    if (BUILT_IN.has(name)) return goOn(k, nil, from, meta);
    const loader = moduleOf(from);
    const file = locate(name, loader.path);
    if (file === null) return goOn(k, error(`load: no such file: ${name}`), from, meta);
    const visible = (module: Module): void => {
      const before = loader.loads.indexOf(module);
      if (before >= 0) loader.loads.splice(before, 1);
      if (module !== loader) loader.loads.push(module);
    };
    return enter(file, loader, visible, k, from, meta);
  };
  /** "A file that is loaded at run time waits for what it imports of JavaScript." */
  const loadComputed = (name: string, from: Env, k: K, meta: M | null): Step => {
    const file = BUILT_IN.has(name) ? null : locate(name, moduleOf(from).path);
    if (file === null || modules.has(file) || !needsJavaScript(file)) return load(name, from, k, meta);
    const waited = waiting.get(file) ?? preload(file);
    waiting.set(file, waited);
    const then = into((v, env, m) => (isError(v) ? goOn(k, v, env, m) : load(name, env, k, m)));
    return js.awaitPromise(waited, then, from, meta);
  };
  const waiting = new Map<string, Promise<void>>();
  const needsJavaScript = (file: string): boolean =>
    read(host.readFile(file) ?? "").some((datum) => {
      const [head, ...args] = isList(datum) ? toArray(datum) : [];
      return head instanceof Sym && head.name === "import" && importIn([head, ...args]) === null;
    });
  const importNames = ({ path: name, names, space }: ValkImport, from: Env, k: K, meta: M | null): Step => {
    const importer = moduleOf(from);
    const file = locate(name, importer.path);
    if (file === null) return goOn(k, error(`import: no such module: ${name}`), from, meta);
    const take = (module: Module): void => {
      for (const [name, local] of names) importer.imports.set(local, { module, name });
      if (space !== null) importer.spaces.set(space, module);
    };
    return enter(file, null, take, k, from, meta);
  };

  const evalFunction = (run: (x: Value, k: K, m: M | null) => Step): Value =>
    control("eval", 1, 1, ([x], k, _env, m) => run(x, k, m));
  const parts = structures(fibers, () => machine);
  const { structure } = parts;
  const machine: ReturnType<typeof evaluator> = evaluator({
    prelude,
    show,
    equal: eq,
    evaluator: evalFunction,
    ended: fibers.ended,
    spawn: fibers.spawn,
    load,
    structure,
    importNames,
    moduleAt: (path) => modules.get(path),
    around: ({ path }, macros) => ({ macros: new Map(macros), phase: phaseOf(path), fresh: null, tools }),
    nested: fibers.isNested,
    foreign: (f, args) => js.call(f, args),
  });
  const { apply, end } = machine;
  fibers.setEnd(end);
  const js = interop(fibers, apply, end, { kind: "module", module: newModule("javascript", null) });
  for (const [name, value] of js.builtins) prelude.set(name, value);

  // ---- the builtins that touch the continuation, the clock, the process ----

  const spread = (name: string) =>
    curriedControl(name, 2, ([f, l], k, env, m) =>
      typeof f === "function" && isList(l)
        ? apply(f, toArray(l), k, env, m)
        : goOn(k, refuse(name, [f, l], FUNCTION, LIST), env, m),
    );
  for (const name of ["unpack", "curry"]) prelude.set(name, spread(name));
  for (const name of ["await", "await-new", "aio/await"])
    prelude.set(
      name,
      control(name, 1, 1, ([x], k, env, m) =>
        isThenable(x) ? js.awaitPromise(x, k, env, m) : fibers.awaitValue(x, k, env, m, apply, end),
      ),
    );
  const nowhere: Env = { kind: "module", module: newModule("handles", null) };
  for (const [name, value] of handles(fibers, apply, end, nowhere)) prelude.set(name, value);
  prelude.set(
    "perform",
    control("perform", 1, 2, ([operation, value = nil], k, env, m) =>
      operation instanceof Sym
        ? machine.perform(operation, value, k, env, m)
        : goOn(k, refuse("perform", [operation], SYMBOL), env, m),
    ),
  );
  prelude.set(
    "handled?",
    control("handled?", 1, 1, ([operation], k, env, m) => {
      if (!(operation instanceof Sym)) return goOn(k, refuse("handled?", [operation], SYMBOL), env, m);
      for (let at = m; at !== null; at = at.next)
        if (at.handler?.clauses.some((c) => c.operation === operation)) return goOn(k, 1, env, m);
      return goOn(k, 0, env, m);
    }),
  );
  choices(fibers, apply, parts);
  for (const [name, value] of parts.table) prelude.set(name, value);
  // The judge's continuations share everything, so for it each look finds that one was captured.
  let captures = 0;
  prelude.set(
    "list/captures",
    native("list/captures", 0, 0, () => ++captures),
  );
  prelude.set(
    "async-resume",
    control("async-resume", 2, 2, ([f, v], k, env, m) => apply(f, [v], k, env, m)),
  );
  prelude.set(
    "sleep",
    control("sleep", 1, 1, ([ms], k, env, m) =>
      MS.is(ms) ? fibers.sleep(ms as number, k, env, m) : goOn(k, refuse("sleep", [ms], MS), env, m),
    ),
  );
  prelude.set(
    "time-us",
    native("time-us", 0, Infinity, () => Math.floor((performance.now() + fibers.time()) * 1000)),
  );
  prelude.set("read", native("read", 1, 1, readOne));
  // Only compared with: reading the name gives the one of the module.
  prelude.set(
    "eval",
    evalFunction(() => null),
  );
  prelude.set(
    "load",
    control("load", 1, 1, ([path], k, env, m) =>
      typeof path === "string" ? loadComputed(path, env, k, m) : goOn(k, refuse("load", [path], STRING), env, m),
    ),
  );
  // "`(exit n)` and `(shutdown n)` record the code ... give n and go on"
  const exit = (name: string) =>
    native(name, 0, 1, (code: Value = 0): Value => {
      if (typeof code !== "number") return refuse(name, [code], NUMBER);
      exitCode = code;
      return code;
    });
  for (const name of ["exit", "shutdown"]) prelude.set(name, exit(name));
  prelude.set(
    "exit-now",
    native("exit-now", 0, 1, (code: Value = 0): Value => {
      exitCode = code as number;
      throw new Exit();
    }),
  );

  // ---- the run ----

  const write = { out: out.write, err: err.write };
  out.write = (text) => {
    stdout += text;
  };
  err.write = (text) => {
    stderr += text;
  };
  let failed = false;
  try {
    const library = newModule("prelude", null);
    fibers.run(
      () =>
        topLevel(
          begin(
            library,
            preludeProgram((data) => expandModule(data, preludePhase, tools, () => null)),
          ),
          { kind: "module", module: library },
          () => false,
          into(() => null),
          null,
        ),
      () => false,
    );
    for (const [name, value] of library.globals) prelude.set(name, value);
    const main = newModule(host.resolve(path, null), null);
    modules.set(main.path, main);
    const text = host.readFile(main.path);
    if (text === null) return { stdout, stderr: `no such file: ${path}\n`, exitCode: 2 };
    await preload(main.path);
    const program = begin(main, expandFile(main));
    // "A program stops at the first top-level Error"; "ends with that code when its top-level code ends"
    const last: K = {
      sealed: true,
      run: (v) => {
        if (isError(v)) {
          report(v);
          failed = true;
        }
        stopped = failed || exitCode !== null;
        return null;
      },
    };
    fibers.run(
      () => topLevel(program, { kind: "module", module: main }, () => true, last, null),
      () => stopped,
      () => js.pending() === 0,
    );
    // Promises take the event loop's turns. The judge's own clock goes on only when they seem to wait for it.
    for (let turns = 1; !stopped && js.pending() > 0 && turns < 5000; turns++) {
      await new Promise((go) => setTimeout(go, turns < 10 ? 0 : 1));
      let fired = false;
      fibers.run(
        () => null,
        () => stopped,
        () => js.pending() === 0 || (turns % 5 === 0 && !fired && (fired = true)),
      );
    }
    if (!stopped)
      for (const e of fibers.unseen()) {
        report(e);
        failed = true;
      }
  } catch (e) {
    if (e instanceof ReadError) return { stdout, stderr: `${stderr}${e.message}\n`, exitCode: 3 };
    if (!(e instanceof Exit)) throw e;
  } finally {
    out.write = write.out;
    err.write = write.err;
  }
  return { stdout, stderr, exitCode: failed ? 1 : (exitCode ?? 0) };
};
