/** The laws of kernel that its types do not say. Runs between phases in tests. */
import type { Expr, Module, Name } from "./kernel.ts";
import { forEachChild } from "./kernel-children.ts";
import { showKernel } from "./kernel-text.ts";
import { printSexp } from "./sexp.ts";

/** What is wrong with the module, in words; empty if nothing is. */
export function checkKernel(module: Module): readonly string[] {
  const problems: string[] = [];
  const made = new Set<number>();
  const complain = (node: Expr, what: string): void => {
    problems.push(`${what}: ${printSexp(showKernel(node)).slice(0, 200)}`);
  };
  const visible = new Set<number>();
  for (const expr of module.body) check(expr);
  if (module.exports !== null && duplicates(module.exports)) problems.push("a name is exported twice");
  return problems;

  function check(node: Expr): void {
    const problem = problemOf(node);
    if (problem !== null) complain(node, problem);
    if (node.kind === "Temp" && !visible.has(node.temp)) complain(node, "a Temp outside its Bind");
    if (node.kind === "Bind") {
      if (made.has(node.temp)) complain(node, "two Binds with one temp");
      made.add(node.temp);
      check(node.value);
      visible.add(node.temp);
      check(node.body);
      visible.delete(node.temp);
    } else forEachChild(node, check);
  }
}

function problemOf(node: Expr): string | null {
  switch (node.kind) {
    case "Call":
      return node.args.length === 0 ? "a Call without arguments" : null;
    case "Force":
      return node.expr.kind === "Const" || node.expr.kind === "Quote" || node.expr.kind === "Code"
        ? "a Force of a constant"
        : null;
    case "Seq":
      return node.body.length < 2 ? "a Seq of fewer than two" : null;
    case "Assign":
    case "Define":
      return node.names.length !== node.values.length
        ? `names and values of ${node.kind} differ in number`
        : badName(node.names);
    case "Frame":
      return node.params.length !== node.args.length
        ? "a Frame whose parameters and arguments differ in number"
        : badParams(node.params);
    case "Lambda":
      return badParams(node.rest === null ? node.params : [...node.params, node.rest]);
    case "Shift":
      return badName([node.k]);
    case "Quote":
      return node.datum.kind === "Symbol" || node.datum.kind === "List" ? null : "a Quote of a number or string";
    case "Ref":
      return node.name === "" || node.name.startsWith(":") ? "a Ref to a keyword" : null;
    case "Code":
      return node.bodies.some(({ lambda }) => lambda.params.length > 0 || lambda.rest !== null)
        ? "quoted code with parameters"
        : null;
    case "Const":
    case "Builtin":
    case "Eval":
    case "If":
    case "Bind":
    case "Temp":
    case "Reset":
    case "Async":
    case "Ensure":
    case "WithState":
    case "Load":
    case "Fail":
      return null;
    default:
      return node satisfies never;
  }
}

const badParams = (params: readonly Name[]): string | null =>
  duplicates(params) ? "two parameters of one name" : badName(params);
const badName = (names: readonly Name[]): string | null =>
  names.some(({ name }) => name === "" || name === "&" || name.startsWith(":")) ? "a keyword or & is bound" : null;
const duplicates = (names: readonly Name[]): boolean => new Set(names.map(({ name }) => name)).size !== names.length;
