import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ValkError } from "../runtime/kernel/error.ts";
import { apply } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { readFile } from "../runtime/lib/file.ts";
import { out, print, printf, println } from "../runtime/lib/io.ts";
import * as process_ from "../runtime/lib/process.ts";
import { BOOM, braces, E, table } from "./builtins.ts";

const printed = (f: unknown, args: readonly Value[]): readonly [string, string] => {
  const { write } = out;
  let text = "";
  out.write = (part) => {
    text += part;
  };
  try {
    const value = repr(apply(f, args));
    return [text, value];
  } finally {
    out.write = write;
  }
};

test.each<[unknown, Value[], string, string]>([
  [print, [], "\n", "()"],
  [print, ["a", 1, braces("b", nil), sym(":k"), 5n], 'a 1 {"b" ()} :k 5\n', "()"],
  [print, [E], "Error: boom\n", "()"],
  [printf, ["%s=%d%%", "x", 5], "x=5%", "()"],
  [printf, ["%l %ld", 1, 2n], "1 2", "()"],
  [printf, ["%q %"], "%q %", "()"],
  [printf, ["a"], "a", "()"],
  [printf, ["a", 1], "a", "()"],
  [printf, ["a %d b", "x"], "a ", 'Error: printf: argument 2 must be a number for %d, got "x"'],
  [printf, ["a %s b", 5], "a ", "Error: printf: argument 2 must be a string for %s, got 5"],
  [printf, ["a %s b"], "a ", "Error: printf: no argument for %s"],
  [printf, ["%s", E], "Error: boom", "()"],
  [printf, [E], "", BOOM],
  [printf, [5], "", "Error: printf: argument 1 must be a string, got 5"],
  [println, ["n %d", 1], "n 1\n", "()"],
  [println, [], "", "Error: println: expected at least 1 argument, got 0"],
])("%p %p", (f, args, text, value) => {
  expect(printed(f, args)).toEqual([text, value]);
});

test("read-file", () => {
  const folder = mkdtempSync(join(tmpdir(), "valk-"));
  try {
    writeFileSync(join(folder, "a.txt"), "höß\n");
    expect(readFile(join(folder, "a.txt"))).toBe("höß\n");
    const missing = readFile(join(folder, "b.txt")) as ValkError;
    expect(missing.message).toMatch(/^read-file: cannot read ".*b\.txt": no such file$/);
    expect(repr(missing.data)).toBe("{:ENOENT}");
    expect((readFile(folder) as ValkError).message).toMatch(/it is a directory$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("exit records the code, stops what runs and goes on", () => {
  const before = process.exitCode;
  let stopped = 0;
  const stop = (): void => {
    stopped++;
  };
  process_.stops.add(stop);
  try {
    expect(apply(process_.exit, [3])).toBe(3);
    expect(process.exitCode).toBe(3);
    expect(apply(process_.shutdown, [])).toBe(0);
    expect(process.exitCode).toBe(0);
    expect(stopped).toBe(2);
  } finally {
    process_.stops.delete(stop);
    process.exitCode = before;
  }
});

table("the process", [
  [process_.exit, ["x"], 'Error: exit: argument 1 must be a whole number from 0 to 255, got "x"'],
  [process_.exitNow, [E], BOOM],
]);

test("time-us is a number", () => {
  const start = apply(process_.timeUs, [1, E]) as number;
  expect(Number.isInteger(start)).toBe(true);
  expect(apply(process_.timeUs, [])).toBeGreaterThanOrEqual(start);
});
