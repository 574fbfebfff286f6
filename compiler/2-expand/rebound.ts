/**
 * Which forms' names the program uses for something of its own. It must be known before a frame is expanded, because a `=` at
 * its end already makes the name an ordinary one at its start.
 */
import type { ListSyntax, SymbolSyntax, Syntax } from "../ir/syntax.ts";
import { type Bound, type Env, isTracked, withNames } from "./env.ts";

/** Forms whose arguments (from that item on) belong to a frame of their own, or are data. */
const NOT_THIS_FRAME: ReadonlyMap<string, number> = new Map([
  ["\\", 1],
  ["fun", 1],
  ["let", 1],
  ["async", 1],
  ["aio/let", 1],
  ["aio/do", 1],
  ["try", 2],
  ["scope", 1],
  ["spawn", 2],
  ["quote", 1],
  ["quasiquote", 1],
]);
/** The first item that is looked at, where that is not the head: a handler's clauses have frames of their own. */
const STARTS: ReadonlyMap<string, number> = new Map([["with-handler", 2]]);
const DATA: ReadonlyMap<string, number> = new Map([
  ["quote", 1],
  ["quasiquote", 1],
]);

/** The environment in a new frame that binds these parameters and has this source. */
export const openFrame = (env: Env, params: Iterable<Bound>, source: readonly Syntax[]): Env => ({
  ...withNames(env, [...params, ...binders(source, env, NOT_THIS_FRAME, ASSIGNS)]),
  frame: { params, source },
});

/** The environment of a module: what its top level binds with `=`, and what `def` and `fun` bind anywhere. */
export const openModule = (env: Env, source: readonly Syntax[]): Env => ({
  ...openFrame(withNames(env, binders(source, env, DATA, DEFINES)), [], source),
  frame: { params: [], source, module: true },
});
/**
 * The environment of what a macro gave: as if it stood there. What it binds of its own frame and of the module is so in all of it;
 * the module's names also in the top-level items that follow (`Env.made`).
 */
export function openExpansion(env: Env, result: Syntax): Env {
  const globals = binders([result], env, DATA, DEFINES);
  const locals = binders([result], env, NOT_THIS_FRAME, ASSIGNS);
  for (const { name } of env.frame?.module === true ? [...globals, ...locals] : globals) env.made?.add(name);
  return withNames({ ...env, expansions: env.expansions + 1 }, [...globals, ...locals]);
}

const ASSIGNS: ReadonlySet<string> = new Set(["="]);
const DEFINES: ReadonlySet<string> = new Set(["def", "fun"]);

/** All names that the innermost frame binds, or will, as far as its text says: the last one first. */
export function namesOfFrame({ frame, ...env }: Env): readonly string[] {
  if (frame === undefined) return [];
  const all = { ...env, tracks: () => true };
  const symbols = [
    ...binders(frame.source, all, NOT_THIS_FRAME, ASSIGNS),
    ...(frame.module === true ? binders(frame.source, all, DATA, DEFINES) : []),
  ].sort((a, b) => a.span.start - b.span.start);
  return [...new Set([...frame.params, ...symbols].map(({ name }) => name))].reverse();
}

/** `tracks`: which names matter, instead of those that matter to the expander. */
type Tracking = Env & { readonly tracks?: (name: string, env: Env) => boolean };

/** Tracked names in the name lists of calls of the `binders`, skipping what `skip` says. */
function binders(
  source: readonly Syntax[],
  env: Tracking,
  skip: ReadonlyMap<string, number>,
  binders: ReadonlySet<string>,
): readonly SymbolSyntax[] {
  const found: SymbolSyntax[] = [];
  const waiting: Syntax[] = [...source];
  for (let syntax = waiting.pop(); syntax !== undefined; syntax = waiting.pop()) {
    if (syntax.kind !== "List" || syntax.items.length === 0) continue;
    const [head] = syntax.items;
    const name = head.kind === "Symbol" ? head.name : "";
    if (binders.has(name)) collect(syntax, env, name === "fun", found);
    const end = skip.get(name) ?? syntax.items.length;
    for (let i = skip === NOT_THIS_FRAME ? (STARTS.get(name) ?? 0) : 0; i < end && i < syntax.items.length; i++)
      if (syntax.items[i].kind === "List") waiting.push(syntax.items[i]);
  }
  return found;
}

/** The names in a binder's first argument; `fun` binds only the first of them. */
function collect(call: ListSyntax, env: Tracking, onlyFirst: boolean, found: SymbolSyntax[]): void {
  const names = call.items[1];
  if (names?.kind !== "List") return;
  for (const item of onlyFirst ? names.items.slice(0, 1) : names.items) {
    if (item.kind === "Symbol" && (env.tracks ?? isTracked)(item.name, env)) found.push(item);
  }
}
