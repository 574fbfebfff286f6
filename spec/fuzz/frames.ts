/** Frames: assignments in closures and loops, names not bound yet, variables that resumptions share, local functions. */
import { bind, deeper, delimit, type MakeFamily, type Scope } from "./grammar.ts";
import { loopBody } from "./loops.ts";

export const frames: MakeFamily = (g) => {
  const { r, num, list, value, body, test, statements, digit, nameOf } = g;
  let functions = 0;
  /** A `fun` inside of a function: a global, made when it is reached. */
  const localFun = (s: Scope): readonly [string, readonly string[]] => {
    const name = `u${functions++ % 3}`;
    const a = nameOf("number");
    return [`(fun {${name} ${a}} ${body("number", bind(s, a))}) (say (${name} ${num(s)}))`, []];
  };
  /** Closures over the variables of a loop, called when it is over. */
  const collecting = (s: Scope): string => {
    const [a] = g.two();
    const inner = deeper(bind(s, "i", a));
    return `(do (= {go} (\\ {i ${a} l} {(= {b} ${num(inner)}) (if (> i 0) {go (- i 1) ${num(inner)} (cons (\\ {z} {${r.percent(40) ? `(= {${a}} (+ ${a} z)) ` : ""}(+ z i b ${num(inner)})}) l)} {l})})) (map (\\ {g} {g ${num(s)}}) (go ${digit()} ${num(s)} ())))`;
  };
  /** Two resumptions that reach one place before either goes on. */
  const shared = (s: Scope): string => {
    const a = nameOf("number");
    const inner = delimit("list", s);
    const before = r.percent(50) ? `(= {${a}} ${num(inner)}) ` : "";
    const between = r.pick(["", `(= {g} (\\ {_} {${a}})) `, `(say ${a}) `]);
    const after = r.pick(["", `(= {${a}} (+ ${a} 1)) `, "(say (g 0)) "]);
    const end = r.pick([a, `(+ ${a} ${num(bind(s, a))})`, between.includes("g") ? "(g 1)" : a]);
    return `(map (\\ {j} {j nil}) (reset (let {${before}${between}(= {${a}} (shift k (list (k ${num(s)}) (k ${num(s)})))) (shift j j) ${after}${end}})))`;
  };
  return {
    any: [
      (k, s) => {
        const a = nameOf("number");
        return `(let {${a} ${num(s)}} {(= {g} (\\ {z} {(= {${a}} (+ ${a} z)) ${a}})) (say (g 1)) (say (g 2)) ${value(k, bind(s, a, "g"))}})`;
      },
      (k, s) => {
        const a = nameOf("number");
        return `((\\ {_} {(= {g} (\\ {_} {${a}})) (say (g 0)) (= {${a}} ${num(s)}) (say (g 0)) ${value(k, bind(s, a))}}) 0)`;
      },
      (k, s) => {
        const a = nameOf("number");
        return `((\\ {_} {(if ${test(s)} {(= {${a}} ${num(s)})}) (= {h} (\\ {_} {${a}})) (say (h 1)) ${value(k, bind(s, a, "h"))}}) 0)`;
      },
      (k, s) => `(reset (let {${statements(k, delimit(k, s))}}))`,
      (k, s) =>
        `((\\ {a} {(= {a} (reset ${statements("number", delimit("number", bind(s, "a")))})) ${value(k, bind(s, "a"))}}) ${num(s)})`,
    ],
    statements: [
      localFun,
      (s) => [`(def {G} ${num(s)})`, ["G"]],
      (s) => [`(= {x} ${num(s)}) (= {g} (\\ {_} {x})) (= {x} ${num(bind(s, "x"))})`, ["x", "g"]],
      (s) => {
        const inner = deeper(bind(s, "i", "a", "b"));
        return [`(= {go} (\\ {i a b} ${loopBody(g, "go", inner, [num, num])}))`, []];
      },
    ],
    forms: {
      number: [
        (s) => `(do (def {G} ${num(s)}) (+ G ${num(s)}))`,
        (s) => `(reset (do (= {y} ${num(s)}) (= {y} (+ y (shift k (+ (k ${num(s)}) (k ${num(s)}))))) (say y) y))`,
        (s) =>
          `(reset (do (= {y} (shift k (do (k ${num(s)}) (k ${num(s)})))) (= {h} (\\ {z} {+ z y})) (say (h 1)) (h ${num(bind(s, "y"))})))`,
      ],
      list: [collecting, collecting, shared, shared, (s) => `(map (\\ {x} {(= {a} (+ a x)) a}) ${list(s)})`],
      function: [
        (s) => `(let {(= {a} ${num(s)}) (\\ {b} {(= {c} (+ a b)) ${num(bind(s, "a", "b", "c"))}})})`,
        (s) => `(let {c ${num(s)}} {(= {h} (\\ {b} {+ b c})) (= {c} ${num(s)}) h})`,
      ],
    },
  };
};
