/** From samples to the lines of the table. */
import { geometricMean, median, paired, summary } from "./statistics.mjs";

const status = (value, { target, limit }) => {
  if (target === null && limit === null) return "";
  if (target !== null && value <= target) return "ok";
  if (limit !== null && value <= limit) return "near";
  return "miss";
};

const theirs = { hand: "by hand", native: "async/await", absolute: "" };

/** One line for everything a case is held against. `spread` is the middle half of the ratios of rounds. */
export function lines(entry, { samples, failures }) {
  const failed = Object.entries(failures)
    .map(([side, why]) => `${side}: ${why}`)
    .join("\n");
  return Object.entries(entry.against).map(([side, goal]) => {
    const base = { suite: entry.suite, name: entry.name, title: entry.title, unit: entry.unit, against: side, ...goal };
    const other = samples[side];
    const absolute = side === "absolute";
    if (samples.valk === undefined || (!absolute && other === undefined)) {
      const known = { ours: samples.valk && median(samples.valk), theirs: other && median(other) };
      return { ...base, ...known, status: "failed", failure: failed || "not measured" };
    }
    const spread = absolute ? summary(samples.valk) : paired(samples.valk, other);
    const value = absolute ? spread.value : median(samples.valk) / median(other);
    const hand = absolute ? samples.hand : other;
    return {
      ...base,
      ours: median(samples.valk),
      theirs: hand && median(hand),
      value,
      low: spread.low,
      high: spread.high,
      status: status(value, goal),
      ...(failed === "" ? {} : { failure: failed }),
    };
  });
}

/** The geometric mean of a suite's ratios; a failed row makes it a failure. */
export function mean(rows, suite, goal) {
  const counted = rows.filter((row) => row.suite === suite && row.against === "hand");
  if (counted.length === 0) return null;
  const base = {
    suite,
    name: `${suite}-mean`,
    title: `geometric mean of ${counted.length}`,
    unit: "",
    against: "hand",
    ...goal,
  };
  if (counted.some((row) => row.value === undefined))
    return { ...base, status: "failed", failure: "not every row was measured" };
  const value = geometricMean(counted.map((row) => row.value));
  return { ...base, value, status: status(value, goal) };
}

const number = (value) => {
  if (value === undefined) return "-";
  if (value >= 1000) return Math.round(value).toString();
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
};
const measured = (value, unit) => (value === undefined ? "-" : `${number(value)} ${unit}`);

const cells = (row) => [
  row.title,
  measured(row.ours, row.unit),
  measured(row.theirs, row.unit),
  row.against === "absolute" ? "" : theirs[row.against],
  row.value === undefined || row.against === "absolute" ? "-" : number(row.value),
  row.low === undefined ? "" : `${number(row.low)}-${number(row.high)}`,
  row.target === null ? "" : `<= ${number(row.target)}${row.against === "absolute" ? ` ${row.unit}` : ""}`,
  row.status,
];
const headings = ["", "valk", "other", "", "ratio", "spread", "target", ""];
const leftAligned = new Set([0, 3, 6, 7]);

const align = (table) => {
  const widths = headings.map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return table.map((row) =>
    row
      .map((cell, i) => (leftAligned.has(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
};

const LINES = 4;
/** The stack of a child that died is in --json. */
const brief = (text) => text.split("\n").slice(0, LINES).join("\n");

/** The whole table as text, a block for each suite. */
export function render(rows) {
  const text = align([headings, ...rows.map(cells)]);
  const out = [text[0]];
  rows.forEach((row, i) => {
    if (i === 0 || rows[i - 1].suite !== row.suite) out.push("", row.suite);
    out.push(text[i + 1]);
  });
  const failures = rows
    .filter((row) => row.failure !== undefined)
    .map((row) => `${row.suite}/${row.name}: ${brief(row.failure)}`);
  if (failures.length > 0) out.push("", ...new Set(failures));
  out.push("", "ok: meets the target · near: within the limit set for now · miss: neither");
  return out.join("\n");
}
