/** The special forms: how each one's arguments are read (LANGUAGE 3, 5, 6, 7). */
import {
  formFromArray,
  fromArray,
  isBraces,
  isList,
  type List,
  nil,
  toArray,
  type Value,
} from "../../runtime/kernel/list.ts";
import { isKeyword, Sym } from "../../runtime/kernel/symbol.ts";
import { computedBinding, computedBody, computedLambda, computedLet, isComputed } from "./computed.ts";
import {
  type Context,
  constant,
  expand,
  expandBodies,
  expandBody,
  expandBranch,
  FIXED,
  inFrame,
  isBraceList,
  isOtherwise,
  sequence,
} from "./expand.ts";
import { exportForm, importForm, js, newForm } from "./javascript-forms.ts";
import type { Env } from "./machine.ts";
import { isName, marksOf } from "./macros.ts";
import { quasiquote } from "./quasiquote.ts";
import { homeOf } from "./quoted.ts";
import type { HandlerClause, Node, Scope } from "./syntax.ts";

/** Reads the arguments of a form. `name` is the name it was called by. */
export type Form = (args: readonly Value[], ctx: Context, name: string) => Node;

/** "Malformed special forms: ... an Error value at run time" */
export const malformed = (message: string): Node => ({ kind: "Fail", message });
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
export const wrongCount = (name: string, expected: string, given: number): Node =>
  malformed(`${name}: expected ${expected}, got ${given}`);

/** The names in a literal list of symbols, or null. */
export const namesIn = (datum: Value): string[] | null => {
  if (!isBraceList(datum)) return null;
  const items = toArray(datum);
  return items.every((i) => i instanceof Sym && !isKeyword(i)) ? items.map((i) => (i as Sym).name) : null;
};
/** The same where no `&` may stand. */
const bindable = (datum: Value): string[] | null => {
  const names = namesIn(datum);
  return names?.includes("&") === true ? null : names;
};

// ---- binding ----

/** The names a `=` or `def` binds, entered where the frame or the module counts them. */
const declare = (names: readonly string[], ctx: Context, global: boolean, list: Value = nil): void => {
  if (!global && isList(list)) for (const mark of marksOf(toArray(list))) ctx.scope?.marks.add(mark);
  for (const name of names) {
    if (global || ctx.scope === null) ctx.globals.add(name);
    else ctx.scope.assigned.set(name, (ctx.scope.assigned.get(name) ?? 0) + 1);
  }
};

const binding =
  (kind: "Assign" | "Define"): Form =>
  (args, ctx, name) => {
    if (args.length > 1 && isComputed(args[0])) return computedBinding(kind === "Assign" ? "=" : "def", args, ctx);
    const names = args.length === 0 ? null : bindable(args[0]);
    if (names === null || names.length === 0) return malformed(`${name}: expected names in braces`);
    const fixed = names.find((n) => FIXED.has(n));
    if (fixed !== undefined) return malformed(`${name}: ${fixed} cannot be rebound`);
    if (names.length !== args.length - 1)
      return malformed(`${name}: expected ${count(names.length, "value")}, got ${args.length - 1}`);
    declare(names, ctx, kind === "Define", args[0]);
    return { kind, names, values: args.slice(1).map((value, i) => named(value, names[i], ctx)) };
  };

/** A value; a literal lambda is told its name. */
const named = (value: Value, name: string, ctx: Context): Node => {
  const node = expand(value, ctx);
  return node.kind === "Lambda" ? { ...node, name: name.split(" ")[0] } : node;
};

const lambdaOf = (
  form: string,
  name: string,
  params: readonly string[],
  body: Value,
  ctx: Context,
  marks: readonly string[],
): Node => {
  const fixed = params.find((p) => FIXED.has(p));
  if (fixed !== undefined) return malformed(`${form}: ${fixed} cannot be rebound`);
  // "an `&` not followed by exactly one last name is an Error when the lambda is made"
  const amp = params.indexOf("&");
  if (amp >= 0 && (amp !== params.length - 2 || params[amp + 1] === "&"))
    return malformed(`${form}: expected exactly one name after &`);
  if (!isBraceList(body)) return malformed(`${form}: expected a body in braces`);
  const twice = params.find((param, i) => param !== "_" && params.indexOf(param) < i);
  if (twice !== undefined) return malformed(`${form}: two parameters are called ${twice}`);
  const rest = amp >= 0 ? params[amp + 1] : null;
  const fixedParams = amp >= 0 ? params.slice(0, amp) : params;
  const all = rest === null ? fixedParams : [...fixedParams, rest];
  const { scope, result } = inFrame(all, ctx, (inner) => expandBody(body, inner), marks);
  return { kind: "Lambda", scope, name, params: fixedParams, rest, body: result };
};

const lambda: Form = (args, ctx, name) => {
  if (args.length !== 2) return wrongCount(name, "2 arguments", args.length);
  if (isComputed(args[0]) || isComputed(args[1])) return computedLambda("\\", args, ctx);
  const params = namesIn(args[0]);
  return params === null
    ? malformed(`${name}: expected a parameter list in braces`)
    : lambdaOf(name, "\\", params, args[1], ctx, marksOf(toArray(args[0] as List)));
};

/** "`(fun {f x y} {body})` is `def` of a lambda" */
const fun: Form = (args, ctx, name) => {
  if (args.length !== 2) return wrongCount(name, "2 arguments", args.length);
  if (isComputed(args[0]) || (isBraceList(args[0]) && isComputed(args[1]))) return computedLambda("fun", args, ctx);
  const names = namesIn(args[0]);
  if (names === null || names.length === 0 || names[0] === "&")
    return malformed(`${name}: expected a name and parameters in braces`);
  if (FIXED.has(names[0])) return malformed(`${name}: ${names[0]} cannot be rebound`);
  declare([names[0]], ctx, true);
  const value = lambdaOf(name, names[0], names.slice(1), args[1], ctx, marksOf(toArray(args[0] as List)));
  return value.kind === "Fail" ? value : { kind: "Define", names: [names[0]], values: [value] };
};

/** "let {body} opens a frame that sees the locals around it; (let {x 10 y 20} {body}) binds in sequence first" */
const letForm: Form = (args, ctx, name) => {
  if (args.length !== 1 && args.length !== 2) return wrongCount(name, "1 or 2 arguments", args.length);
  const computed = args.length === 2 && isComputed(args[0]);
  const pairs = args.length === 1 || computed ? [] : isBraceList(args[0]) ? toArray(args[0]) : null;
  if (pairs === null || pairs.length % 2 === 1 || !pairs.every((p, i) => i % 2 === 1 || isName(p)))
    return malformed(`${name}: expected names and values in braces`);
  const body = args[args.length - 1];
  if (!isBraceList(body) && !isComputed(body)) return malformed(`${name}: expected a body in braces`);
  if (computed) return computedLet(args, ctx);
  const { scope, result } = inFrame([], ctx, (inner) => {
    const steps: Node[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const names = [(pairs[i] as Sym).name];
      declare(names, inner, false, fromArray([pairs[i]]));
      steps.push({ kind: "Assign", names, values: [named(pairs[i + 1], names[0], inner)] });
    }
    return sequence([...steps, isBraceList(body) ? expandBody(body, inner) : computedBody(body, inner)]);
  });
  return { kind: "Frame", scope, body: result };
};

// ---- choices ----

const ifForm: Form = (args, ctx, name) => {
  if (args.length !== 2 && args.length !== 3) return wrongCount(name, "2 or 3 arguments", args.length);
  const [test, then, otherwise] = [expand(args[0], ctx), expandBranch(args[1], ctx), expandBranch(args[2] ?? nil, ctx)];
  return { kind: "If", test, then, else: otherwise };
};

const when =
  (positive: boolean): Form =>
  (args, ctx, name) => {
    if (args.length === 0) return wrongCount(name, "at least 1 argument", 0);
    const test = expand(args[0], ctx),
      body = expandBodies(args.slice(1), ctx);
    return positive
      ? { kind: "If", test, then: body, else: constant(nil) }
      : { kind: "If", test, then: constant(nil), else: body };
  };

const clausesOf = (data: readonly Value[], ctx: Context) => {
  const pairs = data.map((clause) => (isBraceList(clause) ? toArray(clause) : []));
  return pairs.every((p) => p.length === 2)
    ? pairs.map((p) => ({
        otherwise: isOtherwise(p[0], ctx),
        test: expand(p[0], ctx),
        result: expandBranch(p[1], ctx),
      }))
    : null;
};

const select: Form = (args, ctx, name) => {
  const clauses = clausesOf(args, ctx);
  return clauses === null ? malformed(`${name}: expected {condition result} clauses`) : { kind: "Select", clauses };
};

const caseForm: Form = (args, ctx, name) => {
  if (args.length === 0) return wrongCount(name, "at least 1 argument", 0);
  const subject = expand(args[0], ctx),
    clauses = clausesOf(args.slice(1), ctx);
  return clauses === null ? malformed(`${name}: expected {key result} clauses`) : { kind: "Case", subject, clauses };
};

const logic =
  (op: "and" | "or"): Form =>
  (args, ctx) => ({ kind: "Logic", op, items: args.map((a) => expand(a, ctx)) });

// ---- control ----

const reset: Form = (args, ctx) => ({ kind: "Reset", tag: null, body: expandBodies(args, ctx) });
const resetAt: Form = (args, ctx, name) =>
  args.length === 0
    ? wrongCount(name, "at least 1 argument", 0)
    : { kind: "Reset", tag: expand(args[0], ctx), body: expandBodies(args.slice(1), ctx) };

/** "(shift k body...) / (shift {k} {body})" */
const shiftOf = (tag: Node | null, args: readonly Value[], ctx: Context, name: string, given: number): Node => {
  if (args.length < 2) return wrongCount(name, `at least ${tag === null ? 2 : 3} arguments`, given);
  const names = isName(args[0]) ? [args[0].name] : bindable(args[0]);
  if (names === null || names.length !== 1) return malformed(`${name}: expected a name for the continuation`);
  const [mark = null] = marksOf(args[0] instanceof Sym ? [args[0]] : toArray(args[0] as List));
  const local = { name: names[0], used: false, mark };
  const body = expandBodies(args.slice(1), { ...ctx, locals: [...ctx.locals, local] });
  return { kind: "Shift", tag, k: names[0], aborts: !local.used, body };
};
const shift: Form = (args, ctx, name) => shiftOf(null, args, ctx, name, args.length);
const shiftAt: Form = (args, ctx, name) =>
  args.length === 0
    ? wrongCount(name, "at least 3 arguments", 0)
    : shiftOf(expand(args[0], ctx), args.slice(1), ctx, name, args.length);

/** "(with-handler {(Eff/op {v k} body)...} {body})" */
const withHandler: Form = (args, ctx, name) => {
  if (args.length < 2) return wrongCount(name, "at least 2 arguments", args.length);
  if (!isBraceList(args[0])) return malformed(`${name}: expected clauses in braces`);
  const clauses: HandlerClause[] = [];
  for (const clause of toArray(args[0])) {
    const [operation, names, ...body] = isList(clause) ? toArray(clause) : [];
    const params = names === undefined ? null : bindable(names);
    if (
      !(operation instanceof Sym) ||
      params === null ||
      params.length !== 2 ||
      (params[0] === params[1] && params[0] !== "_") ||
      body.length === 0
    )
      return malformed(`${name}: expected clauses (operation {value continuation} body)`);
    if (clauses.some((c) => c.operation === operation)) return malformed(`${name}: two clauses for ${operation.name}`);
    const k = { name: params[1], used: false, mark: null };
    const { scope, result } = inFrame([params[0]], ctx, (inner) => {
      (inner.scope as Scope).params.add(k.name);
      return expandBodies(body, { ...inner, locals: [...inner.locals, k] });
    });
    scope.params.add(k.name);
    clauses.push({ operation, scope, value: params[0], k: k.name, aborts: !k.used, body: result });
  }
  return { kind: "Handle", clauses, body: expandBodies(args.slice(1), ctx) };
};

const asyncForm: Form = (args, ctx) => {
  const { scope, result } = inFrame([], ctx, (inner) => expandBodies(args, inner));
  return { kind: "Async", scope, body: result };
};

const variableIn = (datum: Value): string | null => {
  if (!(datum instanceof Sym)) return null;
  return datum.name.startsWith(":") ? null : datum.name;
};
/** A function of no arguments. Its frame is that of the names it binds. */
const thunk = (ctx: Context, inside: (inner: Context) => Node): Node => {
  const { scope, result } = inFrame([], ctx, inside);
  return { kind: "Lambda", scope, name: "\\", params: [], rest: null, body: result };
};
const builtin = (name: string, ...args: readonly Node[]): Node => ({
  kind: "Call",
  parts: [{ kind: "Ref", name }, ...args],
});
/** Binds names to the elements of the list that `values` gives, and goes on; an Error that it gives is the result. */
const bindAll = (names: readonly string[], values: Node, ctx: Context, rest: () => Node): Node => {
  declare(names, ctx, false);
  const list: Node = { kind: "Ref", name: " values" };
  let from: Node = list;
  const elements = names.map((_, i) => {
    if (i > 0) from = builtin("tail", from);
    return builtin("head", from);
  });
  const bind: Node = { kind: "Assign", names, values: elements };
  // A name that no program can write. It keeps its value only until the names are bound.
  declare([" values"], ctx, false);
  return sequence([
    { kind: "Assign", names: [" values"], values: [values] },
    { kind: "If", test: builtin("error?", list), then: list, else: sequence([bind, rest()]) },
  ]);
};

/** "(aio/let {((a h1) (b h2) :then (c (f a)))} {body}), also with one pair of braces less ... Both give a Handle" */
const aioLet: Form = (args, ctx, name) => {
  if (args.length !== 2) return wrongCount(name, "2 arguments", args.length);
  const wrong = malformed(`${name}: expected (name handle) pairs in braces`);
  if (!isList(args[0])) return wrong;
  let items = toArray(args[0]);
  const only = items[0];
  if (items.length === 1 && isList(only) && isList(only.head)) items = toArray(only);
  const groups: { name: string; value: Value }[][] = [[]];
  for (const item of items) {
    if (item instanceof Sym && item.name === ":then") groups.push([]);
    else {
      const pair = isList(item) ? toArray(item) : [];
      const variable = variableIn(pair[0]);
      if (pair.length !== 2 || variable === null) return wrong;
      groups[groups.length - 1].push({ name: variable, value: pair[1] });
    }
  }
  const from = (i: number, inner: Context): Node => {
    if (i === groups.length) return expandBranch(args[1], inner);
    if (groups[i].length === 0) return from(i + 1, inner);
    const values = groups[i].map(({ value }) => thunk(inner, (own) => expand(value, own)));
    const names = groups[i].map((b) => b.name);
    return bindAll(names, builtin("aio/let group", ...values), inner, () => from(i + 1, inner));
  };
  return builtin(
    "aio/let of",
    thunk(ctx, (inner) => from(0, inner)),
  );
};

/** "(aio/do {s (<- v h) ...}) sequential, (v <- h) the same" */
const aioDo: Form = (args, ctx, name) => {
  if (args.length !== 1) return wrongCount(name, "1 argument", args.length);
  if (!isBraceList(args[0]) || args[0] === nil) return malformed(`${name}: expected statements in braces`);
  const body = args[0] as List;
  const statements = isList(body.head) ? toArray(body) : [formFromArray(toArray(body))];
  const arrow = (x: Value): boolean => x instanceof Sym && x.name === "<-";
  const itemsOf = (statement: Value): Value[] => (isList(statement) ? toArray(statement) : []);
  for (const items of statements.map(itemsOf)) {
    const bound = arrow(items[0]) ? items[1] : arrow(items[1]) ? items[0] : null;
    if (bound !== null && (items.length !== 3 || variableIn(bound) === null))
      return malformed(`${name}: expected (<- name handle)`);
  }
  const from = (i: number, inner: Context): Node => {
    const items = itemsOf(statements[i]);
    const last = i === statements.length - 1;
    const bound = arrow(items[0]) ? items[1] : arrow(items[1]) ? items[0] : null;
    if (bound === null) {
      const node = expand(statements[i], inner);
      return last ? node : sequence([node, from(i + 1, inner)]);
    }
    const variable = variableIn(bound) as string;
    const value = builtin("aio/do value", expand(items[2], inner));
    return bindAll([variable], value, inner, () => (last ? { kind: "Ref", name: variable } : from(i + 1, inner)));
  };
  return builtin(
    "aio/let of",
    thunk(ctx, (inner) => from(0, inner)),
  );
};

/** "(try {body} {e handler}) runs handler with the Error bound"; "A new frame: ... a `try` handler" */
const tryForm: Form = (args, ctx, name) => {
  if (args.length !== 2) return wrongCount(name, "2 arguments", args.length);
  const clause = isBraceList(args[1]) ? (args[1] as List) : nil;
  if (clause === nil || !isName(clause.head)) return malformed(`${name}: expected a name and a handler in braces`);
  const variable = clause.head.name,
    rest = clause.tail;
  const { scope, result } = inFrame(
    [variable],
    ctx,
    (inner) => (rest !== nil && isList(rest.head) ? expandBodies(toArray(rest), inner) : expandBody(rest, inner)),
    marksOf([clause.head]),
  );
  return { kind: "Try", body: expandBranch(args[0], ctx), scope, name: variable, handler: result };
};

/** "(scope {s body})": the body as in a try handler; "a new frame: ... scope, spawn" */
const scopeForm: Form = (args, ctx, name) => {
  if (args.length !== 1) return wrongCount(name, "1 argument", args.length);
  const code = isBraceList(args[0]) ? (args[0] as List) : nil;
  if (code === nil || !isName(code.head)) return malformed(`${name}: expected a name and a body in braces`);
  const variable = code.head.name,
    rest = code.tail;
  const { scope, result } = inFrame([variable], ctx, (inner) =>
    rest !== nil && isList(rest.head) ? expandBodies(toArray(rest), inner) : expandBody(rest, inner),
  );
  return { kind: "Scope", scope, name: variable, body: result };
};
const spawnForm: Form = (args, ctx, name) => {
  if (args.length < 2) return wrongCount(name, "at least 2 arguments", args.length);
  const parent = expand(args[0], ctx);
  const { scope, result } = inFrame([], ctx, (inner) => expandBodies(args.slice(1), inner));
  return { kind: "Spawn", parent, scope, body: result };
};

/** "(ctx/with key val body...), (ctx/with-deadline ms body...) give the last body's value (body rule, none: nil)"; no frame */
const ctxWith: Form = (args, ctx, name) =>
  args.length < 2
    ? wrongCount(name, "at least 2 arguments", args.length)
    : {
        kind: "With",
        key: expand(args[0], ctx),
        value: expand(args[1], ctx),
        body: expandBodies(args.slice(2), ctx),
      };
const ctxDeadline: Form = (args, ctx, name) =>
  args.length < 1
    ? wrongCount(name, "at least 1 argument", args.length)
    : { kind: "Deadline", ms: expand(args[0], ctx), body: expandBodies(args.slice(1), ctx) };

const ensure: Form = (args, ctx, name) =>
  args.length !== 2
    ? wrongCount(name, "2 arguments", args.length)
    : { kind: "Ensure", body: expandBranch(args[0], ctx), cleanup: expandBranch(args[1], ctx) };

// ---- quoting, eval, load ----

/**
 * Code that runs has its frame; lists that it quotes are plain data, as they are in a program. Lists that were put into it are
 * what they are.
 */
const plain = (value: Value, home: Env | undefined): Value => {
  if (!isList(value) || value === nil || home === undefined || homeOf(value) !== home) return value;
  const items = toArray(value).map((item) => plain(item, home));
  return isBraces(value) ? fromArray(items) : formFromArray(items);
};
const quote: Form = (args, ctx, name) =>
  args.length === 1 ? constant(plain(args[0], ctx.own ?? ctx.home)) : wrongCount(name, "1 argument", args.length);
const unquoted: Form = (_args, _ctx, name) => malformed(`${name}: only inside a quasiquote`);

const call = (name: string, args: readonly Value[], ctx: Context): Node =>
  args.length === 0
    ? { kind: "Force", expr: { kind: "Ref", name } }
    : { kind: "Call", parts: [{ kind: "Ref", name }, ...args.map((a) => expand(a, ctx))] };
/** "(eval {literal}) is inline code of the current frame" */
const evalForm: Form = (args, ctx, name) =>
  args.length !== 1
    ? call(name, args, ctx)
    : isBraceList(args[0])
      ? expandBody(args[0], ctx)
      : evaluation(args[0], ctx);
/** Everything around may be asked for. */
const evaluation = (value: Value, ctx: Context): Node => {
  ctx.onEval?.();
  for (const local of ctx.locals) local.used = true;
  return { kind: "Eval", value: expand(value, ctx) };
};
const load: Form = (args, ctx, name) =>
  args.length === 1 && typeof args[0] === "string" ? { kind: "Load", path: args[0] } : call(name, args, ctx);

/** A definition of a macro that is none, because of where it stands. */
const macroForm =
  (where: string): Form =>
  (_args, ctx, name) =>
    malformed(
      `${name}: ${ctx.evaluated ? "only at the top level of a file; code that is evaluated can load one" : where}`,
    );

export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["quote", quote],
  ["quasiquote", quasiquote],
  ["unquote", unquoted],
  ["unquote-splicing", unquoted],
  ["=", binding("Assign")],
  ["def", binding("Define")],
  ["\\", lambda],
  ["fun", fun],
  ["let", letForm],
  ["if", ifForm],
  ["when", when(true)],
  ["unless", when(false)],
  ["select", select],
  ["case", caseForm],
  ["and", logic("and")],
  ["or", logic("or")],
  ["do", (args, ctx) => sequence(args.map((a) => expand(a, ctx)))],
  ["reset", reset],
  ["reset-at", resetAt],
  ["async-reset", reset],
  ["shift", shift],
  ["shift-at", shiftAt],
  ["async-shift", shift],
  ["with-handler", withHandler],
  ["async", asyncForm],
  ["scope", scopeForm],
  ["spawn", spawnForm],
  ["ctx/with", ctxWith],
  ["ctx/with-deadline", ctxDeadline],
  ["aio/let", aioLet],
  ["aio/do", aioDo],
  ["try", tryForm],
  ["ensure", ensure],
  [
    "penv",
    (args, ctx, name) => {
      for (const local of ctx.locals) local.used = true;
      return args.length === 0 ? { kind: "Penv" } : wrongCount(name, "0 arguments", args.length);
    },
  ],
  ["eval", evalForm],
  ["load", load],
  ["js", js],
  ["new", newForm],
  ["import", importForm],
  ["export", exportForm],
  ["macro", macroForm("only as the value of a def at the top level of a module")],
  ["defmacro", macroForm("only at the top level of a module")],
]);
