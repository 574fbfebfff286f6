/** Results of tests as text: for people, as TAP (testanything.org, version 13), as JUnit's XML. */
import { failure } from "./failure.ts";
import { type FileResult, failed, type TestResult } from "./test-results.ts";

/** A reporter says something of each file as it ends, and something at the end. */
export interface Reporter {
  readonly file: (result: FileResult) => string;
  readonly end: (results: readonly FileResult[]) => string;
}
export interface Sources {
  /** The text of a source file, or null. */
  readonly text: (path: string) => string | null;
  readonly cwd: string;
}

const indented = (text: string, by: string): string =>
  text
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => (line === "" ? "\n" : `${by}${line}\n`))
    .join("");

/** The Error with its source, as `valk run` shows one, then what was expected and what came. */
const details = ({ failure: why }: TestResult, { text, cwd }: Sources): string => {
  if (why === undefined) return "";
  const shown = failure(why.message, why.steps, text, cwd);
  if (why.expected === undefined) return shown;
  return `${shown}  expected: ${why.expected}\n  actual:   ${why.actual}\n`;
};

const counts = (results: readonly FileResult[]): string => {
  const tests = results.flatMap((result) => result.tests);
  const count = (...wanted: readonly TestResult["status"][]): number =>
    tests.filter(({ status }) => wanted.includes(status)).length;
  const bad = results.filter(({ problem }) => problem !== null).length;
  const parts = [`${count("pass")} passed`];
  if (count("fail", "timeout") > 0) parts.push(`${count("fail", "timeout")} failed`);
  if (count("skip") > 0) parts.push(`${count("skip")} skipped`);
  if (bad > 0) parts.push(`${bad} ${bad === 1 ? "file" : "files"} broken`);
  return parts.join(", ");
};

const MARKS = { pass: "✓", fail: "✗", timeout: "✗", skip: "-" } as const;
export const spec = (sources: Sources): Reporter => ({
  file: (result) => {
    const head = `${failed(result) ? "✗" : "✓"} ${result.path} (${result.tests.length} tests, ${Math.round(result.milliseconds)} ms)\n`;
    const shown = result.tests.flatMap((test) => {
      if (test.status === "pass") return [];
      const reason = test.reason === undefined ? "" : `: ${test.reason}`;
      return [`  ${MARKS[test.status]} ${test.name}${reason}\n${indented(details(test, sources), "    ")}`];
    });
    const problem = result.problem === null ? "" : `  ${result.problem}\n${indented(result.err, "    ")}`;
    return `${head}${shown.join("")}${problem}`;
  },
  end: (results) => `${results.length} ${results.length === 1 ? "file" : "files"}: ${counts(results)}\n`,
});

export const tap = (sources: Sources): Reporter => {
  let number = 0;
  // The plan stands at the end, as TAP allows: results go out as they come.
  return {
    file: (result) => {
      const lines = result.tests.map((test) => {
        const good = test.status === "pass" || test.status === "skip";
        const skip = test.status === "skip" ? ` # SKIP ${test.reason ?? ""}` : "";
        const name = `${result.path}: ${test.name}`.replace(/[#\\]/g, "\\$&").replaceAll("\n", " ");
        const head = `${good ? "ok" : "not ok"} ${++number} - ${name}${skip}\n`;
        return good ? head : `${head}  ---\n  message: |\n${indented(details(test, sources), "    ")}  ...\n`;
      });
      if (result.problem !== null) {
        const text = indented(`${result.problem}\n${result.err}`, "    ");
        lines.push(`not ok ${++number} - ${result.path}\n  ---\n  message: |\n${text}  ...\n`);
      }
      return number === lines.length ? `TAP version 13\n${lines.join("")}` : lines.join("");
    },
    end: () => `${number === 0 ? "TAP version 13\n" : ""}1..${number}\n`,
  };
};

// XML has no way to write most control characters.
const xml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML does not have
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "\ufffd")
    .replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] as string);
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

export const junit = (sources: Sources): Reporter => {
  const testcase = (path: string, test: TestResult): string => {
    const head = `    <testcase classname="${xml(path)}" name="${xml(test.name)}" time="${seconds(test.microseconds / 1000)}"`;
    if (test.status === "pass") return `${head}/>\n`;
    if (test.status === "skip") return `${head}><skipped message="${xml(test.reason ?? "")}"/></testcase>\n`;
    const message = xml(test.failure?.message ?? "");
    return `${head}><failure message="${message}">${xml(details(test, sources))}</failure></testcase>\n`;
  };
  const suite = (result: FileResult): string => {
    const failures = result.tests.filter(({ status }) => status === "fail" || status === "timeout").length;
    const skipped = result.tests.filter(({ status }) => status === "skip").length;
    const broken = result.problem === null ? 0 : 1;
    const error =
      result.problem === null
        ? ""
        : `    <testcase classname="${xml(result.path)}" name="${xml(result.path)}" time="0.000"><error message="${xml(result.problem)}">${xml(result.err)}</error></testcase>\n`;
    return (
      `  <testsuite name="${xml(result.path)}" tests="${result.tests.length + broken}" failures="${failures}" errors="${broken}" ` +
      `skipped="${skipped}" time="${seconds(result.milliseconds)}">\n` +
      `${result.tests.map((test) => testcase(result.path, test)).join("")}${error}  </testsuite>\n`
    );
  };
  return {
    file: () => "",
    end: (results) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${results.map(suite).join("")}</testsuites>\n`,
  };
};

export const reporters: Readonly<Record<string, (sources: Sources) => Reporter>> = { spec, tap, junit };
