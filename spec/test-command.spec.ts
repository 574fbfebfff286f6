/** `valk test`: files of tests as a user runs them. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, openDesk, showsOurs } from "./valk.ts";

const desk = openDesk();
afterAll(desk.close);

const GOOD = `(load "src/modules/test.valk")
(test "one" (\\ {} {test/assert-eq 2 (+ 1 1) "sum"}))
(test-async "two" (\\ {} {async {(sleep 1) :pass}}))
(test/run)
`;
const BAD = `(load "src/modules/test.valk")
(fun {check x} {
  (test/assert-eq {1 2} (list 1 x) "lists")
  1})
(test "good" (\\ {} {1}))
(test "bad" (\\ {} {check 3}))
(test "not 1" (\\ {} {:something}))
(test "fails" (\\ {} {(head nil) 1}))
(test/run)
`;
const test1 = (files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> =>
  desk.valk(["test", ...args], { cwd: desk.place(files) });
const settled = (text: string): string => text.replace(/\d+ ms/g, "N ms").replace(/time="[\d.]+"/g, 'time="N"');

test("finds the files, shows what failed with its source, and says so by its exit code", async () => {
  const { code, out } = await test1({
    "a_test.valk": GOOD,
    "sub/test_b.valk": BAD,
    "other.valk": '(print "not a test")',
    "node_modules/x/test_c.valk": BAD,
  });
  expect(code).toBe(1);
  expect(settled(out)).toMatch(/^✓ a_test.valk \(2 tests, N ms\)\n✗ sub\/test_b.valk \(4 tests, N ms\)\n/);
  expect(out).toContain('  3 |   (test/assert-eq {1 2} (list 1 x) "lists")');
  expect(out).toMatch(/at check \(sub\/test_b.valk:3:3\)/);
  expect(out).toMatch(/expected: \{1 2\}\n\s+actual: {3}\{1 3\}/);
  expect(out).toMatch(/✗ not 1\n[\s\S]*actual: {3}:something/);
  expect(out).toContain("head: argument 1 must be a non-empty list, got ()");
  expect(out).toMatch(/2 files: 3 passed, 3 failed\n$/);
});

test("passes when all pass", async () => {
  const { code, out, err } = await test1({ "a_test.valk": GOOD }, "a_test.valk");
  expect([code, settled(out), err]).toEqual([0, "✓ a_test.valk (2 tests, N ms)\n1 file: 2 passed\n", ""]);
});

test("a file that does not compile, ends early, or never runs its tests is broken", async () => {
  const load = '(load "src/modules/test.valk")\n';
  const { code, out } = await test1({
    "test_1.valk": "(print (",
    "test_2.valk": `${load}(test "x" (\\ {} {1}))\n(error "before the run")\n(test/run)`,
    "test_3.valk": `${load}(test "x" (\\ {} {1}))`,
    "test_4.valk": "(exit-now 3)",
  });
  expect(code).toBe(1);
  expect(out).toMatch(/test_1.valk .*\n {2}does not compile\n[\s\S]*E0101/);
  expect(out).toMatch(/test_2.valk .*\n {2}ended with exit code 1\n[\s\S]*before the run/);
  expect(out).toMatch(/test_3.valk .*\n {2}its tests were never run/);
  expect(out).toMatch(/test_4.valk .*\n {2}ended with exit code 3\n/);
});

test("a file that does not end is stopped", async () => {
  const { code, out } = await test1({ "test_1.valk": "(sleep 1000000)" }, "--timeout=2000");
  expect(code).toBe(1);
  expect(out).toMatch(/test_1.valk .*\n {2}stopped after 2000 ms/);
});

test("a suite may say that it is to fail, be skipped, or take only so long", async () => {
  const load = '(load "src/modules/test.valk")\n';
  const { code, out } = await test1({
    "test_1.valk": `${load}(test "x" (\\ {} {0}))\n(test/run {:expected-exit 1})`,
    "test_2.valk": `${load}(test "x" (\\ {} {0}))\n(test/run (test/skip "not today"))`,
    "test_3.valk": `${load}(test "quick" (\\ {} {1}))\n(test "slow" (\\ {} {(sleep 100000) 1}))\n(test/run (test/timeout (test/suite "S") 50))`,
  });
  expect(code).toBe(1);
  expect(out).toMatch(/✓ test_1.valk/);
  expect(out).toMatch(/✓ test_2.valk .*\n {2}- x: not today/);
  expect(out).toMatch(/✗ test_3.valk .*\n {2}✗ slow\n/);
});

test("TAP", async () => {
  const { code, out } = await test1({ "a_test.valk": GOOD, "b_test.valk": BAD }, "--reporter=tap");
  expect(code).toBe(1);
  const lines = out.split("\n");
  expect(lines[0]).toBe("TAP version 13");
  expect(lines.filter((line) => /^(?:not )?ok/.test(line))).toEqual([
    "ok 1 - a_test.valk: one",
    "ok 2 - a_test.valk: two",
    "ok 3 - b_test.valk: good",
    "not ok 4 - b_test.valk: bad",
    "not ok 5 - b_test.valk: not 1",
    "not ok 6 - b_test.valk: fails",
  ]);
  expect(out).toMatch(/\n1\.\.6\n$/);
});

test("JUnit", async () => {
  const { out } = await test1({ "a_test.valk": GOOD, "b_test.valk": BAD }, "--reporter=junit");
  expect(settled(out)).toContain(
    '<testsuite name="a_test.valk" tests="2" failures="0" errors="0" skipped="0" time="N">',
  );
  expect(settled(out)).toContain('<testcase classname="a_test.valk" name="one" time="N"/>');
  expect(out).toContain('<failure message="assertion failed: lists">');
  expect(out).not.toMatch(/[^=>\]]"lists"</);
});

test("mistakes on the command line", async () => {
  const home = desk.place({ "x.txt": "" });
  const ended = await Promise.all(
    [[], ["none.valk"], ["--jobs=0"], ["--reporter=none"]].map((args) => desk.valk(["test", ...args], { cwd: home })),
  );
  expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  for (const { err } of ended) expect(showsOurs(err)).toBe(false);
  expect(ended[0].err).toContain("no files called test_*.valk or *_test.valk");
});

test("a file of tests is a program like any other", async () => {
  const home = desk.place({ "a_test.valk": GOOD, "b_test.valk": BAD });
  const good = await desk.valk(["run", "a_test.valk"], { cwd: home });
  expect(good.code).toBe(0);
  expect(good.out).toMatch(
    /^✅ one\.+ {2}PASS : in \d+\(µs\)\n✅ two\.+ {2}PASS : in \d+\(µs\)\n🏁 Test Results: 2 passed, 0 failed/,
  );
  const bad = await desk.valk(["run", "b_test.valk"], { cwd: home });
  expect(bad.code).toBe(1);
  expect(bad.out).toMatch(
    /❌ bad\.+ {2}FAIL[\s\S]*expected: \{1 2\}\n {7}actual: {3}\{1 3\}\n {7}at b_test.valk:3:3\n/,
  );
});

test("--watch runs the tests again when a file changes, also one that they load, until it is interrupted", async () => {
  const home = desk.place({
    "a_test.valk": '(load "src/modules/test.valk")\n(load "lib.valk")\n(test "one" (\\ {} {== (f) 1}))\n(test/run)\n',
    "lib.valk": "(fun {f} {1})\n",
  });
  const watching = desk.open(["test", "--watch"], home);
  try {
    // One change may be seen as two, and then the tests run twice: each step waits for what the one before it cannot have said.
    const change = (name: string, text: string): void => writeFileSync(join(home, name), text);
    expect(await watching.says(/Watching/)).toMatch(/1 file: 1 passed\n/);
    change("lib.valk", "(fun {f} {2})\n");
    await watching.says(/✗ one\n[\s\S]*1 file: 0 passed, 1 failed\n/);
    change("lib.valk", "(fun {f} {\n");
    await watching.says(/does not compile[\s\S]*E0101[\s\S]*1 file: /);
    change("notes.txt", "no Valk");
    change("lib.valk", "(fun {f} {1})\n");
    await watching.says(/1 file: 1 passed\n/);
    change("b_test.valk", GOOD);
    await watching.says(/2 files: 3 passed\n/);
    for (const name of ["a_test.valk", "b_test.valk"]) rmSync(join(home, name));
    await watching.says(/no files called test_/);
  } finally {
    expect(await watching.interrupt()).toBe(0);
  }
}, 120_000);
