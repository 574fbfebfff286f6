/** A stream socket as a Ref: reading on demand, writing with acknowledgement. TCP and TLS share it. */
import type { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { errorOf } from "../kernel/border.ts";
import { error, type ValkError } from "../kernel/error.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import type { Done } from "./operation.ts";

interface Reader {
  readonly done: Done;
  readonly binary: boolean;
}
export interface Connection {
  readonly socket: Socket;
  readonly decoder: StringDecoder;
  readonly readers: Reader[];
  readonly writers: Set<Done>;
  failure: ValkError | null;
  /** The other side sends no more. */
  ended: boolean;
  /** This side has closed it. */
  closed: boolean;
}

/** How long a closed connection may go on sending and receiving what is under way. */
const LINGER_MS = 5000;

/** The Ref of a connected socket. While no operation waits for it, it does not keep the program alive. */
export const connection = (socket: Socket): Ref<Connection> => {
  const state: Connection = {
    socket,
    decoder: new StringDecoder("utf8"),
    readers: [],
    writers: new Set(),
    failure: null,
    ended: false,
    closed: false,
  };
  // With a "readable" listener the socket reads ahead up to its limit and then waits for us: that is the back-pressure.
  socket.on("readable", () => pump(state));
  socket.on("end", () => {
    state.ended = true;
    pump(state);
  });
  socket.on("error", (e) => {
    state.failure = errorOf(e);
  });
  socket.on("close", () => {
    state.ended = true;
    pump(state);
    for (const done of state.writers) done(state.failure ?? closedError("net/write-async"));
  });
  hold(state);
  return new Ref("socket", state);
};

export const closedError = (name: string): ValkError =>
  error(`${name}: the connection is closed`, list(sym(":closed")));

const hold = ({ socket, readers, writers }: Connection): void => {
  if (readers.length + writers.size > 0) socket.ref();
  else socket.unref();
};

const pump = (state: Connection): void => {
  while (state.readers.length > 0) {
    const value = next(state, state.readers[0].binary);
    if (value === undefined) return;
    const [{ done }] = state.readers.splice(0, 1);
    hold(state);
    done(value);
  }
};
// What the next reader gets; undefined: nothing yet.
const next = (state: Connection, binary: boolean): Value | undefined => {
  if (!state.closed) {
    for (;;) {
      const chunk = state.socket.read() as Buffer | null;
      if (chunk === null) break;
      const value = binary ? chunk : state.decoder.write(chunk);
      if (value !== "") return value; // it is "" if only a part of a character has come
    }
  }
  if (state.failure !== null) return state.failure;
  if (!state.ended) return undefined;
  return state.decoder.end() || nil;
};

/** The next chunk, nil at the end. Readers are served in their order. */
export const read = (state: Connection, binary: boolean, done: Done): void => {
  if (state.closed) {
    done(closedError("net/read-async"));
    return;
  }
  state.readers.push({ done, binary });
  hold(state);
  pump(state);
};

/** Sends data; done when it has left for the system. */
export const write = (state: Connection, data: string | Uint8Array, done: Done): void => {
  if (state.closed || state.socket.destroyed) {
    done(state.failure ?? closedError("net/write-async"));
    return;
  }
  state.writers.add(done);
  hold(state);
  state.socket.write(data, (e) => {
    state.writers.delete(done);
    hold(state);
    done(e ? (state.failure ?? errorOf(e)) : nil);
  });
};

/** Sends what is under way, then closes. Readers that wait get nil. */
export const close = (state: Connection): void => {
  if (state.closed) return;
  state.closed = state.ended = true;
  const { socket } = state;
  socket.removeAllListeners("readable");
  socket.end();
  // Data left unread would turn the close into a reset, and the other side might lose what we sent last.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  pump(state);
};
