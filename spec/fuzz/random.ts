/** Random choices that a seed determines (mulberry32). */
export interface Random {
  /** A whole number from 0 to below n. */
  below(n: number): number;
  /** True in so many of 100 cases. */
  percent(n: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export const random = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  // Neighbouring seeds shall differ from the first choice on.
  for (let i = 0; i < 3; i++) next();
  const below = (n: number): number => Math.floor(next() * n);
  return { below, percent: (n) => next() * 100 < n, pick: (items) => items[below(items.length)] };
};
