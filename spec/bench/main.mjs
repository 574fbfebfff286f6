/**
 * The benchmarks:  node spec/bench/main.mjs [suite, program or case ...] [options]
 *
 *   --json              print the rows as JSON instead of the table
 *   --quick             one process and three rounds a side: rough figures
 *   --processes N       processes a side (3); each starts and optimises anew
 *   --rounds N          rounds in each (5)
 *   --outputs           compare the sides' outputs at small sizes and time nothing
 *   --compiled FOLDER   use the programs compiled into FOLDER, laid out like fixtures/bench, instead of compiling them
 *   --check             exit with 1 if a row failed or is beyond its limit
 *
 * A ratio is the median time of ours over the median time of theirs, its spread the middle half of the ratios of rounds.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalog, matches } from "./catalog.mjs";
import { compileCases, compileSpeed } from "./compile-speed.mjs";
import { compileAll, workspace } from "./compiled.mjs";
import { disagreement, measure, outputs } from "./measure.mjs";
import { bundled, generated, generatedCode } from "./size.mjs";
import { startup } from "./startup.mjs";
import { lines, mean, render } from "./table.mjs";

const CPU_GOAL = { target: 1.25, limit: 1.6 };
const ran = new Set(["call", "await", "memory", "garbage"]);

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    processes: { type: "string" },
    rounds: { type: "string" },
    outputs: { type: "boolean", default: false },
    compiled: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const effort = {
  processes: Number(options.processes ?? (options.quick ? 1 : 3)),
  rounds: Number(options.rounds ?? (options.quick ? 3 : 5)),
};

const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** The folder of compiled programs, and what could not be compiled. */
async function prepare(cases) {
  if (options.compiled !== undefined) return { folder: resolve(options.compiled), broken: {} };
  progress("compiling");
  const folder = join(workspace(), "out");
  return { folder, broken: await compileAll(cases, folder) };
}

async function samplesOf(entry, { folder, broken }) {
  if (broken[entry.program] !== undefined && entry.protocol !== "startup") {
    return { samples: {}, failures: { compile: broken[entry.program] } };
  }
  if (entry.protocol === "size") return bundled(entry, folder);
  if (entry.protocol === "startup") return startup(entry);
  const wrong = disagreement(await outputs(entry, folder, "small"), entry.result);
  return wrong === "" ? measure(entry, folder, effort) : { samples: {}, failures: { outputs: wrong } };
}

async function compareOutputs(cases) {
  const prepared = await prepare(cases);
  const rows = [];
  // What is measured as garbage is the program of another case.
  for (const entry of cases.filter(({ protocol }) => ran.has(protocol) && protocol !== "garbage")) {
    progress(entry.name);
    const failure =
      prepared.broken[entry.program] ?? disagreement(await outputs(entry, prepared.folder, "small"), entry.result);
    rows.push({
      suite: entry.suite,
      name: entry.name,
      ...(failure === "" ? { status: "ok" } : { status: "failed", failure }),
    });
  }
  return rows;
}

async function timeAll(cases) {
  const prepared = await prepare(cases);
  const rows = [];
  const add = async (entry, sampled) => {
    progress(entry.title);
    rows.push(...lines(entry, await sampled()));
  };
  for (const suite of new Set([...cases.map((entry) => entry.suite), "size", "compile"])) {
    for (const entry of cases.filter((one) => one.suite === suite)) await add(entry, () => samplesOf(entry, prepared));
    if (suite === "cpu") {
      const row = mean(rows, "cpu", CPU_GOAL);
      if (row !== null) rows.push(row);
    }
    if (suite === "size" && matches(generatedCode, names)) {
      const cpu = catalog(["cpu"]);
      await add(generatedCode, async () => {
        if (options.compiled === undefined)
          await compileAll(
            cpu.filter((one) => !cases.some((c) => c.program === one.program)),
            prepared.folder,
          );
        return generated(cpu, prepared.folder);
      });
    }
    if (suite === "compile") {
      for (const entry of compileCases.filter((one) => matches(one, names))) {
        await add(entry, () => compileSpeed(entry));
      }
    }
  }
  return rows;
}

const cases = catalog(names);
const computed = [generatedCode, ...compileCases];
if (cases.length === 0 && !computed.some((entry) => matches(entry, names))) {
  console.error(
    `no benchmark is called ${names.join(" or ")}; there are ${catalog()
      .map((entry) => entry.name)
      .join(", ")}`,
  );
  process.exit(2);
}
try {
  const rows = await (options.outputs ? compareOutputs : timeAll)(cases);
  progress("");
  if (options.json) console.log(JSON.stringify(rows, null, 2));
  else if (options.outputs)
    for (const row of rows)
      console.log(`${row.status}  ${row.suite}/${row.name}${row.failure ? `\n${row.failure}` : ""}`);
  else console.log(render(rows));
  const bad = new Set(options.outputs ? ["failed"] : options.check ? ["failed", "miss"] : []);
  if (rows.some((row) => bad.has(row.status) && row.limit !== null)) process.exitCode = 1;
} catch (error) {
  progress("");
  console.error(error.message);
  process.exitCode = 1;
}
