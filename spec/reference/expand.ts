/**
 * Data -> program tree: which lists are code, which are bodies, which names are forms (LANGUAGE 3 to 6).
 *
 * "Form names are forms only in head position and only where no parameter, `=`, `def` or macro in scope binds them." Whether
 * a frame binds a name is known only after its body was read as code, so a frame whose body turned out to bind a form name is
 * expanded again with that knowledge.
 */
import { isBraces, isList, type List, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { isKeyword, Sym } from "../../runtime/kernel/symbol.ts";
import { FORMS, type Form, malformed } from "./forms.ts";
import type { Node, Scope } from "./syntax.ts";

/** A name bound for a body only (shift's k); `used` tells whether the body mentions it. */
export interface Local {
  readonly name: string;
  used: boolean;
}
export interface Context {
  /** The innermost frame; null at top level. */
  readonly scope: Scope | null;
  readonly locals: readonly Local[];
  /** Names the module defines by `def`, `fun` or a top-level `=`. */
  readonly globals: Set<string>;
}

/** "quote quasiquote unquote unquote-splicing if = def \ cannot be rebound" */
export const FIXED: ReadonlySet<string> = new Set([
  "quote",
  "quasiquote",
  "unquote",
  "unquote-splicing",
  "if",
  "=",
  "def",
  "\\",
]);
/** "As values, `and or not do` are ordinary functions" */
const FUNCTIONS_TOO: ReadonlySet<string> = new Set(["and", "or", "do", "eval", "load"]);

export const constant = (value: Value): Node => ({ kind: "Const", value });
export const isBraceList = (value: Value): value is List => isList(value) && (value === nil || isBraces(value));

const isBound = (name: string, ctx: Context): boolean => {
  if (FIXED.has(name)) return false;
  for (let s = ctx.scope; s !== null; s = s.parent) if (s.params.has(name) || s.assigned.has(name)) return true;
  return ctx.locals.some((l) => l.name === name) || ctx.globals.has(name);
};
const formOf = (head: Value, ctx: Context): Form | undefined =>
  head instanceof Sym && FORMS.has(head.name) && !isBound(head.name, ctx) ? FORMS.get(head.name) : undefined;

const reference = ({ name }: Sym, ctx: Context): Node => {
  const local = ctx.locals.findLast((l) => l.name === name);
  if (local !== undefined) local.used = true;
  if (FORMS.has(name) && !FUNCTIONS_TOO.has(name) && !isBound(name, ctx))
    return malformed(`${name} is a form, not a value`);
  return { kind: "Ref", name };
};

/** The elements of a list as an evaluated form: a special form, `(e)`, or a call. */
const expandCall = (items: readonly Value[], ctx: Context): Node => {
  const form = formOf(items[0], ctx);
  if (form !== undefined) return form(items.slice(1), ctx, (items[0] as Sym).name);
  const parts = items.map((item) => expand(item, ctx));
  return parts.length === 1 ? { kind: "Force", expr: parts[0] } : { kind: "Call", parts };
};

export const expand = (datum: Value, ctx: Context): Node => {
  if (datum instanceof Sym) return isKeyword(datum) ? constant(datum) : reference(datum, ctx);
  if (!isList(datum) || isBraceList(datum)) return constant(datum); // "{ ... } is a quoted list: data"
  return expandCall(toArray(datum), ctx);
};

export const sequence = (items: readonly Node[]): Node =>
  items.length === 0 ? constant(nil) : items.length === 1 ? items[0] : { kind: "Seq", items };

/** "if the first element is a list, the body is a sequence; otherwise the whole body is one expression" */
export const expandBody = (body: List, ctx: Context): Node => {
  const items = toArray(body);
  if (items.length === 0) return constant(nil);
  if (isList(items[0])) return sequence(items.map((item) => expand(item, ctx)));
  if (isKeyword(items[0]) && items.length > 1) return constant(body); // "`{:k v ...}` the literal list, unevaluated"
  return expandCall(items, ctx);
};

/** "A branch or body not written in braces is an ordinary expression, evaluated in place" */
export const expandBranch = (datum: Value, ctx: Context): Node =>
  isBraceList(datum) ? expandBody(datum, ctx) : expand(datum, ctx);

/** `body...`: any number of bodies, run in sequence. */
export const expandBodies = (data: readonly Value[], ctx: Context): Node =>
  sequence(data.map((d) => expandBranch(d, ctx)));

/** A new frame with these parameters around what `inside` expands. */
export const inFrame = <T>(
  params: readonly string[],
  ctx: Context,
  inside: (inner: Context) => T,
): { scope: Scope; result: T } => {
  const known = new Set<string>();
  for (;;) {
    const assigned = new Map([...known].map((name) => [name, 0]));
    const scope: Scope = { parent: ctx.scope, params: new Set(params), assigned };
    const hidden = params.map((name) => ({ name, used: false }));
    const result = inside({ ...ctx, scope, locals: [...ctx.locals, ...hidden] });
    const found = [...assigned.keys()].filter((name) => FORMS.has(name) && !known.has(name));
    if (found.length === 0) return { scope, result };
    for (const name of found) known.add(name);
  }
};

/** A module's top-level expressions. */
export const expandModule = (data: readonly Value[]): Node[] => {
  const known = new Set<string>();
  for (;;) {
    const globals = new Set(known);
    const nodes = data.map((datum) => expand(datum, { scope: null, locals: [], globals }));
    const found = [...globals].filter((name) => FORMS.has(name) && !known.has(name));
    if (found.length === 0) return nodes;
    for (const name of found) known.add(name);
  }
};
