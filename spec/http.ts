/** Servers and clients for the tests of HTTP. */
import { type ClientHttp2Session, connect as nodeConnect } from "node:http2";
import { ensure } from "../runtime/kernel/control.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { display } from "../runtime/kernel/show.ts";
import { reqPath } from "../runtime/lib/http-request.ts";
import { close, connectAsync, sendAsync } from "../runtime/lib/http2-client.ts";
import { request, responseBody, responseStatus } from "../runtime/lib/http2-message.ts";
import { serverListen, serverPort, serverStop } from "../runtime/lib/http2-server.ts";
import { operation } from "../runtime/lib/operation.ts";
import { chain, plist, run, then, tick, wait } from "./fiber.ts";

export const HOST = "127.0.0.1";
export const handler = (f: (request: Value) => Value): Value => def(1, f);
export const callback = (f: () => void): Value =>
  def(0, () => {
    f();
    return nil;
  });
export const ok = (...items: Value[]): Value => plist("status", "200", ...items);
export const show = (r: Value): string => (r instanceof Error ? display(r) : `${responseStatus(r)} ${responseBody(r)}`);

/** Timers of jest and of this file come and go. */
const PASSING = /^(?:Timeout|Immediate)$/;

/** The servers of a test, which end with it, and what they log. */
export const openServers = () => {
  let servers: Value[] = [];
  let log = "";
  const { write } = process.stderr;
  beforeEach(() => {
    log = "";
    process.stderr.write = ((text: string) => {
      log += text;
      return true;
    }) as typeof write;
  });
  afterEach(async () => {
    process.stderr.write = write;
    await stopAll();
  });
  const stopAll = async (): Promise<void> => {
    const stopping = servers;
    servers = [];
    for (const server of stopping) await stop(server);
  };
  const stop = (server: Value): Promise<Value> => run(() => then(serverStop(server), (h) => wait(h, (v) => v)));
  /** Takes what http2/server-listen takes, gives the port. */
  const listen = async (...args: Value[]): Promise<number> => {
    const server = serverListen(...args);
    servers.push(server);
    return (await run(() => serverPort(server))) as number;
  };
  return {
    log: () => log,
    stop,
    server: () => servers[servers.length - 1],
    /** Runs the test and stops its servers; afterwards no more sockets, servers and streams are open than before. */
    leakless: (test: () => Promise<void>) => async (): Promise<void> => {
      await tick(5);
      const open = (): number => process.getActiveResourcesInfo().filter((name) => !PASSING.test(name)).length;
      const before = open();
      await test();
      await stopAll();
      await until(() => open() <= before);
    },
    serve: (f: (request: Value) => Value, ...options: Value[]): Promise<number> =>
      listen(0, handler(f), plist("host", HOST, ...options)),
    listen,
  };
};

/** A path that a handler waits at until the test lets it go on. */
export const openGates = () => {
  const waiting: ((v: Value) => void)[] = [];
  const gates = {
    /** Handlers that have come to a gate, that were cancelled there, whose cleanups ran. */
    reached: 0,
    cancelled: 0,
    cleanups: 0,
    open: (v: Value = nil): void => {
      for (const go of waiting.splice(0)) go(v);
    },
    /** The operation to wait for. */
    gate: operation("gate", [], (done) => {
      gates.reached++;
      waiting.push(done);
      return () => {
        gates.cancelled++;
      };
    }),
    /** A handler that answers at once at /, and waits elsewhere. */
    handler: (req: Value): Value =>
      reqPath(req) === "/"
        ? ok("body", "here")
        : ensure(
            () => wait(gates.gate(), () => ok("body", "waited")),
            () => {
              gates.cleanups++;
              return nil;
            },
          ),
  };
  return gates;
};

/** Waits until it holds; what never does is a failure. */
export const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 20_000; !holds(); await tick(2))
    if (Date.now() > end) throw new Error(`never: ${String(holds)}`);
};

/** A request over a connection of its own: what our client says to it. */
export const ask = (port: number, path = "/", ...options: Value[]): Promise<string> =>
  chain(
    () => connectAsync(HOST, port, plist("h2c", 1, ...options)),
    (client) =>
      client instanceof Error
        ? client
        : wait(sendAsync(request("GET", "http", HOST, path), client, plist(...options)), (r) => {
            close(client);
            return r;
          }),
  ).then(show);

export interface Seen {
  status: number | undefined;
  body: string;
  error: string | undefined;
  code: number | undefined;
}
/** The same by Node's own client, in a session that stays. */
export const session = (port: number): ClientHttp2Session => {
  const open = nodeConnect(`http://${HOST}:${port}`);
  open.on("error", () => {});
  return open;
};
export const nodeAsk = (
  over: ClientHttp2Session,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Seen> =>
  new Promise((done) => {
    const seen: Seen = { status: undefined, body: "", error: undefined, code: undefined };
    const stream = over.request({ ":path": path, ...(body === undefined ? {} : { ":method": "POST" }), ...headers });
    stream.on("response", (h) => {
      seen.status = Number(h[":status"]);
    });
    stream.setEncoding("utf8").on("data", (text) => {
      seen.body += text;
    });
    stream.on("error", (e) => {
      seen.error = e.message;
    });
    stream.on("close", () => done({ ...seen, code: stream.rstCode }));
    stream.end(body);
  });
