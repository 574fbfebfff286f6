/** Quoted code: control structures of the program, code kept for later, lists made at run time. */
import { bind, deeper, delimit, type Kind, type MakeFamily, type Scope } from "./grammar.ts";

export const quoted: MakeFamily = (g) => {
  const { r, num, list, value, body, test, digit, statements, known } = g;
  /** Code as a value, which is run when somebody evaluates it. */
  const code = (kind: Kind, s: Scope): string =>
    r.pick([
      () => body(kind, s),
      () => body(kind, s),
      () => `(head {${body(kind, s)} ${digit()}})`,
      () => `(nth 2 (list ${digit()} ${body(kind, s)}))`,
      () => `(last {1 ${body(kind, s)}})`,
      () => `(if ${test(s)} {id ${body(kind, s)}} {id ${body(kind, s)}})`,
    ])();
  /** A list that is put together while the program runs. */
  const made = (s: Scope): string =>
    r.pick([
      () => `(list + ${num(s)} ${num(s)})`,
      () => `(list '- ${num(s)} ${num(s)})`,
      () => `(cons '* ${list(s)})`,
      () => `\`(+ ,${num(s)} ${num(s)})`,
      () => `\`(if ,${test(s)} {${num(s)}} {,${num(s)}})`,
      () => `\`{+ 1 ,@${list(s)}}`,
      () => `'${value("number", s)}`,
      () => `(join '(do (say 1)) (list ${num(s)} '${value("number", s)}))`,
      () => `(read (repr '${value("number", s)}))`,
      () => `(list (list '\\ '{z} '{+ z ${num(s)}}) ${num(s)})`,
      () => `(read "(+ a ${digit()})")`,
      () => `(reverse (list ${num(s)} ${num(s)} +))`,
      () => `(list 'let (list 'x ${num(s)}) '{(= {y} x) (+ x y)})`,
      () => `(map id {+ ${digit()} ${known("number", s) ?? "a"}})`,
      () => `(list 'reset (list '+ 1 '(shift k (+ (k ${digit()}) (k ${digit()})))))`,
    ])();
  return {
    preamble: () =>
      [
        "(fun {while c b} {if (> (atom/add! fuel -1) 0) {if (eval c) {(eval b) (while c b)} {nil}} {nil}})",
        "(fun {else-do c b} {if (eval c) {nil} {eval b}})",
        "(fun {twice b} {(eval b) (eval b)})",
        "(fun {with-it it b} {eval b})",
        "(fun {first-of l} {if (nil? l) {0} {if (eval (fst (head l))) {eval (snd (head l))} {first-of (tail l)}}})",
        "(def {S} (atom {5})) (fun {later b} {(atom/set! S b) 0})",
        "(fun {replay a} {if (> (atom/add! fuel -1) 0) {eval (atom/get S)} {0}})",
      ].sort(() => r.below(3) - 1),
    any: [
      (k, s) => `(twice ${code(k, s)})`,
      (k, s) => `(with-it ${num(s)} ${code(k, r.percent(60) ? bind(s, "it") : s)})`,
      (k, s) => `(eval ${body(k, s)})`,
      (k, s) => `(let {w ${code(k, s)}} {eval w})`,
      (k, s) => `((\\ {w} {eval w}) ${code(k, s)})`,
      (k, s) => `(last (map eval (list ${code(k, s)} ${code(k, s)})))`,
      (k, s) => `(first-of {{${body("number", s)} ${body(k, s)}} {{${test(s)}} ${body(k, s)}} {{id 1} ${body(k, s)}}})`,
      (k, s) => `(do (later ${code(k, s)}) ${value(k, s)})`,
      (k, s) => `(do (later ${code(k, s)}) (replay ${num(s)}))`,
      (k, s) => `(reset (twice {${statements(k, delimit(k, s))}}))`,
      (k, s) => `(try {twice ${code(k, s)}} {e (do (say e) ${value(k, s)})})`,
    ],
    statements: [
      (s) => [`(while {> (atom/add! A -1) ${digit()}} {${statements("number", deeper(s))}})`, []],
      (s) => [`(while {${test(s)}} ${body("number", deeper(s))})`, []],
      (s) => [`(else-do {${test(s)}} ${body("number", s)})`, []],
      (s) => [`(later ${code("number", s)})`, []],
      (s) => {
        const a = g.nameOf("number");
        return [`(eval {(= {${a}} ${num(s)})})`, [a]];
      },
      (s) => [`(eval '(def {G} ${num(s)}))`, []],
    ],
    forms: {
      number: [
        (s) => `(eval ${made(s)})`,
        (s) => `(eval ${made(s)})`,
        (s) => `(with-it ${num(s)} ${made(bind(s, "it"))})`,
        (s) => `(let {w ${made(s)}} {+ (eval w) (eval w)})`,
        (s) => `(replay ${num(s)})`,
        (s) => `(len ${code("number", s)})`,
        (s) => `(== ${code("number", s)} ${code("number", s)})`,
      ],
      list: [
        (s) => `(map eval (list ${made(s)} ${code("number", s)} ${num(s)}))`,
        (s) => `(map (\\ {${g.nameOf("number")}} {replay 1}) ${list(s)})`,
        (s) => `(tail ${body("list", s)})`,
      ],
      function: [
        (s) => `(eval (list '\\ '{z} '${body("number", bind(s, "z"))}))`,
        (s) => `(eval \`(\\ {z} {+ z ,${num(s)}}))`,
        (s) => `(\\ {_} {eval ${code("number", s)}})`,
        (s) => `(let {w ${code("number", s)}} {\\ {_} {eval w}})`,
        () => "replay",
      ],
    },
  };
};
