/** TCP: `net/*`. What is done with a connection or a server once it is there holds for TLS, too. */
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { awaitValue } from "../kernel/await.ts";
import { errorOf } from "../kernel/border.ts";
import { Fiber, onSettle, push1, start, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call1, type Fn, native } from "../kernel/function.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { failed } from "../kernel/report.ts";
import { sym } from "../kernel/symbol.ts";
import { FUNCTION, type Kind, refuse, STRING } from "../kernel/wrong.ts";
import { type Connection, close, connection, read, write } from "./connection.ts";
import { type Done, handled, type Options, operation, text } from "./operation.ts";
import { addPart, type sharedSystem } from "./system.ts";

export const PORT: Kind = {
  what: "a port",
  is: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) < 65536,
};
const SOCKET: Kind = { what: "a socket", is: (v) => isRef(v, "socket") };
const DATA: Kind = { what: "a string or bytes", is: (v) => typeof v === "string" || v instanceof Uint8Array };

/** The Error of a connection that could not be made. With several addresses tried, Node's own has no message. */
export const connectError = (e: Error & { code?: string }, host: string, port: number): ValkError =>
  e.message !== "" ? errorOf(e) : error(`connect ${e.code} ${host}:${port}`, list(sym(`:${e.code}`)), e);

/** `(net/connect-async host port k)`: a socket. */
export const netConnect = /*#__PURE__*/ operation("net/connect-async", [STRING, PORT], (done, [host, port]) => {
  const socket = connect({ host: host as string, port: port as number, allowHalfOpen: true });
  const failed = (e: Error): void => done(connectError(e, host as string, port as number));
  socket.once("error", failed);
  socket.once("connect", () => {
    const ref = connection(socket);
    socket.off("error", failed);
    done(ref);
  });
});

/** `(net/read-async socket [{:encoding :bytes}] k)`: the next chunk as a string (or bytes), nil at the end. */
const reader = (name: string): Fn =>
  operation(name, [SOCKET], (done, [ref], options) =>
    read((ref as Ref<Connection>).target, options.get("encoding") === sym(":bytes"), done),
  );
const writer = (name: string): Fn =>
  operation(name, [SOCKET, DATA], (done, [ref, data]) =>
    write((ref as Ref<Connection>).target, data as string | Uint8Array, done),
  );
export const netRead = /*#__PURE__*/ reader("net/read-async");
export const tlsRead = /*#__PURE__*/ reader("tls/read-async");
/** `(net/write-async socket data k)`: nil when it is flushed. */
export const netWrite = /*#__PURE__*/ writer("net/write-async");
export const tlsWrite = /*#__PURE__*/ writer("tls/write-async");

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
): void => {
  const failed = (e: Error): void => done(errorOf(e));
  server.once("error", failed);
  server.listen({ port, host: text(options, "host") ?? "0.0.0.0" }, () => {
    server.off("error", failed);
    // Later errors (too many open files at accept) concern one connection, not the server.
    server.on("error", () => {});
    const listener: Listener = { server, closed: false, leave: addPart(system, () => stopListening(listener)) };
    done(new Ref("net_server", listener));
  });
};
const stopListening = (listener: Listener): void => {
  if (listener.closed) return;
  listener.closed = true;
  listener.leave();
  listener.server.close();
};

/** Runs the handler with a new connection, as a fiber. Its Error is reported and closes the connection. */
export const serve = (handler: Value, ref: Ref<Connection>): void => {
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
  (done, [port, handler], options, system) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(handler, connection(socket)));
    listen(server, port as number, options, system, done);
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
    if (isRef(value, "socket")) close(value.target as Connection);
    else if (isRef(value, "net_server")) stopListening(value.target as Listener);
    else return refuse(name, [given], { what: "a socket or a server", is: () => false });
    return nil;
  });
export const netClose = /*#__PURE__*/ closer("net/close");
export const tlsClose = /*#__PURE__*/ closer("tls/close");
