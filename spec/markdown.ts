/** Fenced code blocks of the documentation, for the tests that keep them true. */
import { readFileSync, writeFileSync } from "node:fs";

export interface Block {
  /** What follows the opening fence: `valk`, `output`. */
  readonly language: string;
  /** The text of an HTML comment on the line before the block, such as `program: sum`; else empty. */
  readonly mark: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The heading it stands under. */
  readonly heading: string;
}

export function blocks(path: string): readonly Block[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const found: Block[] = [];
  let heading = "";
  for (let i = 0; i < lines.length; i++) {
    heading = /^#+ (.*)$/.exec(lines[i])?.[1] ?? heading;
    const language = /^```(\S*)/.exec(lines[i])?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", i + 1);
    if (end === -1) throw new Error(`${path}:${i + 1}: this block is never closed`);
    const mark = /^<!-- (.*) -->$/.exec(lines[i - 1] ?? "")?.[1] ?? "";
    const text = lines
      .slice(i + 1, end)
      .map((line) => `${line}\n`)
      .join("");
    found.push({ language, mark, text, line: i + 1, heading });
    i = end;
  }
  return found;
}

/** Puts other texts into blocks, which must be in the order of the file. */
export function replaceBlocks(path: string, changes: readonly (readonly [Block, string])[]): void {
  const lines = readFileSync(path, "utf8").split("\n");
  for (const [{ line, text }, replacement] of [...changes].reverse())
    lines.splice(line, text.split("\n").length - 1, ...replacement.split("\n").slice(0, -1));
  writeFileSync(path, lines.join("\n"));
}
