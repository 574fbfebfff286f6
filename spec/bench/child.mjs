/**
 * One side of one benchmark, in a process of its own:  node child.mjs SPEC  with SPEC = {module, protocol, args, operation} as JSON.
 * It tells its parent the result of one run, and then answers each message with the time of a run, in milliseconds (the
 * mean of as many runs as fill a round). Message "warm" lets the engine optimise first; "once" asks for the result alone.
 *
 *   call     bench(...args) gives the result
 *   await    bench(...args, wait, done) starts fibers that await the operation `wait` and hand their result to `done`
 *   memory   the same; measured are the bytes in use when every fiber waits for the first time
 *   garbage  like call; measured are the bytes that a run allocates
 */
import { createOperations } from "./operations.mjs";

const ROUND = 60; // milliseconds a round should take
const WARM = 400; // milliseconds of running before the first round
const MAX_RUNS = 2000;
const ROOM = 2 ** 27; // bytes; half of what measure.mjs gives new objects

const { module, protocol, args, operation } = JSON.parse(process.argv[2]);
const { bench } = await import(module);

const timed = async (run) => {
  const start = performance.now();
  const result = await run();
  return { time: performance.now() - start, result };
};

const call = async () => {
  const start = performance.now();
  const result = bench(...args);
  // A side that has the value at once must not pay for a turn of the microtask queue.
  return { result: result instanceof Promise ? await result : result, time: performance.now() - start };
};

const awaits = async () => {
  const operations = await createOperations(module, args[0], { kind: operation });
  const start = performance.now();
  bench(...args, operations.wait, operations.done);
  return { result: await operations.finished(), time: operations.end() - start };
};

const inUse = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};
/** Not a time, but treated like one: bytes per run. */
const memory = async () => {
  const operations = await createOperations(module, args[0], { kind: operation, held: true });
  const before = inUse();
  bench(...args, operations.wait, operations.done);
  const bytes = inUse() - before;
  operations.release();
  return { result: await operations.finished(), time: bytes };
};

/** Bytes per run, too. The process has so much room that nothing is collected meanwhile. */
const garbage = async () => {
  const before = inUse();
  const result = await bench(...args);
  const bytes = process.memoryUsage().heapUsed - before;
  if (bytes < 0 || bytes > ROOM) throw new Error("the run was too long: some of its garbage was collected");
  return { result, time: bytes };
};

const once = { call, await: awaits, memory, garbage }[protocol];

/** Mean time of `runs` runs. */
const round = async (runs) => {
  let total = 0;
  for (let i = 0; i < runs; i++) total += (await once()).time;
  return total / runs;
};

const warm = async () => {
  if (protocol === "memory" || protocol === "garbage") return 1;
  const end = performance.now() + WARM;
  let time = 0;
  for (let i = 0; i < 3 || performance.now() < end; i++) ({ time } = await timed(once));
  return Math.max(1, Math.min(MAX_RUNS, Math.round(ROUND / time)));
};

const { result } = await once();
let runs = 1;
process.on("message", async (message) => {
  try {
    if (message === "warm") {
      runs = await warm();
      process.send({ runs });
    } else process.send({ time: await round(runs) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.send({ result });
