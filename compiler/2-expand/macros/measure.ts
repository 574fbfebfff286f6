/** How large code is: macros can make more of it than anybody could write. */
import type { Syntax } from "../../ir/syntax.ts";

export interface Size {
  /** Data in it, those that are there twice counted twice. */
  readonly nodes: number;
  readonly depth: number;
}

const LEAF: Size = { nodes: 1, depth: 0 };

/** Each list is measured once; an expansion shares what it was called with. */
export function measure(syntax: Syntax, known: WeakMap<Syntax, Size>): Size {
  if (syntax.kind !== "List") return LEAF;
  let size = known.get(syntax);
  if (size === undefined) {
    let nodes = 1;
    let depth = 0;
    for (const item of syntax.items) {
      const inner = measure(item, known);
      nodes += inner.nodes;
      if (inner.depth >= depth) depth = inner.depth + 1;
    }
    size = { nodes, depth };
    known.set(syntax, size);
  }
  return size;
}
