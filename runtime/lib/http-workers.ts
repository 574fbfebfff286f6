/**
 * `:workers n`: the same program in n more processes, which share the port (Node's cluster). The first process, the primary,
 * starts them, starts those again that die, and stops them; it serves nothing itself. Each process runs the whole program, so
 * that the workers come to the same server-listen, which asks the primary for what they must have in common.
 */
import cluster, { type Worker } from "node:cluster";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { errorOf } from "../kernel/border.ts";
import { error, type ValkError } from "../kernel/error.ts";
import { list, nil } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import type { Certificate } from "./certificate.ts";

/**
 * Which server-listen of the program a message is about: they are counted in each process. A worker says hello, listening or
 * failed, stopped; the primary answers welcome or, for a server that has stopped meanwhile, gone; and says stop.
 */
interface Message {
  readonly valk: "hello" | "listening" | "failed" | "stopped" | "welcome" | "gone" | "stop";
  readonly server: number;
  readonly identity?: Certificate | null;
  readonly port?: number;
  readonly reason?: string;
  readonly code?: string | null;
}
const messageOf = (m: unknown): Message | null =>
  typeof (m as Partial<Message> | null)?.valk === "string" ? (m as Message) : null;

let servers = 0;

// ---- in a worker ----

export const isWorker = (): boolean => cluster.isWorker;
/** The worker's number, from 1. */
export const workerNumber = (): number => Number(process.env[NUMBER] ?? 0);
const NUMBER = "VALK_WORKER";

/** What a worker has to know before it listens, and whom it tells how that went. */
export interface Errand {
  readonly identity: Certificate | null;
  readonly port: number;
  readonly listening: (port: number) => void;
  readonly failed: (e: ValkError) => void;
  /** Calls when the primary wants the server to stop; to be called before `listening`. */
  readonly onStop: (stop: (stopped: () => void) => void) => void;
}
/** Asks for the errand of the next server; an Error if the primary has stopped it already. */
export const askPrimary = (known: (errand: Errand | ValkError) => void): void => {
  const server = servers++;
  const tell = (message: Omit<Message, "server">): void => {
    if (process.connected) process.send?.({ ...message, server });
  };
  const on = (valk: Message["valk"], f: (m: Message) => void): void => {
    process.on("message", (m) => {
      const message = messageOf(m);
      if (message !== null && message.valk === valk && message.server === server) f(message);
    });
  };
  on("gone", () => known(error("http2/server-listen: the first process has stopped this server")));
  on("welcome", ({ identity = null, port = 0 }) =>
    known({
      identity,
      port,
      listening: (port) => tell({ valk: "listening", port }),
      failed: ({ message, data }) => {
        const code = data === nil ? null : String((data.head as { name?: string }).name);
        tell({ valk: "failed", reason: message, code });
      },
      onStop: (stop) => on("stop", () => stop(() => tell({ valk: "stopped" }))),
    }),
  );
  tell({ valk: "hello" });
};

// ---- in the primary ----

/** How a program's server fares that its workers share. */
interface Post {
  readonly server: number;
  readonly identity: Certificate | null;
  port: number;
  /** Lets the port go, which is kept for the workers until the first one comes; null: it has been let go. */
  release: (() => void) | null;
  /** The workers that listen for it. */
  readonly at: Set<Worker>;
  /** Told once: the port when all workers listen, or why they cannot. */
  began: ((result: number | ValkError) => void) | null;
  /** Since it was stopped: told when no worker works for it any more. */
  stopped: (() => void) | null;
  over: boolean;
}
export interface Crew {
  readonly stop: (stopped: () => void) => void;
}
/** By the number of the server-listen; workers may ask before the primary has come to it. */
const posts = /*#__PURE__*/ new Map<number, Post>();
const asking: { readonly worker: Worker; readonly server: number }[] = [];
/** The worker processes; null: there are none. */
let crew: { readonly end: () => void } | null = null;

const AGAIN_MS = 100,
  LONGEST_MS = 5000;
/** A worker that lives so long has started well. */
const STABLE_MS = 5000;
/** So many workers may end in a row before all of them listen. */
const STARTS = 5;
/** For a worker to end by itself once it has nothing to serve any more; then it is told to by SIGTERM. */
const LEAVE_MS = 1000;

/** Milliseconds before a worker is started again that ended soon after its start so many times in a row. */
export const restartDelay = (failures: number): number => Math.min(AGAIN_MS * 2 ** failures, LONGEST_MS);

/**
 * Starts the workers of the program's first server, or lets those there are serve another one. `began` is told the port once all
 * of them listen, or why they cannot. The result is an Error if the program cannot be started again.
 */
export const startWorkers = (
  count: number,
  address: { readonly host: string; readonly port: number },
  identity: Certificate | null,
  drainMs: number,
  began: (result: number | ValkError) => void,
): Crew | ValkError => {
  const fault = size === null ? prepare() : otherCount(size, count);
  if (fault !== null) return fault;
  size = count;
  const post: Post = {
    server: servers++,
    identity,
    port: address.port,
    release: () => {},
    at: new Set(),
    began,
    stopped: null,
    over: false,
  };
  posts.set(post.server, post);
  reserve(post, address.host);
  return { stop: (stopped) => dismiss(post, drainMs, stopped) };

  // A worker that asks Node's cluster for any port gets its own if it comes later than the others: here it is chosen.
  function reserve(to: Post, host: string): void {
    const holder = createServer((socket) => socket.destroy());
    holder.once("error", (e) => {
      begin(to, errorOf(e));
      dismiss(to, 0, () => {});
      greetAll();
    });
    holder.listen({ host, port: to.port }, () => {
      to.port = (holder.address() as AddressInfo).port;
      to.release = () => {
        to.release = () => {};
        holder.close(() => {
          to.release = null;
          greetAll();
        });
      };
      if (to.over) to.release();
      else crew ??= employ(count);
      greetAll();
    });
  }
};
const begin = (post: Post, result: number | ValkError): void => {
  const { began } = post;
  post.began = null;
  began?.(result);
};
/** The program's servers share their workers. */
let size: number | null = null;
const otherCount = (there: number, wanted: number): ValkError | null =>
  there === wanted
    ? null
    : error(`http2/server-listen: option :workers must be ${there}, as for the program's other server, got ${wanted}`);

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

const send = (worker: Worker, message: Message): void => {
  if (worker.isConnected()) worker.send(message, () => {}); // one that has gone meanwhile is heard of by its exit
};
const greet = (worker: Worker, server: number): void => {
  const post = posts.get(server);
  if (post?.over) send(worker, { valk: "gone", server });
  else if (post !== undefined && post.release === null)
    send(worker, { valk: "welcome", server, identity: post.identity, port: post.port });
  else {
    asking.push({ worker, server });
    post?.release?.();
  }
};
const greetAll = (): void => {
  for (const { worker, server } of asking.splice(0)) greet(worker, server);
};

const employ = (count: number): NonNullable<typeof crew> => {
  let stopping = false,
    ended = 0;
  const timers = new Set<NodeJS.Timeout>();
  const hire = (number: number, failures: number): void => {
    const since = Date.now();
    const worker = cluster.fork({ [NUMBER]: String(number) });
    worker.on("error", () => {}); // of the channel; "exit" follows
    worker.on("message", (m) => {
      const message = messageOf(m);
      if (message === null) return;
      const { valk, server, port, reason, code } = message;
      const post = posts.get(server);
      if (valk === "hello") greet(worker, server);
      else if (post === undefined) return;
      else if (valk === "listening") {
        post.at.add(worker);
        if (post.over) send(worker, { valk: "stop", server });
        else if (post.at.size === count) begin(post, port as number);
      } else if (valk === "failed" && post.began !== null) {
        begin(post, error(reason as string, code == null ? nil : list(sym(code))));
        dismiss(post, 0, () => {});
      } else if (valk === "stopped") leave(post, worker);
    });
    worker.on("exit", (status, signal) => {
      for (let i = asking.length - 1; i >= 0; i--) if (asking[i].worker === worker) asking.splice(i, 1);
      for (const post of posts.values()) leave(post, worker);
      if (stopping) return;
      const early = [...posts.values()].filter(({ began }) => began !== null);
      if (early.length > 0 && ++ended >= STARTS) {
        const why = error(`http2/server-listen: the workers end before they listen (${signal ?? status})`);
        for (const post of early) {
          begin(post, why);
          dismiss(post, 0, () => {});
        }
        if (stopping) return;
      }
      const failed = Date.now() - since < STABLE_MS ? failures + 1 : 0;
      process.stderr.write(`http2: worker ${number} has ended (${signal ?? status}) and is started again\n`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        hire(number, failed);
      }, restartDelay(failed));
      timers.add(timer);
    });
  };
  for (let i = 1; i <= count; i++) hire(i, 0);
  return {
    end: () => {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((w) => w !== undefined);

const dismiss = (post: Post, drainMs: number, stopped: () => void): void => {
  const { server, at } = post;
  post.over = true;
  post.release?.();
  const last = [...posts.values()].every(({ over }) => over);
  if (last) {
    crew?.end();
    crew = size = null;
  }
  const late = setTimeout(() => {
    for (const worker of at) worker.process.kill("SIGKILL");
  }, drainMs + STABLE_MS);
  post.stopped = () => {
    clearTimeout(late);
    if (last) disband(stopped);
    else stopped();
  };
  for (const worker of at) send(worker, { valk: "stop", server });
  leave(post, null);
};
/** The worker, if any, does not listen for the post any more. */
const leave = (post: Post, worker: Worker | null): void => {
  if (worker !== null) post.at.delete(worker);
  if (post.stopped === null || post.at.size > 0) return;
  const { stopped } = post;
  post.stopped = null;
  stopped();
};

/** Nothing is left to serve: the workers' programs come to their end, or are brought to it. */
const disband = (ended: () => void): void => {
  const left = workers();
  if (left.length === 0) {
    ended();
    return;
  }
  let open = left.length;
  const timers = [
    setTimeout(() => {
      for (const worker of left) worker.process.kill("SIGTERM");
    }, LEAVE_MS),
    setTimeout(() => {
      for (const worker of left) worker.process.kill("SIGKILL");
    }, LEAVE_MS + STABLE_MS),
  ];
  for (const worker of left) {
    worker.once("exit", () => {
      if (--open > 0) return;
      for (const timer of timers) clearTimeout(timer);
      ended();
    });
    worker.disconnect();
  }
};
