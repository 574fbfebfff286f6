/** The evaluator: one clause for each kind of node, in continuation-passing style. */
import { error, isError } from "../../runtime/kernel/error.ts";
import { arityError, type Fn, nameOf } from "../../runtime/kernel/function.ts";
import { cons, isList, type List, list, nil, type Value } from "../../runtime/kernel/list.ts";
import { isKeyword, Sym, sym } from "../../runtime/kernel/symbol.ts";
import { choices, fill, truthy } from "./choices.ts";
import { bindComputed } from "./computed.ts";
import {
  assign,
  bindsByValue,
  CLEANING,
  CLEANUP,
  codeOf,
  dropped,
  type Env,
  functionValue,
  goOn,
  HANDLER,
  inherited,
  into,
  type K,
  lookup,
  type M,
  type Module,
  moduleOf,
  namesOfFrame,
  openFrame,
  PLAIN,
  partial,
  type Step,
  seal,
  type World,
  withParameter,
} from "./machine.ts";
import { literal, moduleToDefineIn, runOf } from "./quoted.ts";
import type { Node, Of } from "./syntax.ts";

export const evaluator = (world: World) => {
  /** The end of the code under a delimiter: what comes next is the delimiter's own continuation. */
  const end: K = {
    sealed: true,
    run: (v, env, meta) => {
      if (meta === null) return world.ended(v);
      if (meta.cleanup === null) return goOn(meta.k, v, env, meta.next);
      // "ensure runs cleanup on value, Error, abort": its value is dropped, unless it is an Error
      const after: K = { sealed: true, run: (w, _env, m) => goOn(meta.k, isError(w) ? w : v, env, m) };
      return meta.cleanup(end, { tag: CLEANING, k: after, next: meta.next, cleanup: null });
    },
  };
  /** A delimiter in the tail position of an equal delimiter is that delimiter. */
  const delimit = (tag: Value, k: K, meta: M | null): M =>
    k === end && meta !== null && meta.tag === tag && meta.cleanup === null
      ? meta
      : { tag, k, next: meta, cleanup: null };

  const ev =
    (node: Node, env: Env, k: K, meta: M | null): Step =>
    () =>
      evaluate(node, env, k, meta);

  const evaluate = (node: Node, env: Env, k: K, meta: M | null): Step => {
    switch (node.kind) {
      case "Const":
        return goOn(k, node.value, env, meta);
      case "Ref":
        return goOn(k, readName(node, env), env, meta);
      case "Literal":
        return goOn(k, literal(node.list, env, node.macros), env, meta);
      case "Eval":
        return ev(
          node.value,
          env,
          into((v, env2, m) => evaluation(v, seal(k, env2), env2, m)),
          meta,
        );
      case "Fail":
        return goOn(k, error(node.message), env, meta);
      case "Lambda":
        return goOn(k, closure(node, env), env, meta);
      // "Head first, then arguments left to right"
      case "Call":
        return evAll(node.parts, env, meta, (parts, env2, m) =>
          apply(parts[0], parts.slice(1), seal(k, env2), env2, m),
        );
      // "`(e)` with one element: evaluate e; if it is a function call it with no arguments, else give the value"
      case "Force":
        return ev(
          node.expr,
          env,
          into((f, env2, m) => apply(f, [], seal(k, env2), env2, m)),
          meta,
        );
      case "If":
        return ev(
          node.test,
          env,
          into((test, env2, m) => {
            if (isError(test)) return goOn(k, test, env2, m); // "`(if E ..)` ...: result E"
            return ev(truthy(test) ? node.then : node.else, env2, seal(k, env2), m);
          }),
          meta,
        );
      case "Select":
        return select(node, 0, env, null, k, meta);
      case "Case":
        return ev(
          node.subject,
          env,
          into((subject, env2, m) =>
            isError(subject) ? goOn(k, subject, env2, m) : choose(node, 0, subject, env2, seal(k, env2), m),
          ),
          meta,
        );
      case "Logic":
        return logic(node, 0, env, null, k, meta);
      case "Seq":
        return sequence(node.items, 0, env, k, meta);
      case "Assign":
        return assignment(node, env, k, meta);
      case "Define":
        return evAll(node.values, env, meta, (values, env2, m) => {
          const failed = values.find(isError); // "a value that is an Error is returned and not bound"
          if (failed !== undefined) return goOn(k, failed, env2, m);
          for (const [i, name] of node.names.entries()) {
            const module = moduleToDefineIn(env2, name);
            if (isError(module)) return goOn(k, module, env2, m);
            (module as Module).globals.set(name, values[i]);
          }
          return goOn(k, nil, env2, m);
        });
      case "Bind":
        return ev(
          node.list,
          env,
          into((list, env2, m) => bindComputed(node, list, env2, k, m, ev, evAll)),
          meta,
        );
      case "Frame":
        return ev(node.body, openFrame(node.scope, env), seal(k, env), meta);
      case "Template":
        return evAll(
          node.parts.map((p) => p.node),
          env,
          meta,
          (values, env2, m) => goOn(k, fill(node.parts, values, node.braces, world), env2, m),
        );
      case "Reset": {
        if (node.tag === null) return ev(node.body, env, end, delimit(PLAIN, seal(k, env), meta));
        return ev(
          node.tag,
          env,
          into((tag, env2, m) =>
            isError(tag) ? goOn(k, tag, env2, m) : ev(node.body, env2, end, delimit(tag, seal(k, env2), m)),
          ),
          meta,
        );
      }
      case "Shift": {
        if (node.tag === null) return shift(PLAIN, node, env, k, meta);
        return ev(
          node.tag,
          env,
          into((tag, env2, m) => (isError(tag) ? goOn(k, tag, env2, m) : shift(tag, node, env2, k, m))),
          meta,
        );
      }
      case "Handle": {
        const handler = { clauses: node.clauses, env };
        return ev(node.body, env, end, { tag: HANDLER, k: seal(k, env), next: meta, cleanup: null, handler });
      }
      case "Async":
        return world.spawn(() => ev(node.body, openFrame(node.scope, env), end, inherited(meta, end)), k, env, meta);
      case "Scope":
        return world.structure.scope(
          (scope, ended, m) => {
            const frame = openFrame(node.scope, env) as Env & { kind: "frame" };
            return ev(node.body, withParameter(frame, frame, node.name, scope), ended, m);
          },
          k,
          env,
          meta,
        );
      case "Spawn":
        return ev(
          node.parent,
          env,
          into((parent, env2, m) => {
            const child = () => ev(node.body, openFrame(node.scope, env2), end, inherited(m, end));
            return world.structure.spawn(parent, child, k, env2, m);
          }),
          meta,
        );
      case "With":
        return evAll([node.key, node.value], env, meta, ([key, value], env2, m) =>
          world.structure.local(key, value, (m2) => ev(node.body, env2, end, m2), k, env2, m),
        );
      case "Deadline":
        return ev(
          node.ms,
          env,
          into((ms, env2, m) => world.structure.deadline(ms, (m2) => ev(node.body, env2, end, m2), k, env2, m)),
          meta,
        );
      case "Try":
        return ev(
          node.body,
          env,
          into((v, _env, m) => {
            if (!isError(v)) return goOn(k, v, env, m);
            const frame = openFrame(node.scope, env) as Env & { kind: "frame" };
            return ev(node.handler, withParameter(frame, frame, node.name, v), seal(k, env), m);
          }),
          meta,
        );
      case "Ensure": {
        const cleanup = (after: K, m: M | null): Step => ev(node.cleanup, env, after, m);
        return ev(node.body, env, end, { tag: CLEANUP, k: seal(k, env), next: meta, cleanup });
      }
      case "Home": {
        const module = node.phase ?? world.moduleAt(node.path);
        const home: Env = module === undefined ? env : { kind: "module", module };
        return goOn(k, lookup(home, node.name, world.prelude), env, meta);
      }
      case "Quasi":
        return ev(node.node(), env, k, meta);
      case "Penv": {
        const names = namesOfFrame(env).reverse();
        const bound = names.flatMap((name): Value[] => {
          const value = lookup(env, name, world.prelude);
          return isError(value) && value.message === `unbound symbol ${name}` ? [] : [list(sym(name), value)];
        });
        return goOn(k, list(...bound), env, meta);
      }
      case "Import":
        return world.importNames(node, env, seal(k, env), meta);
      case "JsImport":
        return goOn(k, nil, env, meta); // hoisted
      case "Load":
        return world.load(node.path, env, seal(k, env), meta);
      default:
        return node satisfies never;
    }
  };

  const { select, choose, logic } = choices(ev, world);

  /** `eval` as a value sees the globals of the module that names it. */
  const readName = (node: Of<"Ref">, env: Env): Value => {
    const value = lookup(env, node.name, world.prelude, node.own);
    return value === world.prelude.get("eval") ? evaluatorOf(moduleOf(env)) : value;
  };
  const evaluators = new Map<Module, Value>();
  const evaluatorOf = (module: Module): Value => {
    const made =
      evaluators.get(module) ?? world.evaluator((x, k, m) => evaluation(x, k, { kind: "module", module }, m));
    evaluators.set(module, made);
    return made;
  };
  /** "every other eval runs in a frame of its own" */
  const evaluation = (x: Value, k: K, env: Env, meta: M | null): Step => {
    if (x instanceof Sym) {
      const keyword: boolean = isKeyword(x);
      return goOn(k, keyword ? x : lookup(env, x.name, world.prelude), env, meta);
    }
    if (!isList(x) || x === nil) return goOn(k, x, env, meta);
    const run = runOf(x, env, (name) => world.prelude.has(name), world.around);
    return ev(run.body, openFrame(run.scope, run.env), k, meta);
  };

  /** Evaluates nodes left to right, each in the environment the one before left. */
  const evAll = (
    nodes: readonly Node[],
    env: Env,
    meta: M | null,
    done: (values: readonly Value[], env: Env, meta: M | null) => Step,
  ): Step => {
    const from = (before: readonly Value[], env1: Env, m1: M | null): Step => {
      let values = before;
      for (;;) {
        if (values.length === nodes.length) return done(values, env1, m1);
        const node = nodes[values.length];
        if (node.kind === "Const")
          values = [...values, node.value]; // constants and names need no continuation
        else if (node.kind === "Ref") values = [...values, readName(node, env1)];
        else
          return ev(
            node,
            env1,
            into((v, env2, m2) => from([...values, v], env2, m2)),
            m1,
          );
      }
    };
    return from([], env, meta);
  };

  /** "A sequence stops at the first non-last expression whose value is an Error, and that is its value" */
  const sequence = (items: readonly Node[], i: number, env: Env, k: K, meta: M | null): Step =>
    i === items.length - 1
      ? ev(items[i], env, k, meta)
      : ev(
          items[i],
          env,
          into((v, env2, m) => (isError(v) ? goOn(k, v, env2, m) : sequence(items, i + 1, env2, k, m))),
          meta,
        );

  const closure = (node: Of<"Lambda">, env: Env): Fn =>
    functionValue(node.name, node.rest === null ? node.params.length : -1 - node.params.length, {
      kind: "closure",
      node,
      env,
    });

  const assignment = (node: Of<"Assign">, env: Env, k: K, meta: M | null): Step => {
    // A binding whose value is literally a lambda sees itself by value: the knot is tied before anybody can look.
    const values = node.values.map((value, i): Node | { kind: "Knot"; node: Of<"Lambda">; name: string } =>
      value.kind === "Lambda" && bindsByValue(env, node.names[i])
        ? { kind: "Knot", node: value, name: node.names[i] }
        : value,
    );
    const from = (done: readonly Value[], env1: Env, m1: M | null): Step => {
      const next = values[done.length];
      if (next === undefined)
        return goOn(
          k,
          nil,
          node.names.reduce((e, name, i) => assign(e, name, done[i]), env1),
          m1,
        );
      if (next.kind === "Knot") {
        const self = { kind: "value" as const, name: next.name, value: nil as Value, next: env1 };
        self.value = closure(next.node, self);
        return from([...done, self.value], env1, m1);
      }
      return ev(
        next,
        env1,
        into((v, env2, m2) => from([...done, v], env2, m2)),
        m1,
      );
    };
    return from([], env, meta);
  };

  // ---- continuations ----

  /** "captures up to the nearest one"; "the body of shift runs under the delimiter" */
  const shift = (tag: Value, node: Of<"Shift">, env: Env, k: K, meta: M | null): Step => {
    const between: M[] = [];
    let base = meta;
    while (
      base !== null &&
      !(
        base.cleanup === null &&
        (base.tag === tag || (tag !== PLAIN && base.tag !== PLAIN && world.equal(base.tag, tag)))
      )
    ) {
      between.push(base);
      base = base.next;
    }
    if (base === null)
      // "A capture that would cross a foreign JS frame is an Error that says so."
      return goOn(
        k,
        error(world.nested() ? "shift: cannot capture across a JavaScript frame" : "shift: no enclosing reset"),
        env,
        meta,
      );
    const at = base.tag,
      here = seal(k, env);
    // "`k` is an ordinary function of one argument"; "calling k reinstates [the delimiter]"
    const resume = functionValue("k", 1, {
      kind: "control",
      run: (args, k2, env2, m2) => {
        const inner = between.reduceRight<M>((m, entry) => ({ ...entry, next: m }), delimit(at, seal(k2, env2), m2));
        return goOn(here, args[0], env2, inner);
      },
    });
    // A shift that never mentions k aborts: the cleanups it leaves behind run, innermost first, before the delimiter is reached.
    const under = node.aborts ? dropped(between, end, base) : base;
    return ev(node.body, { kind: "value", name: node.k, value: resume, next: env, k: true }, end, under);
  };

  /** The handler with another continuation above. */
  const above = (handler: M, to: K, next: M | null): M => {
    const { aborted } = handler;
    return aborted === undefined
      ? { ...handler, k: to, next }
      : { ...handler, k: aborted.runs(to), aborted: { ...aborted, to }, next };
  };

  /** "deep, multi-shot": the clause runs outside of its handler, and its k brings the handler back. */
  const perform = (operation: Value, value: Value, k: K, env: Env, meta: M | null): Step => {
    const between: M[] = [];
    for (let at = meta; at !== null; at = at.next) {
      const clause = at.handler?.clauses.find((c) => c.operation === operation);
      if (at.handler === undefined || clause === undefined) {
        between.push(at);
        continue;
      }
      const found = at,
        after = at.aborted?.to ?? at.k,
        here = seal(k, env);
      const resume = functionValue("k", 1, {
        kind: "control",
        run: (args, k2, env2, m2) => {
          // In tail position: a handler on top of an equal one is that one.
          const again: M = k2 === after && m2 === found.next ? found : above(found, seal(k2, env2), m2);
          const inner = between.reduceRight<M>((m, entry) => ({ ...entry, next: m }), again);
          return goOn(here, args[0], env2, inner);
        },
      });
      const { env: around } = at.handler;
      const run = (to: K, m: M | null): Step => {
        const frame = openFrame(clause.scope, around) as Env & { kind: "frame" };
        const inner = withParameter(frame, withParameter(frame, frame, clause.value, value), clause.k, resume);
        return ev(clause.body, inner, to, m);
      };
      // A clause that never mentions k aborts: the cleanups it leaves behind run first, innermost first, within the handler.
      if (!clause.aborts || between.every((e) => e.cleanup === null)) return run(after, found.next);
      const runs = (to: K): K => ({
        sealed: true,
        run: (v, e, m) => (isError(v) ? goOn(to, v, e, m) : run(to, m)),
      });
      const closing: M = { ...found, k: runs(after), aborted: { to: after, runs } };
      return goOn(end, nil, env, dropped(between, end, closing));
    }
    return goOn(k, error(`Unhandled effect: ${world.show(operation)}`), env, meta);
  };

  // ---- calls ----

  const apply = (f: Value, args: readonly Value[], k: K, env: Env, meta: M | null): Step => {
    const result = (v: Value): Step => goOn(k, v, env, meta);
    // "Head position ...: result E"; "Calling a non-function is an Error that shows what was called"
    if (typeof f !== "function")
      return result(args.length === 0 || isError(f) ? f : error(`not a function: ${world.show(f)}`));
    const fn = f as Fn,
      given = args.length,
      n = fn.$n,
      limits = fn.$native;
    if (limits !== undefined) {
      // "Native builtins do not [curry]: too few is an Error"
      if (given < limits.min || given > limits.max)
        return result(arityError(limits.name, limits.min, limits.max, given));
      const own = codeOf(fn);
      return own?.kind === "control" ? own.run(args, k, env, meta) : result(fn(...args));
    }
    if (n === undefined) return result(world.foreign(fn, args));
    const code = codeOf(fn);
    const fixed = n < 0 ? -1 - n : n;
    if (given > fixed && n >= 0) return result(arityError(nameOf(fn), n, n, given));
    // "too few arguments give a partial application, none gives the function back (for `{x & rest}` too)"
    if (given < fixed) return result(given === 0 ? fn : partial(fn, args));
    if (code === undefined) return result(fn(...args)); // a library function that curries, but is native
    switch (code.kind) {
      case "partial":
        return apply(code.f, [...code.args, ...args], k, env, meta);
      case "control":
        return code.run(args, k, env, meta);
      case "closure": {
        const frame = openFrame(code.node.scope, code.env) as Env & { kind: "frame" };
        let inner: Env = frame;
        for (const [i, name] of code.node.params.entries()) inner = withParameter(frame, inner, name, args[i]);
        if (code.node.rest !== null)
          inner = withParameter(
            frame,
            inner,
            code.node.rest,
            args.slice(fixed).reduceRight<List>((l, x) => cons(x, l), nil),
          );
        return ev(code.node.body, inner, k, meta);
      }
    }
  };

  return { ev, apply, perform, end, closure };
};
