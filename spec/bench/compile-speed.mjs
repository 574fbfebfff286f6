/** How fast the compiler is: a large module from the command line, and again and again in one process. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, workspace } from "./compiled.mjs";
import { program } from "./program.mjs";

const run = promisify(execFile);
const FUNCTIONS = 5000;
const COLD_SAMPLES = 5;

export const compileCases = [
  {
    suite: "compile",
    name: "compile-cold",
    title: "valk build, 5,000 functions, cold",
    unit: "ms",
    against: { absolute: { target: 1000, limit: null } },
  },
  {
    suite: "compile",
    name: "compile-warm",
    title: "compile a MB of source, warm",
    unit: "ms",
    against: { absolute: { target: 1000, limit: null } },
  },
];

const source = (folder) => {
  const from = join(folder, "compile-speed");
  mkdirSync(from, { recursive: true });
  const text = program(FUNCTIONS);
  writeFileSync(join(from, "main.valk"), text);
  return { from, text };
};

async function cold(folder) {
  const { from } = source(folder);
  const times = [];
  for (let i = 0; i < COLD_SAMPLES; i++) {
    const start = performance.now();
    await build(from, `${from}-out`);
    times.push(performance.now() - start);
  }
  return times;
}

async function warm(folder) {
  const { from, text } = source(folder);
  const child = fileURLToPath(new URL("./compile-child.mjs", import.meta.url));
  const { stdout } = await run(process.execPath, [child, join(from, "main.valk")]);
  return JSON.parse(stdout).map((time) => time / (Buffer.byteLength(text) / 1e6));
}

export async function compileSpeed({ name }) {
  try {
    const folder = workspace();
    return { samples: { valk: await (name === "compile-cold" ? cold : warm)(folder) }, failures: {} };
  } catch (error) {
    return { samples: {}, failures: { valk: String(error.stderr || error.message).trim() } };
  }
}
