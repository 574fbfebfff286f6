/**
 * What all families of forms are made of: values of a kind, bodies, statements, conditions. A grammar makes one program and
 * knows what that program has defined so far; its families say which forms there are.
 */
import type { Random } from "./random.ts";

/** What a value mostly is; one in a hundred is something else. */
export type Kind = "number" | "list" | "function";
export interface Scope {
  readonly names: readonly string[];
  /** Continuations in scope. */
  readonly ks: readonly Continuation[];
  readonly depth: number;
  /** What the delimiter around gives. Without one (null) shift gives an Error, which would end most programs early. */
  readonly answer: Kind | null;
  /** Tagged delimiters around, and what they give. */
  readonly tags: readonly (readonly [tag: string, answer: Kind])[];
  /** Operations that a handler around answers. */
  readonly operations: readonly string[];
}
export interface Continuation {
  readonly name: string;
  readonly takes: Kind;
  readonly gives: Kind;
}

export type Make = (s: Scope) => string;
export type MakeAny = (kind: Kind, s: Scope) => string;
/** A statement, and the names that it binds. */
export type Statement = readonly [text: string, names: readonly string[]];

/** Forms that belong together. A program uses the core and a few families, so that few forms meet often. */
export interface Family {
  /** Definitions that the forms need. */
  readonly preamble?: () => readonly string[];
  /** Forms that give a value of the kind asked for. */
  readonly any?: readonly MakeAny[];
  readonly forms?: Partial<Readonly<Record<Kind, readonly Make[]>>>;
  readonly statements?: readonly ((s: Scope) => Statement)[];
  /** Definitions of functions; each tells `define` how to call them. */
  readonly helpers?: readonly ((name: string) => string)[];
}
export type MakeFamily = (g: Grammar) => Family;

/** A function of the program. */
export interface Callable {
  readonly name: string;
  /** Arguments of a call; a loop's count comes first. */
  readonly params: readonly Param[];
}
export type Param = Kind | "count" | "mixed";

/** A name tells the kind of its values. `i` counts loops down and is never assigned. */
export const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  number: ["a", "b", "c", "x", "y"],
  list: ["l", "m"],
  function: ["g", "h"],
};
const kindOf = (name: string): Kind =>
  NAMES.list.includes(name) ? "list" : NAMES.function.includes(name) ? "function" : "number";

export const TOP: Scope = { names: [], ks: [], depth: 2, answer: "number", tags: [], operations: [] };
export const deeper = (s: Scope): Scope => ({ ...s, depth: s.depth - 1 });
export const bind = (s: Scope, ...names: readonly string[]): Scope => ({ ...s, names: [...s.names, ...names] });
/** Inside of a plain delimiter that gives such a value. */
export const delimit = (answer: Kind, s: Scope): Scope => ({ ...s, answer });
/** In another fiber: no delimiter and no handler of this one is around. */
export const apart = (s: Scope): Scope => ({ ...s, answer: null, tags: [], operations: [] });

const ODD = [
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
];

export type Grammar = ReturnType<typeof createGrammar>;
export const createGrammar = (r: Random) => {
  const callables: Callable[] = [];
  let core: readonly Family[] = [];
  let extra: readonly Family[] = [];

  const two = (names: readonly string[] = NAMES.number): readonly [string, string] => {
    const first = r.below(names.length);
    return [names[first], names[(first + 1 + r.below(names.length - 1)) % names.length]];
  };
  const digit = (): string => String(r.below(7));
  const odd = (): string => r.pick(ODD);

  // ---- values ----

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
  const anyOf = (families: readonly Family[]): readonly MakeAny[] => families.flatMap(({ any }) => any ?? []);
  const formsOf = (families: readonly Family[], kind: Kind): readonly Make[] =>
    families.flatMap(({ forms }) => forms?.[kind] ?? []);
  const value = (kind: Kind, scope: Scope): string => {
    if (r.percent(1)) return odd();
    if (scope.depth <= 0) return leaf(kind, scope);
    const s = deeper(scope);
    const families = extra.length > 0 && r.percent(45) ? extra : core;
    const any = anyOf(families);
    const forms = formsOf(families, kind);
    return any.length > 0 && (forms.length === 0 || r.percent(45)) ? r.pick(any)(kind, s) : ofKind(forms, kind, s);
  };
  const ofKind = (forms: readonly Make[], kind: Kind, s: Scope): string =>
    r.pick(forms.length > 0 ? forms : formsOf(core, kind))(s);
  const num: Make = (s) => value("number", s);
  const list: Make = (s) => value("list", s);
  const fn: Make = (s) => value("function", s);
  const count: Make = (s) => (r.percent(75) ? digit() : r.percent(70) ? `(% ${num(s)} 5)` : odd());
  const mixed: Make = (s) => (r.percent(50) ? num(s) : r.percent(60) ? r.pick(["2n", "7n", "-3n", "0n"]) : odd());
  const test: Make = (s) =>
    r.percent(70)
      ? `(${r.pick(["<", ">", "<=", ">=", "==", "!="])} ${num(deeper(s))} ${num(deeper(s))})`
      : r.percent(50)
        ? `(nil? ${list(s)})`
        : num(s);
  const lambda = (params: readonly string[], s: Scope): string =>
    `(\\ {${params.join(" ")}} ${body("number", bind(s, ...params))})`;
  /** An argument for a parameter. */
  const given = (param: Param, s: Scope): string =>
    param === "count" ? count(s) : param === "mixed" ? mixed(s) : r.percent(5) ? odd() : value(param, s);

  // ---- bodies ----

  const statements = (kind: Kind, s: Scope): string => {
    const out: string[] = [];
    let inner = s;
    for (let n = r.below(3) + 1; n > 0; n--) {
      const [text, names] = statement(deeper(inner));
      out.push(text);
      inner = bind(inner, ...names);
    }
    out.push(value(kind, deeper(inner)));
    return out.map((text, i) => (i === 0 && !text.startsWith("(") ? `(do ${text})` : text)).join(" ");
  };
  const statement = (s: Scope): Statement => {
    const own = extra.flatMap((family) => family.statements ?? []);
    const all = own.length > 0 && r.percent(30) ? own : core.flatMap((family) => family.statements ?? []);
    return r.pick(all)(s);
  };
  /** A brace body: a sequence, a call without its parentheses, or one value. */
  const body = (kind: Kind, s: Scope): string => {
    if (r.percent(45)) return `{${statements(kind, s)}}`;
    const text = value(kind, s);
    return text.startsWith("(") && text !== "()" && r.percent(60) ? `{${text.slice(1, -1)}}` : `{${text}}`;
  };

  return {
    r,
    two,
    digit,
    odd,
    known,
    value,
    num,
    list,
    fn,
    count,
    mixed,
    test,
    lambda,
    given,
    statements,
    statement,
    body,
    /** A name of this kind. */
    nameOf: (kind: Kind): string => r.pick(NAMES[kind]),
    kind: (): Kind => r.pick(["number", "number", "number", "list", "function"] as const),
    /** Functions defined so far, which what comes may call. */
    callables: callables as readonly Callable[],
    /** From now on the function may be called; `text` defines it. */
    define: (callable: Callable, text: string): string => {
      callables.push(callable);
      return text;
    },
    /** Settles which forms there are; until then none can be made. */
    use: (always: readonly Family[], chosen: readonly Family[]): void => {
      core = always;
      extra = chosen;
    },
  };
};
