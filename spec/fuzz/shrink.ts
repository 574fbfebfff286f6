/** Makes a program smaller as long as a property of it holds. */
type Tree = string | { readonly open: string; readonly close: string; readonly items: readonly Tree[] };

const parse = (text: string): readonly Tree[] => {
  let i = 0;
  const many = (end: string | undefined): readonly Tree[] => {
    const items: Tree[] = [];
    for (;;) {
      while (i < text.length && /\s/.test(text[i])) i++;
      if (text[i] === end || i >= text.length) return items;
      items.push(one());
    }
  };
  const one = (): Tree => {
    const prefix = /^(?:,@|[`,'])/.exec(text.slice(i))?.[0];
    if (prefix !== undefined) {
      i += prefix.length;
      return { open: prefix, close: "", items: [one()] };
    }
    const close = ({ "(": ")", "{": "}" } as Readonly<Record<string, string>>)[text[i]];
    if (close !== undefined) {
      const open = text[i++];
      const items = many(close);
      i++;
      return { open, close, items };
    }
    const word = /^(?:"[^"]*"|[^\s(){}"]+)/.exec(text.slice(i))?.[0] ?? text[i];
    i += word.length;
    return word;
  };
  return many(undefined);
};
const show = (tree: Tree): string =>
  typeof tree === "string" ? tree : tree.open + tree.items.map(show).join(" ") + tree.close;
const showAll = (trees: readonly Tree[]): string => `${trees.map(show).join("\n")}\n`;

type Path = readonly number[];
const paths = (trees: readonly Tree[], at: Path = []): readonly Path[] =>
  trees.flatMap((tree, i) => [[...at, i], ...(typeof tree === "string" ? [] : paths(tree.items, [...at, i]))]);
const find = (trees: readonly Tree[], [i, ...rest]: Path): Tree => {
  const tree = trees[i];
  return rest.length === 0 || typeof tree === "string" ? tree : find(tree.items, rest);
};
/** The trees with others in place of one of them. */
const put = (trees: readonly Tree[], [i, ...rest]: Path, by: readonly Tree[]): readonly Tree[] =>
  trees.flatMap((tree, j) =>
    j !== i
      ? [tree]
      : rest.length === 0 || typeof tree === "string"
        ? by
        : [{ ...tree, items: put(tree.items, rest, by) }],
  );

/** What may stand for a tree: nothing, a number, its parts, one after the other or each. */
const smaller = (tree: Tree): readonly (readonly Tree[])[] => {
  if (typeof tree === "string") return /^\d$/.test(tree) ? [[]] : [[], ["1"]];
  const lists = paths(tree.items)
    .map((path) => find(tree.items, path))
    .filter((part) => typeof part !== "string");
  return [
    [],
    ["1"],
    tree.items,
    ...lists.slice(0, 12).map((part) => [part]),
    ...lists.slice(0, 4).map((part) => (typeof part === "string" ? [] : part.items)),
  ];
};

/** The smallest program found, within so many milliseconds, for which `holds` is true as it is for `text`. */
export const shrink = async (
  text: string,
  holds: (text: string) => Promise<boolean>,
  milliseconds: number,
): Promise<string> => {
  const end = Date.now() + milliseconds;
  let best = parse(text);
  const accept = async (candidate: readonly Tree[]): Promise<boolean> => {
    const found = showAll(candidate);
    if (found.length >= showAll(best).length || !(await holds(found))) return false;
    best = candidate;
    return true;
  };
  for (let changed = true; changed && Date.now() < end; ) {
    changed = false;
    for (let i = best.length - 1; i >= 0; i--) changed = (await accept(put(best, [i], []))) || changed;
    for (let i = 0; i < paths(best).length && Date.now() < end; i++)
      for (const by of smaller(find(best, paths(best)[i])))
        if (await accept(put(best, paths(best)[i], by))) {
          changed = true;
          i--;
          break;
        }
  }
  return showAll(best);
};
