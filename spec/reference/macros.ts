/**
 * Macros (LANGUAGE 7), the textbook way: data in, data out, run by the same evaluator in a copy of the module that has its
 * functions and constants only (its phase). A template's symbol remembers its module and the expansion it is for; whoever meets
 * it as a name asks first whether that expansion binds it, then whether the module knows it.
 */
import { error, isError } from "../../runtime/kernel/error.ts";
import {
  formFromArray,
  fromArray,
  isBraces,
  isList,
  type List,
  nil,
  toArray,
  type Value,
} from "../../runtime/kernel/list.ts";
import { isKeyword, Sym, sym } from "../../runtime/kernel/symbol.ts";
import { type Context, expand } from "./expand.ts";
import { type Module, spaced } from "./machine.ts";
import type { Node } from "./syntax.ts";

export interface Macro {
  readonly kind: "template" | "procedural";
  readonly name: string;
  readonly params: readonly string[];
  readonly rest: string | null;
  readonly body: List;
  readonly phase: Phase;
}

/** What a module is while programs are expanded. */
export interface Phase {
  readonly path: string;
  /** Its functions and constants; they are evaluated when they are first asked for. */
  readonly module: Module;
  readonly macros: Map<string, Macro>;
  readonly definitions: Map<string, Value>;
  readonly imports: Map<string, { readonly phase: Phase; readonly name: string }>;
  readonly spaces: Map<string, Phase>;
  readonly loads: Phase[];
}

/** A symbol of a template. `==` sees its name only. */
export class Mark extends Sym {
  readonly phase: Phase;
  readonly expansion: number;
  constructor(name: string, phase: Phase, expansion: number) {
    super(name);
    this.phase = phase;
    this.expansion = expansion;
  }
  get key(): string {
    return `${this.name} ${this.expansion}`;
  }
}

/** The marks among the names of a list that binds them. */
export const marksOf = (data: readonly Value[]): string[] => data.flatMap((d) => (d instanceof Mark ? [d.key] : []));

const isForm = (datum: Value, name: string): datum is List =>
  isList(datum) && datum !== nil && !isBraces(datum) && (datum.head as Partial<Sym>).name === name;
const names = (datum: Value): string[] => (isList(datum) ? toArray(datum).map((n) => (n as Sym).name) : []);

/** May a binding have it as a name? */
export const isName = (datum: unknown): datum is Sym =>
  datum instanceof Sym && !datum.name.startsWith(":") && datum.name !== "&";
const braced = (datum: Value): datum is List => isList(datum) && (datum === nil || isBraces(datum));

/** A macro that is defined, or what is wrong with its definition. */
const definition = (
  kind: Macro["kind"],
  name: Sym,
  given: readonly Value[],
  body: Value,
  phase: Phase,
): Macro | string => {
  if (!braced(body)) return "expected a body in braces";
  const amp = given.map((param) => (param as Sym).name).indexOf("&");
  if (amp >= 0 && amp !== given.length - 2) return "expected exactly one name after &";
  const symbols = given.filter((_, i) => i !== amp);
  if (!symbols.every(isName)) return "expected names as parameters";
  const all = symbols.map((param) => (param as Sym).name);
  const twice = all.find((param, i) => param !== "_" && all.indexOf(param) < i);
  if (twice !== undefined) return `two parameters are called ${twice}`;
  const [params, rest] = amp < 0 ? [all, null] : [all.slice(0, amp), all[amp]];
  return { kind, name: name.name, params, rest, body, phase };
};
const counted = (n: number): string | null => (n === 2 ? null : `expected 2 arguments, got ${n}`);

/** The macros a top-level datum defines, or null: it is no definition of macros. A string: what is wrong with one. */
export const macrosIn = (datum: Value, phase: Phase): readonly (Macro | string)[] | null => {
  const wrong = (form: string, found: Macro | string): Macro | string =>
    typeof found === "string" ? `${form}: ${found}` : found;
  if (isForm(datum, "defmacro")) {
    const [, head, body] = toArray(datum);
    const [name, ...params] = isList(head) && isBraces(head) ? toArray(head) : [];
    const count = counted(toArray(datum).length - 1);
    if (!isName(name)) return ["defmacro: expected a name and parameters in braces"];
    return [wrong("defmacro", count ?? definition("procedural", name, params, body, phase))];
  }
  if (!isForm(datum, "def") && !isForm(datum, "=")) return null;
  const [form, bound, ...values] = toArray(datum as List);
  if (!isList(bound) || !isBraces(bound) || !values.some((value) => isForm(value, "macro"))) return null;
  const of = (form as Sym).name;
  return toArray(bound).map((name, i) => {
    const value = values[i];
    if (values.length !== toArray(bound).length)
      return wrong(isForm(value, "macro") ? "macro" : of, "expected a value for each name");
    if (!isForm(value, "macro")) return wrong(of, "macros and other values cannot share a def");
    if (!isName(name)) return wrong("macro", "expected names in braces");
    const [, params, body] = toArray(value);
    const count = counted(toArray(value).length - 1) ?? (braced(params) ? null : "expected parameters in braces");
    return wrong("macro", count ?? definition("template", name, toArray(params as List), body, phase));
  });
};

/** A definition of which a part is wrong defines nothing. */
export const sound = (macros: readonly (Macro | string)[]): readonly Macro[] =>
  macros.every((m) => typeof m !== "string") ? macros : [];

/** Enters what a top-level datum defines. */
export const define = (datum: Value, phase: Phase): void => {
  const macros = macrosIn(datum, phase);
  if (macros !== null) {
    for (const m of sound(macros)) phase.macros.set(m.name, m);
    return;
  }
  const enter = (name: string, value: Value): void => {
    const twice = phase.definitions.has(name);
    phase.definitions.set(name, twice ? formFromArray([sym("error"), `${name} is defined twice`]) : value);
  };
  if (isForm(datum, "fun")) enter(names(datum.tail.head)[0], datum);
  if (!isForm(datum, "def") && !isForm(datum, "=")) return;
  const [, bound, ...values] = toArray(datum as List);
  if (isList(bound)) for (const [i, name] of names(bound).entries()) enter(name, values[i]);
};

/** What a name is in a module: "the last load wins". */
export const meaning = (name: string, phase: Phase, seen = new Set<Phase>()): Macro | "value" | null => {
  if (seen.has(phase)) return null;
  seen.add(phase);
  const own = phase.macros.get(name) ?? (phase.definitions.has(name) ? "value" : null);
  if (own !== null) return own;
  const imported = phase.imports.get(name);
  if (imported !== undefined) return meaning(imported.name, imported.phase, seen);
  const inSpace = spaced(phase.spaces, name, (from, own) => meaning(own, from, seen));
  if (inSpace !== undefined) return inSpace;
  for (const load of [...phase.loads].reverse()) {
    const found = meaning(name, load, seen);
    if (found !== null) return found;
  }
  return null;
};

/** All macros that loading the module makes known. */
export const macrosOf = (
  phase: Phase,
  found = new Map<string, Macro>(),
  seen = new Set<Phase>(),
): Map<string, Macro> => {
  if (seen.has(phase)) return found;
  seen.add(phase);
  for (const load of phase.loads) macrosOf(load, found, seen);
  for (const [name, macro] of phase.macros) found.set(name, macro);
  for (const name of phase.definitions.keys()) found.delete(name);
  return found;
};

/** A symbol in a template: a keyword, a fresh name, or one that knows where it is from. */
const marked = (symbol: Sym, phase: Phase, expansion: number, fresh: string): Value => {
  if (symbol.name.startsWith(":")) return symbol;
  if (symbol.name.length > 1 && symbol.name.endsWith("#")) return new Sym(`${symbol.name} ${fresh}`);
  // In a macro that a macro made: what was a name of the maker's module still is.
  return new Mark(symbol.name, symbol instanceof Mark ? symbol.phase : phase, expansion);
};
/** The same in code that runs at expansion time; `fresh` is one number for each evaluation of a quasiquote. */
export const templateSymbol = (symbol: Sym, ctx: Context): Value =>
  ctx.fresh === null ? symbol : marked(symbol, ctx.phase, running, `${running}.${ctx.fresh}`);

/** The expansion whose code runs. */
let running = 0;
let expansions = 0;

/** "template substitution": arguments in the places of parameters; the rest's stand one after the other. */
const substitute = (macro: Macro, args: readonly Value[], expansion: number): Value => {
  const list = (template: List): Value => {
    const items = toArray(template).flatMap((item) =>
      item instanceof Sym && item.name === macro.rest ? args.slice(macro.params.length) : [replace(item)],
    );
    return isBraces(template) ? fromArray(items) : formFromArray(items);
  };
  const replace = (template: Value): Value => {
    if (template instanceof Sym) return symbol(template);
    return isList(template) && template !== nil ? list(template) : template;
  };
  const symbol = (name: Sym): Value => {
    const at = macro.params.indexOf(name.name);
    return at >= 0 ? args[at] : marked(name, macro.phase, expansion, String(expansion));
  };
  // The body rule: what stands in the place of the call is one expression.
  const body = list(macro.body) as List;
  const items = toArray(body);
  if (items.length === 0 || (isKeyword(items[0]) && items.length > 1)) return body;
  if (!isList(items[0])) return formFromArray(items);
  return items.length === 1 ? items[0] : formFromArray([new Mark("do", macro.phase, expansion), ...items]);
};

/** What expansion needs of the interpreter. */
export interface Tools {
  /** Calls a function of a phase, to the end. */
  readonly run: (lambda: Node, phase: Phase, args: readonly Value[]) => Value;
  /** Is it a name of the library? */
  readonly known: (name: string) => boolean;
}

/** Data as if they had been read: lists without the frames their literals stood in while the macro ran. */
const asText = (value: Value): Value => {
  if (!isList(value) || value === nil) return value;
  const items = toArray(value).map(asText);
  return isBraces(value) ? fromArray(items) : formFromArray(items);
};

/** The datum in the place of a call. */
export const callMacro = (macro: Macro, args: readonly Value[], tools: Tools): Value => {
  const least = macro.params.length;
  if (args.length < least || (args.length > least && macro.rest === null)) {
    const expected = `${macro.rest === null ? "" : "at least "}${least} argument${least === 1 ? "" : "s"}`;
    // Elsewhere than in code that is evaluated the compiler refuses the program.
    return formFromArray([sym("error"), `eval: the macro \`${macro.name}\` takes ${expected}, got ${args.length}`]);
  }
  const outer = running;
  running = ++expansions;
  try {
    if (macro.kind === "template") return substitute(macro, args, running);
    const rest = macro.rest === null ? [] : [sym("&"), sym(macro.rest)];
    const params = fromArray([...macro.params.map(sym), ...rest]);
    const lambda = expand(formFromArray([sym("\\"), params, macro.body]), phaseContext(macro.phase, tools));
    const value = tools.run(lambda, macro.phase, args);
    return isError(value)
      ? formFromArray([sym("error"), `the macro ${macro.name} failed: ${value.message}`])
      : asText(value);
  } finally {
    running = outer;
  }
};

/** Where a phase's own code is expanded: every macro of the module is known. */
export const phaseContext = (phase: Phase, tools: Tools): Context => {
  const macros = new Map<string, Macro>();
  for (const load of phase.loads) macrosOf(load, macros);
  for (const [name, { phase: from, name: original }] of phase.imports) {
    const found = meaning(original, from);
    if (found !== null && found !== "value") macros.set(name, found);
  }
  for (const [name, macro] of phase.macros) macros.set(name, macro);
  return { scope: null, locals: [], globals: new Set(phase.definitions.keys()), macros, phase, fresh: 0, tools };
};

/** A module's phase, before its loads and imports are known. */
export const newPhase = (
  path: string,
  data: readonly Value[],
  globals: (phase: Phase) => Map<string, Value>,
): Phase => {
  const module: Module = {
    path,
    globals: new Map(),
    javascript: new Map(),
    loads: [],
    imports: new Map(),
    spaces: new Map(),
    loader: null,
    declared: new Set(),
    evaluates: false,
    macros: new Map(),
  };
  const phase: Phase = {
    path,
    module,
    macros: new Map(),
    definitions: new Map(),
    ...{ imports: new Map(), spaces: new Map() },
    loads: [],
  };
  for (const datum of data) define(datum, phase);
  return Object.assign(phase, { module: { ...module, globals: globals(phase) } });
};

/** A phase's globals: what its definitions give, when they are first asked for. */
export class PhaseGlobals extends Map<string, Value> {
  readonly #phase: Phase;
  readonly #evaluate: (node: Node, phase: Phase) => Value;
  readonly #tools: Tools;
  constructor(phase: Phase, tools: Tools, evaluate: (node: Node, phase: Phase) => Value) {
    super();
    this.#phase = phase;
    this.#tools = tools;
    this.#evaluate = evaluate;
  }
  override has(name: string): boolean {
    return this.#phase.definitions.has(name);
  }
  override get(name: string): Value {
    if (!super.has(name)) {
      const node = expand(this.#phase.definitions.get(name), phaseContext(this.#phase, this.#tools));
      const value = node.kind === "Define" ? node.values[0] : node;
      const known = ["Lambda", "Const", "Literal"].includes(value.kind);
      const missing = `${name} has no value at compile time: it is neither a function nor a constant`;
      this.set(name, known ? this.#evaluate(value, this.#phase) : error(missing));
    }
    return super.get(name);
  }
}

export interface ValkImport {
  readonly path: string;
  /** Pairs [name there, name here]. */
  readonly names: readonly (readonly [string, string])[];
  /** `(import * space path)` */
  readonly space: string | null;
}
/** `(import {a b :as c} "x.valk")`, `(import * name "x.valk")`, `(import "x.valk")`; null: something else. */
export const importIn = (items: readonly Value[]): ValkImport | null => {
  const path = items[items.length - 1];
  if (!(items[0] instanceof Sym) || items[0].name !== "import" || typeof path !== "string" || !path.endsWith(".valk"))
    return null;
  if (items.length === 4) return { path, names: [], space: (items[2] as Sym).name };
  const all = items.length === 2 ? [] : names(items[1]);
  const pairs = all.flatMap((name, i): [string, string][] =>
    name === ":as" || all[i - 1] === ":as" ? [] : [[name, all[i + 1] === ":as" ? all[i + 2] : name]],
  );
  return { path, names: pairs, space: null };
};
/** The paths of the files that a module loads and imports at its top level. */
export const pathsIn = (data: readonly Value[]): { loads: string[]; imports: ValkImport[] } => {
  const loads: string[] = [];
  const imports: ValkImport[] = [];
  for (const datum of data) {
    const items = isForm(datum, "load") || isForm(datum, "import") ? toArray(datum as List) : [];
    const imported = importIn(items);
    if (imported !== null) imports.push(imported);
    else if (items.length === 2 && typeof items[1] === "string") loads.push(items[1]);
  }
  return { loads, imports };
};
