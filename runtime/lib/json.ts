/**
 * JSON. Objects are plists with keyword keys or hashes with string keys, arrays are lists or vectors. Valk has no values of
 * their own for true, false and null: they are read as 1, 0 and nil unless the options say otherwise, and the keywords
 * :true :false :null are written as them.
 */
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, type List, length, nil, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { isKeyword, Sym, sym } from "../kernel/symbol.ts";
import { type Kind, PLIST, refuse, STRING } from "../kernel/wrong.ts";
import { Trie } from "./trie.ts";
import { Vector, vectorOf } from "./vector.ts";

const DEEPEST = 500; // conversion is recursive, on a stack that others use, too
class TooDeep extends Error {}
const isTooDeep = (e: unknown): boolean => e instanceof TooDeep || e instanceof RangeError;

/** The value of an option, or undefined. An option may be nil. */
const option = (options: List, name: string): Value => {
  for (let at = options; at !== nil; at = at.tail.tail) if (at.head === sym(name)) return at.tail.head;
  return undefined;
};

/** The Error about an option that is not known or has no known value. */
const wrongOption = (
  builtin: string,
  options: List,
  known: Readonly<Record<string, readonly string[] | null>>,
): Value => {
  for (let at = options; at !== nil; at = at.tail.tail) {
    const key = at.head instanceof Sym ? at.head.name : show(at.head);
    if (!(key in known)) return error(`${builtin}: no option ${key}, there are ${Object.keys(known).join(" ")}`);
    const values = known[key];
    const value = at.tail.head;
    if (values !== null && !(value instanceof Sym && values.includes(value.name)))
      return error(`${builtin}: option ${key} must be ${values.join(" or ")}, got ${show(value)}`);
  }
  return nil;
};

// ---- reading ----

interface Reading {
  readonly hashes: boolean;
  readonly vectors: boolean;
  readonly yes: Value;
  readonly no: Value;
  readonly nothing: Value;
}

const PARSE = {
  ":objects": [":plist", ":hash"],
  ":arrays": [":list", ":vec"],
  ":true": null,
  ":false": null,
  ":null": null,
};

const fromJson = (json: unknown, to: Reading, depth: number): Value => {
  if (depth > DEEPEST) throw new TooDeep();
  switch (typeof json) {
    case "boolean":
      return json ? to.yes : to.no;
    case "object": {
      if (json === null) return to.nothing;
      if (Array.isArray(json)) {
        const items = json.map((item) => fromJson(item, to, depth + 1));
        return to.vectors ? vectorOf(items) : fromArray(items);
      }
      const pairs = Object.entries(json).map(([key, item]) => [key, fromJson(item, to, depth + 1)] as const);
      return to.hashes ? new Trie().setAll(pairs) : fromArray(pairs.flatMap(([key, item]) => [sym(`:${key}`), item]));
    }
    default:
      return json;
  }
};

/** The value that a JSON text describes. */
export const jsonParse = /*#__PURE__*/ native("json/parse", 1, 2, (text: Value, options: Value = nil): Value => {
  if (typeof text !== "string" || !PLIST.is(options)) return refuse("json/parse", [text, options], STRING, PLIST);
  const wrong = wrongOption("json/parse", options as List, PARSE);
  if (wrong !== nil) return wrong;
  const given = (name: string, otherwise: Value): Value => {
    const value = option(options as List, name);
    return value === undefined ? otherwise : value;
  };
  const to: Reading = {
    hashes: given(":objects", nil) === sym(":hash"),
    vectors: given(":arrays", nil) === sym(":vec"),
    yes: given(":true", 1),
    no: given(":false", 0),
    nothing: given(":null", nil),
  };
  try {
    return fromJson(JSON.parse(text), to, 0);
  } catch (e) {
    return isTooDeep(e) ? tooDeep("json/parse") : error(`json/parse: ${(e as Error).message}`, nil, e);
  }
});
const tooDeep = (name: string): Value => error(`${name}: nested more than ${DEEPEST} deep`);

// ---- writing ----

interface Writing {
  /** What nil is written as. */
  readonly nil: string;
  /** For each level; "" writes all on one line. */
  readonly indent: string;
}

const STRINGIFY = { ":nil": [":null", ":array", ":object"], ":indent": null };
const NILS: Readonly<Record<string, string>> = { ":null": "null", ":array": "[]", ":object": "{}" };
const LITERALS: ReadonlySet<string> = new Set([":true", ":false", ":null"]);

/** A list of keywords and values in turn is an object. */
const isObject = (l: List): boolean => {
  if (length(l) % 2 !== 0) return false;
  for (let at = l; at !== nil; at = at.tail.tail) if (!isKeyword(at.head)) return false;
  return true;
};
const keyOf = (key: Value): Value => {
  if (typeof key === "string") return key;
  if (key instanceof Sym) return key.name.replace(/^:/, "");
  if (typeof key === "number" || typeof key === "bigint") return String(key);
  return error(`json/stringify: keys must be strings, symbols or numbers, got ${show(key)}`);
};

const block = (open: string, items: readonly string[], close: string, { indent }: Writing, depth: number): string => {
  if (items.length === 0 || indent === "") return `${open}${items.join(",")}${close}`;
  const line = `\n${indent.repeat(depth)}`;
  return `${open}${items.map((item) => line + indent + item).join(",")}${line}${close}`;
};
const array = (values: readonly Value[], to: Writing, depth: number): string =>
  block(
    "[",
    values.map((value) => toJson(value, to, depth + 1)),
    "]",
    to,
    depth,
  );
const object = (pairs: Iterable<readonly [Value, Value]>, to: Writing, depth: number): string => {
  const items: string[] = [];
  const seen = new Set<Value>();
  for (const [key, value] of pairs) {
    const name = keyOf(key);
    if (name instanceof ValkError) throw name;
    if (seen.has(name)) continue; // as in plists: the first one counts
    seen.add(name);
    items.push(`${JSON.stringify(name)}:${to.indent === "" ? "" : " "}${toJson(value, to, depth + 1)}`);
  }
  return block("{", items, "}", to, depth);
};
function* pairsOf(l: List): Iterable<readonly [Value, Value]> {
  for (let at = l; at !== nil; at = at.tail.tail) yield [at.head, at.tail.head];
}

const toJson = (value: Value, to: Writing, depth: number): string => {
  if (depth > DEEPEST) throw new TooDeep();
  if (value === nil) return to.nil;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (value instanceof Sym) return LITERALS.has(value.name) ? value.name.slice(1) : JSON.stringify(keyOf(value));
  if (isList(value)) return isObject(value) ? object(pairsOf(value), to, depth) : array(toArray(value), to, depth);
  if (value instanceof Trie) return object(value, to, depth);
  if (value instanceof Vector) return array(value.toArray(), to, depth);
  throw value instanceof ValkError ? value : error(`json/stringify: no JSON for ${show(value)}`);
};

const INDENT: Kind = { what: "0 to 10", is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 10 };
/** The JSON text of a value. */
export const jsonStringify = /*#__PURE__*/ native(
  "json/stringify",
  1,
  2,
  (value: Value, options: Value = nil): Value => {
    if (value instanceof ValkError || !PLIST.is(options))
      return refuse("json/stringify", [value, options], { what: "a value", is: () => true }, PLIST);
    const wrong = wrongOption("json/stringify", options as List, STRINGIFY);
    if (wrong !== nil) return wrong;
    const indent = option(options as List, ":indent") ?? 0;
    if (!INDENT.is(indent)) return error(`json/stringify: option :indent must be ${INDENT.what}, got ${show(indent)}`);
    const none = option(options as List, ":nil") as Sym | undefined;
    try {
      return toJson(value, { nil: NILS[none?.name ?? ":null"], indent: " ".repeat(indent as number) }, 0);
    } catch (e) {
      if (e instanceof ValkError) return e;
      if (isTooDeep(e)) return tooDeep("json/stringify");
      throw e;
    }
  },
);
