/**
 * Random programs that every mode and the judge must agree on:  npm run fuzz [count] [seed]
 *
 * Each seed is a program. Those that differ are made smaller and printed; what is found becomes a fixture of fixtures/run.
 */
import { pathToFileURL } from "node:url";
import { type Arena, allModes, LATE, openArena, type Run } from "./fuzz/arena.ts";
import { generate } from "./fuzz/generate.ts";
import { collide, rename } from "./fuzz/rename.ts";
import { shrink } from "./fuzz/shrink.ts";
import type { ModeName } from "./modes.ts";

export interface Difference {
  readonly seed: number;
  readonly program: string;
  /** How it differs: lines of the form `mode: what it printed`. */
  readonly report: string;
}
export interface Options {
  readonly count: number;
  readonly seed: number;
  /** Milliseconds to make one differing program smaller. */
  readonly shrinking: number;
  readonly onDifference?: (difference: Difference) => void;
  readonly onProgress?: (programs: number, endless: number) => void;
}

/** The kind of difference, so that shrinking does not go from one bug to another: which modes differ, and do they crash? */
const kindOf = (run: Run): string | null => {
  if (run === "endless") return null;
  const expected = run.get("judge") ?? "";
  const differing = [...run].filter(([, text]) => text !== expected);
  if (differing.length === 0) return null;
  const crash = [...run.values()].map(
    (text) =>
      /JavaScript error: \w+|not ended in time|compiler failed: \w+|judge failed: \w+|thread died|^E\d+/.exec(
        text,
      )?.[0] ?? "",
  );
  const printed = (text: string): string => text.replace(/\[exit \d+\]\n$/, "");
  const exits = differing.every(([, text]) => printed(text) === printed(expected)) ? "exits" : "";
  return `${differing.map(([mode]) => mode)} ${[...new Set(crash)]} ${exits}`;
};
const reportOf = (run: Run): string => {
  if (run === "endless") return "does not end\n";
  const groups = new Map<string, string[]>();
  for (const [mode, text] of run) groups.set(text, [...(groups.get(text) ?? []), mode]);
  return [...groups].map(([text, names]) => `-- ${names.join(", ")}:\n${text}`).join("");
};

/** Every program runs optimised and with fuel 1, every eighth in the other modes, too, which need compilations of their own. */
const modesOf = (seed: number): readonly ModeName[] => (seed % 8 === 0 ? allModes : ["optimised", "fuel 1"]);

/** Every fifth has names that are special to JavaScript, and every fifth names that hide each other. */
const programOf = (seed: number): string => {
  const program = generate(seed);
  if (seed % 5 === 4) return rename(program, seed, false).text;
  return seed % 5 === 3 ? collide(program, seed) : program;
};

const examine = async (arena: Arena, seed: number, shrinking: number): Promise<Difference | "endless" | null> => {
  const program = programOf(seed);
  const first = await arena.run(program, modesOf(seed));
  if (first === "endless") return "endless";
  if (kindOf(first) === null) return null;
  // What other programs left in the thread may be the reason: that is a bug, too, but not one of this program.
  const alone = await arena.run(program, modesOf(seed), true);
  const run = alone === "endless" ? first : alone;
  const kind = kindOf(run);
  // A machine that was busy for a while.
  if ([...first.values()].includes(LATE) && (kind === null || run === first)) return "endless";
  if (kind === null) return { seed, program, report: `after other programs only:\n${reportOf(first)}` };
  const names = [...run.keys()].filter((name) => name !== "judge") as ModeName[];
  const small = await shrink(program, async (text) => kindOf(await arena.run(text, names)) === kind, shrinking);
  return { seed, program: small, report: reportOf(await arena.run(small, allModes)) };
};

/** Runs the programs of `count` seeds and gives those that differ. */
export const fuzz = async ({
  count,
  seed,
  shrinking,
  onDifference,
  onProgress,
}: Options): Promise<readonly Difference[]> => {
  const arena = await openArena();
  const found: Difference[] = [];
  let endless = 0;
  try {
    for (let i = 0; i < count; i++) {
      const difference = await examine(arena, seed + i, shrinking);
      if (difference === "endless") endless++;
      else if (difference !== null) {
        found.push(difference);
        onDifference?.(difference);
      }
      onProgress?.(i + 1, endless);
    }
    return found;
  } finally {
    await arena.close();
  }
};

const main = async (): Promise<void> => {
  const [count = 1000, seed = Math.floor(Math.random() * 1e9)] = process.argv.slice(2).map(Number);
  const start = performance.now();
  const found = await fuzz({
    count,
    seed,
    shrinking: 15_000,
    onDifference: (d) => process.stdout.write(`== seed ${d.seed}\n${d.program}${d.report}\n`),
    onProgress: (programs, endless) => {
      if (programs % 100 !== 0 && programs !== count) return;
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      process.stderr.write(`${programs} programs from seed ${seed}, ${endless} endless, ${seconds} s\n`);
    },
  });
  process.exitCode = found.length === 0 ? 0 : 1;
};
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
