/**
 * A request from its arrival to its answer. The handler runs as a fiber of its own; one that has to wait is entered in the
 * books of its service, so that limits, time-outs, the end of the client and the end of the server reach it.
 */
import { awaitValue } from "../kernel/await.ts";
import { cancel, isCancelled } from "../kernel/cancel.ts";
import { Fiber, onSettle, start, Y } from "../kernel/control.ts";
import type { Fn } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import type { Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { COUNT, FUNCTION } from "../kernel/wrong.ts";
import { MS } from "./clock.ts";
import { inRequest } from "./context.ts";
import { answer, errorPage } from "./http-answer.ts";
import { type Incoming, incoming } from "./http-request.ts";
import type { Wire } from "./http-wire.ts";
import { amount, checkOptions, type OptionKinds, type Options } from "./operation.ts";

/** Bytes, numbers and milliseconds; 0 means no limit. */
export interface Limits {
  /** Bytes of all names and values of a request's headers: more is 431. */
  readonly headers: number;
  /** Bytes of a request's body: more is 413. */
  readonly body: number;
  /** For a body to come, from the moment the handler asks for it: more is 408. */
  readonly bodyMs: number;
  /** For a handler to answer: more is 503, and its fiber is cancelled. */
  readonly handlerMs: number;
  /** Requests that wait at the same time, over all connections: more are 503. */
  readonly requests: number;
}

export interface Service {
  handler: Value;
  readonly errorHandler: Value | undefined;
  readonly limits: Limits;
  /** Requests that are being handled or streamed, by their connection. */
  readonly busy: Map<object, Set<Incoming>>;
  running: number;
}

const KIB = 1024;
/** Of what a server allows its requests. */
export const LIMITS: OptionKinds = {
  "max-header-size": COUNT,
  "max-request-body-size": COUNT,
  "max-concurrent-requests": COUNT,
  "body-timeout": MS,
  "handler-timeout": MS,
  "error-handler": FUNCTION,
};
/** Throws the Error of an option that does not fit; `name` is the operation's. */
export const service = (name: string, handler: Value, options: Options): Service => {
  checkOptions(name, options, LIMITS);
  return create(handler, options);
};
const create = (handler: Value, options: Options): Service => ({
  handler,
  errorHandler: given(options.get("error-handler")),
  limits: {
    headers: amount(options, "max-header-size", 16 * KIB),
    body: amount(options, "max-request-body-size", 8 * KIB * KIB),
    bodyMs: amount(options, "body-timeout", 60_000),
    handlerMs: amount(options, "handler-timeout", 0),
    requests: amount(options, "max-concurrent-requests", 100_000),
  },
  busy: new Map(),
  running: 0,
});

const given = (value: Value | undefined): Value | undefined => (value === nil ? undefined : value);

const sizeOf = (raw: readonly string[]): number => {
  let size = 0;
  for (const text of raw) size += text.length;
  return size;
};

/** Handles the request that came over the wire. */
export const serve = (to: Service, wire: Wire): void => {
  const { limits } = to;
  const ref = incoming(wire, limits.body, limits.bodyMs);
  if (limits.headers > 0 && sizeOf(wire.raw) > limits.headers)
    errorPage(to, ref.target, 431, "Request Header Fields Too Large");
  else if (limits.requests > 0 && to.running >= limits.requests)
    errorPage(to, ref.target, 503, "Service Unavailable", [["retry-after", "1"]]);
  else handle(to, ref);
};

const handle = (to: Service, ref: Ref<Incoming>): void => {
  const request = ref.target;
  const fiber = start(inRequest as Fn, to.handler, ref, (name: string) => request.wire.headers[name]);
  fiber.looked = true; // its Error is the response
  const { value } = fiber;
  if (isThenable(value)) {
    // A handler of JavaScript.
    const waits = start(awaitValue as Fn, value);
    waits.looked = true;
    attend(to, request, waits);
  } else if (value !== Y && !(value instanceof Fiber) && !request.streams && value !== sym(":deferred"))
    answer(to, request, value);
  else attend(to, request, fiber);
};

/** When the client expects the answer, by performance.now(); null: it does not say. */
const deadlineOf = ({ headers }: Wire): number | null => {
  const ms = headers["x-deadline-ms"];
  return ms === undefined || !(Number(ms) >= 0) ? null : performance.now() + Number(ms);
};

const isThenable = (x: unknown): boolean => typeof (x as { then?: unknown } | null)?.then === "function";

// The handler waits, or has opened a stream that outlives it, or somebody else will.
const attend = (to: Service, request: Incoming, fiber: Fiber): void => {
  const { wire } = request;
  const { handlerMs } = to.limits;
  const leave = enlist(to, request);
  const timers: NodeJS.Timeout[] = [];
  const stopTimers = (): void => {
    for (const timer of timers) clearTimeout(timer);
  };
  let waitsFor: Fiber | null = fiber;
  const until = deadlineOf(wire);
  const ended = (of: Fiber): void => {
    const { value } = of;
    if (value instanceof Fiber && value.value === Y && !isCancelled(of)) {
      wait(value);
      // The handler's own waits have the deadline of their context.
      if (until !== null && waitsFor !== null) limit(until - performance.now(), 504, "Gateway Timeout");
      return;
    }
    waitsFor = null;
    stopTimers();
    answer(to, request, of);
  };
  const wait = (on: Fiber): void => {
    waitsFor = on;
    on.looked = true;
    if (on.value === Y) onSettle(on, () => ended(on));
    else ended(on);
  };
  const limit = (ms: number, status: number, message: string): void => {
    const late = (): void => {
      if (request.streams) return;
      errorPage(to, request, status, message);
      request.abort?.abort(new Error("the handler has not answered in time"));
      giveUp();
    };
    timers.push(setTimeout(late, ms));
  };
  if (handlerMs > 0) limit(handlerMs, 503, "the handler has not answered in time");
  wait(fiber);
  // A Handle that others wait for, too, is theirs as well.
  const giveUp = (): void => {
    const waits = waitsFor;
    waitsFor = null;
    if (waits !== null && (waits === fiber || waits.waiters?.length === 1)) cancel(waits);
  };
  wire.onClose(() => {
    stopTimers();
    leave();
    giveUp();
  });
};

// In the books until the wire closes.
const enlist = (to: Service, request: Incoming): (() => void) => {
  const { connection } = request.wire;
  to.running++;
  if (connection === undefined) return () => to.running--;
  const there = to.busy.get(connection);
  if (there === undefined) to.busy.set(connection, new Set([request]));
  else there.add(request);
  return () => {
    to.running--;
    const left = to.busy.get(connection);
    if (left?.delete(request) && left.size === 0) to.busy.delete(connection);
  };
};
