/** `(js "expression")`: an expression of JavaScript, which sees JavaScript's globals and nothing of the program. */
import { parseExpressionAt } from "acorn";
import { messages } from "../../diagnostics/messages.ts";
import { callBuiltin, constant, fail } from "../../ir/kernel-build.ts";
import type { Syntax } from "../../ir/syntax.ts";
import { valueOffsets } from "../../source/escapes.ts";
import { type Span, span } from "../../source/span.ts";
import { type Env, type Expand, malformed, wrongCount } from "../env.ts";

export const expandJs: Expand = (call, env) => {
  const wrong = wrongCount(call, 1, 1);
  if (wrong !== null) return malformed(call, env, wrong);
  const code = call.items[1];
  if (code.kind !== "String") return malformed(call, env, "expected JavaScript code in quotes", code.span);
  const problem = syntaxProblem(code.value);
  // The call's place is the code's: the emitter finds the places of its parts from there.
  if (problem === null) return callBuiltin(code.span, "js/expression", constant(code.span, code.value));
  env.context.report(placeIn(code, problem.at, env), messages.inlineJavaScript, problem.text);
  return fail(call.span, `js: ${problem.text}`);
};

interface Problem {
  readonly text: string;
  /** Offset in the code. */
  readonly at: number;
}

// In a function that is not async, so that a bare `await` is refused: a module would allow it.
const BEFORE = "()=>(";

/** What is wrong with the code, if it is not one expression. */
function syntaxProblem(code: string): Problem | null {
  const text = `${BEFORE}${code}\n)`;
  try {
    const { type, end } = parseExpressionAt(text, 0, { ecmaVersion: "latest", sourceType: "module" });
    return type === "ArrowFunctionExpression" && end === text.length
      ? null
      : { text: "expected one expression, and nothing after it", at: 0 };
  } catch (error) {
    if (error instanceof RangeError) return { text: "the expression is nested too deeply", at: 0 };
    const { pos, message } = error as SyntaxError & { readonly pos: number };
    const said = message.replace(/ \(\d+:\d+\)$/, "");
    return { text: `${said[0].toLowerCase()}${said.slice(1)}`, at: Math.min(pos - BEFORE.length, code.length) };
  }
}

/** Where that character of the string stands in the text; the string where a macro made it. */
function placeIn(string: Syntax & { kind: "String" }, at: number, env: Env): Span {
  const offset = valueOffsets(env.context.source.text, string.span.start, string.value)?.[at];
  return offset === undefined ? string.span : span(offset, offset + 1);
}
