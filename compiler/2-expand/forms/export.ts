/** `(export {names})`, at the top level of a module. */
import type { Name } from "../../ir/kernel.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import { type Env, type Expand, isNil, malformed, wrongCount } from "../env.ts";
import { nameList } from "../names.ts";

/** The names it lists; null if it is malformed, which `expandExport` then reports. `(export {})` exports nothing. */
export function exportedNames(call: ListSyntax, env: Env): readonly Name[] | null {
  if (call.items.length !== 2) return null;
  return isNil(call.items[1]) ? [] : nameList(call.items[1], env);
}

/** An export that is not where it belongs, or not as it should be. */
export const expandExport: Expand = (call, env) => {
  const names = wrongCount(call, 1, 1) ?? (exportedNames(call, env) === null ? "expected names in braces" : null);
  return malformed(call, env, names ?? "only at the top level of a module");
};
