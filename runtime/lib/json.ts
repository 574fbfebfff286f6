/** Values as JSON (RFC 8259). A plist with keyword keys is an object, any other list an array, nil is null. */
import { errorOf } from "../kernel/border.ts";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, type List, nil, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { refuse, STRING } from "../kernel/wrong.ts";

const isKeyword = (v: Value): v is Sym => v instanceof Sym && v.name.startsWith(":");
const isObject = (l: List): boolean => {
  if ((l.$len & 2) !== 0) return false;
  for (let at = l; at !== nil; at = at.tail.tail) if (!isKeyword(at.head)) return false;
  return true;
};

/** The value for JSON.stringify; throws the Error of one that JSON cannot say. */
const plain = (name: string, value: Value): unknown => {
  if (value === nil) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value instanceof Sym) return value.name.replace(/^:/, "");
  if (isList(value)) {
    if (!isObject(value)) return toArray(value).map((item) => plain(name, item));
    const object: Record<string, unknown> = Object.create(null);
    for (let at = value; at !== nil; at = at.tail.tail) {
      const key = (at.head as Sym).name.slice(1);
      if (!(key in object)) object[key] = plain(name, at.tail.head);
    }
    return object;
  }
  throw value instanceof ValkError ? value : error(`${name}: ${show(value)} has no form in JSON`);
};
const toJSON = (name: string, value: Value): string | ValkError => {
  try {
    return JSON.stringify(plain(name, value));
  } catch (e) {
    return errorOf(e);
  }
};

/** `(json/stringify value)`: a plist with keywords as keys is an object, another list an array, nil null. */
export const jsonStringify = /*#__PURE__*/ native(
  "json/stringify",
  1,
  1,
  (value: Value): Value => toJSON("json/stringify", value),
);

/** `(json/parse text)`: objects are plists with keywords, null is nil, true and false are 1 and 0. */
export const jsonParse = /*#__PURE__*/ native("json/parse", 1, 1, (text: Value): Value => {
  if (typeof text !== "string") return refuse("json/parse", [text], STRING);
  try {
    return valueOf(JSON.parse(text));
  } catch (e) {
    return error(`json/parse: ${(e as Error).message}`, nil, e);
  }
});
const valueOf = (x: unknown): Value => {
  if (x === null) return nil;
  if (typeof x === "boolean") return x ? 1 : 0;
  if (Array.isArray(x)) return fromArray(x.map(valueOf));
  if (typeof x !== "object") return x;
  return fromArray(Object.entries(x).flatMap(([key, value]) => [sym(`:${key}`), valueOf(value)]));
};
