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
import { globalMethod, member } from "./javascript-forms.ts";
import type { Env } from "./machine.ts";
import {
  callMacro,
  define,
  importIn,
  type Macro,
  Mark,
  macrosIn,
  macrosOf,
  meaning,
  type Phase,
  sound,
  type Tools,
} from "./macros.ts";
import { homeOf } from "./quoted.ts";
import type { Node, Scope } from "./syntax.ts";

/** A name bound for a body only (shift's k); `used` tells whether the body mentions it. */
export interface Local {
  readonly name: string;
  used: boolean;
  /** A template binds it. */
  readonly mark: string | null;
}
export interface Context {
  /** The innermost frame; null at top level. */
  readonly scope: Scope | null;
  readonly locals: readonly Local[];
  /** Names the module defines by `def`, `fun` or a top-level `=`. */
  readonly globals: Set<string>;
  /** Macros known here; grows from one top-level datum to the next. */
  readonly macros: Map<string, Macro>;
  readonly phase: Phase;
  /** Of code that runs at expansion time: the number of the quasiquote around it. Otherwise null. */
  readonly fresh: number | null;
  readonly tools: Tools;
  /** Of evaluated code: does a module around it define the name? */
  readonly isGlobal?: (name: string) => boolean;
  /** Names that are read and not bound where they stand, as far as it is known there. */
  readonly free?: Free[];
  /** Of evaluated code: where the list was written, and where the literal in it was that is being read. */
  readonly evaluated?: true;
  readonly home?: Env;
  readonly own?: Env;
  /** Told of an `eval` of what is no literal. */
  readonly onEval?: () => void;
}
/** What expansion needs to know of the module around a piece of code. */
export type Surroundings = Pick<Context, "macros" | "phase" | "fresh" | "tools">;
export interface Free {
  readonly name: string;
  readonly scope: Scope | null;
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
  return ctx.locals.some((l) => l.name === name) || ctx.globals.has(name) || ctx.isGlobal?.(name) === true;
};
/** "A name that the template itself binds is that binding" */
const isBoundByTemplate = (name: Mark, ctx: Context): boolean => {
  for (let s = ctx.scope; s !== null; s = s.parent) if (s.marks.has(name.key)) return true;
  return ctx.locals.some(({ mark }) => mark === name.key);
};
/** Does the template's own module give the name a meaning, and the template not bind it? */
const isHome = (name: Sym, ctx: Context): name is Mark => {
  if (!(name instanceof Mark) || isBoundByTemplate(name, ctx)) return false;
  return meaning(name.name, name.phase) !== null || ctx.tools.known(name.name);
};
const formOf = (head: Value, ctx: Context): Form | undefined => {
  if (!(head instanceof Sym)) return undefined;
  const bound =
    head instanceof Mark
      ? !FIXED.has(head.name) && (meaning(head.name, head.phase) !== null || isBoundByTemplate(head, ctx))
      : isBound(head.name, ctx);
  if (bound) return undefined;
  return /^\.[^.]/.test(head.name) ? member : FORMS.get(head.name);
};
const macroOf = (head: Value, ctx: Context): Macro | undefined => {
  if (!(head instanceof Sym) || (head instanceof Mark && isBoundByTemplate(head, ctx))) return undefined;
  const home = head instanceof Mark ? meaning(head.name, head.phase) : null;
  if (home !== null) return home === "value" ? undefined : home;
  return isBound(head.name, ctx) ? undefined : ctx.macros.get(head.name);
};

/** Names that mean something to the reading of code, until the program binds them. */
const isSpecial = (name: string): boolean => FORMS.has(name) || name === "otherwise";
/** "key `otherwise` is the default": the library's; a name that the program binds is that value. */
export const isOtherwise = (key: Value, ctx: Context): boolean => {
  if (!(key instanceof Sym) || key.name !== "otherwise") return false;
  return key instanceof Mark
    ? meaning(key.name, key.phase) === null && !isBoundByTemplate(key, ctx)
    : !isBound(key.name, ctx);
};

const reference = (symbol: Sym, ctx: Context): Node => {
  const { name } = symbol;
  if (macroOf(symbol, ctx) !== undefined) return malformed(`${name} is a macro, not a value`);
  if (isHome(symbol, ctx) && !(FORMS.has(name) && !FUNCTIONS_TOO.has(name) && formOf(symbol, ctx) !== undefined))
    return { kind: "Home", name, path: symbol.phase.path, phase: ctx.fresh === null ? null : symbol.phase.module };
  const local = ctx.locals.findLast((l) => l.name === name);
  if (local !== undefined) local.used = true;
  if (name === "eval") ctx.onEval?.();
  if (FORMS.has(name) && !FUNCTIONS_TOO.has(name) && !isBound(name, ctx))
    return malformed(`${name} is a form, not a value`);
  ctx.free?.push({ name, scope: ctx.scope });
  if (ctx.free !== undefined && ctx.locals.some((l) => l.name === name)) ctx.free.pop();
  return ctx.own === undefined ? { kind: "Ref", name } : { kind: "Ref", name, own: ctx.own };
};

/** A list literal in value position. What running it would define the module defines, run or not. */
const literal = (list: List, ctx: Context): Node => {
  for (const local of ctx.locals) if (mentions(list, local.name)) local.used = true;
  const dry: Context = { ...ctx, locals: ctx.locals.map((l) => ({ ...l })), free: [], onEval: undefined };
  const { head } = list;
  const runs = head instanceof Sym ? !isKeyword(head) : isList(head) && head !== nil && !isBraces(head);
  const node: Node = { kind: "Literal", list, macros: new Map(ctx.macros) };
  if (ctx.evaluated !== undefined || ctx.fresh !== null) return node;
  if (runs) inFrame([], dry, (inner) => expandBody(list, inner));
  else for (const item of toArray(list)) if (isList(item) && item !== nil && isBraces(item)) literal(item, dry);
  return node;
};
const mentions = (value: Value, name: string): boolean =>
  value instanceof Sym ? value.name === name : isList(value) && toArray(value).some((item) => mentions(item, name));

/** The context in a list of evaluated code: a literal with frames of its own brings them along. */
const within = (list: List, ctx: Context): Context => {
  const home = ctx.evaluated === true && list !== nil ? homeOf(list) : undefined;
  return home === undefined || home === ctx.own ? ctx : { ...ctx, own: home === ctx.home ? undefined : home };
};

/** The elements of a list as an evaluated form: a special form, `(e)`, or a call. */
const expandCall = (items: readonly Value[], ctx: Context): Node => {
  const macro = macroOf(items[0], ctx);
  if (macro !== undefined) return expand(callMacro(macro, items.slice(1), ctx.tools), ctx);
  const form = formOf(items[0], ctx);
  if (form !== undefined) return form(items.slice(1), ctx, (items[0] as Sym).name);
  const [head] = items;
  if (head instanceof Sym && /^js\/.*\../.test(head.name) && !isBound(head.name, ctx))
    return globalMethod(
      head.name,
      items.slice(1).map((item) => expand(item, ctx)),
    );
  const parts = items.map((item) => expand(item, ctx));
  return parts.length === 1 ? { kind: "Force", expr: parts[0] } : { kind: "Call", parts };
};

export const expand = (datum: Value, ctx: Context): Node => {
  if (datum instanceof Sym) return isKeyword(datum) ? constant(datum) : reference(datum, ctx);
  if (!isList(datum) || datum === nil) return constant(datum);
  if (isBraceList(datum)) return literal(datum, ctx); // "{ ... } is a quoted list: data"
  return expandCall(toArray(datum), within(datum, ctx));
};

export const sequence = (items: readonly Node[]): Node =>
  items.length === 0 ? constant(nil) : items.length === 1 ? items[0] : { kind: "Seq", items };

/** "if the first element is a list, the body is a sequence; otherwise the whole body is one expression" */
export const expandBody = (body: List, around: Context): Node => {
  const items = toArray(body);
  const ctx = within(body, around);
  if (items.length === 0) return constant(nil);
  if (isList(items[0])) return sequence(items.map((item) => expand(item, ctx)));
  if (isKeyword(items[0]) && items.length > 1) return literal(body, ctx); // "`{:k v ...}` the literal list, unevaluated"
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
  marks: readonly string[] = [],
): { scope: Scope; result: T } => {
  const known = new Set<string>();
  for (;;) {
    const assigned = new Map([...known].map((name) => [name, 0]));
    const scope: Scope = { parent: ctx.scope, params: new Set(params), assigned, marks: new Set(marks) };
    const hidden = params.map((name) => ({ name, used: false, mark: null }));
    const result = inside({ ...ctx, scope, locals: [...ctx.locals, ...hidden] });
    const found = [...assigned.keys()].filter((name) => isSpecial(name) && !known.has(name));
    if (found.length === 0) return { scope, result };
    for (const name of found) known.add(name);
  }
};

/** A module's top-level expressions, the names it defines anywhere, and whether it evaluates lists that are no literals. */
export interface Program {
  readonly nodes: readonly Node[];
  readonly declared: ReadonlySet<string>;
  readonly evaluates: boolean;
  readonly macros: ReadonlyMap<string, Macro>;
}
/** `phaseAt`: the phase of a file that it loads or imports. */
export const expandModule = (
  data: readonly Value[],
  phase: Phase,
  tools: Tools,
  phaseAt: (path: string) => Phase | null,
  inherited: ReadonlyMap<string, Macro> = new Map(),
): Program => {
  const known = new Set<string>();
  for (;;) {
    const globals = new Set(known);
    let evaluates = false;
    const onEval = (): void => {
      evaluates = true;
    };
    const around: Surroundings = { macros: new Map(inherited), phase, fresh: null, tools };
    const ctx: Context = { scope: null, locals: [], globals, onEval, ...around };
    const nodes = data.flatMap((datum) => topLevel(datum, ctx, phaseAt));
    const found = [...globals].filter((name) => isSpecial(name) && !known.has(name));
    if (found.length === 0) return { nodes, declared: globals, evaluates, macros: ctx.macros };
    for (const name of found) known.add(name);
  }
};

const topLevel = (datum: Value, ctx: Context, phaseAt: (path: string) => Phase | null): Node[] => {
  const items = isList(datum) && datum !== nil && !isBraces(datum) ? toArray(datum) : [];
  const macro = macroOf(items[0], ctx);
  if (macro !== undefined) {
    // What a macro gives at the top level is as if it stood there, a `do` as the expressions in it.
    const result = callMacro(macro, items.slice(1), ctx.tools);
    const isDo = isList(result) && result !== nil && !isBraces(result) && (result.head as Sym).name === "do";
    return (isDo ? toArray(result.tail as List) : [result]).flatMap((part) => {
      define(part, ctx.phase);
      return topLevel(part, ctx, phaseAt);
    });
  }
  const macros = macrosIn(datum, ctx.phase);
  if (macros !== null) {
    for (const m of sound(macros)) ctx.macros.set(m.name, m);
    return macros.flatMap((m) => (typeof m === "string" ? [malformed(m)] : []));
  }
  const form = items[0] instanceof Sym ? items[0].name : "";
  if (form === "load" && typeof items[1] === "string") {
    const loaded = phaseAt(items[1]);
    if (loaded !== null) for (const [name, m] of macrosOf(loaded)) ctx.macros.set(name, m);
  }
  const imported = form === "import" ? importIn(items) : null;
  if (imported !== null) {
    const from = phaseAt(imported.path);
    const take = (name: string, local: string): boolean => {
      const found = from === null ? null : meaning(name, from);
      if (found === null || found === "value") {
        if (found === "value" && isSpecial(local)) ctx.globals.add(local);
        return true;
      }
      ctx.macros.set(local, found);
      return false;
    };
    if (imported.space !== null)
      for (const name of [...(from?.macros.keys() ?? []), ...(from?.definitions.keys() ?? [])])
        take(name, `${imported.space}/${name}`);
    return [{ kind: "Import", ...imported, names: imported.names.filter(([name, local]) => take(name, local)) }];
  }
  return [expand(datum, ctx)];
};
