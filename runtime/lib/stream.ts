/**
 * Byte streams as values: sockets, files, the pipes of processes. Reading on demand, with what has come but was not asked for yet
 * kept here; writing with acknowledgement. Readers are served in their order, and so are writers.
 */
import type { Readable, Writable } from "node:stream";
import { errorOf } from "../kernel/border.ts";
import { error, type ValkError } from "../kernel/error.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { Done, GiveUp } from "./operation.ts";

/** Takes what a reader wants out of the bytes; undefined: not enough of them. `end`: there will be no more. */
export type Take = (bytes: ByteQueue, end: boolean) => Value | undefined;
interface Reader {
  readonly done: Done;
  readonly take: Take;
}
/** A stream; `input` and `output` are the same object for a socket. */
export interface Stream {
  /** For messages: "the connection". */
  readonly what: string;
  readonly input: Readable | null;
  readonly output: Writable | null;
  /** The process's own streams are nobody's to destroy. */
  readonly shared: boolean;
  readonly bytes: ByteQueue;
  readonly readers: Reader[];
  readonly writers: Set<Done>;
  failure: ValkError | null;
  /** The other side sends no more. */
  ended: boolean;
  /** This side has closed it. */
  closed: boolean;
  /** This side sends no more. */
  finished: boolean;
  /** Nothing is read ahead now: enough is here that nobody has asked for. */
  paused: boolean;
  /** Does an operation wait, so that the program has to go on? */
  held: boolean;
}

/** So much is read ahead, in bytes, before the other side has to wait: that is the back-pressure. */
const AHEAD = 64 * 1024;

type Holdable = { ref?(): unknown; unref?(): unknown };

interface Ends {
  readonly what: string;
  readonly input?: Readable | null;
  readonly output?: Writable | null;
  readonly shared?: boolean;
}
/** Takes over host streams that are open. While no operation waits for them, they do not keep the program alive. */
export const stream = ({ what, input = null, output = null, shared = false }: Ends): Stream => {
  const state: Stream = {
    what,
    input,
    output,
    shared,
    bytes: new ByteQueue(),
    readers: [],
    writers: new Set(),
    failure: null,
    ended: false,
    closed: false,
    finished: false,
    paused: false,
    held: true,
  };
  const broken = (e: Error): void => {
    state.failure ??= errorOf(e);
  };
  const gone = (): void => {
    state.ended = true;
    pump(state);
    for (const done of [...state.writers]) done(state.failure ?? closedError("write", state));
  };
  if (input !== null) {
    // Standard input is left alone until somebody reads: a child process may want it.
    if (!shared) listen(state, input);
    input.on("end", () => {
      state.ended = true;
      pump(state);
    });
    input.on("error", broken);
    input.on("close", gone);
  }
  if (output !== null && output !== (input as unknown)) {
    output.on("error", broken);
    output.on("close", gone);
  }
  hold(state);
  return state;
};
export const streamRef = (kind: string, state: Stream): Ref<Stream> => new Ref(kind, state);

export const closedError = (name: string, { what }: Stream): ValkError =>
  error(`${name}: ${what} is closed`, list(sym(":closed")));

const listen = (state: Stream, input: Readable): void => {
  input.on("data", (part: Buffer | string) => {
    if (state.closed) return;
    state.bytes.push(typeof part === "string" ? Buffer.from(part) : part);
    pump(state);
    flow(state, input);
  });
};
const flow = (state: Stream, input: Readable): void => {
  const enough = state.readers.length === 0 && (state.shared || state.bytes.size >= AHEAD);
  if (enough === state.paused) return;
  state.paused = enough;
  if (enough) input.pause();
  else input.resume();
};

// Called after a result was given: who got it has begun the next operation by then, and nothing has to change.
const hold = (state: Stream): void => {
  const { input, output, readers, writers } = state;
  const busy = readers.length > 0 || writers.size > 0;
  if (busy === state.held) return;
  state.held = busy;
  const set = (end: Holdable | null): unknown => (busy ? end?.ref?.() : end?.unref?.());
  set(input as Holdable | null);
  if (output !== (input as unknown)) set(output as Holdable | null);
};

const pump = (state: Stream): void => {
  while (state.readers.length > 0) {
    const value = next(state, state.readers[0].take);
    if (value === undefined) break;
    const { done } = state.readers.shift() as Reader;
    done(value);
  }
  hold(state);
};
// What the next reader gets; undefined: nothing yet.
const next = (state: Stream, take: Take): Value | undefined => {
  const value = take(state.bytes, false);
  if (value !== undefined) return value;
  if (state.failure !== null) return state.failure;
  return state.ended ? take(state.bytes, true) : undefined;
};

/** Waits for what `take` finds. Given up, a stream is closed with the operation, unless `keep` says that others go on with it. */
export const read = (name: string, state: Stream, take: Take, keep: boolean, done: Done): GiveUp | undefined => {
  if (state.closed) {
    done(state.failure ?? closedError(name, state));
    return;
  }
  const { input } = state;
  const reader: Reader = { done, take };
  state.readers.push(reader);
  if (input !== null && state.shared && input.listenerCount("data") === 0) listen(state, input);
  pump(state);
  if (input !== null) flow(state, input);
  return (why) => {
    const i = state.readers.indexOf(reader);
    if (i >= 0) state.readers.splice(i, 1);
    // A read whose time is up has taken nothing: what comes is for the next one.
    if (why === "cancelled" && !keep && !state.shared) destroy(state);
    else {
      pump(state);
      if (input !== null) flow(state, input);
    }
  };
};
// Nothing waits in the stream: the system has taken all there was to write.
const drained = (output: Writable): boolean =>
  output.writableLength === 0 && output.errored === null && !output.destroyed;
// The host calls a write that was cut off by the end of the connection a success.
const written = (name: string, state: Stream, e: Error | null | undefined, done: Done): void => {
  state.writers.delete(done);
  const lost = state.output?.destroyed === true && !state.output.writableFinished;
  if (e || lost) done(state.failure ?? (e ? errorOf(e) : closedError(name, state)));
  else done(nil);
  hold(state);
};

/** Sends data; done when it has left for the system: that is the back-pressure. */
export const write = (name: string, state: Stream, data: string | Uint8Array, done: Done): GiveUp | undefined => {
  const { output } = state;
  if (state.closed || state.finished || output === null || output.destroyed) {
    done(state.failure ?? closedError(name, state));
    return;
  }
  let waits = true;
  output.write(data, (e) => {
    if (waits) written(name, state, e, done);
  });
  // The host calls back a turn later in any case.
  if (drained(output)) {
    waits = false;
    done(nil);
    return;
  }
  state.writers.add(done);
  hold(state);
  // Nobody could tell how much of it has gone out: what would follow makes no sense to the other side.
  return () => {
    state.writers.delete(done);
    if (!state.shared) destroy(state);
  };
};

/** Sends no more: the other side reads its end after what is under way. Reading goes on. */
export const finish = (name: string, state: Stream, done: Done): GiveUp | undefined => {
  const { output } = state;
  if (state.closed || state.finished || output === null || output.destroyed || state.shared) {
    done(state.failure ?? closedError(name, state));
    return;
  }
  state.finished = true;
  state.writers.add(done);
  hold(state);
  output.end((e?: Error | null) => {
    written(name, state, e, done);
  });
  return () => {
    state.writers.delete(done);
    destroy(state);
  };
};

/** Closes at once: what is under way is lost, who waits for the stream gets an Error. */
export const destroy = (state: Stream): void => {
  if (state.closed) return;
  state.closed = state.ended = true;
  state.failure ??= error(`${state.what} is closed, because an operation on it was given up`, list(sym(":closed")));
  state.input?.destroy();
  state.output?.destroy();
  pump(state);
};

/** How long a closed connection may be silent while it still has to send, and how long it goes on after that. */
const LINGER_MS = 5000;
interface Lingering {
  setTimeout?(ms: number, f: () => void): unknown;
}
// Data left unread would turn the close into a reset, and the other side might lose what we sent last. But one that goes on
// sending does not keep the connection.
const linger = (socket: Readable & Writable): void => {
  const destroy = (): unknown => socket.destroy();
  socket.resume();
  (socket as Lingering).setTimeout?.(LINGER_MS, destroy);
  const last = (): void => {
    const timer = setTimeout(destroy, LINGER_MS);
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
  };
  if (socket.writableFinished) last();
  else socket.once("finish", last);
};

/** Sends what is under way, then closes. Readers that wait get the end. */
export const close = (state: Stream): void => {
  if (state.closed || state.shared) return;
  state.closed = state.ended = true;
  const { input, output } = state;
  if (output === null) input?.destroy();
  else {
    if (!output.writableEnded) output.end();
    if (input === (output as unknown)) linger(input as Readable & Writable);
    else input?.destroy();
  }
  pump(state);
};
