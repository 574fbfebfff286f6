/** "`\ def = fun let` accept an expression where a literal list is usual: it must give a list of symbols, or a body" (LANGUAGE 3). */
import { error, isError } from "../../runtime/kernel/error.ts";
import { type Fn, native } from "../../runtime/kernel/function.ts";
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
import { show } from "../../runtime/kernel/show.ts";
import { isKeyword, Sym, sym } from "../../runtime/kernel/symbol.ts";
import { type Context, constant, expand, isBraceList } from "./expand.ts";
import { assignComputed, type Env, goOn, type K, type M, type Step } from "./machine.ts";
import { ANY, type Node, type Of } from "./syntax.ts";

const isName = (value: Value): value is Sym => value instanceof Sym && !isKeyword(value);

/** Is the datum an expression where a literal list is usual? */
export const isComputed = (datum: Value): boolean => isName(datum) || (isList(datum) && !isBraceList(datum));

/** The names that the value stands for, or the Error that it is none. */
export const namesGiven = (form: string, value: Value): readonly string[] | Error => {
  if (isError(value)) return value;
  const items = isName(value) ? [value] : isList(value) ? toArray(value) : null;
  return items?.every(isName) && (items.length > 0 || form === "\\")
    ? items.map(({ name }) => name)
    : error(`${form}: expected a list of names, got ${show(value)}`);
};

/** `=` and `def`. */
export const computedBinding = (form: "=" | "def", args: readonly Value[], ctx: Context): Node => {
  if (form === "def" || ctx.scope === null) ctx.onEval?.();
  else ctx.scope.assigned.set(ANY, 1);
  // It is run as evaluated code, which sees all the names around it.
  for (const local of ctx.locals) local.used = true;
  return {
    kind: "Bind",
    form,
    list: expand(args[0], ctx),
    values: args.slice(1).map((value) => expand(value, ctx)),
  };
};

/** The parts, evaluated in order up to the first Error, and then what `build` puts together of them as code. */
const code = (parts: readonly Node[], ctx: Context, build: (...values: Value[]) => Value): Node => {
  ctx.onEval?.();
  for (const local of ctx.locals) local.used = true;
  const builder = native(
    "code",
    parts.length,
    parts.length,
    (...values: Value[]): Value => values.find(isError) ?? build(...values),
  );
  return { kind: "Eval", value: { kind: "Call", parts: [constant(builder as Fn), ...parts] } };
};
const part = (datum: Value, ctx: Context): Node =>
  isList(datum) && datum !== nil && isBraces(datum) ? { kind: "Const", value: datum } : expand(datum, ctx);
const bodyOf = (form: string, value: Value): Value =>
  isList(value)
    ? value === nil || isBraces(value)
      ? value
      : fromArray([value])
    : error(`${form}: expected a list, as in braces, got ${show(value)}`);
const lambdaCode = (params: Value, body: Value): Value => formFromArray([sym("\\"), params, body]);

export const computedLambda = (form: "\\" | "fun", args: readonly Value[], ctx: Context): Node =>
  code([part(args[0], ctx), expand(args[1], ctx)], ctx, (list, body) => {
    const names = isBraceList(args[0]) ? null : namesGiven(form, list);
    const run = bodyOf(form, body);
    if (isError(names as Value)) return names;
    if (isError(run)) return run;
    const all: readonly Value[] = Array.isArray(names) ? names.map(sym) : toArray(list as List);
    return form === "\\"
      ? lambdaCode(fromArray(all), run)
      : formFromArray([sym("def"), fromArray(all.slice(0, 1)), lambdaCode(fromArray(all.slice(1)), run)]);
  });

export const computedBody = (datum: Value, ctx: Context): Node =>
  code([expand(datum, ctx)], ctx, (body) => bodyOf("let", body));

export const computedLet = (args: readonly Value[], ctx: Context): Node =>
  code([expand(args[0], ctx), expand(args[1], ctx)], ctx, (list, body) => {
    if (!isList(list)) return error(`let: expected names and values, got ${show(list)}`);
    const run = bodyOf("let", body);
    if (isError(run)) return run;
    const items = toArray(list);
    const steps: Value[] = [];
    for (let i = 0; i < items.length; i += 2) {
      if (!isName(items[i]) || i + 1 === items.length)
        return error(`let: expected names and values, got ${show(list)}`);
      steps.push(formFromArray([sym("="), fromArray([items[i]]), items[i + 1]]));
    }
    const called = (inside: Value): Value => formFromArray([lambdaCode(nil, inside)]);
    return fromArray([called(fromArray([...steps, called(run)]))]);
  });

type Evaluate = (node: Node, env: Env, k: K, meta: M | null) => Step;
type EvaluateAll = (
  nodes: readonly Node[],
  env: Env,
  meta: M | null,
  then: (values: readonly Value[], env: Env, meta: M | null) => Step,
) => Step;
/** `=` or `def` of the names in a list that has been evaluated. */
export const bindComputed = (
  { form, values: nodes }: Of<"Bind">,
  list: Value,
  env: Env,
  k: K,
  meta: M | null,
  ev: Evaluate,
  evAll: EvaluateAll,
): Step => {
  const names = namesGiven(form, list);
  if (!Array.isArray(names)) return goOn(k, names as Value, env, meta);
  const wanted = `${names.length} value${names.length === 1 ? "" : "s"}`;
  if (names.length !== nodes.length)
    return goOn(k, error(`${form}: expected ${wanted}, got ${nodes.length}`), env, meta);
  return evAll(nodes, env, meta, (values, env2, m) => {
    if (form === "=") {
      for (const [i, name] of names.entries()) assignComputed(env2, name, values[i]);
      return goOn(k, nil, env2, m);
    }
    return ev({ kind: "Define", names, values: values.map(constant) }, env2, k, m);
  });
};
