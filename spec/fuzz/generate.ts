/**
 * Programs made at random: small, with every form in every position, and sure to end. Loops count down from small numbers,
 * functions call those before them, and a continuation that has escaped is called through `again`, which has fuel.
 */
import { type Random, random } from "./random.ts";

/** What a value mostly is; one in twenty is something else. */
type Kind = "number" | "list" | "function";
interface Scope {
  readonly names: readonly string[];
  /** Continuations in scope. */
  readonly ks: readonly Continuation[];
  readonly depth: number;
  /** What the delimiter around gives. Without one (null) shift gives an Error, which would end most programs early. */
  readonly answer: Kind | null;
}
interface Continuation {
  readonly name: string;
  readonly takes: Kind;
  readonly gives: Kind;
}

/** A name tells the kind of its values. `i` counts loops down and is never assigned. */
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  number: ["a", "b", "c", "x", "y"],
  list: ["l", "m"],
  function: ["g", "h"],
};
const kindOf = (name: string): Kind =>
  NAMES.list.includes(name) ? "list" : NAMES.function.includes(name) ? "function" : "number";

/** The text of a program. */
export const generate = (seed: number): string => {
  const r = random(seed);
  const g = grammar(r);
  const out = [
    "(def {A} (atom 1)) (def {K} (atom id)) (def {fuel} (atom 12))",
    "(fun {say x} {(print x) x})",
    "(fun {again v} {if (> (atom/add! fuel -1) 0) {((atom/get K) v)} {0}})",
  ];
  const helpers = 1 + r.below(3);
  for (let i = 0; i < helpers; i++) out.push(g.helper(i));
  const tests = 1 + r.below(3);
  for (let i = 0; i < tests; i++) out.push(g.test(i));
  return `${out.join("\n")}\n`;
};

interface Callable {
  readonly name: string;
  /** Arguments of a call; a loop's count comes first. */
  readonly params: readonly (Kind | "count" | "mixed")[];
}
type Make = (s: Scope) => string;

const grammar = (r: Random) => {
  const callables: Callable[] = [];
  const delimit = (answer: Kind, s: Scope): Scope => ({ ...s, answer });
  const deeper = (s: Scope): Scope => ({ ...s, depth: s.depth - 1 });
  const bind = (s: Scope, ...names: readonly string[]): Scope => ({ ...s, names: [...s.names, ...names] });
  const two = (names: readonly string[]): readonly [string, string] => {
    const first = r.below(names.length);
    return [names[first], names[(first + 1 + r.below(names.length - 1)) % names.length]];
  };
  const digit = (): string => String(r.below(7));

  // ---- values ----

  const odd = (): string =>
    r.pick([
      '"s"',
      "7n",
      "2n",
      '(error "bad")',
      "()",
      ":key",
      "{1 2}",
      "nope",
      "1.5",
      "-1",
      "(head ())",
      "(5 6)",
      '(+ 1 "x")',
      "0",
    ]);
  const known = (kind: Kind, s: Scope): string | null => {
    const names = s.names.filter((name) => kindOf(name) === kind);
    return names.length === 0 ? null : r.pick(names);
  };
  const leaf = (kind: Kind, s: Scope): string => {
    const name = r.percent(75) ? known(kind, s) : r.percent(2) ? r.pick(NAMES[kind]) : null;
    if (name !== null) return name;
    if (kind === "number") return r.percent(10) ? "(atom/get A)" : digit();
    if (kind === "list")
      return r.pick(["{1 2 3}", "{3 1 2}", "{4 0}", `(list ${digit()} ${digit()})`, "{2}", "(range 0 3)"]);
    return r.pick(["(\\ {z} {+ z 1})", "say", "(nth 1)", "id", "(comp say say)"]);
  };
  const value = (kind: Kind, scope: Scope): string => {
    if (r.percent(1)) return odd();
    if (scope.depth <= 0) return leaf(kind, scope);
    const s = deeper(scope);
    if (r.percent(45)) return r.pick(anyForms)(kind, s);
    return r.pick(forms[kind])(s);
  };
  const num: Make = (s) => value("number", s);
  const list: Make = (s) => value("list", s);
  const fn: Make = (s) => value("function", s);
  const count = (s: Scope): string => (r.percent(75) ? digit() : r.percent(70) ? `(% ${num(s)} 5)` : odd());

  const mixed: Make = (s) => (r.percent(50) ? num(s) : r.percent(60) ? r.pick(["2n", "7n", "-3n", "0n"]) : odd());

  const test: Make = (s) =>
    r.percent(70)
      ? `(${r.pick(["<", ">", "<=", ">=", "==", "!="])} ${num(deeper(s))} ${num(deeper(s))})`
      : r.percent(50)
        ? `(nil? ${list(s)})`
        : num(s);
  const lambda = (params: readonly string[], s: Scope): string =>
    `(\\ {${params.join(" ")}} ${body("number", bind(s, ...params))})`;

  // ---- bodies ----

  const statements = (kind: Kind, s: Scope, prefix: readonly string[] = []): string => {
    const out: string[] = [...prefix];
    let inner = s;
    for (let n = r.below(3) + (prefix.length === 0 ? 1 : 0); n > 0; n--) {
      const [text, names] = statement(deeper(inner));
      out.push(text);
      inner = bind(inner, ...names);
    }
    out.push(value(kind, deeper(inner)));
    return out.map((text, i) => (i === 0 && !text.startsWith("(") ? `(do ${text})` : text)).join(" ");
  };
  /** A brace body: a sequence, a call without its parentheses, or one value. */
  const body = (kind: Kind, s: Scope): string => {
    if (r.percent(45)) return `{${statements(kind, s)}}`;
    const text = value(kind, s);
    return text.startsWith("(") && text !== "()" && r.percent(60) ? `{${text.slice(1, -1)}}` : `{${text}}`;
  };
  const statement = (s: Scope): readonly [string, readonly string[]] => {
    const kind = r.pick(["number", "number", "number", "list", "function"] as const);
    const name = r.pick(NAMES[kind]);
    const choice = r.below(12);
    if (choice < 4) return [`(= {${name}} ${value(kind, s)})`, [name]];
    if (choice === 4) {
      const [a, b] = two(NAMES.number);
      return [`(= {${a} ${b}} ${num(s)} ${num(s)})`, [a, b]];
    }
    if (choice === 5)
      return [
        `(if ${test(s)} {(= {${name}} ${value(kind, s)})} ${r.pick(["{()}", `{(= {${name}} ${value(kind, s)})}`])})`,
        r.percent(70) ? [name] : [],
      ];
    if (choice === 6) {
      const x = known("number", s);
      return x === null || x === "i" ? [`(say ${num(s)})`, []] : [`(= {${x}} (+ ${x} ${num(s)}))`, []];
    }
    if (choice === 7) return localLoop(s);
    if (choice === 8) return [`(${r.pick(["when", "unless"])} ${test(s)} (= {${name}} ${value(kind, s)}))`, [name]];
    if (choice === 9) return [`(= {${name}} (reset ${statements(kind, delimit(kind, s))}))`, [name]];
    return [`(say ${value(r.pick(["number", "number", "list"]), s)})`, []];
  };
  /** A function of the frame that counts down, and its first call. */
  const localLoop = (s: Scope): readonly [string, readonly string[]] => {
    const [a, b] = two(NAMES.number);
    const inner = bind(s, "i", a, b);
    const start = digit();
    if (r.percent(25)) {
      const loop = `(= {go} (\\ {i ${a} l} {if (> i 0) {go (- i 1) ${num(deeper(inner))} (cons ${lambda(["z"], deeper(inner))} l)} {l}}))`;
      return [`${loop} (= {l} (map (\\ {g} {g ${num(s)}}) (go ${start} ${num(s)} ())))`, ["l"]];
    }
    return [
      `(= {go} (\\ {i ${a} ${b}} ${loopBody("go", inner, [num, num])})) (= {${a}} (go ${start} ${num(s)} ${num(s)}))`,
      [a],
    ];
  };
  /** One turn of a loop that calls `name` with a smaller i, mostly in tail position. */
  const loopBody = (name: string, scope: Scope, makes: readonly Make[]): string => {
    const s = deeper(scope);
    const call = `(${name} (- i 1) ${makes.map((make) => make(s)).join(" ")})`;
    const again = r.percent(75) ? call : `(+ ${num(deeper(s))} ${call})`;
    const before = r.percent(40) ? `${statement(s)[0]} ` : "";
    return r.pick([
      () => `{if (> i 0) {${before}${again}} {${num(s).replace(/^(?=[^(])/, "do ")}}}`,
      () => `{if (<= i 0) ${body("number", s)} {${before}${again}}}`,
      () => `{select {(> i 0) ${again}} {otherwise ${num(s)}}}`,
      () => `{${before}(and (> i 0) ${again})}`,
      () => `{${before}(if (> i 0) ${again} ${num(s)})}`,
    ])();
  };

  // ---- forms of any kind ----

  const anyForms: readonly ((kind: Kind, s: Scope) => string)[] = [
    (k, s) => `(if ${test(s)} ${body(k, s)} ${body(k, s)})`,
    (k, s) => `(if ${test(s)} ${value(k, s)} ${value(k, s)})`,
    (k, s) => `(do ${statements(k, s)})`,
    (k, s) => {
      const [a, b] = two(NAMES.number);
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
    (k, s) => shift(k, s),
    (k, s) => shift(k, s),
    (k, s) => resume(k, s),
    (k, s) => resume(k, s),
    (k, s) => `(again ${value(k, s)})`,
    (k, s) => `(say ${value(k, s)})`,
    (k, s) => `(head ${`(list ${value(k, s)} ${num(s)})`})`,
    (k, s) => `(nth 2 \`(,${num(s)} ,${value(k, s)} ,@${list(s)}))`,
    (k, s) => waits(k, s),
    (k, s) => {
      const [a, b] = two(NAMES.number);
      return `((\\ {${a} ${b}} ${body(k, bind(s, a, b))}) ${num(s)} ${num(s)})`;
    },
    (k, s) => {
      const a = r.pick(NAMES.number);
      return `((\\ {${a} & l} ${body(k, bind(s, a, "l"))}) ${num(s)} ${num(s)} ${num(s)})`;
    },
    (k, s) => `(unpack (\\ {a b} ${body(k, bind(s, "a", "b"))}) (list ${num(s)} ${num(s)}))`,
  ];
  const resume = (kind: Kind, s: Scope): string => {
    const fitting = s.ks.filter(({ gives }) => gives === kind);
    if (fitting.length === 0) return shift(kind, s);
    const { name: k, takes } = r.pick(fitting);
    const v = value(takes, s);
    return r.pick([
      `(${k} ${v})`,
      `(${k} ${v})`,
      `(${k} ${v})`,
      `(resume ${k} ${v})`,
      `(unpack ${k} (list ${v}))`,
      `(do (${k} ${v}) (${k} ${v}))`,
      `(last (map ${k} (list ${v} ${value(takes, s)})))`,
    ]);
  };
  const shift = (kind: Kind, s: Scope): string => {
    const { answer } = s;
    if (answer === null && r.percent(95)) return `(reset ${statements(kind, delimit(kind, s))})`;
    const gives = answer ?? kind;
    const k = r.pick(["k", "q"]);
    const inner: Scope = { ...s, ks: [...s.ks, { name: k, takes: kind, gives }] };
    const both = { number: "+", list: "join", function: "comp" }[gives];
    return r.pick([
      () => `(shift ${k} (${k} ${value(kind, s)}))`,
      () => `(shift ${k} (${both} (${k} ${value(kind, s)}) (${k} ${value(kind, s)})))`,
      () => `(shift ${k} (${both} (${k} ${value(kind, s)}) (${k} ${value(kind, s)})))`,
      () => `(shift ${k} ${value(gives, inner)})`,
      () => `(shift ${k} ${statements(gives, inner)})`,
      () => `(shift {${k}} ${body(gives, inner)})`,
      () => `(shift ${k} (atom/set! K ${k}) ${value(gives, inner)})`,
      () => `(shift ${k} (say (len (map ${k} (list ${value(kind, s)} ${value(kind, s)})))) ${value(gives, inner)})`,
      () => `(shift ${k} ${value(gives, s)})`,
    ])();
  };
  /** A library function whose function captures, once or for each element. */
  const captured = (name: string, scope: Scope): string => {
    const s = delimit("list", bind(scope, "x"));
    const caught = shift("number", s);
    const given = r.percent(50) ? caught : `(if (== x 2) ${caught} x)`;
    return `(reset ${r.percent(50) ? "" : "(say 0) "}(${name} (\\ {x} {+ x ${given}}) ${list(scope)}))`;
  };
  const waits = (kind: Kind, s: Scope): string => {
    const apart: Scope = { ...s, answer: null, ks: r.percent(30) ? s.ks : [] };
    return r.pick([
      () => `(await (async ${body(kind, apart)}))`,
      () => `(do (sleep ${r.below(3)}) ${value(kind, s)})`,
      () => `(await (async {(sleep ${r.below(3)}) ${value(kind, apart)}}))`,
      () =>
        `(let {w (async {(sleep ${r.below(3)}) ${value(kind, apart)}}) v (async {(say ${num(apart)}) (sleep ${r.below(3)}) ${value(kind, apart)}})} {(say (await v)) (await w)})`,
      () => `(await ${value(kind, s)})`,
      () => `(await (\\ {r} {r ${value(kind, s)}}))`,
    ])();
  };
  const call: Make = (s) => {
    if (callables.length === 0) return num(s);
    const { name, params } = r.pick(callables);
    const given = params.map((param) =>
      param === "count" ? count(s) : param === "mixed" ? mixed(s) : r.percent(5) ? odd() : value(param, s),
    );
    if (given.length > 1 && r.percent(15)) return `((${name} ${given[0]}) ${given.slice(1).join(" ")})`;
    return `(${name} ${given.join(" ")})`;
  };

  // ---- forms of one kind ----

  const forms: Readonly<Record<Kind, readonly Make[]>> = {
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
      (s) => {
        // Repeated operations on one list: what the compiler computes once.
        const l = known("list", s);
        if (l === null) return `(len (tail ${list(s)}))`;
        return r.pick([
          `(+ (len ${l}) (head ${l}) (len ${l}) (head ${l}))`,
          `(if (nil? ${l}) {0} {+ (head ${l}) (len (tail ${l})) (head ${l}) (len (tail ${l}))})`,
          `(do (say (len ${l})) (= {${l}} ${list(s)}) (+ (len ${l}) (len ${l})))`,
        ]);
      },
      (s) => `(exists ${num(s)} ${list(s)})`,
      (s) => `(foldl ${r.percent(30) ? "+" : lambda(two(NAMES.number), s)} ${num(s)} ${list(s)})`,
      (s) => `(foldr ${lambda(two(NAMES.number), s)} ${num(s)} ${list(s)})`,
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
      (s) => `(map ${lambda([r.pick(NAMES.number)], s)} ${list(s)})`,
      (s) => `(map ${fn(s)} ${list(s)})`,
      (s) => captured("map", s),
      (s) => captured("filter", s),
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
      (s) => lambda([r.pick(NAMES.number)], s),
      (s) => lambda([r.pick(NAMES.number)], s),
      (s) => `((\\ {x y} ${body("number", bind(s, "x", "y"))}) ${num(s)})`,
      (s) => `(comp ${fn(s)} ${fn(s)})`,
      (s) => `(let {a ${num(s)}} {\\ {b} ${body("number", bind(s, "a", "b"))}})`,
      (s) => `(flip - ${num(s)})`,
    ],
  };

  // ---- definitions ----

  const top: Scope = { names: [], ks: [], depth: 2, answer: "number" };
  const define = (callable: Callable, text: string): string => {
    callables.push(callable);
    return text;
  };
  const helper = (index: number): string => {
    const name = `f${index}`;
    const [a, b] = two(NAMES.number);
    const s = bind(top, a, b);
    return r.pick([
      () => define({ name, params: ["number", "number"] }, `(fun {${name} ${a} ${b}} ${body("number", s)})`),
      () => define({ name, params: ["number", "list"] }, `(fun {${name} ${a} l} ${body("number", bind(top, a, "l"))})`),
      () =>
        define(
          { name, params: ["count", "number", "number"] },
          `(fun {${name} i ${a} ${b}} ${loopBody(name, bind(s, "i"), [num, num])})`,
        ),
      () =>
        define(
          { name, params: ["count", "number", "number"] },
          `(fun {${name} i ${a} ${b}} ${loopBody(name, bind(s, "i"), [num, num])})`,
        ),
      () =>
        define(
          { name, params: ["count", "number", "list"] },
          `(fun {${name} i ${a} l} ${loopBody(name, bind(top, "i", a, "l"), [num, list])})`,
        ),
      () => {
        // Two that call each other; the first is called from outside.
        const texts = [
          `(fun {${name} i ${a} ${b}} ${loopBody(`${name}x`, bind(s, "i"), [num, num])})`,
          `(fun {${name}x i ${a} ${b}} ${loopBody(name, bind(s, "i"), [num, num])})`,
        ];
        return define({ name, params: ["count", "number", "number"] }, texts.join("\n"));
      },
      () => {
        // Arithmetic on the parameters alone: what it is compiled to for numbers must not be used for others.
        const sum = (depth: number): string =>
          depth === 0
            ? r.pick([a, a, b, b, digit(), "i"])
            : `(${r.pick(["+", "+", "-", "*"])} ${sum(depth - 1 - r.below(depth))} ${sum(depth - 1)})`;
        const result = r.pick([sum(1), sum(2), `(list ${a} ${b} ${sum(1)})`, `(if (< ${a} ${b}) ${sum(2)} ${sum(1)})`]);
        const before = r.pick(["", `(= {c} ${sum(1)}) `, `(say (error? ${sum(1)})) `, `${sum(1)} `]);
        const kind = (): "number" | "mixed" => (r.percent(70) ? "mixed" : "number");
        return define(
          { name, params: ["count", kind(), kind()] },
          `(fun {${name} i ${a} ${b}} {${before}(if (> i 0) (${name} (- i 1) ${sum(2)} ${r.pick([a, b, sum(1)])}) ${result})})`,
        );
      },
      // Deeper than the JavaScript stack goes without moving to the heap.
      () =>
        define(
          { name, params: ["number"] },
          `(fun {${name}x i ${a}} {if (> i 0) {+ ${r.pick(["1", a, "(len {1})"])} (${name}x (- i 1) ${a})} {${num(deeper(bind(top, a))).replace(/^(?=[^(])/, "do ")}}})\n(fun {${name} ${a}} {${name}x 1500 ${a}})`,
        ),
    ])();
  };
  const testFunction = (index: number): string => {
    if (r.percent(35))
      return `(print ${index} "->" (reset ${value(r.pick(["number", "number", "list"]), { ...top, depth: 3 })}))`;
    const [a, b] = two(NAMES.number);
    const name = `t${index}`;
    const given = [digit(), r.percent(20) ? odd() : digit()];
    const started = `(${name} ${given.join(" ")})`;
    return `(fun {${name} ${a} ${b}} ${body("number", { ...bind(top, a, b), depth: 3 })})\n(print ${index} "->" ${r.percent(85) ? `(reset ${started})` : started})`;
  };
  return { helper, test: testFunction };
};
