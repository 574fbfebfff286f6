/** What an `import` of a Valk module names, as it is written: `{a b :as c}`, `* name`, or nothing. */
import type { ListSyntax, SymbolSyntax, Syntax } from "../ir/syntax.ts";
import { isNil, isSymbol } from "./env.ts";

export type ImportList =
  | { readonly kind: "names"; readonly names: readonly { readonly name: SymbolSyntax; readonly local: SymbolSyntax }[] }
  /** Everything it exports, as `local/name`. */
  | { readonly kind: "all"; readonly local: SymbolSyntax };

/** null: it is malformed. */
export function importList(call: ListSyntax): ImportList | null {
  const items = call.items.slice(1, -1);
  if (items.length === 0 || (items.length === 1 && isNil(items[0]))) return { kind: "names", names: [] };
  if (items.length === 2 && isSymbol(items[0], "*")) return isName(items[1]) ? { kind: "all", local: items[1] } : null;
  const [list] = items;
  if (items.length !== 1 || list.kind !== "List" || list.bracket !== "braces") return null;
  const names: { name: SymbolSyntax; local: SymbolSyntax }[] = [];
  for (let i = 0; i < list.items.length; i++) {
    const name = list.items[i];
    const renamed = isSymbol(list.items[i + 1], ":as");
    const local = renamed ? list.items[i + 2] : name;
    if (!isName(name) || !isName(local)) return null;
    names.push({ name, local });
    if (renamed) i += 2;
  }
  return { kind: "names", names };
}

const isName = (syntax: Syntax | undefined): syntax is SymbolSyntax =>
  syntax?.kind === "Symbol" && !syntax.name.startsWith(":") && syntax.name !== "&";
