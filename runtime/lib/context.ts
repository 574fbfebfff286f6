/**
 * Request context: `ctx/*` and `trace/*`. A context is dynamic state, so it belongs to the continuation: it follows a fiber
 * across waits, into the fibers it starts, and comes back with a continuation wherever that is resumed.
 */
import { push1, type Resume, start, state, withState, Y } from "../kernel/control.ts";
import { error, isError } from "../kernel/error.ts";
import { call1, native } from "../kernel/function.ts";
import { Guard, isUnder } from "../kernel/guard.ts";
import { type List, list, nil, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { firstError, refuse } from "../kernel/wrong.ts";
import { eq } from "./equal.ts";
import { after, MS } from "./timer.ts";

/** A piece of work as tracing systems know it. Every context is one, within that of the context around it. */
interface Span {
  readonly trace: number;
  readonly span: number;
  readonly parent: Value;
}
class Local {
  readonly span: Span = newSpan();
  readonly key: Value;
  readonly value: Value;
  constructor(key: Value, value: Value) {
    this.key = key;
    this.value = value;
  }
}
class Deadline extends Guard {
  readonly span: Span = newSpan();
  /** By the clock of performance.now(), which is not exactly that of timers. */
  at: number;
  stop: () => void = () => {};
  constructor(ms: number) {
    super(null);
    this.at = performance.now() + ms;
  }
}
/** A request that a server got. Its span is made when somebody asks: most handlers never do. */
class Inbound {
  private readonly header: (name: string) => unknown;
  private own: Span | null = null;
  constructor(header: (name: string) => unknown) {
    this.header = header;
  }
  get span(): Span {
    const number = (name: string): number | null => {
      const value = Number(this.header(name) ?? NaN);
      return Number.isSafeInteger(value) && value >= 0 ? value : null;
    };
    this.own ??= { trace: number(TRACE) ?? newTrace(), span: ++spans, parent: number(SPAN) ?? nil };
    return this.own;
  }
}
const TRACE = "x-trace-id",
  SPAN = "x-span-id",
  DEADLINE = "x-deadline-ms";
type Context = Local | Deadline | Inbound;
const isContext = (v: Value): v is Context => v instanceof Local || v instanceof Deadline || v instanceof Inbound;
function* contexts(): Generator<Context> {
  for (let d = state(); d !== null; d = d.next) if (isContext(d.value)) yield d.value;
}
const innermost = (): Context | null => {
  for (const context of contexts()) return context;
  return null;
};
let spans = 0;
const newTrace = (): number => Math.floor(Math.random() * 2 ** 53);
function newSpan(): Span {
  const outer = innermost()?.span;
  return { trace: outer?.trace ?? newTrace(), span: ++spans, parent: outer?.span ?? nil };
}

/** What `ctx/with` puts into the dynamic state. */
export const ctxLocal = /*#__PURE__*/ native(
  "ctx/local",
  2,
  2,
  (key: Value, value: Value): Value => firstError([key, value]) ?? new Local(key, value),
);
/** What `ctx/with-deadline` puts there. When ms have passed, awaits under it fail. */
export const ctxUntil = /*#__PURE__*/ native("ctx/until", 1, 1, (ms: Value): Value => {
  if (typeof ms !== "number" || Number.isNaN(ms)) return refuse("ctx/with-deadline", [ms], MS);
  const deadline = new Deadline(ms);
  const pass = (): Value => {
    deadline.at = Math.min(deadline.at, performance.now());
    deadline.fire(error("deadline exceeded", list(sym(":timeout"))));
    return nil;
  };
  if (ms <= 0) pass();
  // As Valk code, so that no fiber goes on before all of them are interrupted.
  else if (ms < Infinity) deadline.stop = after(ms, start, pass, undefined);
  return deadline;
});
/** The body of a `ctx/with-deadline` has ended. Its clock goes on only for fibers that wait under it. */
export const ctxDone = /*#__PURE__*/ native("ctx/done", 1, 1, (deadline: Value): Value => {
  if (!(deadline instanceof Deadline)) return nil;
  for (const fiber of deadline.fibers)
    if (fiber.cancel === null || !isUnder(deadline, fiber)) deadline.fibers.delete(fiber);
  if (deadline.fibers.size === 0) deadline.stop();
  return nil;
});

/** `(ctx/get key)`: the value of the innermost `ctx/with` of that key, or nil. */
export const ctxGet = /*#__PURE__*/ native("ctx/get", 1, 1, (key: Value): Value => {
  if (isError(key)) return key;
  for (const context of contexts()) if (context instanceof Local && eq(context.key, key)) return context.value;
  return nil;
});

/** `(ctx/locals)`: `{key value}` of each key, innermost first. */
export const ctxLocals = /*#__PURE__*/ native("ctx/locals", 0, 0, (): Value => {
  const found: Local[] = [];
  for (const context of contexts())
    if (context instanceof Local && !found.some(({ key }) => eq(key, context.key))) found.push(context);
  return list(...found.map(({ key, value }): List => list(key, value)));
});

const earliest = (): number | null => {
  let at: number | null = null;
  for (const context of contexts())
    if (context instanceof Deadline) at = at === null ? context.at : Math.min(at, context.at);
  return at;
};
/** `(ctx/deadline)`: the milliseconds left until the earliest deadline around, at least 0; nil without one. */
export const ctxDeadline = /*#__PURE__*/ native("ctx/deadline", 0, 0, (): Value => {
  const at = earliest();
  return at === null ? nil : Math.max(0, Math.ceil(at - performance.now()));
});
/** `(ctx/deadline-exceeded?)`: `:true`, or nil. */
export const ctxDeadlineExceeded = /*#__PURE__*/ native("ctx/deadline-exceeded?", 0, 0, (): Value => {
  const at = earliest();
  return at !== null && at <= performance.now() ? sym(":true") : nil;
});

/** `(trace/id)`: a number that all contexts within one outermost context share; nil outside. */
export const traceId = /*#__PURE__*/ native("trace/id", 0, 0, (): Value => innermost()?.span.trace ?? nil);
/** `(trace/span)`: the number of the innermost context. */
export const traceSpan = /*#__PURE__*/ native("trace/span", 0, 0, (): Value => innermost()?.span.span ?? nil);
/** `(trace/parent-span)`: the number of the context around that; nil in an outermost one. */
export const traceParentSpan = /*#__PURE__*/ native(
  "trace/parent-span",
  0,
  0,
  (): Value => innermost()?.span.parent ?? nil,
);

// ---- across processes: by the headers of HTTP ----

/** Runs f(x) in the context of a request: the trace and the deadline that its headers name, or new ones. */
export const inRequest = (f: Value, x: Value, header: (name: string) => unknown): Value => {
  const body = (): Value => withState(new Inbound(header), () => call1(f, x));
  const ms = header(DEADLINE);
  if (ms === undefined || !(Number(ms) >= 0)) return body();
  const deadline = ctxUntil(Number(ms));
  const v = withState(deadline, body);
  return v === Y ? push1(inRequest$1, deadline) : finished(deadline, v);
};
const inRequest$1: Resume = (v, frame) => finished(frame.a, v);
const finished = (deadline: Value, v: Value): Value => {
  ctxDone(deadline);
  return v;
};

/** The headers by which a request carries the present context to its server; none outside of one. */
export const outbound = (): readonly (readonly [string, string])[] => {
  const context = innermost();
  if (context === null) return [];
  const { trace, span } = context.span;
  const at = earliest();
  return [
    [TRACE, String(trace)],
    [SPAN, String(span)],
    ...(at === null ? [] : [[DEADLINE, String(Math.max(0, Math.ceil(at - performance.now())))] as const]),
  ];
};
