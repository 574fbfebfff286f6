/** Hashes: persistent maps from any values to any values. A change gives a new hash; the old one stays. */
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, type List, length, list, nil, toArray, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { ANY, firstError, type Kind, LIST, PLIST, refuse, wrong } from "../kernel/wrong.ts";
import { bit, checked } from "./checked.ts";
import { Trie } from "./trie.ts";

export const HASH: Kind = { what: "a hash", is: (v) => v instanceof Trie };

const EMPTY = /*#__PURE__*/ new Trie();

function* inTurn(items: readonly Value[]): Iterable<readonly [Value, Value]> {
  for (let i = 0; i < items.length; i += 2) yield [items[i], items[i + 1]];
}

/** A hash of keys and values in turn. */
export const hash = /*#__PURE__*/ native("hash", 0, Infinity, (...items: Value[]): Value => {
  const failed = firstError(items);
  if (failed !== null) return failed;
  return items.length % 2 === 0
    ? EMPTY.setAll(inTurn(items))
    : error(`hash: expected keys and values in turn, got ${items.length} arguments`);
});

/** The value of the key, or the default, which is nil. */
export const hashGet = /*#__PURE__*/ native("hash/get", 2, 3, (h: Value, key: Value, missing: Value = nil): Value => {
  if (!(h instanceof Trie) || isError(key) || isError(missing)) return refuse("hash/get", [h, key, missing], HASH, ANY);
  const value = h.get(key);
  return value === undefined ? missing : value;
});

/** A hash in which the key has the value. The value may be an Error. */
export const hashSet = /*#__PURE__*/ native("hash/set", 3, 3, (h: Value, key: Value, value: Value): Value => {
  if (!(h instanceof Trie) || isError(key)) return refuse("hash/set", [h, key], HASH, ANY);
  return h.set(key, value);
});

export const hashHas = /*#__PURE__*/ checked("hash/has?", [HASH, ANY], (h: Trie, key: Value) =>
  bit(h.get(key) !== undefined),
);
/** The hash without the key. */
export const hashRemove = /*#__PURE__*/ checked("hash/remove", [HASH, ANY], (h: Trie, key: Value) => h.delete(key));
export const hashLen = /*#__PURE__*/ checked("hash/len", [HASH], (h: Trie) => h.size);
export const hashKeys = /*#__PURE__*/ checked("hash/keys", [HASH], (h: Trie) => fromArray([...h].map(([key]) => key)));
export const hashVals = /*#__PURE__*/ checked("hash/vals", [HASH], (h: Trie) =>
  fromArray([...h].map(([, value]) => value)),
);
/** A list of {key value}. */
export const hashPairs = /*#__PURE__*/ checked("hash/pairs", [HASH], (h: Trie) =>
  fromArray([...h].map(([key, value]) => list(key, value))),
);
/** A hash of a list of {key value}; later pairs win. */
export const hashOf = /*#__PURE__*/ checked("hash/of", [LIST], (pairs: List) => {
  const items = toArray(pairs);
  const bad = items.findIndex((item) => !isList(item) || length(item) !== 2);
  if (bad >= 0) return error(`hash/of: element ${bad + 1} must be a list {key value}, got ${show(items[bad])}`);
  return EMPTY.setAll((items as List[]).map(({ head, tail }) => [head, tail.head] as const));
});
/** All pairs of both; those of the second win. */
export const hashMerge = /*#__PURE__*/ checked("hash/merge", [HASH, HASH], (a: Trie, b: Trie) =>
  a.size === 0 ? b : a.setAll(b),
);
export const hashToPlist = /*#__PURE__*/ checked("hash->plist", [HASH], (h: Trie) => fromArray([...h].flat()));
/** As for plists, a key that stands twice counts where it stands first. */
export const plistToHash = /*#__PURE__*/ checked("plist->hash", [PLIST], (l: List) =>
  EMPTY.setAll([...inTurn(toArray(l))].reverse()),
);
export const isHash = /*#__PURE__*/ native("hash?", 1, 1, (x: Value): Value => bit(x instanceof Trie));

/** nil, or the Error that the argument of the library function called `name` is no hash. */
export const expectHash = /*#__PURE__*/ native(
  "expect/hash",
  3,
  3,
  (name: Value, position: Value, x: Value): Value =>
    x instanceof Trie ? nil : wrong(name as string, position as number, HASH.what, x),
);
