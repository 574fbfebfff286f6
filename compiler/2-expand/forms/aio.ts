/**
 * `(aio/let {((a h) (b h) :then (c h))} {body})` and `(aio/do {statement (<- v h) ...})`: code that waits for Handles, as a
 * Handle. Both become one function, which runs as a fiber, so that the names are bound in one frame by `=` and seen by all
 * that follows.
 */
import type { Expr, Name } from "../../ir/kernel.ts";
import { bind, callBuiltin, branch as choose, nil, sequence } from "../../ir/kernel-build.ts";
import type { ListSyntax, Syntax } from "../../ir/syntax.ts";
import { made, type Span } from "../../source/span.ts";
import { branch } from "../body.ts";
import { bindable, type Env, type Expand, isBraces, isSymbol, madeBy, malformed, nameOf, wrongCount } from "../env.ts";
import { application, expression } from "../expression.ts";
import { openFrame } from "../rebound.ts";

const thunk = (span: Span, body: Expr): Expr => ({ kind: "Lambda", name: null, params: [], rest: null, body, span });

/** `names` bound to the elements of what `list` gives, for `rest`; an Error that it gives is the value. */
function bound(span: Span, names: readonly Name[], list: Expr, rest: Expr, env: Env): Expr {
  return bind(span, env.context.fresh(), list, (values) => {
    let from: Expr = values;
    const elements = names.map((_, i) => {
      if (i > 0) from = callBuiltin(span, "tail", from);
      return callBuiltin(span, "head", from);
    });
    const assign: Expr = { kind: "Assign", names, values: elements, span };
    return choose(span, callBuiltin(span, "error?", values), values, sequence(span, [assign, rest]));
  });
}

// ---- aio/let ----

interface Binding {
  readonly name: Name;
  readonly value: Syntax;
}

export const expandAioLet: Expand = (call, env) => {
  const wrong = wrongCount(call, 2, 2);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, list, body] = call.items;
  const groups = list.kind === "List" ? groupsOf(unwrapped(list), env) : null;
  if (groups === null) return malformed(call, env, "expected (name handle) pairs in braces", list.span);
  const names = groups.flat().map(({ name }) => name);
  const inside = openFrame(env, names, call.items.slice(1));
  const span = madeBy(call);
  // In textual order first (fresh names, diagnostics), then nested from the end.
  const started = groups.map((group) => ({
    names: group.map(({ name }) => name),
    values: group.map(({ value }) =>
      thunk(made(value.span, nameOf(call)), expression(value, openFrame(inside, [], [value]))),
    ),
  }));
  const last = branch(body, inside);
  const code = started.reduceRight<Expr>(
    (rest, { names, values }) => bound(span, names, callBuiltin(span, "aio/together", ...values), rest, inside),
    last,
  );
  return callBuiltin(span, "aio/block", thunk(call.span, code));
};

/** Bindings may have one more pair of brackets around them. */
function unwrapped({ items }: ListSyntax): readonly Syntax[] {
  const [only] = items;
  return items.length === 1 && only.kind === "List" && only.items[0]?.kind === "List" ? only.items : items;
}

/** The bindings between `:then`s, or null if they are anything else. */
function groupsOf(items: readonly Syntax[], env: Env): readonly (readonly Binding[])[] | null {
  const groups: Binding[][] = [[]];
  for (const item of items) {
    if (isSymbol(item, ":then")) groups.push([]);
    else if (item.kind === "List" && item.items.length === 2) {
      const name = bindable(item.items[0], env);
      if (name === null) return null;
      groups[groups.length - 1].push({ name, value: item.items[1] });
    } else return null;
  }
  return groups.filter((group) => group.length > 0);
}

// ---- aio/do ----

type Statement = { readonly name: Name; readonly value: Syntax } | { readonly name: null; readonly code: Syntax };

export const expandAioDo: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 1);
  if (wrong !== null) return malformed(call, env, wrong);
  const [, list] = call.items;
  if (!isBraces(list) || list.items.length === 0)
    return malformed(call, env, "expected statements in braces", list.span);
  const sequential = list.items[0].kind === "List";
  const statements: Statement[] = [];
  for (const item of sequential ? list.items : [list]) {
    const statement = statementOf(item, env);
    if (statement === null) return malformed(call, env, "expected (<- name handle)", item.span);
    statements.push(statement);
  }
  const names = statements.flatMap(({ name }) => (name === null ? [] : [name]));
  const inside = openFrame(env, names, call.items.slice(1));
  const span = madeBy(call);
  const expanded = statements.map((s) =>
    s.name === null
      ? codeOf(s.code, inside)
      : callBuiltin(
          made(s.value.kind === "List" ? s.value.span : call.span, nameOf(call)),
          "aio/bound",
          expression(s.value, inside),
        ),
  );
  const code = expanded.reduceRight<Expr | null>((rest, value, i) => {
    const { name } = statements[i];
    // The last one's value is the Handle's.
    if (name !== null) return bound(span, [name], value, rest ?? { kind: "Ref", name: name.name, span }, inside);
    return rest === null ? value : sequence(span, [value, rest]);
  }, null);
  return callBuiltin(span, "aio/block", thunk(call.span, code ?? nil(span)));
};

const codeOf = (code: Syntax, env: Env): Expr => (isBraces(code) ? application(code, env) : expression(code, env));

/** `(<- name value)`, `(name <- value)` or any other code; null: one of the first two gone wrong. */
function statementOf(item: Syntax, env: Env): Statement | null {
  if (item.kind !== "List") return { name: null, code: item };
  const [first, second, value] = item.items;
  const binds = isSymbol(first, "<-") ? second : isSymbol(second, "<-") ? first : null;
  if (binds === null) return { name: null, code: item };
  const name = item.items.length === 3 ? bindable(binds, env) : null;
  return name === null ? null : { name, value };
}
