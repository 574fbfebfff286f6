/** The forms that speak to JavaScript (LANGUAGE 8). */
import { isList, nil, toArray, type Value } from "../../runtime/kernel/list.ts";
import { Sym } from "../../runtime/kernel/symbol.ts";
import { constant, expand } from "./expand.ts";
import { count, type Form, malformed, namesIn, wrongCount } from "./forms.ts";
import type { Node } from "./syntax.ts";

/** A call of a function of the library, whatever the program calls by its name. */
const library = (name: string, args: readonly Node[]): Node => ({
  kind: "Call",
  parts: [{ kind: "Ref", name }, ...args],
});

/** What JavaScript may import is no business of the judge. */
export const exportForm: Form = (args, ctx, name) => {
  if (args.length !== 1) return wrongCount(name, "1 argument", args.length);
  if (namesIn(args[0]) === null) return malformed(`${name}: expected names in braces`);
  return ctx.scope === null && ctx.locals.length === 0
    ? constant(nil)
    : malformed(`${name}: only at the top level of a module`);
};

/** "(.method obj a b), (.-field obj), (.-field! obj v)" */
export const member: Form = (args, ctx, name) => {
  const values = args.map((a) => expand(a, ctx));
  if (args.length === 0 && !name.startsWith(".-")) return wrongCount(name, "at least 1 argument", 0);
  if (!name.startsWith(".-")) return library("js/method", [constant(name.slice(1)), ...values]);
  const [wanted, builtin, field] = name.endsWith("!")
    ? [2, "js/field!", name.slice(2, -1)]
    : [1, "js/field", name.slice(2)];
  return args.length === wanted
    ? library(builtin, [constant(field), ...values])
    : wrongCount(name, count(wanted, "argument"), args.length);
};
/** "js/name for globals"; `(js/a.b x)` is a call of a method. */
export const globalMethod = (name: string, args: readonly Node[]): Node => {
  const dot = name.lastIndexOf(".");
  return library("js/method", [constant(name.slice(dot + 1)), { kind: "Ref", name: name.slice(0, dot) }, ...args]);
};
export const newForm: Form = (args, ctx, name) =>
  args.length === 0
    ? wrongCount(name, "at least 1 argument", 0)
    : library(
        "js/new",
        args.map((a) => expand(a, ctx)),
      );
export const js: Form = (args, _ctx, name) =>
  args.length !== 1
    ? wrongCount(name, "1 argument", args.length)
    : typeof args[0] === "string"
      ? library("js/expression", [constant(args[0])])
      : malformed(`${name}: expected JavaScript code in quotes`);

/** The pairs [name there, name here] in `{a b :as c default d}`. */
export const importsOf = (args: readonly Value[]): readonly (readonly [string, string])[] => {
  if (args.length === 3) return [["*", (args[1] as Sym).name]];
  const items = args.length === 2 && isList(args[0]) ? toArray(args[0]) : [];
  const text = (v: Value): string => (v instanceof Sym ? v.name : String(v));
  const pairs: [string, string][] = [];
  for (let i = 0; i < items.length; i++) {
    const name = text(items[i]);
    if (items[i + 1] instanceof Sym && text(items[i + 1]) === ":as") {
      pairs.push([name, text(items[i + 2])]);
      i += 2;
    } else if (name === "default") pairs.push([name, text(items[++i])]);
    else pairs.push([name, name]);
  }
  return pairs;
};
export const importForm: Form = (args, ctx) => {
  if (typeof args[args.length - 1] !== "string") return malformed("import: expected a path in quotes");
  const names = importsOf(args);
  if (ctx.scope === null) for (const [, local] of names) ctx.globals.add(local);
  return { kind: "JsImport", specifier: String(args[args.length - 1]), names };
};
