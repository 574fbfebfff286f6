/**
 * Runs compiled programs one after the other, each in a module of its own, and answers with what they print. Time is virtual,
 * as the judge's: a timer fires when nothing else is left to do. Plain JavaScript, because Node starts it.
 */
import { parentPort } from "node:worker_threads";

const turn = globalThis.setImmediate;
let timers = [];
let soon = [];
let now = 0;
globalThis.setImmediate = (f, ...args) => soon.push(() => f(...args));
globalThis.setTimeout = (f, ms, ...args) => {
  const due = now + Math.max(1, ms);
  timers.splice(timers.findLastIndex((timer) => timer.due <= due) + 1, 0, { due, fire: () => f(...args) });
};

/** The next piece of work of the event loop, or undefined. */
const next = () => {
  const immediate = soon.shift();
  if (immediate !== undefined) return immediate;
  const timer = timers.shift();
  if (timer !== undefined) now = timer.due;
  return timer?.fire;
};
// Loading a module takes some turns of the event loop, and waiting for ever takes all there are.
const PATIENCE = 200;

let last = 0;
let stdout = "";
const runtimes = new Map();
const open = async (url) => {
  const [{ R }, { out }, { reporter }] = await Promise.all(
    ["kernel/registers", "lib/io", "kernel/report"].map((name) => import(`${url}/${name}.js`)),
  );
  out.write = (text) => {
    stdout += text;
  };
  reporter.report = () => {};
  return { R, full: R.full };
};

const run = async ({ code, runtime, fuel }) => {
  if (!runtimes.has(runtime)) runtimes.set(runtime, await open(runtime));
  const { R, full } = runtimes.get(runtime);
  R.full = fuel ?? full;
  R.cleanups = false;
  stdout = "";
  timers = [];
  soon = [];
  process.exitCode = 0;
  let state = "loading";
  let error = "";
  import(`data:text/javascript,${encodeURIComponent(`${code}\n// ${++last}`)}`).then(
    () => {
      state = "done";
    },
    (e) => {
      state = "failed";
      if (e?.constructor?.name !== "ValkError") error = `${e?.stack ?? e}`;
    },
  );
  for (let idle = 0; idle < PATIENCE && (state === "loading" || soon.length + timers.length > 0); ) {
    await new Promise((go) => turn(go));
    const work = next();
    idle = work === undefined ? idle + 1 : 0;
    try {
      work?.();
    } catch (e) {
      error = `${e?.stack ?? e}`;
    }
  }
  const exit = state === "failed" || process.exitCode !== 0 ? 1 : 0;
  process.exitCode = 0;
  return { stdout: error === "" ? stdout : `${stdout}JavaScript error: ${error}\n`, exit };
};

parentPort.on("message", async (job) => parentPort.postMessage(await run(job)));
