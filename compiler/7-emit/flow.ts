/** Where control goes in statements that have been written. */

import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";

/** The opposite test. */
export const not = (test: Expression): Expression => {
  if (test.type === "BinaryExpression" && test.operator === "===") return { ...test, operator: "!==" };
  if (test.type === "BinaryExpression" && test.operator === "!==") return { ...test, operator: "===" };
  if (test.type === "UnaryExpression" && test.operator === "!") return test.argument;
  return build.unary("!", test);
};

/** Does control never come to the end of these statements? */
export function leaves(stmts: readonly Statement[]): boolean {
  const last = stmts[stmts.length - 1];
  if (last === undefined) return false;
  switch (last.type) {
    case "ReturnStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return true;
    case "IfStatement":
      return last.alternate != null && leaves([last.consequent]) && leaves([last.alternate]);
    case "BlockStatement":
      return leaves(last.body);
    case "ForStatement":
      return true;
    default:
      return false;
  }
}

/** Is there a jump to the label in these statements? */
export function mentions(
  stmts: readonly Statement[],
  label: string,
  kind: "BreakStatement" | "ContinueStatement",
): boolean {
  return stmts.some((s): boolean => {
    switch (s.type) {
      case "BreakStatement":
      case "ContinueStatement":
        return s.type === kind && s.label?.name === label;
      case "IfStatement":
        return mentions([s.consequent], label, kind) || (s.alternate != null && mentions([s.alternate], label, kind));
      case "BlockStatement":
        return mentions(s.body, label, kind);
      case "LabeledStatement":
      case "ForStatement":
        return mentions([s.body], label, kind);
      default:
        return false;
    }
  });
}
