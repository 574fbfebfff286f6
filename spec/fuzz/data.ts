/** Strings, hashes, vectors, plists, big integers: builtins, and library functions that call functions of the program. */
import { bind, type MakeFamily, type Scope } from "./grammar.ts";

export const data: MakeFamily = (g) => {
  const { r, num, list, fn, lambda, two, digit, known, test } = g;
  const text = (s: Scope): string =>
    r.pick([
      () => '"abc"',
      () => `(str ${num(s)} ${list(s)})`,
      () => `(repr ${r.pick([num, list, fn])(s)})`,
      () => `(str/join ${list(s)} "-")`,
      () => `(str/upper (str :k ${num(s)}))`,
      () => `(str/replace (str ${num(s)}) "${digit()}" "x")`,
      () => `(make-string ${digit()} "ab")`,
      () => `(str/slice "hello" ${digit()} ${digit()})`,
      () => `(error/message ${num(s)})`,
      () => `(type ${r.pick([num, list, fn])(s)})`,
    ])();
  const key = (s: Scope): string => r.pick([() => ":a", () => ":b", () => digit(), () => num(s), () => '"k"'])();
  const hash = (s: Scope): string =>
    r.pick([
      () => `(hash :a ${num(s)} :b ${num(s)})`,
      () => `(hash/set (hash :a ${num(s)}) ${key(s)} ${num(s)})`,
      () => `(hash/remove (hash :a 1 :b 2) ${key(s)})`,
      () => `(hash/merge (hash :a ${num(s)}) (hash :a 1 :b ${num(s)}))`,
      () => `(hash/map (\\ {x y} ${g.body("number", bind(s, "x", "y"))}) (hash :a ${num(s)}))`,
      () => `(hash/filter (\\ {x y} {> y ${num(s)}}) (hash :a ${num(s)} :b 2))`,
      () => `(hash/update (hash :a ${num(s)}) ${key(s)} 0 ${fn(s)})`,
      () => `(hash/of (map (\\ {x} {list x ${num(bind(s, "x"))}}) ${list(s)}))`,
    ])();
  const vec = (s: Scope): string =>
    r.pick([
      () => `(vec ${num(s)} ${num(s)} 3)`,
      () => `(list->vec ${list(s)})`,
      () => `(vec/set (vec 1 2 3) ${digit()} ${num(s)})`,
      () => `(vec/push (vec ${num(s)}) ${num(s)})`,
      () => `(vec/map ${fn(s)} (vec 1 ${num(s)}))`,
      () => `(vec/update (vec 1 ${num(s)}) ${digit()} ${fn(s)})`,
      () => `(vec/filter ${lambda(["x"], s)} (list->vec ${list(s)}))`,
    ])();
  const plist = (s: Scope): string =>
    r.pick([
      () => `(list :a ${num(s)} :b ${num(s)})`,
      () => `(plist/set (list :a ${num(s)}) :b ${num(s)})`,
      () => "{:a 1 :b {2 3}}",
      () => `\`{:a ,${num(s)} :b 2}`,
    ])();
  const big = (s: Scope): string =>
    r.pick([
      () => "9007199254740993n",
      () => `(num->big ${num(s)})`,
      () => `(* 12345678901234567890n ${digit()}n)`,
      () => `(- ${digit()}n (num->big ${num(s)}))`,
    ])();
  return {
    any: [
      (k, s) => `(let {w ${r.pick([hash, vec, plist, text, big])(s)}} {(say w) ${g.value(k, s)}})`,
      (k, s) => `(do (say ${r.pick([hash, vec, plist, text, big])(s)}) ${g.value(k, s)})`,
      (k, s) =>
        `(select {(== ${text(s)} ${text(s)}) ${g.value(k, s)}} {${test(s)} ${g.value(k, s)}} {1 ${g.value(k, s)}})`,
      (k, s) =>
        `(case ${r.pick([text, key])(s)} {:a ${g.value(k, s)}} {"abc" ${g.value(k, s)}} {otherwise ${g.value(k, s)}})`,
    ],
    statements: [
      (s) => [`(say ${r.pick([hash, vec, plist, text, big])(s)})`, []],
      (s) => [`(printf "%s %d %%\\n" ${text(s)} ${num(s)})`, []],
    ],
    forms: {
      number: [
        (s) => `(hash/get ${hash(s)} ${key(s)} ${num(s)})`,
        (s) => `(hash/len ${hash(s)})`,
        (s) => `(hash/fold (\\ {x y z} ${g.body("number", bind(s, "x", "y"))}) ${num(s)} ${hash(s)})`,
        (s) => `(vec/get ${vec(s)} ${num(s)} ${num(s)})`,
        (s) => `(vec/len ${vec(s)})`,
        (s) => `(vec/fold ${lambda(two(), s)} ${num(s)} ${vec(s)})`,
        (s) => `(vec/last ${vec(s)})`,
        (s) => `(plist/get ${plist(s)} :a)`,
        (s) => `(get ${plist(s)} ${key(s)} ${num(s)})`,
        (s) => `(len ${text(s)})`,
        (s) => `(str/find ${text(s)} "1")`,
        (s) => `(str->num (str ${num(s)}))`,
        (s) => `(big->num ${big(s)})`,
        (s) => `(${r.pick(["<", "==", ">", "ord"])} ${big(s)} ${r.percent(60) ? big(s) : num(s)})`,
        (s) => `(== ${hash(s)} ${hash(s)})`,
        (s) => `(== ${vec(s)} ${vec(s)})`,
        (s) => `(math/${r.pick(["abs", "floor", "round"])} (/. ${num(s)} ${digit()}))`,
        (s) => `(error? (read (repr ${r.pick([list, num, plist, text, big])(s)})))`,
        (s) => `(== ${known("list", s) ?? list(s)} (read (repr ${known("list", s) ?? list(s)})))`,
      ],
      list: [
        (s) => `(hash/vals (hash :a ${num(s)}))`,
        (s) => `(hash->plist (hash ${key(s)} ${num(s)}))`,
        (s) => `(vec->list ${vec(s)})`,
        (s) => `(str/split ${text(s)} "-")`,
        (s) => `(plist/vals ${plist(s)})`,
        (s) => `(list ${big(s)} ${text(s)} ${hash(s)})`,
        (s) => `(map str->num (str/split (str/join ${list(s)} ",") ","))`,
        (s) => `(sort (list ${big(s)} ${num(s)} ${big(s)}))`,
      ],
      function: [
        (s) => `(hash/get ${hash(s)})`,
        (s) => `(\\ {x} {vec/get ${vec(s)} x 0})`,
        (s) => `(let {w ${hash(s)}} {\\ {x} {hash/get w x ${num(bind(s, "x"))}}})`,
      ],
    },
  };
};
