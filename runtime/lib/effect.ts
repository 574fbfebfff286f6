/**
 * Effects. A handler is dynamic state, which continuations carry, and the tag of the delimiter above it. So `perform` finds the
 * clause by a walk along the dynamic state, without unwinding (evidence passing: N. Xie, D. Leijen, *Generalized Evidence
 * Passing for Effect Handlers*, ICFP 2021). It captures up to the delimiter and sends a request there, and `effect/result`
 * below calls the clause. As long as nobody else captures or waits, all of it happens on the JavaScript stack.
 *
 * A clause that ends in `(k v)` and needs no continuation until then has been compiled to a function that `perform` calls.
 */
import {
  abort,
  type Dynamic,
  Kont,
  Meta,
  overflow,
  push1,
  type Resume,
  rehandle,
  running,
  shift,
  start,
  state,
  Y,
} from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { def, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { R } from "../kernel/registers.ts";
import { Sym } from "../kernel/symbol.ts";
import { refuse, SYMBOL } from "../kernel/wrong.ts";
import { BORDER, type Evidence, Handler } from "./spawn.ts";

/** The code of a clause: code(value, k). */
type Code = (value: Value, k: Value) => Value;

/**
 * On its way from `perform` to `effect/result`: which clause shall run. Then the resumption, which the clause's code gets.
 * No program ever sees it.
 */
class Request {
  readonly code: Code;
  readonly value: Value;
  /** null as long as it is not captured, and if the clause aborts. */
  k: Kont | null = null;
  constructor(code: Code, value: Value) {
    this.code = code;
    this.value = value;
  }
}

/** A clause before it is known which handler it belongs to. */
interface Clause {
  readonly operation: Value;
  readonly runs: (handler: Handler) => Evidence["run"];
}
const clauseOf = (name: string, runs: (handler: Handler, code: Code) => Evidence["run"]): Code =>
  native(name, 2, 2, (operation: Value, code: Value): Value => {
    const clause: Clause = { operation, runs: (handler) => runs(handler, code as Code) };
    return clause;
  });

/** A clause whose code gets the continuation as a function of the program. */
export const clause = /*#__PURE__*/ clauseOf("effect/clause", (handler, code) => {
  const withFunction: Code = (value, resumption) => code(value, asFunction(resumption));
  return (value) => send(handler, withFunction, value);
});
/** A clause whose code gets the resumption, for `effect/resume` and `effect/function`; the optimizer makes them. */
export const capturingClause = /*#__PURE__*/ clauseOf(
  "effect/capturing-clause",
  (handler, code) => (value) => send(handler, code, value),
);
/** A clause whose code has no use for it. */
export const abortingClause = /*#__PURE__*/ clauseOf("effect/aborting-clause", (handler, code) => (value) => {
  sent = new Request(code, value);
  return abort(handler, arrive);
});
/** A clause whose code(value) gives what it resumes with; the optimizer makes them, too. */
export const callingClause = /*#__PURE__*/ clauseOf("effect/calling-clause", (_, code) => code as Evidence["run"]);

// While the stack unwinds no other code runs: so the request waits here, and no closure has to be made for it.
let sent: Request | null = null;
const send = (handler: Handler, code: Code, value: Value): Value => {
  sent = new Request(code, value);
  return shift(handler, arrive);
};
const arrive = (k?: Value): Value => {
  const request = sent as Request;
  sent = null;
  if (k instanceof Kont) {
    if (k.top !== null) detach(k);
    request.k = k;
  }
  return request;
};

/** A handler with these clauses. */
export const handler = /*#__PURE__*/ native("effect/handler", 1, Infinity, (...clauses: Value[]): Value => {
  const made = new Handler();
  for (const { operation, runs } of (clauses as Clause[]).reverse())
    made.evidence = { operation, run: runs(made), handler: made, next: made.evidence };
  return made;
});

/** What `with-handler` gives: r, or the value of the clause that r asks for. */
export const result = /*#__PURE__*/ native(
  "effect/result",
  1,
  1,
  (r: Value): Value => (r instanceof Request ? answer(r) : r),
);
// As all values do, the request comes here once more each time that a cleanup on the way is resumed.
const answer = (request: Request): Value => request.code(request.value, request.k === null ? nil : request);
const result$1: Resume = (r) => (r instanceof Request ? answer(r) : r);

const WEIGHT = 8; // JavaScript frames of a resumption, in calls
/** Goes on where the operation was performed, with its handler in place again. */
export const resumption = /*#__PURE__*/ native("effect/resume", 2, 2, (request: Value, v: Value): Value => {
  if ((R.fuel -= WEIGHT) < 1 - WEIGHT) return overflow(resumption, request, v);
  const r = rehandle((request as Request).k as Kont, v);
  if (r === Y) return push1(result$1, nil);
  return r instanceof Request ? answer(r) : r;
});
/** A resumption as a function of the program. It prints with the name k, as any continuation does. */
export const asFunction = /*#__PURE__*/ native("effect/function", 1, 1, (request: Value): Value => {
  const k = (v: Value): Value => (running() ? resumption(request, v) : start(resumption, request, v).value);
  return def(1, k);
});

/**
 * k without what it was captured on top of. Its list of prompts ends in the one it was captured up to, and that leads to all
 * that was pending then: a generator's continuation would hold its consumer, that the continuation before it, and so on.
 */
const detach = (k: Kont): void => {
  const between: Meta[] = [];
  for (let e = k.top; e !== k.base && e !== null; e = e.next) between.push(e);
  k.top = k.base = null;
  for (let e = between.pop(); e !== undefined; e = between.pop()) k.top = new Meta(e.tag, e.frames, k.top, e.dyn);
};

/**
 * What the innermost handler that has a clause for the operation knows of it. Calls of `perform` are compiled to
 * `evidence(operation).run(value)`, so that V8 learns at each place which clause it is, and inlines it.
 */
export const evidence = (operation: Value): Evidence => {
  const inner = state();
  if (inner !== null) {
    // Without a loop as far as most programs need: V8 inlines this.
    const first = (inner.value as Handler).evidence;
    if (first) {
      if (first.operation === operation) return first;
      const second = first.next;
      if (second !== null && second.operation === operation) return second;
    }
  }
  return search(operation) ?? missing(operation);
};
const search = (operation: Value): Evidence | null => {
  for (let at: Dynamic | null = state(); at !== null && at.value !== BORDER; at = at.next)
    if (at.value instanceof Handler)
      for (let e = at.value.evidence; e !== null; e = e.next) if (e.operation === operation) return e;
  return null;
};
const missing = (operation: Value): Evidence => ({
  operation,
  run: () =>
    operation instanceof Sym ? error(`Unhandled effect: ${operation.name}`) : refuse("perform", [operation], SYMBOL),
  handler: BORDER,
  next: null,
});

/** Does the operation with this value in the innermost handler that has a clause for it. */
export const perform = /*#__PURE__*/ native(
  "perform",
  1,
  2,
  (operation: Value, value: Value = nil): Value => evidence(operation).run(value),
);

const value: Code = (value) => value;
/**
 * For the code of a calling clause, on a path that does not resume: x is the value of `with-handler`. As for k that is not called,
 * no cleanups run.
 */
export const leave = /*#__PURE__*/ native(
  "effect/leave",
  2,
  2,
  (operation: Value, x: Value): Value => send(evidence(operation).handler, value, x),
);

/** Is there a handler for the operation? */
export const handled = /*#__PURE__*/ native("handled?", 1, 1, (operation: Value): Value => {
  if (!(operation instanceof Sym)) return refuse("handled?", [operation], SYMBOL);
  return search(operation) === null ? 0 : 1;
});
