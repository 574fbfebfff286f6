/** Captures of every use: resumed at once, twice, not at all, kept for later, given to library functions. */
import { bind, delimit, type Grammar, type Kind, type Scope } from "./grammar.ts";

/** How two answers of a kind become one. */
const BOTH: Readonly<Record<Kind, string>> = { number: "+", list: "join", function: "comp" };

/** A call of a continuation that gives such a value; without one in scope a shift. */
export const resume = (g: Grammar, kind: Kind, s: Scope): string => {
  const fitting = s.ks.filter(({ gives }) => gives === kind);
  if (fitting.length === 0) return shift(g, kind, s);
  const { name: k, takes } = g.r.pick(fitting);
  const v = g.value(takes, s);
  return g.r.pick([
    `(${k} ${v})`,
    `(${k} ${v})`,
    `(${k} ${v})`,
    `(resume ${k} ${v})`,
    `(unpack ${k} (list ${v}))`,
    `(do (${k} ${v}) (${k} ${v}))`,
    `(last (map ${k} (list ${v} ${g.value(takes, s)})))`,
  ]);
};

/** What a continuation k does in `open ... body)`, where the delimiter gives such a value. */
export const uses = (g: Grammar, k: string, takes: Kind, gives: Kind, s: Scope): string => {
  const { r, value } = g;
  const inner: Scope = { ...s, ks: [...s.ks, { name: k, takes, gives }] };
  return r.pick([
    () => `(${k} ${value(takes, s)})`,
    () => `(${BOTH[gives]} (${k} ${value(takes, s)}) (${k} ${value(takes, s)}))`,
    () => `(${BOTH[gives]} (${k} ${value(takes, s)}) (${k} ${value(takes, s)}))`,
    () => value(gives, inner),
    () => g.statements(gives, inner),
    () => `(atom/set! K ${k}) ${value(gives, inner)}`,
    () => `(say (len (map ${k} (list ${value(takes, s)} ${value(takes, s)})))) ${value(gives, inner)}`,
    () => value(gives, s),
  ])();
};

export const shift = (g: Grammar, kind: Kind, s: Scope): string => {
  const { answer } = s;
  if (answer === null && g.r.percent(95)) return `(reset ${g.statements(kind, delimit(kind, s))})`;
  const gives = answer ?? kind;
  const k = g.r.pick(["k", "q"]);
  if (g.r.percent(85)) return `(shift ${k} ${uses(g, k, kind, gives, s)})`;
  return `(shift {${k}} ${g.body(gives, { ...s, ks: [...s.ks, { name: k, takes: kind, gives }] })})`;
};

/** A library function whose function captures, once or for each element. */
export const captured = (g: Grammar, name: string, scope: Scope): string => {
  const s = delimit("list", bind(scope, "x"));
  const caught = shift(g, "number", s);
  const given = g.r.percent(50) ? caught : `(if (== x 2) ${caught} x)`;
  return `(reset ${g.r.percent(50) ? "" : "(say 0) "}(${name} (\\ {x} {+ x ${given}}) ${g.list(scope)}))`;
};
