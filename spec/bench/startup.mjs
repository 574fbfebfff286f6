/** From the start of the process to its end: `valk run` with a warm cache against `node` on the hand-written program. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { cli } from "./compiled.mjs";

const SAMPLES = 25;

const once = (entry, args) => {
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const time = performance.now() - start;
  if (status !== 0 || stdout !== entry.result)
    throw new Error(stderr.trim() || `exit code ${status}, printed ${JSON.stringify(stdout)}`);
  return time;
};

export function startup(entry) {
  const sides = {
    valk: [cli, "run", join(entry.folder, "main.valk")],
    hand: [join(entry.folder, "hand.mjs")],
  };
  const samples = { valk: [], hand: [] };
  const failures = {};
  for (let i = -2; i < SAMPLES; i++) {
    for (const [side, args] of Object.entries(sides)) {
      if (failures[side] !== undefined) continue;
      try {
        const time = once(entry, args);
        if (i >= 0) samples[side].push(time); // the first runs fill the cache
      } catch (error) {
        failures[side] = error.message;
        delete samples[side];
      }
    }
  }
  return { samples, failures };
}
