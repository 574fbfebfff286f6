/** Property lists `{:key value ...}`: small maps. A key that stands twice counts where it stands first. */
import { curried } from "../kernel/curried.ts";
import { ValkError } from "../kernel/error.ts";
import { cons, consForm, fromArray, isBraces, isList, type List, nil, type Value } from "../kernel/list.ts";
import { ANY, PLIST, refuse } from "../kernel/wrong.ts";
import { eq } from "./equal.ts";

const isPlist = (l: Value): l is List => isList(l) && (l.$len & 2) === 0;
// The cell of the key, or nil.
const find = (l: List, key: Value): List => {
  let at = l;
  while (at !== nil && !eq(at.head, key)) at = at.tail.tail;
  return at;
};
const lookUp = (name: string, l: Value, key: Value, missing: Value): Value => {
  if (!isPlist(l) || key instanceof ValkError || missing instanceof ValkError)
    return refuse(name, [l, key, missing], PLIST, ANY);
  const at = find(l, key);
  return at === nil ? missing : at.tail.head;
};

/** The value of the key, or nil. */
export const plistGet = /*#__PURE__*/ curried(
  "plist/get",
  2,
  (l: Value, key: Value): Value => lookUp("plist/get", l, key, nil),
);

/** The value of the key, or the default. */
export const get = /*#__PURE__*/ curried(
  "get",
  3,
  (l: Value, key: Value, missing: Value): Value => lookUp("get", l, key, missing),
);

export const plistHas = /*#__PURE__*/ curried(
  "plist/has?",
  2,
  (l: Value, key: Value): Value =>
    isPlist(l) && !(key instanceof ValkError)
      ? find(l, key) === nil
        ? 0
        : 1
      : refuse("plist/has?", [l, key], PLIST, ANY),
);

/** A plist in which the key has the value: at its place, or at the end if it is new. The value may be an Error. */
export const plistSet = /*#__PURE__*/ curried("plist/set", 3, (l: Value, key: Value, value: Value): Value => {
  if (!isPlist(l) || key instanceof ValkError) return refuse("plist/set", [l, key], PLIST, ANY);
  const put = isBraces(l) ? cons : consForm;
  const found = find(l, key);
  const before: Value[] = [];
  for (let at = l; at !== found; at = at.tail) before.push(at.head);
  let result = put(key, put(value, found === nil ? nil : found.tail.tail));
  for (let i = before.length - 1; i >= 0; i--) result = put(before[i], result);
  return result;
});

const every2nd = (l: List, from: number): List => {
  const items: Value[] = [];
  for (let at = l; at !== nil; at = at.tail.tail) items.push(from === 0 ? at.head : at.tail.head);
  return fromArray(items);
};
export const plistKeys = /*#__PURE__*/ curried(
  "plist/keys",
  1,
  (l: Value): Value => (isPlist(l) ? every2nd(l, 0) : refuse("plist/keys", [l], PLIST)),
);
export const plistVals = /*#__PURE__*/ curried(
  "plist/vals",
  1,
  (l: Value): Value => (isPlist(l) ? every2nd(l, 1) : refuse("plist/vals", [l], PLIST)),
);
