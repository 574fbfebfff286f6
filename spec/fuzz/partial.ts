/** Partial application, rest parameters, functions that are passed on. */
import { bind, type MakeFamily, type Scope, TOP } from "./grammar.ts";

export const partial: MakeFamily = (g) => {
  const { r, num, list, fn, body, two, digit } = g;
  const three = (s: Scope): string => `(\\ {a b c} ${body("number", bind(s, "a", "b", "c"))})`;
  const some = (n: number, s: Scope): string => Array.from({ length: n }, () => num(s)).join(" ");
  /** A function that still wants so many arguments, mostly. */
  const wanting = (n: number, s: Scope): string =>
    r.pick([
      () => (n === 1 ? `(three ${some(2, s)})` : n === 2 ? `(three ${num(s)})` : "three"),
      () => `(${three(s)} ${some(3 - n, s)})`.replace(" )", ")"),
      () => `(flip ${n === 1 ? `sub ${num(s)}` : n === 2 ? "sub" : three(s)})`,
      () => (n === 1 ? `(rest ${num(s)})` : "rest"),
      () => (n === 1 ? `(map ${fn(s)})` : "foldl"),
      () => (n === 1 ? `((three ${num(s)}) ${num(s)})` : "(three)"),
    ])();
  return {
    preamble: () => [
      `(fun {three a b c} ${body("number", bind({ ...TOP, depth: 1 }, "a", "b", "c"))})`,
      `(fun {rest a b & l} ${body("number", bind({ ...TOP, depth: 1 }, "a", "b", "l"))})`,
      "(fun {sub a b} {- a b})",
      "(fun {apply-to f & l} {unpack f l})",
    ],
    any: [
      (k, s) => {
        const [a, b] = two();
        return `(((\\ {${a} ${b}} ${body(k, bind(s, a, b))}) ${num(s)}) ${num(s)})`;
      },
      (k, s) => `(unpack (\\ {a & l} ${body(k, bind(s, "a", "l"))}) ${list(s)})`,
      (k, s) => `((\\ {& l} ${body(k, bind(s, "l"))}) ${some(r.below(4), s)})`.replace(" )", ")"),
      (k, s) => `(pack (\\ {l} ${body(k, bind(s, "l"))}) ${some(r.below(3), s)})`.replace(" )", ")"),
      (k, s) => `(let {g ${wanting(1, s)} h ${wanting(2, s)}} ${body(k, bind(s, "g", "h"))})`,
    ],
    statements: [
      (s) => [`(= {g} ${wanting(1, s)})`, ["g"]],
      (s) => [`(= {h} ${wanting(2, s)})`, ["h"]],
      (s) => [`(say ${wanting(r.below(3), s)})`, []],
    ],
    forms: {
      number: [
        (s) => `(${wanting(1, s)} ${num(s)})`,
        (s) => `(${wanting(2, s)} ${num(s)} ${num(s)})`,
        (s) => `((${wanting(2, s)} ${num(s)}) ${num(s)})`,
        (s) => `(${wanting(r.below(3), s)} ${some(r.below(4), s)})`.replace(" )", ")"),
        (s) => `(apply-to ${wanting(2, s)} ${num(s)} ${num(s)})`,
        (s) => `(apply-to (+ ) ${some(r.below(3), s)})`.replace("(+ )", "+").replace(" )", ")"),
        (s) => `(foldl ${wanting(2, s)} ${num(s)} ${list(s)})`,
        (s) => `((comp ${wanting(1, s)} ${wanting(1, s)}) ${num(s)})`,
        (s) => `((compose ${wanting(1, s)} ${fn(s)} ${fn(s)}) ${num(s)})`,
        (s) => `(rest ${some(2 + r.below(3), s)})`,
        (s) => `(fn? ${wanting(r.below(3), s)})`,
      ],
      list: [
        (s) => `(map ${wanting(1, s)} ${list(s)})`,
        (s) => `(map (\\ {g} {g ${digit()}}) (map ${wanting(2, s)} ${list(s)}))`,
        (s) => `(filter ${wanting(1, s)} ${list(s)})`,
        (s) => `(map (map ${wanting(1, s)}) (list ${list(s)} ${list(s)}))`,
        (s) => `(unpack list ${list(s)})`,
      ],
      function: [
        (s) => wanting(1, s),
        (s) => wanting(1, s),
        (s) => wanting(2, s),
        (s) => `(comp (sub ${num(s)}) ${fn(s)})`,
      ],
    },
  };
};
