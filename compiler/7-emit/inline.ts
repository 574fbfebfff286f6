/** `(js "..")`: the expression as ESTree, its nodes with their places in the Valk text. */
import { parseExpressionAt } from "acorn";
import { valueOffsets } from "../source/escapes.ts";
import { type Span, span } from "../source/span.ts";
import type { Expression } from "./build.ts";

const parse = (code: string): unknown => parseExpressionAt(code, 0, { ecmaVersion: "latest", sourceType: "module" });

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: unknown;
}
const isNode = (value: unknown): value is Node => typeof (value as Partial<Node> | null)?.type === "string";

/** Calls f with every node below and including this one. */
function forEachNode(node: unknown, f: (node: Node) => void): void {
  const waiting: unknown[] = [node];
  for (let value = waiting.pop(); waiting.length > 0 || value !== undefined; value = waiting.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (isNode(value)) f(value);
    waiting.push(...Object.values(value).filter((part) => typeof part === "object" && part !== null));
  }
}

/**
 * All the names in these expressions. A module that calls nothing by one of them cannot be seen by the expressions, and they see
 * JavaScript's globals.
 */
export function namesIn(codes: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const code of codes)
    forEachNode(parse(code), ({ type, name }) => {
      if (type === "Identifier" && typeof name === "string") names.add(name);
    });
  return names;
}

/** The expression; `place` is that of the string in `text`. */
export function inline(code: string, text: string, place: Span): Expression {
  const tree = parse(code);
  const offsets = valueOffsets(text, place.start, code);
  forEachNode(tree, (node) => {
    Object.assign(node, { span: offsets === null ? place : span(offsets[node.start], offsets[node.end]) });
  });
  return tree as Expression;
}
