/**
 * `:workers n`: the same program in n more processes, which share the port (Node's cluster). The first process, the primary,
 * starts them, starts those again that die, and stops them; it serves nothing itself. Each process runs the whole program, so
 * that the workers come to the same server-listen, which asks the primary for what they must have in common.
 */
import cluster, { type Worker } from "node:cluster";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { error, type ValkError } from "../kernel/error.ts";
import type { Certificate } from "./certificate.ts";

/** Which server-listen of the program a message is about: they are counted in each process. */
interface Message {
  readonly valk: "hello" | "identity" | "listening" | "stop";
  readonly server: number;
  readonly identity?: Certificate | null;
  readonly port?: number;
}
const messageOf = (m: unknown): Message | null =>
  typeof (m as Partial<Message> | null)?.valk === "string" ? (m as Message) : null;

let servers = 0;

// ---- in a worker ----

export const isWorker = (): boolean => cluster.isWorker;
/** The worker's number, from 1. */
export const workerNumber = (): number => Number(process.env[NUMBER] ?? 0);
const NUMBER = "VALK_WORKER";

/** What a worker has to know before it listens, and where it says that it does. */
export interface Errand {
  readonly identity: Certificate | null;
  readonly listening: (port: number) => void;
  /** Calls when the primary wants the worker to stop; the process ends when `stopped` has been called. */
  readonly onStop: (stop: (stopped: () => void) => void) => void;
}
export const askPrimary = (known: (errand: Errand) => void): void => {
  const server = servers++;
  const tell = (message: Omit<Message, "server">): void => {
    process.send?.({ ...message, server });
  };
  const on = (valk: Message["valk"], f: (m: Message) => void): void => {
    process.on("message", (m) => {
      const message = messageOf(m);
      if (message !== null && message.valk === valk && message.server === server) f(message);
    });
  };
  on("identity", ({ identity = null }) =>
    known({
      identity,
      listening: (port) => tell({ valk: "listening", port }),
      onStop: (stop) => on("stop", () => stop(() => cluster.worker?.disconnect())),
    }),
  );
  tell({ valk: "hello" });
};

// ---- in the primary ----

export interface Crew {
  readonly stop: (stopped: () => void) => void;
}
interface Shared {
  readonly identity: Certificate | null;
  readonly listening: (port: number) => void;
}
/** By the number of the server-listen; workers may ask before the primary has come to it. */
const shared = /*#__PURE__*/ new Map<number, Shared>();
const asking: { readonly worker: Worker; readonly server: number }[] = [];
let crew: Crew | null = null;

const AGAIN_MS = 100,
  LONGEST_MS = 5000;
/** A worker that lives so long has started well. */
const STABLE_MS = 5000;

/**
 * Starts the workers of the program's first server, or lets those there are serve another one. `listening` is told the port
 * once all of them listen; null: the program cannot be started again, and why.
 */
export const startWorkers = (
  count: number,
  identity: Certificate | null,
  drainMs: number,
  listening: (port: number) => void,
): Crew | ValkError => {
  const fault = crew === null ? prepare() : null;
  if (fault !== null) return fault;
  let ready = 0;
  const server = servers++;
  shared.set(server, {
    identity,
    listening: (port) => {
      if (++ready === count) listening(port);
    },
  });
  for (const { worker, server: wanted } of asking.splice(0)) greet(worker, wanted);
  crew ??= employ(count);
  return { stop: (stopped) => dismiss(server, drainMs, stopped) };
};

/** How the program was started: by JavaScript, whose arguments stand in argv, or by `valk run`, which put its own away. */
const prepare = (): ValkError | null => {
  const [, script, ...args] = process.argv;
  if (!script.endsWith(".valk") && existsSync(script)) return null;
  const launcher = fileURLToPath(new URL("../../cli/main.js", import.meta.url));
  if (!existsSync(script) || !existsSync(launcher))
    return error("http2/server-listen: :workers needs a program in a file, which other processes can run");
  cluster.setupPrimary({ exec: launcher, args: ["run", script, ...args] });
  return null;
};

const greet = (worker: Worker, server: number): void => {
  const known = shared.get(server);
  if (known === undefined) asking.push({ worker, server });
  else worker.send({ valk: "identity", server, identity: known.identity } satisfies Message);
};

const employ = (count: number): Crew => {
  let stopping = false;
  const hire = (number: number, failures: number): void => {
    if (stopping) return;
    const since = Date.now();
    const worker = cluster.fork({ [NUMBER]: String(number) });
    worker.on("message", (m) => {
      const message = messageOf(m);
      if (message?.valk === "hello") greet(worker, message.server);
      else if (message?.valk === "listening") shared.get(message.server)?.listening(message.port as number);
    });
    worker.on("exit", (code, signal) => {
      if (stopping || worker.exitedAfterDisconnect) return;
      const failed = Date.now() - since < STABLE_MS ? failures + 1 : 0;
      process.stderr.write(`http2: worker ${number} has ended (${signal ?? code}) and is started again\n`);
      setTimeout(hire, Math.min(AGAIN_MS * 2 ** failed, LONGEST_MS), number, failed);
    });
  };
  for (let i = 1; i <= count; i++) hire(i, 0);
  return {
    stop: () => {
      stopping = true;
    },
  };
};

const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((w) => w !== undefined);
// The workers end when they have stopped all their servers.
const dismiss = (server: number, drainMs: number, stopped: () => void): void => {
  shared.delete(server);
  if (shared.size === 0) {
    crew?.stop(() => {});
    crew = null;
  }
  const left = workers();
  if (left.length === 0) {
    stopped();
    return;
  }
  let open = left.length;
  const timer = setTimeout(() => {
    for (const worker of left) worker.process.kill("SIGKILL");
  }, drainMs + STABLE_MS);
  for (const worker of left) {
    worker.once("exit", () => {
      if (--open > 0) return;
      clearTimeout(timer);
      stopped();
    });
    worker.send({ valk: "stop", server } satisfies Message);
  }
};
