/** Kernel as s-expressions and back. Spans are left out. */
import { impossible } from "../source/impossible.ts";
import type { Span } from "../source/span.ts";
import type { JavaScriptImport, JavaScriptImports } from "./javascript.ts";
import type { Expr, Import, MacroCode, Module, Name, Namespace } from "./kernel.ts";
import {
  expectList,
  expectNumber,
  expectString,
  expectSymbol,
  isList,
  isString,
  parseSexps,
  printSexp,
  type Sexp,
  str,
  unexpected,
} from "./sexp.ts";
import { parseSyntax, showSyntax } from "./syntax-text.ts";

const NOWHERE: Span = { start: 0, end: 0 };

/** A name that a template brought with it is `(@ name expansion "module")`. */
const showName = ({ name, mark }: Pick<Name, "name" | "mark">): Sexp =>
  mark === undefined ? name : ["@", name, mark.expansion, str(mark.module)];
const names = (list: readonly Name[]): readonly Sexp[] => list.map(showName);

export function showKernel(node: Expr): Sexp {
  switch (node.kind) {
    case "Const":
      return typeof node.value === "string" ? str(node.value) : node.value;
    case "Quote":
      return ["quote", showSyntax(node.datum)];
    case "Ref":
      return showName(node);
    case "Builtin":
      return ["builtin", node.name];
    case "Lambda": {
      const rest = node.rest === null ? [] : ["&", showName(node.rest)];
      return ["lambda", node.name ?? [], [...names(node.params), ...rest], showKernel(node.body)];
    }
    case "Call":
      return ["call", showKernel(node.callee), ...node.args.map(showKernel)];
    case "Force":
      return ["force", showKernel(node.expr)];
    case "If":
      return ["if", showKernel(node.test), showKernel(node.then), showKernel(node.else)];
    case "Seq":
      return ["seq", ...node.body.map(showKernel)];
    case "Assign":
      return ["assign", names(node.names), ...node.values.map(showKernel)];
    case "Define":
      return ["define", names(node.names), ...node.values.map(showKernel)];
    case "Frame":
      return [
        "frame",
        node.params.map((param, i) => [showName(param), showKernel(node.args[i])]),
        showKernel(node.body),
      ];
    case "Bind":
      return ["bind", node.temp, showKernel(node.value), showKernel(node.body)];
    case "Temp":
      return ["temp", node.temp];
    case "Reset":
      return node.tag === null
        ? ["reset", showKernel(node.body)]
        : ["reset-at", showKernel(node.tag), showKernel(node.body)];
    case "Shift": {
      const tail = [showName(node.k), showKernel(node.body)];
      return node.tag === null ? ["shift", ...tail] : ["shift-at", showKernel(node.tag), ...tail];
    }
    case "Async":
      return ["async", showKernel(node.body)];
    case "Ensure":
      return ["ensure", showKernel(node.body), showKernel(node.cleanup)];
    case "WithState":
      return [node.delimits === true ? "handle" : "with-state", showKernel(node.state), showKernel(node.body)];
    case "Load":
      return ["load", str(node.module)];
    case "Code":
      return ["code", showSyntax(node.datum), ...node.bodies.map((b) => [b.index, showKernel(b.lambda)])];
    case "Eval":
      return ["eval", showKernel(node.value)];
    case "Fail":
      return ["fail", str(node.message)];
    default:
      return node satisfies never;
  }
}

/** A module's text after 2-expand: exports if it lists them, imports, its macros' code, then an expression after the other. */
export function printKernel(module: Module): string {
  const exports: readonly Sexp[] = module.exports === null ? [] : [["export", ...names(module.exports)]];
  const imports = (module.javascript?.specifiers ?? []).map((specifier): Sexp => {
    const names = (module.javascript?.names ?? []).filter((i) => i.specifier === specifier);
    return [
      "import",
      str(specifier),
      ...names.map(({ name, local }): Sexp => (name === local ? local : [name, local])),
    ];
  });
  const uses = (module.imports ?? []).map((i): Sexp => ["use", str(i.module), str(i.path), showName(i.name), i.local]);
  const spaces = (module.namespaces ?? []).map((n): Sexp => ["use-all", str(n.module), str(n.path), showName(n.name)]);
  const macros = (module.macros ?? []).map(
    ({ name, code }): Sexp => ["macro", showName(name), ...(code === null ? [] : [showKernel(code)])],
  );
  return [...exports, ...imports, ...uses, ...spaces, ...macros, ...module.body.map(showKernel)]
    .map((sexp) => `${printSexp(sexp)}\n`)
    .join("");
}

/** The module of such a text; all spans are 0. Throws a SyntaxError if it is none. */
export function readKernel(text: string): Module {
  const sexps = parseSexps(text);
  const [first] = sexps;
  const exporting = sexps.length > 0 && isList(first) && first[0] === "export";
  const rest = exporting ? sexps.slice(1) : sexps;
  const about = (tag: string): readonly (readonly Sexp[])[] =>
    rest.filter((sexp): sexp is readonly Sexp[] => isList(sexp) && sexp[0] === tag);
  const imports = about("import");
  const uses = about("use");
  const spaces = about("use-all");
  const macros = about("macro");
  const apart = new Set<Sexp>([...imports, ...uses, ...spaces, ...macros]);
  return {
    exports: exporting ? first.slice(1).map(parseName) : null,
    ...(imports.length === 0 ? {} : { javascript: parseImports(imports) }),
    ...(uses.length === 0 ? {} : { imports: uses.map(parseUse) }),
    ...(spaces.length === 0 ? {} : { namespaces: spaces.map(parseNamespace) }),
    ...(macros.length === 0 ? {} : { macros: macros.map(parseMacro) }),
    body: rest.filter((sexp) => !apart.has(sexp)).map(parseKernel),
  };
}

const parseUse = ([, module, path, name, local]: readonly Sexp[]): Import => ({
  module: expectString(module, "a module"),
  path: expectString(path, "a path"),
  name: parseName(name),
  local: expectSymbol(local, "a name"),
});
const parseNamespace = ([, module, path, name]: readonly Sexp[]): Namespace => ({
  module: expectString(module, "a module"),
  path: expectString(path, "a path"),
  name: parseName(name),
});
const parseMacro = ([, name, code]: readonly Sexp[]): MacroCode => ({
  name: parseName(name),
  code: code === undefined ? null : parseKernel(code),
});
const parseImports = (imports: readonly (readonly Sexp[])[]): JavaScriptImports => ({
  specifiers: imports.map(([, specifier]) => expectString(specifier, "a specifier")),
  names: imports.flatMap(([, specifier, ...names]) => names.map((sexp) => parseImport(specifier, sexp))),
});
const parseImport = (specifier: Sexp, sexp: Sexp): JavaScriptImport => {
  const [name, local] = isList(sexp) ? sexp : [sexp, sexp];
  return {
    specifier: expectString(specifier, "a specifier"),
    name: expectSymbol(name, "a name"),
    local: expectSymbol(local, "a name"),
    span: NOWHERE,
  };
};

const parseName = (sexp: Sexp): Name => {
  if (!isList(sexp) || sexp[0] !== "@") return { name: expectSymbol(sexp, "a name"), span: NOWHERE };
  const [, name, expansion, module] = sexp;
  const mark = { expansion: expectNumber(expansion, "a number"), module: expectString(module, "a module") };
  return { name: expectSymbol(name, "a name"), span: NOWHERE, mark };
};
const parseNames = (sexp: Sexp): readonly Name[] => expectList(sexp, "a list of names").map(parseName);

type Parse = (args: readonly Sexp[]) => Expr;

/** Number of elements after the tag; the others take any number. */
const SIZES: Readonly<Record<string, number>> = {
  "@": 3,
  quote: 1,
  builtin: 1,
  lambda: 3,
  force: 1,
  if: 3,
  frame: 2,
  bind: 3,
  temp: 1,
  reset: 1,
  "reset-at": 2,
  shift: 2,
  "shift-at": 3,
  async: 1,
  ensure: 2,
  "with-state": 2,
  load: 1,
  eval: 1,
  fail: 1,
};

const PARSERS: Readonly<Record<string, Parse>> = {
  "@": (parts) => ({ kind: "Ref", ...parseName(["@", ...parts]) }),
  quote: ([datum]) => ({ kind: "Quote", datum: parseSyntax(datum), span: NOWHERE }),
  builtin: ([name]) => ({ kind: "Builtin", name: expectSymbol(name, "a builtin's name"), span: NOWHERE }),
  lambda: ([name, params, body]) => parseLambda(name, parseNames(params), body),
  call: ([callee, ...args]) => ({
    kind: "Call",
    callee: parseKernel(callee),
    args: args.map(parseKernel),
    span: NOWHERE,
  }),
  force: ([expr]) => ({ kind: "Force", expr: parseKernel(expr), span: NOWHERE }),
  if: ([test, yes, no]) => ({
    kind: "If",
    test: parseKernel(test),
    then: parseKernel(yes),
    else: parseKernel(no),
    span: NOWHERE,
  }),
  seq: (body) => ({ kind: "Seq", body: body.map(parseKernel), span: NOWHERE }),
  assign: ([list, ...values]) => ({
    kind: "Assign",
    names: parseNames(list),
    values: values.map(parseKernel),
    span: NOWHERE,
  }),
  define: ([list, ...values]) => ({
    kind: "Define",
    names: parseNames(list),
    values: values.map(parseKernel),
    span: NOWHERE,
  }),
  frame: ([bindings, body]) => parseFrame(expectList(bindings, "bindings"), body),
  bind: ([temp, value, body]) => ({
    kind: "Bind",
    temp: expectNumber(temp, "a temp"),
    value: parseKernel(value),
    body: parseKernel(body),
    span: NOWHERE,
  }),
  temp: ([temp]) => ({ kind: "Temp", temp: expectNumber(temp, "a temp"), span: NOWHERE }),
  reset: ([body]) => ({ kind: "Reset", tag: null, body: parseKernel(body), span: NOWHERE }),
  "reset-at": ([tag, body]) => ({ kind: "Reset", tag: parseKernel(tag), body: parseKernel(body), span: NOWHERE }),
  shift: ([k, body]) => ({ kind: "Shift", tag: null, k: parseName(k), body: parseKernel(body), span: NOWHERE }),
  "shift-at": ([tag, k, body]) => ({
    kind: "Shift",
    tag: parseKernel(tag),
    k: parseName(k),
    body: parseKernel(body),
    span: NOWHERE,
  }),
  async: ([body]) => ({ kind: "Async", body: parseKernel(body), span: NOWHERE }),
  ensure: ([body, cleanup]) => ({
    kind: "Ensure",
    body: parseKernel(body),
    cleanup: parseKernel(cleanup),
    span: NOWHERE,
  }),
  "with-state": ([state, body]) => ({
    kind: "WithState",
    state: parseKernel(state),
    body: parseKernel(body),
    span: NOWHERE,
  }),
  handle: ([state, body]) => ({
    kind: "WithState",
    state: parseKernel(state),
    delimits: true,
    body: parseKernel(body),
    span: NOWHERE,
  }),
  load: ([module]) => ({ kind: "Load", module: expectString(module, "a module id"), span: NOWHERE }),
  code: ([datum, ...bodies]) => parseCode(datum, bodies),
  eval: ([value]) => ({ kind: "Eval", value: parseKernel(value), span: NOWHERE }),
  fail: ([message]) => ({ kind: "Fail", message: expectString(message, "a message"), span: NOWHERE }),
};

export function parseKernel(sexp: Sexp): Expr {
  if (typeof sexp === "string") return { kind: "Ref", name: sexp, span: NOWHERE };
  if (typeof sexp === "number" || typeof sexp === "bigint") return { kind: "Const", value: sexp, span: NOWHERE };
  if (isString(sexp)) return { kind: "Const", value: sexp.str, span: NOWHERE };
  if (!isList(sexp) || sexp.length === 0) return unexpected(sexp, "a kernel node");
  const [tag, ...args] = sexp;
  if (typeof tag !== "string" || !Object.hasOwn(PARSERS, tag)) return unexpected(sexp, "a kernel node");
  const size = SIZES[tag] ?? args.length;
  return args.length === size ? PARSERS[tag](args) : unexpected(sexp, `${size} elements after ${tag}`);
}

function parseLambda(name: Sexp, list: readonly Name[], body: Sexp): Expr {
  const ampersand = list.findIndex((param) => param.name === "&");
  const params = ampersand === -1 ? list : list.slice(0, ampersand);
  return {
    kind: "Lambda",
    name: isList(name) ? null : expectSymbol(name, "a name or ()"),
    params,
    rest: ampersand === -1 ? null : (list[ampersand + 1] ?? impossible("a lambda's & without a name")),
    body: parseKernel(body),
    span: NOWHERE,
  };
}

function parseCode(datum: Sexp, bodies: readonly Sexp[]): Expr {
  const syntax = parseSyntax(datum);
  if (syntax.kind !== "List") return unexpected(datum, "a list");
  return {
    kind: "Code",
    datum: syntax,
    bodies: bodies.map((body) => {
      const [index, code] = expectList(body, "an index and a lambda");
      const lambda = parseKernel(code);
      if (lambda.kind !== "Lambda") return unexpected(code, "a lambda");
      return { index: expectNumber(index, "an index"), lambda };
    }),
    span: NOWHERE,
  };
}

function parseFrame(bindings: readonly Sexp[], body: Sexp): Expr {
  const pairs = bindings.map((binding) => expectList(binding, "a binding"));
  return {
    kind: "Frame",
    params: pairs.map(([name]) => parseName(name)),
    args: pairs.map(([, value]) => parseKernel(value)),
    body: parseKernel(body),
    span: NOWHERE,
  };
}
