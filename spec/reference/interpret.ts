/** Runs a program: modules, loads, the top level (LANGUAGE 3, 5, 8). */
import { error, isError } from "../../runtime/kernel/error.ts";
import { native } from "../../runtime/kernel/function.ts";
import { isList, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { show } from "../../runtime/kernel/show.ts";
import { Sym } from "../../runtime/kernel/symbol.ts";
import { FUNCTION, LIST, NUMBER, refuse, STRING, SYMBOL } from "../../runtime/kernel/wrong.ts";
import { eq } from "../../runtime/lib/equal.ts";
import { err, out } from "../../runtime/lib/io.ts";
import { evaluator } from "./evaluate.ts";
import { expandModule, type Program } from "./expand.ts";
import { scheduler } from "./fibers.ts";
import { handles } from "./handles.ts";
import { builtins, control, curriedControl, preludeProgram } from "./library.ts";
import { type Env, goOn, into, type K, type M, type Module, moduleOf, type Step } from "./machine.ts";
import { readOne } from "./quoted.ts";
import { ReadError, read } from "./read.ts";
import type { Node } from "./syntax.ts";

export interface Host {
  /** The text of a file, or null. */
  readonly readFile: (path: string) => string | null;
  /** A path relative to the folder of a file; a null file: to the current directory. */
  readonly resolve: (path: string, from: string | null) => string;
  /** The file of a module of the library, by the name that programs load it by; null: there is none. */
  readonly library?: (name: string) => string | null;
}
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Library names of section 9, which are always there. */
const BUILT_IN: ReadonlySet<string> = new Set(["src/prelude.valk"]);
class Exit extends Error {}

export const interpret = async (path: string, host: Host): Promise<Outcome> => {
  let stdout = "",
    stderr = "";
  let exitCode: number | null = null,
    stopped = false;
  const prelude = await builtins();
  const modules = new Map<string, Module>();
  const fibers = scheduler();
  const report = (e: Value): void => {
    stderr += `Error: ${(e as Error).message}\n`;
  };

  // ---- modules ----

  /** "A name with exactly one top-level `fun`, or `def` of a lambda, is usable from the start of its module" */
  const hoist = (nodes: readonly Node[], env: Env): Node[] => {
    const count = new Map<string, number>();
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
    loads: [],
    loader,
    declared: new Set(),
    evaluates: false,
  });
  const begin = (module: Module, { nodes, declared, evaluates }: Program): readonly Node[] => {
    module.declared = declared;
    module.evaluates = evaluates;
    return nodes;
  };

  /** "the loading file's folder, the load path, the current directory. It runs at its place, once per program" */
  const load = (name: string, from: Env, k: K, meta: M | null): Step => {
    if (BUILT_IN.has(name)) return goOn(k, nil, from, meta);
    const loader = moduleOf(from);
    const library = host.library?.(name) ?? null;
    for (const file of library === null ? [host.resolve(name, loader.path), host.resolve(name, null)] : [library]) {
      const known = modules.get(file);
      const text = known === undefined ? host.readFile(file) : null;
      if (known === undefined && text === null) continue;
      const module = known ?? newModule(file, loader);
      const before = loader.loads.indexOf(module);
      if (before >= 0) loader.loads.splice(before, 1);
      if (module !== loader) loader.loads.push(module);
      if (text === null) return goOn(k, nil, from, meta);
      modules.set(file, module);
      // "An Error at the top level of a loaded file is printed to stderr, loading goes on, `load` gives nil"
      return topLevel(
        begin(module, expandModule(read(text))),
        { kind: "module", module },
        (e) => {
          report(e);
          return false;
        },
        k,
        meta,
      );
    }
    return goOn(k, error(`load: no such file: ${name}`), from, meta);
  };

  const evalFunction = (run: (x: Value, k: K, m: M | null) => Step): Value =>
    control("eval", 1, 1, ([x], k, _env, m) => run(x, k, m));
  const machine = evaluator({
    prelude,
    show,
    equal: eq,
    evaluator: evalFunction,
    ended: fibers.ended,
    spawn: fibers.spawn,
    load,
  });
  const { apply, end } = machine;
  fibers.setEnd(end);

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
      control(name, 1, 1, ([x], k, env, m) => fibers.awaitValue(x, k, env, m, apply, end)),
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
      typeof ms === "number" ? fibers.sleep(ms, k, env, m) : goOn(k, refuse("sleep", [ms], NUMBER), env, m),
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
      typeof path === "string" ? load(path, env, k, m) : goOn(k, refuse("load", [path], STRING), env, m),
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
          begin(library, preludeProgram()),
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
    const program = begin(main, expandModule(read(text)));
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
    );
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
