/** How large programs are: bundled with what they need of the runtime, and the generated code alone. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const run = promisify(execFile);
const failure = (side, error) => ({ samples: {}, failures: { [side]: String(error.stderr || error.message).trim() } });

/** Bundles a compiled program, checks that the bundle still runs, and weighs it. */
export async function bundled(entry, compiled) {
  const outfile = join(compiled, entry.program, "bundle.mjs");
  try {
    await build({
      entryPoints: [join(compiled, entry.program, "main.js")],
      outfile,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "es2022",
      logLevel: "silent",
    });
    const { stdout } = await run(process.execPath, [outfile]);
    if (stdout !== entry.result) throw new Error(`the bundle printed ${JSON.stringify(stdout)}`);
    return { samples: { valk: [gzipSync(readFileSync(outfile), { level: 9 }).length] }, failures: {} };
  } catch (error) {
    return failure("bundle", error);
  }
}

const minified = async (file) => {
  const { code } = await transform(readFileSync(file, "utf8"), { minify: true, format: "esm", target: "es2022" });
  return Buffer.byteLength(code);
};

export const generatedCode = {
  suite: "size",
  name: "size-code",
  title: "generated code of the cpu suite, minified",
  unit: "bytes",
  against: { hand: { target: 2, limit: null } },
};

/** The compiled programs of the cases against their hand-written sides, in sum. */
export async function generated(cases, compiled) {
  const sums = { valk: 0, hand: 0 };
  try {
    for (const entry of cases) {
      const main = join(compiled, entry.program, "main.js");
      const hand = join(entry.folder, "hand.mjs");
      if (!existsSync(main)) throw new Error(`${entry.program} was not compiled`);
      sums.valk += await minified(main);
      sums.hand += await minified(hand);
    }
  } catch (error) {
    return failure("code", error);
  }
  return { samples: { valk: [sums.valk], hand: [sums.hand] }, failures: {} };
}
