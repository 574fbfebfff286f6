/** One source text with its name. Lines and columns exist only here, in the renderers and in the source map. */
export interface Source {
  /** As shown to the user and written into source maps: a path relative to where the compiler was started, or `<stdin>`. */
  readonly path: string;
  readonly text: string;
}

/** Line and column, both from 0, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets at which lines start, ascending; the first is 0. */
export const lineStarts = (text: string): readonly number[] => {
  const starts = [0];
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
};

/** The position of an offset, by binary search in the line starts. */
export const positionAt = (starts: readonly number[], offset: number): Position => {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - starts[low] };
};
