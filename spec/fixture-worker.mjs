/** Runs one compiled program as its main program, in a thread of its own: see modes.ts. Plain JavaScript, because Node starts it. */
import { fileURLToPath } from "node:url";
import { workerData } from "node:worker_threads";

const { program, runtime, fuel } = workerData;
process.argv.splice(1, process.argv.length, fileURLToPath(program));
if (fuel !== null) {
  const { R } = await import(`${runtime}/kernel/registers.js`);
  R.full = fuel;
}
await import(program);
