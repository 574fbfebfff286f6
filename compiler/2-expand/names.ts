/** Lists of names: what `=`, `def`, `fun` and `\` bind. */
import type { Name } from "../ir/kernel.ts";
import type { Syntax } from "../ir/syntax.ts";
import { bindable, type Env, isBraces, isSymbol } from "./env.ts";

/** `{a b}`; null if it is anything else. */
export function nameList(syntax: Syntax | undefined, env: Env): readonly Name[] | null {
  if (!isBraces(syntax) || syntax.items.length === 0) return null;
  const names: Name[] = [];
  for (const item of syntax.items) {
    const name = bindable(item, env);
    if (name === null) return null;
    names.push(name);
  }
  return names;
}

export interface Parameters {
  readonly params: readonly Name[];
  readonly rest: Name | null;
}

/** `x y & rest`, or in words what is wrong with them; `expected` is said of what is no name. */
export function parameters(items: readonly Syntax[], expected: string, env: Env): Parameters | string {
  const ampersand = items.findIndex((item) => isSymbol(item, "&"));
  if (ampersand !== -1 && (ampersand !== items.length - 2 || isSymbol(items[items.length - 1], "&")))
    return "expected exactly one name after &";
  const names: Name[] = [];
  for (const [i, item] of items.entries()) {
    if (i === ampersand) continue;
    const name = bindable(item, env);
    if (name === null) return expected;
    names.push(name);
  }
  const distinct = withoutRepeatedBlanks(names);
  const repeated = distinct.find(({ name }, i) => distinct.findIndex((other) => other.name === name) < i);
  if (repeated !== undefined) return `two parameters are called ${repeated.name}`;
  return ampersand === -1
    ? { params: distinct, rest: null }
    : { params: distinct.slice(0, -1), rest: distinct[distinct.length - 1] };
}

/** `{_ _}` ignores both. All but the last get a name that no program can write. */
function withoutRepeatedBlanks(names: readonly Name[]): readonly Name[] {
  const last = names.findLastIndex(({ name }) => name === "_");
  return names.map((name, i) => (name.name === "_" && i < last ? { ...name, name: `_ ${i}` } : name));
}
