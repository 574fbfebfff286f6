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
  const timer = { due, fire: () => f(...args) };
  timers.splice(timers.findLastIndex((timer) => timer.due <= due) + 1, 0, timer);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  timers = timers.filter((other) => other !== timer);
};

/** The next piece of work of the event loop, or undefined. */
const next = () => {
  const immediate = soon.shift();
  if (immediate !== undefined) return immediate;
  const timer = timers.shift();
  if (timer !== undefined) now = timer.due;
  return timer?.fire;
};
// Turns without work after which a program that has not ended waits for ever.
const PATIENCE = 5;

let stdout = "";
const runtimes = new Map();
const openRuntime = async (url) => {
  const [{ R }, { out }, { reporter }] = await Promise.all(
    ["kernel/registers", "lib/io", "kernel/report"].map((name) => import(`${url}/${name}.js`)),
  );
  out.write = (text) => {
    stdout += text;
  };
  reporter.report = () => {};
  return { R, reporter, full: R.full };
};

/** A module as a function: to load a module takes ten times as long, and its memory is never freed. */
const IMPORT = /^import \{([^}]*)\} from "(.*)";$/gm;
const modules = new Map();
let opened = { code: "", program: null };
const openProgram = async (code) => {
  if (opened.code !== code) opened = { code, program: await makeProgram(code) };
  return opened.program;
};
const makeProgram = async (code) => {
  for (const [, , url] of code.matchAll(IMPORT)) if (!modules.has(url)) modules.set(url, await import(url));
  const text = code
    .replace(IMPORT, (_, names, url) => `const {${names.replaceAll(" as ", ": ")}} = modules.get("${url}");`)
    .replace(/^export \{[\s\S]*/m, "")
    .replaceAll("import.meta.url", '"file:///main.js"');
  return new AsyncFunction("modules", `"use strict";\n${text}`);
};
const AsyncFunction = (async () => {}).constructor;

const run = async ({ code, runtime, fuel }) => {
  if (!runtimes.has(runtime)) runtimes.set(runtime, await openRuntime(runtime));
  const { R, reporter, full } = runtimes.get(runtime);
  reporter.exits = false;
  R.full = fuel ?? full;
  R.cleanups = false;
  stdout = "";
  now = 0;
  timers = [];
  soon = [];
  let state = "running";
  let error = "";
  const start = await openProgram(code);
  start(modules).then(
    () => {
      state = "done";
    },
    (e) => {
      state = "failed";
      if (e?.constructor?.name !== "ValkError") error = `${e?.stack ?? e}`;
    },
  );
  const goesOn = () => state === "running" || (state === "done" && !reporter.exits && soon.length + timers.length > 0);
  for (let idle = 0; idle < PATIENCE && goesOn(); ) {
    await new Promise((go) => turn(go));
    if (!goesOn()) break;
    const work = next();
    idle = work === undefined ? idle + 1 : 0;
    try {
      work?.();
    } catch (e) {
      error = `${e?.stack ?? e}`;
    }
  }
  // Failures that nobody asked for are reported when the turn is over.
  await new Promise((go) => turn(go));
  const exit = state === "failed" ? 1 : Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { stdout: error === "" ? stdout : `${stdout}JavaScript error: ${error}\n`, exit };
};

let queue = Promise.resolve();
parentPort.on("message", (jobs) => {
  for (const job of jobs) queue = queue.then(async () => parentPort.postMessage(await run(job)));
});
