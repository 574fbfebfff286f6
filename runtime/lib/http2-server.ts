/** HTTP/2 servers, as values of the program. http-listen.ts has their sockets, http-serve.ts what becomes of a request. */
import type { AddressInfo } from "node:net";
import { awaitValue, deliver } from "../kernel/await.ts";
import { errorOf } from "../kernel/border.ts";
import { Fiber, onSettle, push1, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { FUNCTION, type Kind, refuse } from "../kernel/wrong.ts";
import type { Certificate } from "./certificate.ts";
import { pending } from "./handle.ts";
import { DRAIN_MS, httpListener, type Listening } from "./http-listen.ts";
import { SERVER_OPTIONS } from "./http-options.ts";
import { type Service, service } from "./http-serve.ts";
import { askPrimary, isWorker, startWorkers, workerNumber } from "./http-workers.ts";
import { PORT } from "./net.ts";
import { amount, checkOptions, type Done, flag, handled, type Options, text } from "./operation.ts";
import { addPart, type sharedSystem } from "./system.ts";
import { identity } from "./tls.ts";

type System = ReturnType<typeof sharedSystem>;
interface Server extends Open {
  /** With `:workers`: the number of the process, 0 for the primary, which serves nothing itself. */
  readonly worker: number | null;
  /** Since http2/server-stop: completes when the last connection is closed. */
  stopped: Fiber | null;
  leave: () => void;
}

/** `(http2/server-listen system port handler [options])`: a Handle of the server. */
export const serverListen = /*#__PURE__*/ handled(
  "http2/server-listen",
  [PORT, FUNCTION],
  (done, [port, handler], options, system, name) => {
    checkOptions(name, options, SERVER_OPTIONS);
    const to = service(name, handler, options);
    const own = (): Certificate | null => (flag(options, "h2c") ? null : identity(options));
    const count = amount(options, "workers", 0);
    if (count === 0)
      return listen(to, port as number, options, own(), (ref) => done(serverRef(ref, null, system)), done);
    if (!isWorker()) return employ(to, count, port as number, options, own(), system, done);
    askPrimary((errand) => {
      if (errand instanceof ValkError) return done(errand);
      const { identity, port, listening, failed, onStop } = errand;
      const opened = (open: Open): void => {
        const ref = serverRef(open, workerNumber(), system);
        onStop((stopped) => whenStopped(stop(ref.target), stopped));
        listening(open.port);
        done(ref);
      };
      listen(to, port, options, identity, opened, (e) => {
        failed(e as ValkError);
        done(e);
      });
    });
  },
);

const whenStopped = (handle: Fiber, told: () => void): void => {
  if (handle.value === Y) onSettle(handle, told);
  else told();
};

/** A server that listens, or whose workers do. */
interface Open {
  readonly service: Service;
  readonly port: number;
  readonly stop: (closed: () => void) => void;
}

const employ = (
  to: Service,
  count: number,
  port: number,
  options: Options,
  known: Certificate | null,
  system: System,
  done: Done,
): (() => void) | undefined => {
  const drainMs = amount(options, "drain-timeout", DRAIN_MS);
  const crew = startWorkers(count, { host: hostOf(options), port }, known, drainMs, (port) => {
    if (port instanceof ValkError) done(port);
    else if (!(crew instanceof ValkError)) done(serverRef({ service: to, port, stop: crew.stop }, 0, system));
  });
  if (!(crew instanceof ValkError)) return () => crew.stop(() => {});
  done(crew);
};
const hostOf = (options: Options): string => text(options, "host") ?? "0.0.0.0";

const listen = (
  to: Service,
  port: number,
  options: Options,
  known: Certificate | null,
  opened: (open: Open) => void,
  done: Done,
): (() => void) => {
  const listening: Listening = httpListener(to, options, known);
  const { server } = listening;
  const failed = (e: Error): void => done(errorOf(e));
  server.once("error", failed);
  server.listen({ port, host: hostOf(options) }, () => {
    server.off("error", failed);
    server.on("error", () => {}); // later errors concern one connection
    const stopServer = (closed: () => void): void => {
      server.on("close", closed);
      listening.stop();
    };
    if (givenUp) listening.stop();
    else opened({ service: to, port: (server.address() as AddressInfo).port, stop: stopServer });
  });
  let givenUp = false;
  return () => {
    givenUp = true;
  };
};

const serverRef = (open: Open, worker: number | null, system: System): Ref<Server> => {
  const state: Server = { ...open, worker, stopped: null, leave: () => {} };
  state.leave = addPart(system, () => stop(state));
  return new Ref("http_server", state);
};

const SERVER: Kind = { what: "an HTTP/2 server", is: (v) => isRef(v, "http_server") };

/** A function of a server, or of its Handle, for which it waits. */
const onServer = (name: string, f: (state: Server, ref: Ref<Server>) => Value): Fn => {
  const run = (value: Value): Value =>
    SERVER.is(value) ? f((value as Ref<Server>).target, value as Ref<Server>) : refuse(name, [value], SERVER);
  return native(name, 1, 1, (given: Value): Value => {
    if (!(given instanceof Fiber)) return run(given);
    const value = awaitValue(given);
    return value === Y ? push1(run, undefined) : run(value);
  });
};

export const serverPort = /*#__PURE__*/ onServer("http2/server-port", ({ port, stopped }) =>
  stopped === null ? port : error("http2/server-port: the server has stopped"),
);

/** With `:workers`: 0 in the first process, from 1 in the workers; nil without. */
export const serverWorker = /*#__PURE__*/ onServer("http2/server-worker", ({ worker }) => worker ?? nil);

const stop = (state: Server): Fiber => {
  if (state.stopped !== null) return state.stopped;
  const handle = pending();
  state.stopped = handle;
  state.leave();
  state.stop(() => deliver(handle, nil));
  return handle;
};
/** `(http2/server-stop server)`: a Handle that completes with nil when all requests are answered and connections closed. */
export const serverStop = /*#__PURE__*/ onServer("http2/server-stop", stop);

/** `(http2/server-handle server handler)`: another handler from now on; nil. */
export const serverHandle = /*#__PURE__*/ native("http2/server-handle", 2, 2, (given: Value, handler: Value): Value => {
  const server = given instanceof Fiber ? given.value : given;
  if (!SERVER.is(server) || !FUNCTION.is(handler))
    return refuse("http2/server-handle", [given, handler], SERVER, FUNCTION);
  const { worker } = (server as Ref<Server>).target;
  if (worker === 0) return error("http2/server-handle: the handler runs in the workers, which have their own");
  (server as Ref<Server>).target.service.handler = handler;
  return nil;
});
