/** The forms of every program: conditions, bindings, calls, arithmetic, lists, closures, delimiters. */
import { bind, deeper, delimit, type Kind, type MakeAny, type MakeFamily, NAMES, type Scope } from "./grammar.ts";
import { loopBody } from "./loops.ts";
import { captured, resume, shift } from "./shifts.ts";

export const core: MakeFamily = (g) => {
  const { r, two, digit, known, value, num, list, fn, test, lambda, given, statements, body } = g;

  // ---- statements ----

  /** A function of the frame that counts down, and its first call. */
  const localLoop = (s: Scope): readonly [string, readonly string[]] => {
    const [a, b] = two();
    const inner = bind(s, "i", a, b);
    const start = digit();
    if (r.percent(25)) {
      const loop = `(= {go} (\\ {i ${a} l} {if (> i 0) {go (- i 1) ${num(deeper(inner))} (cons ${lambda(["z"], deeper(inner))} l)} {l}}))`;
      return [`${loop} (= {l} (map (\\ {g} {g ${num(s)}}) (go ${start} ${num(s)} ())))`, ["l"]];
    }
    return [
      `(= {go} (\\ {i ${a} ${b}} ${loopBody(g, "go", inner, [num, num])})) (= {${a}} (go ${start} ${num(s)} ${num(s)}))`,
      [a],
    ];
  };
  const assign = (s: Scope): readonly [string, readonly string[]] => {
    const kind = g.kind();
    const name = g.nameOf(kind);
    return [`(= {${name}} ${value(kind, s)})`, [name]];
  };
  const increase = (s: Scope): readonly [string, readonly string[]] => {
    const x = known("number", s);
    return x === null || !NAMES.number.includes(x) ? [`(say ${num(s)})`, []] : [`(= {${x}} (+ ${x} ${num(s)}))`, []];
  };

  // ---- forms ----

  const call = (s: Scope): string => {
    if (g.callables.length === 0) return num(s);
    const { name, params } = r.pick(g.callables);
    const args = params.map((param) => given(param, s));
    if (args.length > 1 && r.percent(15)) return `((${name} ${args[0]}) ${args.slice(1).join(" ")})`;
    return `(${name} ${args.join(" ")})`;
  };
  const any: readonly MakeAny[] = [
    (k, s) => `(if ${test(s)} ${body(k, s)} ${body(k, s)})`,
    (k, s) => `(if ${test(s)} ${value(k, s)} ${value(k, s)})`,
    (k, s) => `(do ${statements(k, s)})`,
    (k, s) => {
      const [a, b] = two();
      return r.percent(60)
        ? `(let {${a} ${num(s)} ${b} ${num(bind(s, a))}} ${body(k, bind(s, a, b))})`
        : `(let ${body(k, s)})`;
    },
    (k, s) => `(select {${test(s)} ${value(k, s)}} {(< ${num(s)} 3) ${value(k, s)}} {otherwise ${value(k, s)}})`,
    (k, s) => `(case ${num(s)} {${digit()} ${value(k, s)}} {${num(s)} ${value(k, s)}} {otherwise ${value(k, s)}})`,
    (k, s) => `(${r.pick(["and", "or"])} ${value(k, s)} ${value(k, s)})`,
    (k, s) =>
      `(try ${body(k, s)} {e ${r.pick(["(say e)", value(k, s), `(str "caught " (error/message e))`, `(do (say (error? e)) ${value(k, s)})`])}})`,
    (k, s) => `(ensure ${body(k, s)} {(say ${num(s)})})`,
    (k, s) => `(reset ${statements(k, delimit(k, s))})`,
    (k, s) => `(reset ${body(k, delimit(k, s))})`,
    (k, s) => shift(g, k, s),
    (k, s) => shift(g, k, s),
    (k, s) => resume(g, k, s),
    (k, s) => resume(g, k, s),
    (k, s) => `(again ${value(k, s)})`,
    (k, s) => `(say ${value(k, s)})`,
    (k, s) => `(head ${`(list ${value(k, s)} ${num(s)})`})`,
    (k, s) => `(nth 2 \`(,${num(s)} ,${value(k, s)} ,@${list(s)}))`,
    (k, s) => {
      const [a, b] = two();
      return `((\\ {${a} ${b}} ${body(k, bind(s, a, b))}) ${num(s)} ${num(s)})`;
    },
    (k, s) => {
      const a = g.nameOf("number");
      return `((\\ {${a} & l} ${body(k, bind(s, a, "l"))}) ${num(s)} ${num(s)} ${num(s)})`;
    },
    (k, s) => `(unpack (\\ {a b} ${body(k, bind(s, "a", "b"))}) (list ${num(s)} ${num(s)}))`,
  ];
  /** Repeated operations on one list: what the compiler computes once. */
  const repeated = (s: Scope): string => {
    const l = known("list", s);
    if (l === null) return `(len (tail ${list(s)}))`;
    return r.pick([
      `(+ (len ${l}) (head ${l}) (len ${l}) (head ${l}))`,
      `(if (nil? ${l}) {0} {+ (head ${l}) (len (tail ${l})) (head ${l}) (len (tail ${l}))})`,
      `(do (say (len ${l})) (= {${l}} ${list(s)}) (+ (len ${l}) (len ${l})))`,
    ]);
  };

  return {
    any,
    statements: [
      assign,
      assign,
      assign,
      assign,
      (s) => {
        const [a, b] = two();
        return [`(= {${a} ${b}} ${num(s)} ${num(s)})`, [a, b]];
      },
      (s) => {
        const kind: Kind = g.kind();
        const name = g.nameOf(kind);
        return [
          `(if ${test(s)} {(= {${name}} ${value(kind, s)})} ${r.pick(["{()}", `{(= {${name}} ${value(kind, s)})}`])})`,
          r.percent(70) ? [name] : [],
        ];
      },
      increase,
      localLoop,
      (s) => {
        const kind = g.kind();
        const name = g.nameOf(kind);
        return [`(${r.pick(["when", "unless"])} ${test(s)} (= {${name}} ${value(kind, s)}))`, [name]];
      },
      (s) => {
        const kind = g.kind();
        const name = g.nameOf(kind);
        return [`(= {${name}} (reset ${statements(kind, delimit(kind, s))}))`, [name]];
      },
      (s) => [`(say ${value(r.pick(["number", "number", "list"]), s)})`, []],
      (s) => [`(say ${value(r.pick(["number", "number", "list"]), s)})`, []],
    ],
    forms: {
      number: [
        (s) => `(${r.pick(["+", "-"])} ${num(s)} ${num(s)})`,
        (s) => `(${r.pick(["+", "-"])} ${num(s)} ${num(s)})`,
        (s) => `(+ ${num(s)} ${num(s)} ${num(s)})`,
        (s) => `(${r.pick(["*", "/", "%"])} ${num(s)} ${digit()})`,
        test,
        (s) => `(not ${num(s)})`,
        (s) => `(len ${list(s)})`,
        (s) => `(head ${list(s)})`,
        (s) => `(${r.pick(["sum", "last", "fst", "snd"])} ${list(s)})`,
        repeated,
        (s) => `(exists ${num(s)} ${list(s)})`,
        (s) => `(foldl ${r.percent(30) ? "+" : lambda(two(), s)} ${num(s)} ${list(s)})`,
        (s) => `(foldr ${lambda(two(), s)} ${num(s)} ${list(s)})`,
        (s) =>
          r.pick([
            () => `(do (atom/set! A ${num(s)}) ${num(s)})`,
            () => `(atom/add! A ${num(s)})`,
            () => `(+ (atom/get A) (do (atom/set! A ${num(s)}) (atom/get A)))`,
          ])(),
        (s) => `(${fn(s)} ${num(s)})`,
        (s) => `(${known("function", s) ?? fn(s)} ${num(s)})`,
        (s) => `(((\\ {x y} ${body("number", bind(s, "x", "y"))}) ${num(s)}) ${num(s)})`,
        (s) => `(len (str ${num(s)} ${list(s)}))`,
        (s) => `(error? ${num(s)})`,
        (s) => `(ord ${num(s)} ${num(s)})`,
        call,
        call,
        call,
        call,
      ],
      list: [
        (s) => `(list ${num(s)} ${num(s)} ${num(s)})`,
        (s) => `(cons ${num(s)} ${list(s)})`,
        (s) => `(tail ${list(s)})`,
        (s) => `(map ${lambda([g.nameOf("number")], s)} ${list(s)})`,
        (s) => `(map ${fn(s)} ${list(s)})`,
        (s) => captured(g, "map", s),
        (s) => captured(g, "filter", s),
        (s) => `(filter (\\ {x} {> ${num(bind(s, "x"))} 2}) ${list(s)})`,
        (s) => `(sort ${list(s)})`,
        (s) => `(sort (\\ {x y} {< ${num(bind(s, "x"))} ${num(bind(s, "y"))}}) ${list(s)})`,
        (s) => `(reverse ${list(s)})`,
        (s) => `(join ${list(s)} ${list(s)})`,
        (s) => `(${r.pick(["take", "drop"])} ${num(s)} ${list(s)})`,
        (s) => `(repeat ${r.percent(60) ? fn(s) : num(s)} ${r.below(4)})`,
        (s) => `\`{,${num(s)} 1 ,@${list(s)}}`,
        (s) => `(map (\\ {g} {g ${digit()}}) (list ${fn(s)} ${fn(s)}))`,
        (s) => `(map (\\ {g} {g ${digit()}}) (reset (list ${num(s)} (shift k (list k k)) ${num(s)})))`,
      ],
      function: [
        (s) => lambda([g.nameOf("number")], s),
        (s) => lambda([g.nameOf("number")], s),
        (s) => `((\\ {x y} ${body("number", bind(s, "x", "y"))}) ${num(s)})`,
        (s) => `(comp ${fn(s)} ${fn(s)})`,
        (s) => `(let {a ${num(s)}} {\\ {b} ${body("number", bind(s, "a", "b"))}})`,
        (s) => `(flip - ${num(s)})`,
      ],
    },
  };
};
