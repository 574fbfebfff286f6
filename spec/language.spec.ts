/**
 * The chapters of spec/language do what they say: each `valk` block is a program of its own, run as compiled and by the judge.
 * What follows it is what it does: `output`, what it prints; `error`, the Error that ends it; `warning` and `refused`, what the
 * compiler says of it (refused: nothing is emitted). A block marked `<!-- file: name.valk -->` is not run but lies beside the
 * others; `<!-- compiled only -->` is for what the judge does not know or is too slow for. `UPDATE_DOCS=1` writes what the programs give now: read the difference before it goes in.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { type Block, blocks, replaceBlocks } from "./markdown.ts";
import { openBench } from "./modes.ts";

const update = process.env.UPDATE_DOCS === "1";
const chapters = fileURLToPath(new URL("language/", import.meta.url));
const bench = openBench();
const folder = mkdtempSync(join(tmpdir(), "valk-language-"));

afterAll(() => {
  bench.close();
  rmSync(folder, { recursive: true, force: true });
});

const RESULTS = ["output", "error", "warning", "refused"] as const;
type Result = (typeof RESULTS)[number];
const isResult = (language: string): language is Result => (RESULTS as readonly string[]).includes(language);

interface Example {
  readonly name: string;
  readonly chapter: string;
  readonly program: Block;
  readonly results: readonly Block[];
}

function examplesOf(chapter: string): readonly Example[] {
  const found: { name: string; chapter: string; program: Block; results: Block[] }[] = [];
  for (const block of blocks(join(chapters, chapter))) {
    if (block.mark.startsWith("file: ")) write(join(folder, chapter, block.mark.slice("file: ".length)), block.text);
    else if (block.language === "valk")
      found.push({ name: `${block.heading}, line ${block.line}`, chapter, program: block, results: [] });
    else if (isResult(block.language)) found.at(-1)?.results.push(block);
  }
  return found;
}

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join("");
const failures = (stderr: string): string => lines(stderr.match(/^Error: .*$/gm) ?? []);

/** What an example does, by the names of the blocks that say so; and whether compiler and judge agree. */
async function observe({ chapter, program }: Example): Promise<Readonly<Record<Result, string>>> {
  const main = join(folder, chapter, `line-${program.line}.valk`);
  write(main, program.text);
  const { failed, units } = bench.compiled(main, "optimised");
  const said = lines(units.flatMap(({ diagnostics }) => diagnostics.map(({ code, text }) => `${code} ${text}`)));
  if (failed) return { output: "", error: "", warning: "", refused: said };
  const { stdout, stderr, exit } = await bench.run(main, "optimised");
  const error = failures(stderr);
  if (!program.mark.endsWith("compiled only")) {
    const judged = await bench.judge(main);
    expect({ stdout: judged.stdout, exit: judged.exit, error: failures(judged.stderr) }).toEqual({
      stdout,
      exit,
      error,
    });
  }
  return { output: stdout, error, warning: said, refused: "" };
}

const updates = new Map<string, (readonly [Block, string])[]>();

for (const chapter of readdirSync(chapters)
  .filter((name) => name.endsWith(".md"))
  .sort())
  describe(chapter, () => {
    const examples = examplesOf(chapter);
    if (examples.length === 0) return;
    test("no block is empty", () => {
      if (update) return;
      expect(blocks(join(chapters, chapter)).filter(({ text }) => text === "")).toEqual([]);
    });
    test.each(examples.map((example) => [example.name, example] as const))("%s", async (_, example) => {
      const seen = await observe(example);
      if (update) {
        const changes = updates.get(chapter) ?? [];
        for (const block of example.results) changes.push([block, seen[block.language as Result]]);
        updates.set(chapter, changes);
        return;
      }
      const expected = Object.fromEntries(RESULTS.map((result) => [result, ""]));
      for (const { language, text } of example.results) expected[language] = text;
      expect(seen).toEqual(expected);
    });
  });

afterAll(() => {
  for (const [chapter, changes] of updates) replaceBlocks(join(chapters, chapter), changes);
});
