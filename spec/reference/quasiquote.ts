/** Quasiquote: templates with holes (LANGUAGE 1, 2, 7). */
import { isBraces, isList, type List, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { Sym } from "../../runtime/kernel/symbol.ts";
import { type Context, constant, expand } from "./expand.ts";
import { type Form, malformed, wrongCount } from "./forms.ts";
import { templateSymbol } from "./macros.ts";
import type { Node, Part } from "./syntax.ts";

const MARKS = ["quasiquote", "unquote", "unquote-splicing"];
/** `,x` and the like are forms: braces are data. */
const markIn = (list: List): string => {
  const name = list === nil || isBraces(list) ? "" : (list.head as Partial<Sym>).name;
  return name !== undefined && MARKS.includes(name) ? name : "";
};
const one = (list: List, ctx: Context): Node => {
  const [mark, ...args] = toArray(list);
  return args.length === 1 ? expand(args[0], ctx) : wrongCount((mark as Sym).name, "1 argument", args.length);
};

/** A template of quasiquote nesting `depth`: "quasiquote: [the brackets] of the template". */
const template = (datum: Value, depth: number, ctx: Context): Node => {
  if (datum instanceof Sym) return constant(templateSymbol(datum, ctx));
  if (!isList(datum) || datum === nil) return constant(datum);
  const items = toArray(datum);
  const mark = markIn(datum);
  if (mark === "unquote" && depth === 1) return one(datum, ctx);
  if (mark === "unquote-splicing" && depth === 1) return malformed("unquote-splicing: only inside a list");
  const inner = mark === "quasiquote" ? depth + 1 : mark === "" ? depth : depth - 1;
  const parts = items.map((item): Part => {
    const splice = isList(item) && inner === 1 && markIn(item) === "unquote-splicing";
    return { splice, node: splice ? one(item, ctx) : template(item, inner, ctx) };
  });
  return { kind: "Template", braces: isBraces(datum), parts };
};
let quasiquotes = 0;
export const quasiquote: Form = (args, ctx, name) => {
  if (args.length !== 1) return wrongCount(name, "1 argument", args.length);
  if (ctx.fresh === null) return template(args[0], 1, ctx);
  return { kind: "Quasi", node: () => template(args[0], 1, { ...ctx, fresh: ++quasiquotes }) };
};
