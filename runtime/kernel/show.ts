/**
 * Values as text. `display` is what print and str show, `repr` what `read` gives back, `show` a `repr` cut short for messages.
 * Nothing here recurses, so that lists nested a million deep print, too.
 */
import { ValkError } from "./error.ts";
import { type Fn, nameOf } from "./function.ts";
import { isBraces, isList, type List, nil, type Value } from "./list.ts";
import { kindOf } from "./ref.ts";
import { Sym } from "./symbol.ts";

/** How print and str show a value: strings raw, but quoted inside lists. */
export const display = (value: Value): string => (typeof value === "string" ? value : write(value, "", Infinity));

/** Text that `read` gives back, where the value has one. */
export const repr = (value: Value): string => write(value, "n", Infinity);

const LIMIT = 60;
/** `repr` for messages: at most 60 characters of it. */
export const show = (value: Value): string => {
  const text = write(value, "n", LIMIT);
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}...` : text;
};

// Stops once there are more than `limit` characters. `big` is what marks a big integer.
const write = (value: Value, big: string, limit: number): string => {
  const outer: List[] = []; // what follows the lists that this one is in
  const closers: string[] = [];
  let text = "";
  let item = value;
  let rest = nil;
  while (text.length <= limit) {
    const items = item instanceof Collection ? item.$list(limit) : item;
    if (isList(items) && items !== nil) {
      const brackets = item !== items ? "<>" : isBraces(items) ? "{}" : "()";
      text += brackets[0];
      if (item !== items) text += `${kindOf(item as object)} `;
      outer.push(rest);
      closers.push(brackets[1]);
      item = items.head;
      rest = items.tail;
      continue;
    }
    text += atom(item, big);
    while (rest === nil) {
      const closing = closers.pop();
      if (closing === undefined) return text;
      text += closing;
      rest = outer.pop() as List;
    }
    text += " ";
    item = rest.head;
    rest = rest.tail;
  }
  return text;
};

/** Hashes and vectors: their contents are shown. `$list`: keys and values in turn, or the elements; so many at most. */
export abstract class Collection {
  abstract $list(most: number): List;
}

const atom = (value: Value, big: string): string => {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return big === "" ? String(value) : exact(value);
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return value + big;
    case "symbol":
      return "<ref:symbol>";
    case "function":
      return callable(value as Fn);
    case "object":
      if (value === nil) return "()";
      if (value === null) return "null";
      if (value instanceof Sym) return value.name;
      if (value instanceof ValkError) return `Error: ${value.message}`;
      return host(value);
  }
};

// JavaScript writes integers past 2^53 with digits that are not theirs, and the reader refuses integers it cannot hold.
const exact = (value: number): string => {
  const text = String(value);
  const rounded = Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes("e");
  return rounded && BigInt(text) !== BigInt(value) ? value.toExponential() : text;
};

const callable = (f: Fn): string => {
  if (f.$native !== undefined) return `<builtin ${f.$native.name}>`;
  return f.$n === undefined ? `<function ${f.name || "\\"}>` : `<lambda ${nameOf(f)}>`;
};

const host = (value: object): string => {
  const kind = kindOf(value);
  if (kind === "handle" || value instanceof Collection) return `<${kind}>`;
  // Their number, and the first of them as numbers, as bytes/get gives them.
  return value instanceof Uint8Array ? `<bytes ${value.length}:${value.subarray(0, 16).join(" ")}>` : `<ref:${kind}>`;
};

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"' };
const quote = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  `"${text.replace(/[\x00-\x1f\x7f"\\]/g, (c) => ESCAPES[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`)}"`;
