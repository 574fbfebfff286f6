/** `read`: text -> value, the inverse of `repr`. */
import { read as readText } from "../../compiler/1-read/read.ts";
import { createContext, defaultOptions } from "../../compiler/context.ts";
import type { Syntax } from "../../compiler/ir/syntax.ts";
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { type List, listCell, nil, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { STRING, wrong } from "../kernel/wrong.ts";

/** The one datum in the text. An Error if there is something wrong with the text, or not exactly one. */
export const read = /*#__PURE__*/ native("read", 1, 1, (text: Value): Value => {
  if (typeof text !== "string") return wrong("read", 1, STRING.what, text);
  // Only the first line of a file can be for the shell.
  const source = text.startsWith("#!") ? ` ${text}` : text;
  const context = createContext({ path: "", text: source }, defaultOptions);
  const { items } = readText(context);
  const problem = context.diagnostics.find(({ severity }) => severity === "error");
  if (problem !== undefined) return error(`read: ${place(text, problem.span.start)}: ${problem.text}`);
  if (items.length === 1) return valueOf(items[0]);
  return error(
    items.length === 0
      ? "read: there is nothing in the text"
      : `read: ${place(text, items[1].span.start)}: expected one value, but another one follows`,
  );
});

const place = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${before[before.length - 1].length + 1}`;
};

/** Lists are made from the inside out, without recursion: the text may be nested as deeply as it likes. */
const valueOf = (root: Syntax): Value => {
  const made = new Map<Syntax, List>();
  const value = (syntax: Syntax): Value => {
    if (syntax.kind === "Symbol") return sym(syntax.name);
    return syntax.kind === "List" ? (made.get(syntax) ?? nil) : syntax.value;
  };
  const order: Syntax[] = [root];
  for (let i = 0; i < order.length; i++) {
    const syntax = order[i];
    if (syntax.kind === "List") for (const item of syntax.items) if (item.kind === "List") order.push(item);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const syntax = order[i];
    if (syntax.kind !== "List") continue;
    const braces = syntax.bracket === "braces" ? 1 : 0;
    let list = nil;
    for (let j = syntax.items.length - 1; j >= 0; j--)
      list = listCell(value(syntax.items[j]), list, (list.$len & ~1) + 2 + braces);
    made.set(syntax, list);
  }
  return value(root);
};
