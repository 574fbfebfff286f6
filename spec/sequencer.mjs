/** The order of the test files: the longest first, so that no core waits for one at the end. In a fresh clone jest goes by size. */
import { basename } from "node:path";

const LONGEST = [
  "fixtures",
  "ir",
  "async-programs",
  "bench",
  "acceptance",
  "handles",
  "source-map",
  "language",
  "trace",
];
const rank = ({ path }) => {
  const at = LONGEST.indexOf(basename(path, ".spec.ts"));
  return at < 0 ? LONGEST.length : at;
};

// biome-ignore lint/style/noDefaultExport: jest wants it so
export default class LongestFirst {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }
  shard(tests, { shardIndex, shardCount }) {
    return this.sort(tests).filter((_, i) => i % shardCount === shardIndex - 1);
  }
  allFailedTests(tests) {
    return tests;
  }
  cacheResults() {}
}
