/**
 * `npm run load [--quick | --scale f]`: many connections with many streams, many suspended fibers, many requests in sequence.
 * Fails if anything is lost, or if memory still grows after the warm-up.
 */
import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

/** What a full run does; `--scale 0.1` does a tenth, at least one of each. */
const FULL = { connections: 2000, streams: 20, fibers: 1_000_000, requests: 1_000_000 };
/** Bytes that the heap may have grown by, beside 2 percent, between the first measurement after the warm-up and the last. */
const SLACK = 2 * 1024 * 1024;

const scaleOf = (args) => {
  if (args.includes("--quick")) return 0.02;
  const at = args.indexOf("--scale");
  const scale = at < 0 ? 1 : Number(args[at + 1]);
  if (!(scale > 0)) throw new Error("--scale takes a number above 0");
  return scale;
};
const scaled = (scale) => {
  const part = (n) => Math.max(1, Math.round(n * scale));
  return { ...FULL, connections: part(FULL.connections), fibers: part(FULL.fibers), requests: part(FULL.requests) };
};

/** A process with the program; `ask` gives what a job of it gives. */
const children = new Set();
const employ = (app) => {
  const child = fork(join(here, "child.mjs"), [app], { execArgv: ["--expose-gc"] });
  const ask = (job, argument) =>
    new Promise((done, failed) => {
      const ended = (code) => failed(new Error(`the process ended with ${code}`));
      child.once("exit", ended);
      child.once("message", ({ result }) => {
        child.off("exit", ended);
        done(result);
      });
      child.send({ job, argument });
    });
  children.add(child);
  return { ask, end: () => child.disconnect() };
};

const get = (session, path) =>
  new Promise((done) => {
    const stream = session.request({ ":path": path });
    let body = "";
    stream.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    stream.on("error", () => {});
    stream.on("close", () => done(body === path));
  });
const open = (port) =>
  new Promise((done, failed) => {
    const session = connect(`http://127.0.0.1:${port}`, { peerMaxConcurrentStreams: 256 });
    session.once("connect", () => done(session));
    session.on("error", failed);
  });
const closed = (session) => new Promise((done) => session.close(done));
const must = (holds, text) => {
  if (!holds) throw new Error(text);
};
const MB = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
const perSecond = (n, ms) => `${Math.round(n / (ms / 1000)).toLocaleString("en")}/s`;

const crowd = async (app, { connections, streams }) => {
  const { ask, end } = employ(app);
  const port = await ask("listen", 1);
  const idle = await ask("memory");
  const sessions = [];
  for (let i = 0; i < connections; i += 100)
    sessions.push(...(await Promise.all(Array.from({ length: Math.min(100, connections - i) }, () => open(port)))));
  const since = performance.now();
  const all = await Promise.all(
    sessions.flatMap((session, i) => Array.from({ length: streams }, (_, j) => get(session, `/${i}/${j}`))),
  );
  const ms = performance.now() - since;
  const right = all.filter(Boolean).length;
  must(
    right === connections * streams,
    `${connections * streams - right} of ${connections * streams} responses are lost`,
  );
  await Promise.all(sessions.map(closed));
  console.log(
    `${connections} connections of ${streams} streams, a handler that waits twice: all ${right} answered, ` +
      `${perSecond(right, ms)}; heap ${MB(idle)} before, ${MB(await ask("memory"))} after`,
  );
  end();
};

const fibers = async (app, { fibers: n }) => {
  const { ask, end } = employ(app);
  const before = await ask("memory");
  const since = performance.now();
  await ask("suspend", n);
  const suspended = performance.now() - since;
  const during = await ask("memory");
  const then = performance.now();
  const sum = await ask("goOn");
  const resumed = performance.now() - then;
  must(sum === (n * (n + 1)) / 2, `fibers are lost: ${sum}`);
  const left = (await ask("memory")) - before;
  must(left < SLACK + 16 * 1024 * 1024, `${MB(left)} are left of ${n} fibers`);
  console.log(
    `${n} fibers suspended at once: ${Math.round((during - before) / n)} bytes each, ` +
      `${((suspended * 1e6) / n).toFixed(0)} ns to suspend, ${((resumed * 1e6) / n).toFixed(0)} ns to go on; none lost, ${MB(left)} left`,
  );
  end();
};

const sequence = async (app, { requests: n }) => {
  const { ask, end } = employ(app);
  const session = await open(await ask("listen", 0));
  const run = async (from, to) => {
    for (let i = from; i < to; i++) must(await get(session, `/${i}`), `request ${i} is lost`);
  };
  const warm = Math.min(5000, n);
  await run(0, warm);
  const start = await ask("memory");
  const samples = [];
  const since = performance.now();
  const parts = 5;
  for (let part = 0; part < parts; part++) {
    await run(Math.round((n * part) / parts), Math.round((n * (part + 1)) / parts));
    samples.push(await ask("memory"));
  }
  const ms = performance.now() - since;
  must(samples[parts - 1] < start * 1.02 + SLACK, `memory grows: ${[start, ...samples].map(MB).join(", ")}`);
  console.log(`${n} requests in sequence: ${perSecond(n, ms)}; heap ${[start, ...samples].map(MB).join(", ")}`);
  await closed(session);
  end();
};

const folder = mkdtempSync(join(tmpdir(), "valk-load-"));
try {
  const size = scaled(scaleOf(process.argv.slice(2)));
  const build = [join(root, "dist/cli/main.js"), "build", join(root, "fixtures/load/app.valk"), "-o", folder];
  execFileSync(process.execPath, [...build, "--runtime=copy"], { stdio: "ignore" });
  const app = pathToFileURL(join(folder, "app.js")).href;
  await crowd(app, size);
  await fibers(app, size);
  await sequence(app, size);
} catch (e) {
  console.error(`load: ${e.message}`);
  process.exitCode = 1;
  setImmediate(() => process.exit());
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
