/** Compiles the file named on the command line several times in this process and prints the times (ms) as JSON. */
import { existsSync, readFileSync } from "node:fs";

const WARM = 4;
const SAMPLES = 9;

const { compile } = await import(new URL("../../dist/compiler/compile.js", import.meta.url).href);
const summaries = new URL("../../dist/runtime/prelude/summaries.json", import.meta.url);
const library = existsSync(summaries) ? JSON.parse(readFileSync(summaries, "utf8")) : [];
const text = readFileSync(process.argv[2], "utf8");
const unit = {
  id: process.argv[2],
  source: { path: "main.valk", text },
  loads: new Map(),
  output: "main.js",
  loaded: false,
};

const times = [];
for (let i = -WARM; i < SAMPLES; i++) {
  const start = performance.now();
  const { failed, units } = compile([unit], library);
  if (i >= 0) times.push(performance.now() - start);
  if (failed) {
    console.error(
      units
        .flatMap(({ diagnostics }) => diagnostics.map((one) => `${one.code}: ${one.text}`))
        .slice(0, 3)
        .join("\n"),
    );
    process.exit(1);
  }
}
console.log(JSON.stringify(times));
