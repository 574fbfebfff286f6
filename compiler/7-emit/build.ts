/** ESTree builders. No text from the source reaches the output but through `literal` and `id`. */
import type * as ESTree from "estree";
import type { Span } from "../source/span.ts";

export type Expression = ESTree.Expression;
export type Statement = ESTree.Statement;

export const id = (name: string): ESTree.Identifier => ({ type: "Identifier", name });
export const literal = (value: string | number | boolean | null): Expression => {
  if (typeof value !== "number") return { type: "Literal", value };
  if (value < 0 || Object.is(value, -0)) return unary("-", { type: "Literal", value: -value });
  return Number.isNaN(value) ? id("NaN") : value === Infinity ? id("Infinity") : { type: "Literal", value };
};
export const bigint = (value: bigint): Expression =>
  value < 0n ? unary("-", bigint(-value)) : { type: "Literal", value, bigint: String(value), raw: `${value}n` };
export const unary = (operator: ESTree.UnaryOperator, argument: Expression): Expression => ({
  type: "UnaryExpression",
  operator,
  prefix: true,
  argument,
});
export const binary = (operator: ESTree.BinaryOperator, left: Expression, right: Expression): Expression => ({
  type: "BinaryExpression",
  operator,
  left,
  right,
});
export const logical = (operator: ESTree.LogicalOperator, left: Expression, right: Expression): Expression => ({
  type: "LogicalExpression",
  operator,
  left,
  right,
});
export const and = (tests: readonly Expression[]): Expression => tests.reduce((a, b) => logical("&&", a, b));
export const conditional = (test: Expression, consequent: Expression, alternate: Expression): Expression => ({
  type: "ConditionalExpression",
  test,
  consequent,
  alternate,
});
/** A raw boolean as Valk's 1 or 0. */
export const bit = (test: Expression): Expression => conditional(test, literal(1), literal(0));
export const call = (callee: Expression, ...args: readonly Expression[]): Expression => ({
  type: "CallExpression",
  callee,
  arguments: [...args],
  optional: false,
});
export const member = (object: Expression, name: string): ESTree.MemberExpression => ({
  type: "MemberExpression",
  object,
  property: id(name),
  computed: false,
  optional: false,
});
export const at = (object: Expression, index: Expression): ESTree.MemberExpression => ({
  type: "MemberExpression",
  object,
  property: index,
  computed: true,
  optional: false,
});
export const array = (elements: readonly Expression[]): Expression => ({
  type: "ArrayExpression",
  elements: [...elements],
});
export const assign = (
  name: ESTree.Pattern,
  right: Expression,
  operator: ESTree.AssignmentOperator = "=",
): Expression => ({ type: "AssignmentExpression", operator, left: name, right });
export const arrow = (params: readonly string[], body: readonly Statement[]): ESTree.ArrowFunctionExpression => {
  const only = body.length === 1 ? body[0] : null;
  const short = only !== null && only.type === "ReturnStatement" && only.argument ? only.argument : null;
  return {
    type: "ArrowFunctionExpression",
    params: params.map(id),
    expression: short !== null,
    async: false,
    generator: false,
    body: short ?? { type: "BlockStatement", body: [...body] },
  };
};
export const declare = (kind: "const" | "let", name: string, init: Expression | null): ESTree.VariableDeclaration => ({
  type: "VariableDeclaration",
  kind,
  declarations: [{ type: "VariableDeclarator", id: id(name), init }],
});
export const declareAll = (names: readonly string[]): Statement => ({
  type: "VariableDeclaration",
  kind: "let",
  declarations: names.map((n) => ({ type: "VariableDeclarator", id: id(n), init: null })),
});
export const declareConstants = (
  made: readonly (readonly [name: string, init: Expression])[],
): ESTree.VariableDeclaration => ({
  type: "VariableDeclaration",
  kind: "const",
  declarations: made.map(([name, init]) => ({ type: "VariableDeclarator", id: id(name), init })),
});
export const expression = (e: Expression): Statement => ({ type: "ExpressionStatement", expression: e });
export const ret = (argument: Expression): Statement => ({ type: "ReturnStatement", argument });
export const block = (body: readonly Statement[]): ESTree.BlockStatement => ({
  type: "BlockStatement",
  body: [...body],
});
/** One statement without braces if it leaves, else a block. */
const arm = (body: readonly Statement[]): Statement =>
  body.length === 1 &&
  ["ReturnStatement", "BreakStatement", "ContinueStatement", "ExpressionStatement"].includes(body[0].type)
    ? body[0]
    : block(body);
export const when = (
  test: Expression,
  then: readonly Statement[],
  otherwise: readonly Statement[] = [],
): Statement => ({
  type: "IfStatement",
  test,
  consequent: otherwise.length > 0 && arm(then).type === "IfStatement" ? block(then) : arm(then),
  alternate:
    otherwise.length === 0
      ? null
      : otherwise.length === 1 && otherwise[0].type === "IfStatement"
        ? otherwise[0]
        : arm(otherwise),
});
export const labeled = (name: string, body: Statement): Statement => ({
  type: "LabeledStatement",
  label: id(name),
  body,
});
export const forever = (body: readonly Statement[]): Statement => ({
  type: "ForStatement",
  init: null,
  test: null,
  update: null,
  body: block(body),
});
export const breakTo = (name: string | null): Statement => ({
  type: "BreakStatement",
  label: name === null ? null : id(name),
});
export const continueTo = (name: string | null): Statement => ({
  type: "ContinueStatement",
  label: name === null ? null : id(name),
});

/** The node, with the place in the source it came from. */
export const located = <T extends object>(node: T, span: Span | null, originalName?: string): T =>
  span === null ? node : Object.assign(node, originalName === undefined ? { span } : { span, originalName });

/** The same for what takes several expressions to write: each call in it that has no place yet is at this one, because traces ask for calls. */
export const locatedCalls = <T extends Expression>(node: T, span: Span | null): T => {
  if (span === null) return node;
  const visit = (e: Expression): void => {
    if ("span" in e) return;
    if (e.type === "ConditionalExpression") [e.test, e.consequent, e.alternate].forEach(visit);
    else if (e.type === "LogicalExpression" || e.type === "BinaryExpression")
      [e.left as Expression, e.right].forEach(visit);
    else if (e.type === "UnaryExpression") visit(e.argument);
    else if (e.type === "AssignmentExpression") visit(e.right);
    else if (e.type === "CallExpression") located(e, span);
  };
  visit(node);
  return located(node, span);
};
