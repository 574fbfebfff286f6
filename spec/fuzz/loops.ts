/** Functions of the program: straight ones, loops, pairs of loops, arithmetic, deep recursion. */
import { bind, deeper, type Grammar, type Make, type MakeFamily, type Scope, TOP } from "./grammar.ts";

/** As the whole of a body: what is no form in parentheses would be called. */
const asBody = (text: string): string => text.replace(/^(?=[^(])/, "do ");

/** One turn of a loop that calls `name` with a smaller i, mostly in tail position. */
export const loopBody = (g: Grammar, name: string, scope: Scope, makes: readonly Make[]): string => {
  const { r, num } = g;
  const s = deeper(scope);
  const call = `(${name} (- i 1) ${makes.map((make) => make(s)).join(" ")})`;
  const again = r.percent(75) ? call : `(+ ${num(deeper(s))} ${call})`;
  const before = r.percent(40) ? `${g.statement(s)[0]} ` : "";
  return r.pick([
    () => `{if (> i 0) {${before}${again}} {${asBody(num(s))}}}`,
    () => `{if (<= i 0) ${g.body("number", s)} {${before}${again}}}`,
    () => `{select {(> i 0) ${again}} {otherwise ${num(s)}}}`,
    () => `{${before}(and (> i 0) ${again})}`,
    () => `{${before}(if (> i 0) ${again} ${num(s)})}`,
  ])();
};

export const loops: MakeFamily = (g) => {
  const { r, num, list, two, digit, define } = g;
  const loop = (name: string): string => {
    const [a, b] = two();
    return define(
      { name, params: ["count", "number", "number"] },
      `(fun {${name} i ${a} ${b}} ${loopBody(g, name, bind(TOP, "i", a, b), [num, num])})`,
    );
  };
  return {
    helpers: [
      (name) => {
        const [a, b] = two();
        return define(
          { name, params: ["number", "number"] },
          `(fun {${name} ${a} ${b}} ${g.body("number", bind(TOP, a, b))})`,
        );
      },
      (name) => {
        const a = g.nameOf("number");
        return define(
          { name, params: ["number", "list"] },
          `(fun {${name} ${a} l} ${g.body("number", bind(TOP, a, "l"))})`,
        );
      },
      loop,
      loop,
      (name) => {
        const a = g.nameOf("number");
        return define(
          { name, params: ["count", "number", "list"] },
          `(fun {${name} i ${a} l} ${loopBody(g, name, bind(TOP, "i", a, "l"), [num, list])})`,
        );
      },
      (name) => {
        // Two that call each other; the first is called from outside.
        const [a, b] = two();
        const s = bind(TOP, "i", a, b);
        const texts = [
          `(fun {${name} i ${a} ${b}} ${loopBody(g, `${name}x`, s, [num, num])})`,
          `(fun {${name}x i ${a} ${b}} ${loopBody(g, name, s, [num, num])})`,
        ];
        return define({ name, params: ["count", "number", "number"] }, texts.join("\n"));
      },
      (name) => {
        // Arithmetic on the parameters alone: what it is compiled to for numbers must not be used for others.
        const [a, b] = two();
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
      (name) => {
        // Deeper than the JavaScript stack goes without moving to the heap.
        const a = g.nameOf("number");
        return define(
          { name, params: ["number"] },
          `(fun {${name}x i ${a}} {if (> i 0) {+ ${r.pick(["1", a, "(len {1})"])} (${name}x (- i 1) ${a})} {${asBody(num(deeper(bind(TOP, a))))}}})\n(fun {${name} ${a}} {${name}x 1500 ${a}})`,
        );
      },
    ],
  };
};
