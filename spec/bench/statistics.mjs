/** Medians and quartiles: one slow round, or a collection that falls into it, must not move a figure. */

/** The q-quantile (0 to 1), interpolated. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  const high = Math.ceil(position);
  return sorted[low] + (sorted[high] - sorted[low]) * (position - low);
}

export const median = (values) => quantile(values, 0.5);

/** The median and the middle half. */
export const summary = (values) => ({
  value: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/** Ratios of samples taken in the same round, so that what slows both sides of a round cancels out. */
export const paired = (ours, theirs) => summary(ours.map((value, i) => value / theirs[i]));

export const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
