/**
 * Runs the code of procedural macros while a program is compiled, in this process: the other side of compiler/ir/macro.ts.
 *
 * An expansion must not depend on anything but the call, so that what reads or changes the world is not available there. It must
 * come to an end: every call and every turn of a loop is a step, and their number is limited.
 */
import type { Build, Evaluate, MacroFunction, Outcome, Syntax } from "../../compiler/compile-code.ts";
import type { Fn } from "../kernel/function.ts";
import type { List, Value } from "../kernel/list.ts";
import { type Signature, signatures } from "../signatures.ts";

/** The exports of a runtime module such as `kernel/list`. All must come from one runtime. */
export type Modules = ReadonlyMap<string, object>;

/** What compiled macro code may import. */
const KERNEL =
  "await border cancel cell cleanup control curried error function guard list main place quoted ref registers scope show symbol truth wrong".split(
    " ",
  );

/** Effects that stay inside an expansion. */
const CONFINED: ReadonlySet<string> = new Set(["lib/atom", "lib/list", "lib/macro", "lib/function"]);
const isAllowed = ({ effect, module, name }: Signature): boolean =>
  effect === "pure" || CONFINED.has(module) || (module === "lib/error" && name !== "error/trace");

/** The names of all runtime modules that `createEvaluator` wants; `library`: those compiled from Valk, such as `prelude/list`. */
export const modulesForMacros = (library: readonly string[]): readonly string[] => [
  ...KERNEL.map((name) => `kernel/${name}`),
  ...new Set(signatures.filter(isAllowed).map(({ module }) => module)),
  ...library,
];

const STEPS = 5_000_000;
const MAX_DEPTH = 1000;
/** New data in an expansion. */
const MAX_NODES = 200_000;
const SEPARATOR = "\u0001";

/** What the kernel's functions are called in programs. */
const KEYWORDS: Readonly<Record<string, string>> = { spawn: "async" };

class Endless extends Error {}
class TooDeep extends Error {}
class TooLarge extends Error {}

export function createEvaluator(modules: Modules): Evaluate {
  const from = <T>(name: string): T => {
    const found = modules.get(name);
    if (found === undefined) throw new Error(`no runtime module ${name}`);
    return found as T;
  };
  const { sym, Sym } = from<typeof import("../kernel/symbol.ts")>("kernel/symbol");
  const lists = from<typeof import("../kernel/list.ts")>("kernel/list");
  const { isList, isBraces, nil, listCell } = lists;
  const { error, isError } = from<typeof import("../kernel/error.ts")>("kernel/error");
  const { native } = from<typeof import("../kernel/function.ts")>("kernel/function");
  const { apart, start, Y } = from<typeof import("../kernel/control.ts")>("kernel/control");
  const { show } = from<typeof import("../kernel/show.ts")>("kernel/show");
  const { restart } = from<typeof import("../lib/macro.ts")>("lib/macro");

  /** A symbol that is not interned, because it stands for one place: in a call, or in a template (`code`). */
  class Placed extends Sym {
    readonly syntax: Syntax | null;
    readonly code: string;
    constructor(name: string, syntax: Syntax | null, code: string) {
      super(name);
      this.syntax = syntax;
      this.code = code;
    }
  }

  /** The symbols of compiled code: those of templates say so in their names. */
  const symbolOf = (code: string) => {
    const end = code.indexOf(SEPARATOR);
    return end === -1 ? sym(code) : new Placed(code.slice(0, end), null, code);
  };

  const unavailable = (name: string): Value =>
    error(`${name} is not available while programs are compiled; the code that the macro gives may call it`);
  const refused = ({ name }: Pick<Signature, "name">): Value =>
    native(name, 0, Number.POSITIVE_INFINITY, () => unavailable(name));
  /** A module that was not even loaded: whatever is asked for is refused when it is called. */
  const absent = (own: readonly Signature[]): object =>
    new Proxy(
      {},
      { get: (_, key) => refused(own.find((s) => s.export === key) ?? { name: KEYWORDS[String(key)] ?? String(key) }) },
    );
  const restricted = (name: string): object => {
    const own = signatures.filter(({ module }) => module === name);
    if (!modules.has(name)) return absent(own);
    // A fiber could outlive the expansion.
    if (name === "kernel/control") return { ...from<object>(name), spawn: () => unavailable("async") };
    if (name === "kernel/symbol") return { ...from<object>(name), sym: symbolOf };
    const taken = own.filter((signature) => !isAllowed(signature));
    if (taken.length === 0) return from(name);
    return { ...modules.get(name), ...Object.fromEntries(taken.map((s) => [s.export, refused(s)])) };
  };
  const linked = new Map<string, object>();
  const load = (name: string): object => {
    let found = linked.get(name);
    if (found === undefined) {
      found = restricted(name);
      linked.set(name, found);
    }
    return found;
  };

  let steps = 0;
  const step = (): void => {
    if (--steps < 0) throw new Endless();
  };

  /** Lists of calls as data, and back. What a macro is called with may be shared, many times over. */
  const values = new WeakMap<Syntax, List>();
  const origins = new WeakMap<List, Syntax>();
  const valueOf = (syntax: Syntax): Value => {
    switch (syntax.kind) {
      case "Symbol":
        return syntax.name.startsWith(":") ? sym(syntax.name) : new Placed(syntax.name, syntax, syntax.name);
      case "List": {
        if (syntax.items.length === 0) return nil;
        const known = values.get(syntax);
        if (known !== undefined) return known;
        const bit = syntax.bracket === "braces" ? 1 : 0;
        let list = nil;
        for (let i = syntax.items.length - 1; i >= 0; i--)
          list = listCell(valueOf(syntax.items[i]), list, (list.$len & ~1) + 2 + bit);
        origins.set(list, syntax);
        values.set(syntax, list);
        return list;
      }
      default:
        return syntax.value;
    }
  };

  let nodes = 0;
  const syntaxOf = (value: Value, build: Build, depth = 0): Syntax | string => {
    if (depth > MAX_DEPTH) throw new TooDeep();
    if (++nodes > MAX_NODES) throw new TooLarge();
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return build.atom(value);
    if (value instanceof Placed) return value.syntax ?? build.symbol(value.code);
    if (value instanceof Sym) return build.symbol(value.name);
    if (!isList(value)) return isError(value) ? "an Error" : `${article(value)} ${show(value)}`;
    const known = origins.get(value);
    if (known !== undefined) return known;
    const items: Syntax[] = [];
    for (let cell: List = value; cell !== nil; cell = cell.tail) {
      const item = syntaxOf(cell.head, build, depth + 1);
      if (typeof item === "string") return depth === 0 ? `a list with ${item} in it` : item;
      items.push(item);
    }
    return build.list(value === nil || isBraces(value) ? "braces" : "form", items);
  };
  const article = (value: Value): string => (typeof value === "function" ? "the function" : "the value");

  const run = (macro: Fn, args: readonly Syntax[], build: Build): Outcome => {
    steps = STEPS;
    nodes = 0;
    restart();
    // Nobody sees where Errors were made in a macro, and millions of them, which a macro that never ends may make, fit into memory
    // without it.
    const traced = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      const fixed = macro.$n as number;
      const data = args.map(valueOf);
      const given = fixed < 0 ? [...data.slice(0, -1 - fixed), lists.fromArray(data, nil, -1 - fixed)] : data;
      const fiber = apart(() => start(macro, ...given));
      fiber.looked = true;
      // The kernel makes Errors of exceptions: out of steps, or out of memory for a list or a string.
      if (steps < 0 || (isError(fiber.value) && fiber.value.cause instanceof RangeError)) return { kind: "endless" };
      if (fiber.value === Y) return { kind: "waits" };
      if (isError(fiber.value)) return { kind: "error", message: fiber.value.message };
      const syntax = syntaxOf(fiber.value, build);
      return typeof syntax === "string" ? { kind: "no code", what: syntax } : { kind: "code", syntax };
    } catch (thrown) {
      if (thrown instanceof TooDeep) return { kind: "too deep" };
      if (thrown instanceof TooLarge) return { kind: "too large" };
      throw thrown;
    } finally {
      Error.stackTraceLimit = traced;
    }
  };

  return (script): MacroFunction => {
    const macro = new Function("$import", "$step", script)(load, step) as Fn;
    return (args, build) => run(macro, args, build);
  };
}
