/** Names somebody may have meant: what is offered after an unbound name. */

/**
 * The edit distance of two strings with swaps of neighbours counted as one edit (optimal string alignment, Damerau 1964),
 * or `bound + 1` if it is larger than `bound`.
 */
export function distance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      if (swapped(a, b, i, j)) cost = Math.min(cost, older[j - 2] + 1);
      current[j] = cost;
      if (cost < smallest) smallest = cost;
    }
    if (smallest > bound) return bound + 1;
    older = previous;
    previous = current;
  }
  return Math.min(previous[b.length], bound + 1);
}

const swapped = (a: string, b: string, i: number, j: number): boolean =>
  i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);

/** How many edits are still a slip: one in short names, a third of long ones. */
const tolerance = (name: string): number => (name.length < 3 ? 1 : Math.min(3, Math.ceil(name.length / 3)));

const lastPart = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** A name of one character is one edit away from every other: only its own letter in another case is near. */
function cost(name: string, candidate: string, bound: number): number {
  if (candidate.toLowerCase() === name.toLowerCase()) return 0.5;
  if (name.length > 2 && (lastPart(candidate) === name || lastPart(name) === candidate)) return 0.75;
  return name.length < 2 ? bound + 1 : distance(name, candidate, bound);
}

/** Up to `limit` candidates that resemble `name`, the most similar first; equally similar ones in alphabetical order. */
export function nearest(name: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const bound = tolerance(name);
  const found = new Map<string, number>();
  for (const candidate of candidates) {
    if (candidate === name || found.has(candidate)) continue;
    const edits = cost(name, candidate, bound);
    if (edits <= bound) found.set(candidate, edits);
  }
  return [...found]
    .sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, limit)
    .map(([candidate]) => candidate);
}
