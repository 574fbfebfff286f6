/** Quoted code and `eval` (LANGUAGE 4). */
import { error } from "../../runtime/kernel/error.ts";
import { isList, type List, listCell, nil, type Value } from "../../runtime/kernel/list.ts";
import { isKeyword, Sym } from "../../runtime/kernel/symbol.ts";
import { refuse, STRING } from "../../runtime/kernel/wrong.ts";
import { type Context, expandBody, type Free, inFrame, type Surroundings } from "./expand.ts";
import { declares, type Env, localMarks, localNames, type Module, moduleOf, type World } from "./machine.ts";
import type { Macro } from "./macros.ts";
import { ReadError, read } from "./read.ts";
import type { Node, Scope } from "./syntax.ts";

/** Where the braces of a literal stood: every cell of it knows, "and keeps [it] when taken out by head, tail or nth". */
const homes = new WeakMap<List, Env>();
const macrosAt = new WeakMap<List, ReadonlyMap<string, Macro>>();
const NONE: ReadonlyMap<string, Macro> = new Map();
export const homeOf = (list: List): Env | undefined => homes.get(list);

const mentionsNames = (value: Value): boolean => {
  if (value instanceof Sym) return !isKeyword(value);
  if (isList(value)) for (let cell = value; cell !== nil; cell = cell.tail) if (mentionsNames(cell.head)) return true;
  return false;
};
const copy = (list: List, home: (cell: List) => Env, macros: ReadonlyMap<string, Macro>): List => {
  const cells: List[] = [];
  for (let cell = list; cell !== nil; cell = cell.tail) cells.push(cell);
  let tail = nil;
  for (const cell of cells.reverse()) {
    const head = isList(cell.head) && cell.head !== nil ? copy(cell.head, home, macros) : cell.head;
    tail = listCell(head, tail, cell.$len);
    homes.set(tail, home(cell));
    macrosAt.set(tail, macrosAt.get(cell) ?? macros);
  }
  return tail;
};
/** The value of a list literal in this environment. */
export const literal = (list: List, env: Env, macros: ReadonlyMap<string, Macro>): List => {
  if (!mentionsNames(list)) return list;
  // One for all of its cells: they stand at the same place.
  const over = new Map<Env, Env>();
  const home = (cell: List): Env => {
    const own = homes.get(cell);
    if (own === undefined) return env;
    const made = over.get(own) ?? { kind: "over", own, next: env };
    over.set(own, made);
    return made;
  };
  return copy(list, home, macros);
};

/** What running a list means: its tree, and the environment its frame stands in. */
export interface Run {
  readonly scope: Scope;
  readonly body: Node;
  readonly env: Env;
}

/**
 * "A literal with a name that neither its lexical frames nor the globals bind, and any list put together at run time, is compiled
 * when it is evaluated: names are looked up in its own frame if it has one, then in the frame of the function that calls
 * `eval`, then globals." A literal's code is expanded where it stands, with the macros known there.
 */
export const runOf = (
  list: List,
  caller: Env,
  bound: (name: string) => boolean,
  surroundings: World["around"],
): Run => {
  const own = homes.get(list);
  if (own !== undefined) {
    const { scope, body, free } = expandIn(list, own, [own], surroundings(moduleOf(own), macrosAt.get(list) ?? NONE));
    const known = ({ name, scope: from }: Free): boolean =>
      isIn(from, name) || declares(moduleOf(own), name) || bound(name);
    if (free.every(known)) return { scope, body, env: own };
  }
  // "Run-time code may use the macros that its module knows": those of a module that evaluates lists.
  const home = moduleOf(own ?? caller);
  const known = own !== undefined && !home.evaluates ? NONE : macrosIn(home);
  const { scope, body } = expandIn(list, own, own === undefined ? [caller] : [own, caller], surroundings(home, known));
  return {
    scope,
    body,
    env: { kind: "both", own: own ?? null, caller, next: { kind: "module", module: moduleOf(caller) } },
  };
};
/** Its own, and those of files that it has loaded since. */
const macrosIn = ({ macros, loads }: Module, seen = new Set<Module>()): ReadonlyMap<string, Macro> => {
  const fresh = loads.filter((load) => !seen.has(load) && seen.add(load));
  return new Map([...fresh.flatMap((load) => [...macrosIn(load, seen)]), ...macros]);
};
const isIn = (scope: Scope | null, name: string): boolean =>
  scope !== null && (scope.params.has(name) || scope.assigned.has(name) || isIn(scope.parent, name));

const expandIn = (list: List, home: Env | undefined, around: readonly Env[], surroundings: Surroundings) => {
  const free: Free[] = [];
  const root: Scope = {
    parent: null,
    params: new Set(around.flatMap((env) => [...localNames(env)])),
    assigned: new Map(),
    marks: new Set(around.flatMap((env) => [...localMarks(env)])),
  };
  const globals = new Set<string>();
  const isGlobal = (name: string): boolean => around.some((env) => declares(moduleOf(env), name));
  const ctx: Context = { ...surroundings, scope: root, locals: [], globals, isGlobal, free, home, evaluated: true };
  const { scope, result } = inFrame([], ctx, (inner) => expandBody(list, inner));
  return { scope, body: result, free };
};

/** "assigning a compiled global works only in a module that contains a non-literal `eval` or a computed `load`" */
export const moduleToDefineIn = (env: Env, name: string): Module | Value => {
  const calling = moduleOf(env);
  for (; env.kind !== "module"; env = env.next) {
    if (env.kind !== "both" || env.own === null) continue;
    const module = moduleOf(env.own);
    if (!module.declared.has(name)) break;
    return module.evaluates || module === calling ? module : error(`cannot assign ${name}`);
  }
  return calling;
};

/** "`read`: text to value": exactly one. */
export const readOne = (text: Value): Value => {
  if (typeof text !== "string") return refuse("read", [text], STRING);
  try {
    const data = read(text);
    return data.length === 1 ? data[0] : error(`read: expected one value, got ${data.length}`);
  } catch (e) {
    if (e instanceof ReadError) return error(`read: ${e.message}`);
    throw e;
  }
};
