/** Forms that choose: select, case, and, or (LANGUAGE 3). And what quasiquote builds. */
import { error, isError } from "../../runtime/kernel/error.ts";
import { consForm, fromArray, isList, type List, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { type Env, goOn, into, type K, type M, type Step, seal, type World } from "./machine.ts";
import type { Node, Of, Part } from "./syntax.ts";

/** "False is 0 and nil (and -0, 0n, JS false), everything else is true" */
export const truthy = (v: Value): boolean => !(v === 0 || v === nil || v === 0n || v === false);

type Eval = (node: Node, env: Env, k: K, meta: M | null) => Step;

export const choices = (ev: Eval, world: World) => {
  /** `after` is the environment of what follows the form: the one the first condition leaves. */
  const select = (node: Of<"Select">, i: number, env: Env, after: Env | null, k: K, meta: M | null): Step => {
    if (i === node.clauses.length) return goOn(k, error("No selection found"), after ?? env, meta);
    return ev(
      node.clauses[i].test,
      env,
      into((test, env2, m) => {
        const out = after ?? env2;
        if (isError(test)) return goOn(k, test, out, m);
        // "a condition that is neither Number nor nil is an Error"
        if (typeof test !== "number" && typeof test !== "bigint" && typeof test !== "boolean" && test !== nil)
          return goOn(k, error(`select: condition must be a number or nil, got ${world.show(test)}`), out, m);
        return truthy(test) ? ev(node.clauses[i].result, env2, seal(k, out), m) : select(node, i + 1, env2, out, k, m);
      }),
      meta,
    );
  };

  const choose = (node: Of<"Case">, i: number, subject: Value, env: Env, k: K, meta: M | null): Step => {
    if (i === node.clauses.length) return goOn(k, error("No case found"), env, meta);
    const { test, result, otherwise } = node.clauses[i];
    if (otherwise) return ev(result, env, k, meta); // "key `otherwise` is the default"
    return ev(
      test,
      env,
      into((key, env2, m) =>
        isError(key)
          ? goOn(k, key, env2, m)
          : world.equal(subject, key)
            ? ev(result, env2, k, m)
            : choose(node, i + 1, subject, env2, k, m),
      ),
      meta,
    );
  };

  /** "`and` `or` are short-circuiting forms of any number of arguments giving the deciding value (none: 1 and 0)" */
  const logic = (node: Of<"Logic">, i: number, env: Env, after: Env | null, k: K, meta: M | null): Step => {
    if (node.items.length === 0) return goOn(k, node.op === "and" ? 1 : 0, env, meta);
    const last = i === node.items.length - 1;
    if (last) return ev(node.items[i], env, after === null ? k : seal(k, after), meta);
    return ev(
      node.items[i],
      env,
      into((v, env2, m) => {
        const out = after ?? env2;
        const decided = isError(v) || truthy(v) === (node.op === "or");
        return decided ? goOn(k, v, out, m) : logic(node, i + 1, env2, out, k, m);
      }),
      meta,
    );
  };

  return { select, choose, logic };
};

/** A list of the values, spliced where the template says so, "[with the brackets] of the template". */
export const fill = (parts: readonly Part[], values: readonly Value[], braces: boolean, world: World): Value => {
  const items: Value[] = [];
  for (const [i, part] of parts.entries()) {
    const v = values[i];
    if (!part.splice) items.push(v);
    else if (isList(v)) items.push(...toArray(v));
    else return isError(v) ? v : error(`unquote-splicing: expected a list, got ${world.show(v)}`);
  }
  return braces ? fromArray(items) : items.reduceRight<List>((tail, item) => consForm(item, tail), nil);
};
