/** Arithmetic, comparisons and predicates inline: numbers first, the runtime for everything else. */
import type { Arithmetic, Comparison } from "../ir/core.ts";
import type { Expression } from "./build.ts";
import * as build from "./build.ts";

interface Operator {
  readonly js: "+" | "-" | "*" | "<" | ">" | "<=" | ">=" | "===" | "!==";
  /** The runtime's function of two arguments that need not be numbers; for comparisons it gives true, false or an Error. */
  readonly slow: readonly [module: string, name: string];
  /** The Valk-visible builtin: any number of arguments, 1 and 0. */
  readonly full: readonly [module: string, name: string];
}
const number = "lib/number",
  equal = "lib/equal";
export const operators: Readonly<Record<Arithmetic | Comparison, Operator>> = {
  "+": { js: "+", slow: [number, "add"], full: [number, "plus"] },
  "-": { js: "-", slow: [number, "sub"], full: [number, "minus"] },
  "*": { js: "*", slow: [number, "mul"], full: [number, "times"] },
  "<": { js: "<", slow: [number, "lt"], full: [number, "less"] },
  ">": { js: ">", slow: [number, "gt"], full: [number, "greater"] },
  "<=": { js: "<=", slow: [number, "le"], full: [number, "lessEqual"] },
  ">=": { js: ">=", slow: [number, "ge"], full: [number, "greaterEqual"] },
  "==": { js: "===", slow: [equal, "eq"], full: [equal, "equal"] },
  "!=": { js: "!==", slow: [equal, "eq"], full: [equal, "unequal"] },
};
/** Other variadic builtins that have a function for two arguments. */
export const binary: ReadonlyMap<string, readonly [module: string, name: string]> = new Map([
  ["/", [number, "div"]],
  ["/.", [number, "divf"]],
  ["%", [number, "rem"]],
]);
export const isComparison = (op: Arithmetic | Comparison): op is Comparison => op !== "+" && op !== "-" && op !== "*";
/** == and != see Errors as ordinary values. */
export const neverFails = (op: Arithmetic | Comparison): boolean => op === "==" || op === "!=";
/** Does its code mention an operand more than once? */
export const repeats = (op: Arithmetic | Comparison, checks: readonly boolean[]): boolean =>
  checks.some((c) => c) || (checks.length > 2 && isComparison(op));

type Import = (place: readonly [string, string]) => Expression;

/** Are all checked arguments numbers? null: none is checked. */
const numberTest = (args: readonly Expression[], checks: readonly boolean[]): Expression | null => {
  const names = new Set<string>();
  const tests: Expression[] = [];
  args.forEach((arg, i) => {
    if (!checks[i]) return;
    const name = arg.type === "Identifier" ? arg.name : "";
    if (names.has(name)) return;
    if (name !== "") names.add(name);
    tests.push(build.binary("===", build.unary("typeof", arg), build.literal("number")));
  });
  return tests.length === 0 ? null : build.and(tests);
};

/** Are all of them JavaScript numbers? */
export const areNumbers = (args: readonly Expression[]): Expression =>
  numberTest(
    args,
    args.map(() => true),
  ) ?? build.literal(true);

const fast = (op: Arithmetic | Comparison, args: readonly Expression[]): Expression => {
  const { js } = operators[op];
  if (!isComparison(op)) return args.reduce((a, b) => build.binary(js, a, b));
  return build.and(args.slice(1).map((b, i) => build.binary(js, args[i], b)));
};

/** The value: a number, or a runtime's answer. */
export function arithmeticValue(
  op: Arithmetic,
  args: readonly Expression[],
  checks: readonly boolean[],
  use: Import,
): Expression {
  const test = numberTest(args, checks);
  if (test === null) return fast(op, args);
  const slow = build.call(use(args.length === 2 ? operators[op].slow : operators[op].full), ...args);
  return build.conditional(test, fast(op, args), slow);
}

/** A comparison as a raw boolean, or an Error where it can fail. */
export function comparisonTest(
  op: Comparison,
  args: readonly Expression[],
  checks: readonly boolean[],
  use: Import,
): Expression {
  const test = numberTest(args, checks);
  if (test === null) return fast(op, args);
  const slow = slowTest(op, args, use);
  if (neverFails(op) && args.length === 2 && checks.every((c) => c)) {
    // Identical values are equal whatever they are; NaN, the exception, is looked at by eq.
    return op === "==" ? build.logical("||", build.binary("===", args[0], args[1]), slow) : slow;
  }
  return build.conditional(test, fast(op, args), slow);
}
const slowTest = (op: Comparison, args: readonly Expression[], use: Import): Expression => {
  if (args.length === 2) {
    const call = build.call(use(operators[op].slow), ...args);
    return op === "!=" ? build.unary("!", call) : call;
  }
  if (neverFails(op)) return build.binary("===", build.call(use(operators[op].full), ...args), build.literal(1));
  return build.call(use(["lib/number", "test"]), build.call(use(operators[op].full), ...args));
};

/** A comparison as a value: 1, 0 or an Error. */
export function comparisonValue(
  op: Comparison,
  args: readonly Expression[],
  checks: readonly boolean[],
  use: Import,
): Expression {
  const test = numberTest(args, checks);
  if (test === null) return build.bit(fast(op, args));
  const full = build.call(use(operators[op].full), ...args);
  return build.conditional(test, build.bit(fast(op, args)), full);
}

/** Builtins of one argument that a test asks inline, for values that are 1 or 0 and never an Error. */
export const predicates: ReadonlyMap<string, (x: Expression, use: Import) => Expression> = new Map([
  ["nil?", (x: Expression, use: Import) => build.binary("===", x, use(["kernel/list", "nil"]))],
  ["error?", (x: Expression, use: Import) => build.binary("instanceof", x, use(["kernel/error", "ValkError"]))],
  ["string?", (x: Expression) => build.binary("===", build.unary("typeof", x), build.literal("string"))],
  ["fn?", (x: Expression) => build.binary("===", build.unary("typeof", x), build.literal("function"))],
  ["list?", (x: Expression, use: Import) => build.call(use(["kernel/list", "isList"]), x)],
]);
