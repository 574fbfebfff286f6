/**
 * How deep a program may be nested. The phases are recursive over the tree, and the JavaScript stack is what they recurse on:
 * past these limits the program gets an error instead of the compiler a crash.
 */
import type { Expr } from "../ir/kernel.ts";
import { forEachChild } from "../ir/kernel-children.ts";
import type { Syntax } from "../ir/syntax.ts";
import type { Span } from "../source/span.ts";

/** Brackets within brackets. */
export const MAX_NESTING = 1020;
/** Kernel nodes within kernel nodes: a call is one or two, every clause of a `select` three. */
export const MAX_DEPTH = 3000;
/** Arguments of one call: JavaScript holds them on its stack, and takes no call with more than 65535. */
export const MAX_ARGUMENTS = 50_000;

/** The place of the first bracket that is nested too deeply, or null. */
export const tooNested = (syntax: Syntax): Span | null =>
  firstDeeper(syntax, MAX_NESTING, (node, visit) => {
    if (node.kind === "List") node.items.forEach(visit);
  });

/** The place of the first node that is too deep, or null. */
export const tooDeep = (expr: Expr): Span | null => firstDeeper(expr, MAX_DEPTH, forEachChild);

/** The place of the innermost node. */
export function deepest(exprs: readonly Expr[]): Span {
  let level: readonly Expr[] = exprs;
  for (;;) {
    const next: Expr[] = [];
    for (const expr of level) forEachChild(expr, (child) => next.push(child));
    if (next.length === 0) return level[0].span;
    level = next;
  }
}

/** Is the expression deeper than so many nodes? */
export const isDeeper = (expr: Expr, limit: number): boolean => firstDeeper(expr, limit, forEachChild) !== null;

function firstDeeper<Node extends { readonly span: Span }>(
  root: Node,
  limit: number,
  children: (node: Node, visit: (child: Node) => void) => void,
): Span | null {
  let level: Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return level[0].span;
    const next: Node[] = [];
    for (const node of level) children(node, (child) => next.push(child));
    level = next;
  }
  return null;
}
