/** The benchmark programs: all sides give the same output, at sizes that take no time. The figures are `npm run bench`. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

interface Outcome {
  readonly suite: string;
  readonly name: string;
  readonly status: "ok" | "failed";
  readonly failure?: string;
}

const main = fileURLToPath(new URL("./bench/main.mjs", import.meta.url));

/** Each side runs in a process of its own, as it does when it is timed. A failure is in the rows, not in the exit code. */
function outcomes(): readonly Outcome[] {
  const run = () => execFileSync(process.execPath, [main, "--outputs", "--json"], { encoding: "utf8", stdio: "pipe" });
  try {
    return JSON.parse(run());
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (stdout) return JSON.parse(stdout);
    throw new Error(stderr ?? String(error));
  }
}

describe("benchmarks", () => {
  it("agree with the JavaScript they are held against", () => {
    const rows = outcomes();
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.status !== "ok")).toEqual([]);
  }, 300_000);
});
