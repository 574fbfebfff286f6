/** Errors as values that go through everything: definitions, assignments, arguments, conditions, cleanups. */
import { bind, delimit, type MakeFamily, type Scope } from "./grammar.ts";

export const errors: MakeFamily = (g) => {
  const { r, num, list, value, body, test, statements, digit } = g;
  const failing = (s: Scope): string =>
    r.pick([
      () => `(error "bad" ${num(s)})`,
      () => `(error (str "bad " ${num(s)}))`,
      () => "(head {})",
      () => `(nope ${num(s)})`,
      () => `(${num(s)} ${num(s)})`,
      () => `(+ {1} ${num(s)})`,
      () => `(/ ${num(s)} 0)`,
      () => `(if ${test(s)} {error "odd"} {${num(s)}})`,
      () => `(nth ${digit()} ${list(s)})`,
      () => "(if 1)",
      () => `(case ${num(s)} {1 2})`,
      () => `(select {${test(s)} ${num(s)}})`,
      () => "((\\ {x} {x}) 1 2)",
      () => `(atom/add! ${num(s)} 1)`,
    ])();
  return {
    any: [
      (k, s) => `(try {${statements(k, s)}} {e (do (say (error/message e)) ${value(k, s)})})`,
      (k, s) => `(try {(say ${failing(s)}) ${value(k, s)}} {e (do (say e) (say (error/data e)) ${value(k, s)})})`,
      (k, s) => `(do ${failing(s)} ${value(k, s)})`,
      (k, s) => `(try {def {D} ${failing(s)}} {e ${value(k, s)}})`,
      (k, s) => `(let {e ${failing(s)}} {if (error? e) ${body(k, s)} ${body(k, s)}})`,
      (k, s) => `(ensure {${statements(k, s)}} {${failing(s)}})`,
      (k, s) => `(ensure {(say ${failing(s)}) ${value(k, s)}} {(say ${num(s)})})`,
      (k, s) => `((\\ {x} ${body(k, bind(s, "x"))}) ${failing(s)})`,
      (k, s) => `(try {reset ${statements(k, delimit(k, s))}} {e (do (say e) ${value(k, s)})})`,
      (k, s) => `(and (say ${num(s)}) ${value(k, s)} ${failing(s)})`,
    ],
    statements: [
      (s) => {
        const a = g.nameOf("number");
        return [`(= {${a}} ${failing(s)})`, [a]];
      },
      (s) => [`(def {D} ${num(s)})`, ["D"]],
      (s) => [`(atom/set! A ${failing(s)})`, []],
      (s) => [`(say (list ${failing(s)} ${num(s)}))`, []],
      (s) => [`(when (error? ${failing(s)}) (say ${num(s)}))`, []],
      (s) => [`(say (error/message ${failing(s)}))`, []],
    ],
    forms: {
      number: [
        failing,
        (s) => `(error? ${failing(s)})`,
        (s) => `(== ${failing(s)} ${failing(s)})`,
        (s) => `(foldl (\\ {x y} {if (error? x) {${num(s)}} {+ x y}}) ${failing(s)} ${list(s)})`,
        (s) => `(not ${failing(s)})`,
        (s) => `(len (error/data ${failing(s)}))`,
      ],
      list: [
        (s) => `(map (\\ {x} {if (> x 1) {${failing(s)}} {x}}) ${list(s)})`,
        (s) => `(filter (\\ {x} {if (> x 2) {${failing(s)}} {x}}) ${list(s)})`,
        (s) => `(list ${failing(s)} ${num(s)})`,
        (s) => `(map error? (list ${failing(s)} ${num(s)}))`,
        (s) => `(cons ${failing(s)} ${list(s)})`,
        (s) => `(join ${list(s)} (list ${failing(s)}))`,
      ],
      function: [(s) => `(\\ {x} {if (> x ${digit()}) {${failing(s)}} {x}})`, (s) => failing(s)],
    },
  };
};
