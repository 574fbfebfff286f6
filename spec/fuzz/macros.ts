/** Macros: a few known ones, and templates made at random. */
import { bind, deeper, type Kind, type MakeFamily, type Scope, TOP } from "./grammar.ts";

export const macros: MakeFamily = (g) => {
  const { r, num, list, value, body, statements } = g;
  /** Templates of this program: name and number of parameters. */
  const own: (readonly [name: string, params: number])[] = [];
  const template = (name: string): string => {
    const params = ["p", "q"].slice(0, 1 + r.below(2));
    const s: Scope = bind({ ...TOP, depth: 2 }, ...params, ...params, g.nameOf("number"));
    const text = r.pick([
      () => `(def {${name}} (macro {${params.join(" ")}} {${num(s)}}))`,
      () => `(def {${name}} (macro {${params.join(" ")}} {${statements("number", s)}}))`,
      () => `(def {${name}} (macro {${params.join(" ")}} {(let {t# ${num(s)}} {(+ t# ${r.pick(params)} t#)})}))`,
      () =>
        `(defmacro {${name} ${params.join(" ")}} {\`(do (say ,${params[0]}) (+ ,${r.pick(params)} ,${r.pick(params)} ${num(deeper(TOP))}))})`,
      () =>
        `(defmacro {${name} ${params.join(" ")}} {if (number? ${params[0]}) {${params[0]}} {\`(- ,${r.pick(params)} ${num(deeper(TOP))})}})`,
      () =>
        `(defmacro {${name} ${params.join(" ")}} {list '+ ${r.pick(params)} (list 'len (list 'str ${r.pick(params)}))})`,
    ])();
    own.push([name, params.length]);
    return text;
  };
  const call = (s: Scope): string => {
    const [name, params] = r.pick(own);
    return `(${name} ${Array.from({ length: params }, () => num(s)).join(" ")})`;
  };
  return {
    preamble: () => [
      "(def {sq} (macro {x} {(+ x x)}))",
      "(def {block} (macro {& b} {(let {b})}))",
      "(defmacro {unl c & b} {`(if ,c {} {do ,@b})})",
      "(defmacro {my-or a b} {`(let {t# ,a} {(if t# {t#} {,b})})})",
      "(defmacro {aif test yes no} {`(let {it ,test} {(if it {,yes} {,no})})})",
      "(defmacro {rep n x} {if (<= n 0) {0} {`(+ ,x (rep ,(- n 1) ,x))}})",
      "(def {esc} (macro {e} {(shift k (k e))}))",
      "(def {thunk} (macro {e} {(\\ {_} {do e})}))",
      "(fun {pairs l} {if (nil? l) {{}} {cons (take 2 l) (pairs (drop 2 l))}})",
      "(defmacro {binding l & b} {(= {ps} (pairs l)) `((\\ {,@(map fst ps)} {do ,@b}) ,@(map snd ps))})",
      ...Array.from({ length: 1 + r.below(2) }, (_, i) => template(`m${i}`)),
    ],
    any: [
      (k, s) => `(block ${statements(k, s)})`,
      (k, s) => `(my-or ${value(k, s)} ${value(k, s)})`,
      (k, s) => `(aif ${num(s)} ${value(k, bind(s, "it"))} ${value(k, s)})`,
      (k, s) => {
        const [a, b] = g.two();
        return `(binding {${a} ${num(s)} ${b} ${num(s)}} ${statements(k, bind(s, a, b))})`;
      },
      (k, s) => `((thunk ${value(k, s)}) 0)`,
      (k: Kind, s) => `(if (sq ${num(s)}) ${body(k, s)} ${body(k, s)})`,
    ],
    statements: [
      (s) => [`(unl ${g.test(s)} ${statements("number", s)})`, []],
      (s) => {
        const a = g.nameOf("number");
        return [`(unl ${g.test(s)} (= {${a}} ${num(s)}))`, [a]];
      },
      (s) => [`(say ${call(s)})`, []],
    ],
    forms: {
      number: [
        call,
        call,
        call,
        (s) => `(sq ${num(s)})`,
        (s) => `(rep ${r.below(3)} ${num(s)})`,
        (s) => (s.answer === null ? `(reset (+ 1 (esc ${num(s)})))` : `(esc ${num(s)})`),
        (s) => `(unl ${g.test(s)} ${num(s)})`,
      ],
      list: [(s) => `(map (thunk ${call(s)}) ${list(s)})`, (s) => `(list (sq ${num(s)}) ${call(s)})`],
      function: [(s) => `(thunk ${num(s)})`],
    },
  };
};
