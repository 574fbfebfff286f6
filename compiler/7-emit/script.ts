/**
 * A module without effects as the body of a function of `$import` and `$step` that returns one of its exports: code that runs
 * while programs are compiled. Every call and every turn of a loop begins with `$step()`, so that it can be stopped.
 */
import type * as ESTree from "estree";
import { impossible } from "../source/impossible.ts";
import * as build from "./build.ts";
import type { Program } from "./emit.ts";

export function asScript(program: Program, exported: string): Program {
  const body: ESTree.Program["body"] = [];
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") body.push(importFrom(statement));
    else if (statement.type === "ExportNamedDeclaration") body.push(returned(statement, exported));
    else body.push(counted(statement) as ESTree.Statement);
  }
  return { type: "Program", sourceType: "script", body };
}

const importFrom = ({ source, specifiers }: ESTree.ImportDeclaration): ESTree.Statement => ({
  type: "VariableDeclaration",
  kind: "const",
  declarations: [
    {
      type: "VariableDeclarator",
      id: {
        type: "ObjectPattern",
        properties: specifiers.map((specifier) => ({
          type: "Property",
          kind: "init",
          method: false,
          shorthand: false,
          computed: false,
          key: specifier.type === "ImportSpecifier" ? specifier.imported : impossible("import"),
          value: specifier.local,
        })),
      },
      init: build.call(build.id("$import"), build.literal(String(source.value))),
    },
  ],
});

const returned = ({ specifiers }: ESTree.ExportNamedDeclaration, wanted: string): ESTree.Statement => {
  const found = specifiers.find(
    ({ exported }) => (exported.type === "Identifier" ? exported.name : exported.value) === wanted,
  );
  return {
    type: "ReturnStatement",
    argument: (found?.local as ESTree.Identifier | undefined) ?? impossible(`no ${wanted}`),
  };
};

const LOOPS = new Set(["ForStatement", "WhileStatement", "DoWhileStatement"]);

/** A copy with a step at the start of every function and loop body. */
function counted<T>(node: T): T {
  if (Array.isArray(node)) return node.map(counted) as T;
  if (typeof node !== "object" || node === null || node instanceof Map) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === "span" ? value : counted(value)]),
  );
  if (copy.type === "ArrowFunctionExpression") {
    copy.body =
      copy.body.type === "BlockStatement"
        ? block([step(), ...copy.body.body])
        : block([step(), { type: "ReturnStatement", argument: copy.body }]);
    copy.expression = false;
  } else if (LOOPS.has(copy.type))
    copy.body = block([step(), ...(copy.body.type === "BlockStatement" ? copy.body.body : [copy.body])]);
  return copy as T;
}

const block = (body: readonly unknown[]) => ({ type: "BlockStatement", body });
const step = () => ({ type: "ExpressionStatement", expression: build.call(build.id("$step")) });
