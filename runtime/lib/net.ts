/** TCP: `net/*`. What is done with a connection or a server once it is there holds for TLS, too. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { awaitValue } from "../kernel/await.ts";
import { errorOf } from "../kernel/border.ts";
import { Fiber, onSettle, push1, start, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call1, type Fn, native } from "../kernel/function.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { failed } from "../kernel/report.ts";
import { sym } from "../kernel/symbol.ts";
import { FUNCTION, type Kind, refuse, STRING, WHOLE } from "../kernel/wrong.ts";
import { connection, manners } from "./connection.ts";
import { DATA } from "./encoding.ts";
import {
  type Done,
  type GiveUp,
  handled,
  numberOption,
  type Options,
  operation,
  type Start,
  textOption,
} from "./operation.ts";
import { close, type Stream } from "./stream.ts";
import { startFinish, startRead, startWrite } from "./stream-operations.ts";
import { addPart, type sharedSystem } from "./system.ts";

export const PORT: Kind = {
  what: "a port",
  is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) < 65536,
};
const SOCKET: Kind = { what: "a socket", is: (v) => isRef(v, "socket") };

/** The Error of a connection that could not be made. With several addresses tried, Node's own has no message. */
export const connectError = (e: Error & { code?: string }, host: string, port: number): ValkError =>
  e.message !== "" ? errorOf(e) : error(`connect ${e.code} ${host}:${port}`, list(sym(`:${e.code}`)), e);

const startConnect: Start = (done, [host, port], options, _, name) => {
  const how = manners(name, options);
  const socket = connect({ host: host as string, port: port as number, allowHalfOpen: true });
  const failed = (e: Error): void => done(connectError(e, host as string, port as number));
  socket.once("error", failed);
  socket.once("connect", () => {
    const ref = connection(socket, how);
    socket.off("error", failed);
    done(ref);
  });
  return () => abandon(socket, failed);
};
/** Closes a socket whose opening nobody waits for; what it still has to say interests nobody. */
export const abandon = (socket: Socket, failed: (e: Error) => void): void => {
  socket.off("error", failed);
  socket.on("error", () => {});
  socket.destroy();
};
/** `(net/connect-async host port [options] k)`: a socket. */
export const netConnect = /*#__PURE__*/ operation("net/connect-async", [STRING, PORT], startConnect);
export const netConnectHandle = /*#__PURE__*/ handled("net/connect", [STRING, PORT], startConnect);

/** `(net/read-async socket [options] k)`: the next chunk as a string (or bytes), nil at the end. */
export const netRead = /*#__PURE__*/ operation("net/read-async", [SOCKET], startRead);
export const netReadHandle = /*#__PURE__*/ handled("net/read", [SOCKET], startRead);
export const tlsRead = /*#__PURE__*/ operation("tls/read-async", [SOCKET], startRead);
export const tlsReadHandle = /*#__PURE__*/ handled("tls/read", [SOCKET], startRead);
/** `(net/write-async socket data [options] k)`: nil when it has left for the system. */
export const netWrite = /*#__PURE__*/ operation("net/write-async", [SOCKET, DATA], startWrite);
export const netWriteHandle = /*#__PURE__*/ handled("net/write", [SOCKET, DATA], startWrite);
export const tlsWrite = /*#__PURE__*/ operation("tls/write-async", [SOCKET, DATA], startWrite);
export const tlsWriteHandle = /*#__PURE__*/ handled("tls/write", [SOCKET, DATA], startWrite);
/** `(net/end-async socket k)`: sends no more, and goes on reading. */
export const netEnd = /*#__PURE__*/ operation("net/end-async", [SOCKET], startFinish);
export const netEndHandle = /*#__PURE__*/ handled("net/end", [SOCKET], startFinish);
export const tlsEnd = /*#__PURE__*/ operation("tls/end-async", [SOCKET], startFinish);
export const tlsEndHandle = /*#__PURE__*/ handled("tls/end", [SOCKET], startFinish);

/** A listening server and how it stops. */
export interface Listener {
  readonly server: Server;
  readonly leave: () => void;
  closed: boolean;
}

/** Listens and gives the Ref when it does; the server then stops with its system. */
export const listen = (
  server: Server,
  port: number,
  options: Options,
  system: ReturnType<typeof sharedSystem>,
  done: Done,
  name: string,
): GiveUp => {
  const failed = (e: Error): void => done(errorOf(e));
  const host = textOption(name, options, "host") ?? "0.0.0.0";
  const most = numberOption(name, options, "max-connections", WHOLE);
  if (most !== undefined) server.maxConnections = most;
  server.once("error", failed);
  let given = false; // up
  server.listen({ port, host }, () => {
    if (given) return void server.close();
    server.off("error", failed);
    // Later errors (too many open files at accept) concern one connection, not the server.
    server.on("error", () => {});
    const listener: Listener = { server, closed: false, leave: addPart(system, () => stopListening(listener)) };
    done(new Ref("net_server", listener));
  });
  return () => {
    given = true;
    if (server.listening) server.close();
  };
};
const stopListening = (listener: Listener): void => {
  if (listener.closed) return;
  listener.closed = true;
  listener.leave();
  listener.server.close();
};

/** Runs the handler with a new connection, as a fiber. Its Error is reported and closes the connection. */
export const serve = (handler: Value, ref: Ref<Stream>): void => {
  const fiber = start(call1 as Fn, handler, ref);
  const ended = (value: Value): void => {
    if (!(value instanceof ValkError)) return;
    close(ref.target);
    fiber.looked = false; // by the program, that is
    failed(fiber);
  };
  if (fiber.value === Y) onSettle(fiber, ended);
  else ended(fiber.value);
};

/** `(net/listen port handler [options])`: a Handle of a server. */
export const netListen = /*#__PURE__*/ handled(
  "net/listen",
  [PORT, FUNCTION],
  (done, [port, handler], options, system, name) => {
    const how = manners(name, options);
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(handler, connection(socket, how)));
    return listen(server, port as number, options, system, done, name);
  },
);

const portOf =
  (name: string) =>
  (value: Value): Value => {
    if (value instanceof ValkError) return value;
    if (!isRef(value, "net_server")) return refuse(name, [value], { what: "a server", is: () => false });
    const { server, closed } = value.target as Listener;
    return closed ? error(`${name}: the server has stopped`) : (server.address() as AddressInfo).port;
  };
/** The port a server listens at; waits if it is given a Handle. */
const port = (name: string): Fn => {
  const find = portOf(name);
  return native(name, 1, 1, (given: Value): Value => {
    if (!(given instanceof Fiber)) return find(given);
    const server = awaitValue(given);
    return server === Y ? push1(find, undefined) : find(server);
  });
};
export const netPort = /*#__PURE__*/ port("net/port");
export const tlsPort = /*#__PURE__*/ port("tls/port");

/** Closes a socket (after what is being written) or stops a server (its connections go on); nil. */
const closer = (name: string): Fn =>
  native(name, 1, 1, (given: Value): Value => {
    const value = given instanceof Fiber ? given.value : given;
    if (isRef(value, "socket")) close(value.target as Stream);
    else if (isRef(value, "net_server")) stopListening(value.target as Listener);
    else return refuse(name, [given], { what: "a socket or a server", is: () => false });
    return nil;
  });
export const netClose = /*#__PURE__*/ closer("net/close");
export const tlsClose = /*#__PURE__*/ closer("tls/close");
