/** Handlers that resume their continuation no, one or two times, now or later; delimiters with tags. */
import type { Kind, MakeFamily, Scope } from "./grammar.ts";
import { uses } from "./shifts.ts";

const OPERATIONS: Readonly<Record<string, Kind>> = {
  "E/n": "number",
  "E/m": "number",
  "E/l": "list",
  "E/f": "function",
};
const TAGS = [":t", ":u"];

export const effects: MakeFamily = (g) => {
  const { r, num, value, body } = g;
  const clause = (operation: string, gives: Kind, s: Scope): string => {
    const takes = OPERATIONS[operation];
    const k = r.pick(["k", "q"]);
    const v = g.nameOf("number");
    const inner: Scope = { ...s, names: [...s.names, v], depth: s.depth - 1 };
    const text = r.pick([
      () => `(${k} ${takes === "number" ? v : value(takes, inner)})`,
      () => `(atom/add! A 1) (${k} ${value(takes, inner)})`,
      () => uses(g, k, takes, gives, inner),
      () => uses(g, k, takes, gives, inner),
      () => value(gives, inner),
      () => `(let {x (${k} ${value(takes, inner)})} {x})`,
      () => `(ensure {${k} ${value(takes, inner)}} {(say ${v})})`,
      () => `(${k} (perform '${operation} ${v}))`,
    ])();
    return `(${operation} {${v} ${k}} ${text})`;
  };
  const handler = (kind: Kind, s: Scope, make: (s: Scope) => string): string => {
    const chosen = Object.keys(OPERATIONS).filter(() => r.percent(45));
    if (chosen.length === 0) chosen.push(r.pick(Object.keys(OPERATIONS)));
    const inner: Scope = { ...s, answer: r.percent(70) ? s.answer : null, operations: [...s.operations, ...chosen] };
    return `(with-handler {${chosen.map((operation) => clause(operation, kind, s)).join(" ")}} ${make(inner)})`;
  };
  const perform = (kind: Kind, s: Scope): string => {
    const fitting = s.operations.filter((operation) => OPERATIONS[operation] === kind);
    if (fitting.length === 0 && r.percent(80)) return handler(kind, s, (inner) => `{${g.statements(kind, inner)}}`);
    const all = Object.keys(OPERATIONS).filter((operation) => OPERATIONS[operation] === kind);
    return `(perform '${r.pick(fitting.length === 0 ? all : fitting)} ${num(s)})`;
  };
  const tagged = (kind: Kind, s: Scope): string => {
    const tag = r.pick(TAGS);
    const inner: Scope = { ...s, tags: [...s.tags, [tag, kind]] };
    return `(reset-at ${tag} ${r.percent(50) ? g.statements(kind, inner) : body(kind, inner)})`;
  };
  const shiftAt = (kind: Kind, s: Scope): string => {
    if (s.tags.length === 0 && r.percent(90)) return tagged(kind, s);
    const [tag, gives] = s.tags.length === 0 ? ([":t", kind] as const) : r.pick(s.tags);
    const k = r.pick(["k", "q"]);
    return `(shift-at ${tag} ${k} ${uses(g, k, kind, gives, { ...s, answer: r.percent(50) ? s.answer : null })})`;
  };
  return {
    any: [
      (k, s) => handler(k, s, (inner) => body(k, inner)),
      perform,
      perform,
      perform,
      tagged,
      shiftAt,
      shiftAt,
      (k, s) => `(ensure ${body(k, s)} {(say (handled? 'E/n))})`,
      (k, s) => handler(k, s, (inner) => `{ensure {${g.statements(k, inner)}} {(say ${num(inner)})}}`),
    ],
    forms: {
      number: [(_s) => `(handled? '${r.pick(Object.keys(OPERATIONS))})`],
      list: [(s) => handler("list", s, (inner) => `{map (\\ {x} {+ x (perform 'E/n x)}) ${g.list(inner)}}`)],
      function: [() => "(\\ {x} {perform 'E/n x})"],
    },
  };
};
