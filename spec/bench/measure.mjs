/** Runs the sides of one case against each other: every side in a process of its own, a round each in turn. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { moduleOf } from "./catalog.mjs";

const child = fileURLToPath(new URL("./child.mjs", import.meta.url));
const TIMEOUT = 120_000;

/** A child with a question-and-answer channel. */
function start(spec, flags) {
  const worker = fork(child, [JSON.stringify(spec)], { execArgv: flags, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let complaint = "";
  worker.stderr.on("data", (text) => {
    complaint += text;
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const fail = (why) => finish(reject, new Error(why));
      const onMessage = (message) => (message.error === undefined ? finish(resolve, message) : fail(message.error));
      const onExit = (code, signal) => fail(complaint.trim() || `ended with ${signal ?? code}`);
      const timer = setTimeout(() => fail(`no answer for ${TIMEOUT / 1000} s`), TIMEOUT);
      const finish = (settle, value) => {
        clearTimeout(timer);
        worker.off("message", onMessage);
        worker.off("close", onExit);
        settle(value);
      };
      worker.once("message", onMessage);
      worker.once("close", onExit);
    });
  return {
    first: answer(),
    ask: (message) => {
      const reply = answer();
      worker.send(message);
      return reply;
    },
    stop: () => worker.kill(),
  };
}

const sidesOf = (entry) => ["valk", ...Object.keys(entry.sides)];

const flags = {
  memory: ["--expose-gc"],
  garbage: ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"],
};

/** A failed side is part of the figures, not the end of the run. */
async function launch(entry, side, args, compiled) {
  const spec = { module: moduleOf(entry, side, compiled), protocol: entry.protocol, args, operation: entry.operation };
  const worker = start(spec, flags[entry.protocol] ?? []);
  try {
    const { result } = await worker.first;
    return { side, worker, result };
  } catch (error) {
    worker.stop();
    return { side, error: error.message };
  }
}

/** The result each side gives: {valk: {result} or {error}, ...}. `size` is "small" or "args". */
export async function outputs(entry, compiled, size) {
  const results = {};
  for (const side of sidesOf(entry)) {
    const { result, error, worker } = await launch(entry, side, entry[size], compiled);
    worker?.stop();
    results[side] = error === undefined ? { result } : { error };
  }
  return results;
}

/** Says what is wrong if the sides do not agree. */
export function disagreement(results, expected) {
  const wanted =
    expected === undefined ? Object.values(results).find((one) => one.error === undefined)?.result : expected;
  return Object.entries(results)
    .filter(([, one]) => one.error !== undefined || one.result !== wanted)
    .map(
      ([side, one]) => `${side}: ${one.error ?? `gave ${JSON.stringify(one.result)}, not ${JSON.stringify(wanted)}`}`,
    )
    .join("\n");
}

/**
 * The samples of every side, per operation in the unit of the case: {samples: {valk: [..], ..}, failures: {side: why}}.
 * `processes` generations of children (the engine optimises differently from one process to the next), `rounds` in each.
 */
export async function measure(entry, compiled, { processes, rounds }) {
  const samples = {};
  const failures = {};
  const scale = (entry.unit === "ns" ? 1e6 : 1) / entry.operations;
  for (let generation = 0; generation < processes; generation++) {
    const running = [];
    try {
      for (const side of sidesOf(entry)) {
        if (failures[side] !== undefined) continue;
        const one = await launch(entry, side, entry.args, compiled);
        if (one.error !== undefined) failures[side] = one.error;
        else running.push(one);
      }
      const wrong = disagreement(Object.fromEntries(running.map((one) => [one.side, one])));
      if (wrong !== "") return { samples: {}, failures: { ...failures, outputs: wrong } };
      for (const one of running) await one.worker.ask("warm");
      for (let round = 0; round < rounds; round++) {
        const first = round % running.length; // whoever comes first in a round takes turns, too
        for (const one of [...running.slice(first), ...running.slice(0, first)]) {
          const { time } = await one.worker.ask("round");
          (samples[one.side] ??= []).push(time * scale);
        }
      }
    } catch (error) {
      failures.run = error.message;
      return { samples: {}, failures };
    } finally {
      for (const one of running) one.worker.stop();
    }
  }
  return { samples, failures };
}
