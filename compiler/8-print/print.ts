/** From ESTree to the text of a module and its source map. What holds afterwards: the text is what runs. */
import * as astring from "astring";
import type * as ESTree from "estree";
import type { Source } from "../source/source.ts";
import type { Span } from "../source/span.ts";
import { markSize, sourceMap } from "./source-map.ts";

/** What emitted nodes carry besides ESTree. */
export interface Printed {
  /** The Valk code the node does. */
  readonly span?: Span;
  /** On identifiers: the name in the Valk source. */
  readonly originalName?: string;
  /** On calls: bundlers may drop it if its value is not used. */
  readonly pure?: boolean;
}

export type Program = ESTree.Program & {
  /** Text of a comment at the start of the module. */
  readonly header?: string;
};

export interface Output {
  readonly code: string;
  /** The source map as JSON text; made when it is first asked for. */
  readonly map: string;
}

/** `outputPath` is the file's name in its map, relative to the output root. */
export function print(program: Program, source: Source, outputPath: string): Output {
  const state = new State();
  if (program.header !== undefined) state.output += comment(program.header);
  let previous: Statement | null = null;
  for (const statement of program.body) {
    if (previous !== null && separated(previous, statement)) state.output += "\n";
    emit(statement, state);
    state.output += "\n";
    previous = statement;
  }
  const code = state.output;
  let map: string | null = null;
  return {
    code,
    get map() {
      map ??= sourceMap(code, { data: state.marks, names: [...state.names.keys()] }, source, outputPath);
      return map;
    },
  };
}

/** Missing in astring's types. */
const precedences = (astring as unknown as { readonly EXPRESSIONS_PRECEDENCE: unknown }).EXPRESSIONS_PRECEDENCE;

type Statement = ESTree.Program["body"][number];
type Node = ESTree.Node & Printed;
type Emit = (this: Emitters, node: ESTree.Node, state: State) => void;
type Emitters = Record<string, Emit>;

/** The state astring's functions work on, with a place for marks. A class, because it must be one shape and fast. */
class State {
  output = "";
  indent = "  ";
  lineEnd = "\n";
  indentLevel = 0;
  writeComments = false;
  readonly generator: Emitters = emitters;
  readonly expressionsPrecedence = precedences;
  readonly marks: number[] = [];
  readonly names = new Map<string, number>();
  /** A method's name and the span of the call: V8 reports a method call at the name. */
  method: { readonly node: ESTree.Node; readonly span: Span } | null = null;

  write(code: string): void {
    this.output += code;
  }

  /** What is written next comes from `span`. A call's mark stays when its callee marks the same place: traces ask for it. */
  mark(span: Span, name: string | undefined, call: boolean): void {
    const { marks } = this;
    const last = marks.length - markSize;
    const index = name === undefined ? -1 : this.nameIndex(name);
    const at = this.output.length;
    if (last < 0 || marks[last] !== at) {
      marks.push(at, span.start, index, call ? 1 : 0);
      return;
    }
    if (index !== -1) marks[last + 2] = index;
    if (call || marks[last + 3] === 0) {
      marks[last + 1] = span.start;
      marks[last + 3] = call ? 1 : 0;
    }
  }

  nameIndex(name: string): number {
    let index = this.names.get(name);
    if (index === undefined) {
      index = this.names.size;
      this.names.set(name, index);
    }
    return index;
  }
}

const base = astring.GENERATOR as unknown as Emitters;

const marked =
  (write: Emit): Emit =>
  (node, state) => {
    const { span, originalName } = node as Node;
    if (span !== undefined) state.mark(span, originalName, false);
    write.call(emitters, node, state);
  };

const emitters: Emitters = Object.fromEntries(Object.entries(base).map(([type, write]) => [type, marked(write)]));

const emit = (node: ESTree.Node, state: State): void => emitters[node.type](node, state);

/**
 * V8 reports a call where its callee's last name stands, or at the parenthesis of the arguments if the callee ends in no name:
 * these places get the call's span.
 */
emitters.CallExpression = (node, state) => {
  const { callee, span, pure } = node as ESTree.SimpleCallExpression & Printed;
  if (pure === true) state.write("/*#__PURE__*/ ");
  if (span === undefined) {
    base.CallExpression.call(emitters, node, state);
    return;
  }
  state.mark(span, undefined, true);
  const outer = state.method;
  if (callee.type === "MemberExpression" && !callee.computed) state.method = { node: callee.property, span };
  const plain = callee.type === "Identifier" || state.method !== outer;
  base.CallExpression.call(plain ? emitters : markingArguments(callee, span), node, state);
  state.method = outer;
};

/** The emitters, except that the first thing written after `callee` is marked with the span. */
const markingArguments = (callee: ESTree.Node, span: Span): Emitters => ({
  ...emitters,
  [callee.type]: (node: ESTree.Node, state: State) => {
    emit(node, state);
    if (node === callee) state.mark(span, undefined, true);
  },
});

const { Identifier } = emitters;
emitters.Identifier = (node, state) => {
  if (state.method?.node === node) state.mark(state.method.span, undefined, true);
  Identifier.call(emitters, node, state);
};

/** JavaScript's string names of imports and exports, `export { isNil as "nil?" }`, which astring does not know. */
const specifierName = (name: ESTree.Identifier | ESTree.Literal): string =>
  name.type === "Identifier" ? name.name : JSON.stringify(name.value);

const writeSpecifiers = (
  pairs: readonly (readonly [ESTree.Identifier | ESTree.Literal, ESTree.Identifier | ESTree.Literal])[],
  state: State,
): void => {
  const names = pairs.map(([from, to]) => {
    const [a, b] = [specifierName(from), specifierName(to)];
    return a === b ? a : `${a} as ${b}`;
  });
  const line = `{ ${names.join(", ")} }`;
  state.write(names.length === 0 ? "{}" : line.length <= 110 ? line : `{\n  ${names.join(",\n  ")},\n}`);
};

emitters.ExportNamedDeclaration = (node, state) => {
  const { declaration, specifiers, source } = node as ESTree.ExportNamedDeclaration;
  state.write("export ");
  if (declaration) return emit(declaration, state);
  writeSpecifiers(
    specifiers.map((s) => [s.local, s.exported]),
    state,
  );
  if (source) state.write(` from ${JSON.stringify(source.value)}`);
  state.write(";");
};

emitters.ImportDeclaration = (node, state) => {
  const { specifiers, source, attributes } = node as ESTree.ImportDeclaration;
  const named = specifiers.filter((s) => s.type === "ImportSpecifier");
  const parts = specifiers.flatMap((s) =>
    s.type === "ImportDefaultSpecifier"
      ? [s.local.name]
      : s.type === "ImportNamespaceSpecifier"
        ? [`* as ${s.local.name}`]
        : [],
  );
  state.write("import ");
  state.write(parts.join(", "));
  if (named.length > 0) {
    if (parts.length > 0) state.write(", ");
    writeSpecifiers(
      named.map((s) => [s.imported, s.local]),
      state,
    );
  }
  const json = attributes.length > 0 ? ' with { type: "json" }' : "";
  state.write(`${specifiers.length > 0 ? " from " : ""}${JSON.stringify(source.value)}${json};`);
};

/** The only loop of ours, written the way people write it. */
const { ForStatement } = emitters;
emitters.ForStatement = (node, state) => {
  const { init, test, update } = node as ESTree.ForStatement;
  if (init || test || update) return ForStatement.call(emitters, node, state);
  state.write("for (;;) ");
  emit((node as ESTree.ForStatement).body, state);
};

/** A comment of lines, whatever the text holds. */
const comment = (text: string): string =>
  text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => `// ${line}`.trimEnd())
    .join("\n")
    .concat("\n\n");

/** A blank line stands around functions, and between imports and the rest. */
const separated = (a: Statement, b: Statement): boolean =>
  isFunction(a) || isFunction(b) || (a.type === "ImportDeclaration") !== (b.type === "ImportDeclaration");

const isFunction = (statement: Statement): boolean => {
  if (statement.type === "ExportNamedDeclaration")
    return statement.declaration != null && isFunction(statement.declaration);
  if (statement.type === "FunctionDeclaration") return true;
  return (
    statement.type === "VariableDeclaration" &&
    statement.declarations.some(({ init }) => init != null && holdsFunction(init))
  );
};

/** A function, or one inside a call: `def(1, (x) => ...)`. */
const holdsFunction = (node: ESTree.Node): boolean =>
  node.type === "ArrowFunctionExpression" ||
  node.type === "FunctionExpression" ||
  (node.type === "CallExpression" && node.arguments.some(holdsFunction));
