/** Servers of the host that misbehave as a test wants, connections of ours, and a check after each test that all are closed. */
import { type AddressInfo, createServer as rawServer, type Server, type Socket } from "node:net";
import { ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import type { Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { netClose, netConnect, netListen, netPort, netRead, netWrite } from "../runtime/lib/net.ts";
import { chain, run } from "./fiber.ts";
import { resources } from "./resources.ts";

export const HOST = "127.0.0.1";
export const big = "x".repeat(16 * 1024 * 1024);

const servers: Server[] = [];
export const peers = new Set<Socket>();
export const ours: Value[] = [];
/** A server of the host, with which the test can do as it likes. */
export const peer = async (
  handler: (socket: Socket) => void,
  server = rawServer({ allowHalfOpen: true }),
): Promise<number> => {
  servers.push(server);
  server.on("tlsClientError", () => {});
  server.on("connection", (socket: Socket) => {
    peers.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => peers.delete(socket));
  });
  server.on(server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection", handler);
  server.listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  return (server.address() as AddressInfo).port;
};
export const connected = async (port: number, ...options: Value[]): Promise<Value> => {
  const socket = await chain(() => netConnect(HOST, port, ...options));
  ours.push(socket);
  return socket;
};
export const listening = async (handler: (socket: Value) => Value, ...options: Value[]): Promise<number> => {
  const server = netListen(0, def(1, handler), ...options);
  ours.push(server);
  return (await run(() => netPort(server))) as number;
};
/** An event of the other side. */
export const happens = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((done) => socket.once(event, done));
export const shown = (e: Value): string => {
  if (!(e instanceof ValkError)) return repr(e);
  return `${e.message} ${repr(e.data)}`;
};

/** To be called by a spec: nothing may be open after each of its tests. */
export const closesAll = (): void => {
  let left: () => Promise<string>;
  beforeEach(() => {
    left = resources();
  });
  afterEach(async () => {
    for (const x of ours.splice(0)) netClose(x);
    for (const socket of peers) socket.destroy();
    for (const server of servers.splice(0)) server.close();
    expect(await left()).toBe("");
  });
};

/** Runs beside a fault: it must go on whatever happens to the other. */
export const bystander = async (): Promise<() => Promise<void>> => {
  const port = await peer((socket) => socket.pipe(socket));
  const socket = await connected(port);
  return async () => {
    expect(
      await chain(
        () => netWrite(socket, "still here"),
        () => netRead(socket),
      ),
    ).toBe("still here");
  };
};
