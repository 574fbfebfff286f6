/** What a file of tests did: from the events that the test framework sends (runtime/lib/test.ts) and from how it ended. */
import type { Step } from "../runtime/kernel/trace.ts";
import { exit } from "./exit.ts";
import type { Child } from "./host.ts";

export interface Failure {
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  /** The way to where the Error was made, innermost first. */
  readonly steps: readonly Step[];
}
export interface TestResult {
  readonly name: string;
  readonly status: "pass" | "fail" | "skip" | "timeout";
  readonly microseconds: number;
  /** Of a failure; and why a test was skipped. */
  readonly failure?: Failure;
  readonly reason?: string;
}
export interface FileResult {
  readonly path: string;
  readonly tests: readonly TestResult[];
  /** What is wrong with the file besides its tests: it did not compile, it failed, it was stopped. */
  readonly problem: string | null;
  /** What it printed to standard output and to standard error. */
  readonly out: string;
  readonly err: string;
  readonly milliseconds: number;
}

export const failed = ({ tests, problem }: FileResult): boolean =>
  problem !== null || tests.some(({ status }) => status === "fail" || status === "timeout");

type Event =
  | { readonly kind: "registered"; readonly name: string }
  | {
      readonly kind: "test";
      readonly name: string;
      readonly status: TestResult["status"];
      readonly us: number;
      readonly detail: Failure | string;
    }
  | { readonly kind: "run"; readonly tests: number; readonly outcome: number; readonly code: number };

const events = (text: string): readonly Event[] =>
  text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as Event];
    } catch {
      return []; // it was stopped in the middle of a line
    }
  });

const resultOf = (event: Event): readonly TestResult[] => {
  if (event.kind !== "test") return [];
  const { name, status, us, detail } = event;
  const more =
    typeof detail === "object" ? { failure: detail } : status === "skip" && detail !== "" ? { reason: detail } : {};
  const failure: Failure | undefined = status === "timeout" ? { message: "it took too long", steps: [] } : undefined;
  return [{ name, status, microseconds: us, ...(failure === undefined ? {} : { failure }), ...more }];
};

/** Did `valk run` refuse to run it? A program may end with the same exit code, but says no such thing. */
const refused = ({ code, err }: Child): boolean => code === exit.compileErrors && /^(?:error\[|valk: )/m.test(err);

/** A suite may say that it is to fail (`:expected-exit 1`); its tests are then as they should be. */
export function fileResult(path: string, child: Child, milliseconds: number, timeout: number): FileResult {
  const told = events(child.told);
  const tests = told.flatMap(resultOf);
  const runs = told.filter((event) => event.kind === "run");
  const registered = told.filter((event) => event.kind === "registered").length;
  const shown = { path, out: child.out, err: child.err, milliseconds };
  if (child.code === null) return { ...shown, tests, problem: `stopped after ${timeout} ms` };
  const asExpected = runs.length > 0 && runs.every(({ code }) => code === 0);
  if (child.code !== 0 && asExpected) return { ...shown, tests, problem: `ended with exit code ${child.code}` };
  if (child.code !== 0 && !tests.some(({ status }) => status === "fail" || status === "timeout"))
    return { ...shown, tests, problem: refused(child) ? "does not compile" : `ended with exit code ${child.code}` };
  if (registered > tests.length && runs.length === 0)
    return { ...shown, tests, problem: "its tests were never run: (test/run) is missing at its end" };
  if (asExpected && runs.some(({ outcome }) => outcome !== 0))
    return { ...shown, tests: tests.map(asItShould), problem: null };
  return { ...shown, tests, problem: null };
}

/** A test of a suite that is to fail. */
const asItShould = (test: TestResult): TestResult =>
  test.status === "pass" || test.status === "skip"
    ? test
    : { name: test.name, status: "pass", microseconds: test.microseconds };
