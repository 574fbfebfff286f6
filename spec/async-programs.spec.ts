/**
 * Programs over real sockets, fixtures/async-programs/<case>: main.valk, what it prints (stdout) and what it logs (stderr, if
 * anything). Each gives the same in every compiled mode; the judge has no network.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ModeName, modes, openBench } from "./modes.ts";
import { openDesk } from "./valk.ts";

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const folder = join(fixtures, "async-programs");
const bench = openBench();
// As in fixtures.spec.ts, "fuel 7" is for soaks.
const modeNames = (Object.keys(modes) as ModeName[]).filter(
  (name) => process.env.SOAK || (name !== "fuel 7" && name !== "unoptimised"),
);
afterAll(() => bench.close());

describe.each(readdirSync(folder))("%s", (name) => {
  const text = (file: string): string => {
    const path = join(folder, name, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  const main = join(folder, name, "main.valk");
  test("compiles without warnings", () => {
    const { units } = bench.program(main, "optimised");
    expect(units.flatMap(({ diagnostics }) => diagnostics.map(({ code, text }) => `${code} ${text}`))).toEqual([]);
  });
  test.each(modeNames)("%s", async (mode) => {
    const outcome = await bench.run(main, mode);
    // Which calls an Error's trace has is tested elsewhere: places differ between the modes.
    const stderr = outcome.stderr.replace(/^ {4}.*\n/gm, "");
    expect({ ...outcome, stderr }).toEqual({ stdout: text("stdout"), exit: 0, stderr: text("stderr") });
  });
});

test("functions and continuations between Valk and promises of JavaScript", async () => {
  const desk = openDesk();
  const source = join(fixtures, "javascript/promises");
  const home = desk.place({});
  copyFileSync(join(source, "main.mjs"), join(home, "main.mjs"));
  const built = await desk.valk(["build", join(source, "app.valk"), "-o", "out", "--runtime=copy"], { cwd: home });
  expect([built.code, built.err]).toEqual([0, ""]);
  const expected = readFileSync(join(source, "stdout"), "utf8");
  expect(await desk.node(["main.mjs"], home)).toEqual({ code: 0, out: expected, err: "" });
  desk.close();
});
