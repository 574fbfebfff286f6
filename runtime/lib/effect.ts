/**
 * Effects. A handler is dynamic state, which continuations carry, and the tag of the delimiter above it. So `perform` finds the
 * handler by a walk along the dynamic state, without unwinding (evidence passing: N. Xie, D. Leijen, *Generalized Evidence
 * Passing for Effect Handlers*, ICFP 2021). It captures up to the delimiter and sends a request there, and `effect/result`
 * below calls the clause. As long as nobody else captures or waits, all of it happens on the JavaScript stack.
 *
 * A clause that ends in `(k v)` and needs no continuation until then has been compiled to a function that `perform` calls.
 */
import {
  abort,
  type Dynamic,
  type Kont,
  Meta,
  overflow,
  push1,
  type Resume,
  resume,
  running,
  shift,
  start,
  state,
  withState,
  Y,
} from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { def, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { R } from "../kernel/registers.ts";
import { Sym } from "../kernel/symbol.ts";
import { refuse, SYMBOL } from "../kernel/wrong.ts";
import { BORDER, type Clause, Handler } from "./spawn.ts";

/** On its way from `perform` to `effect/result`: which clause shall run. No program ever sees it. */
class Request {
  readonly clause: Clause;
  readonly value: Value;
  /** null: the clause aborts. */
  readonly k: Kont | null;
  constructor(clause: Clause, value: Value, k: Kont | null) {
    this.clause = clause;
    this.value = value;
    this.k = k;
  }
}

const clauseOf = (name: string, does: Clause["does"]): ((operation: Value, code: Value) => Value) =>
  native(name, 2, 2, (operation: Value, code: Value): Value => ({ operation, does, code: code as Clause["code"] }));

/** A clause whose code gets the continuation. */
export const clause = /*#__PURE__*/ clauseOf("effect/clause", "resume");
/** A clause whose code has no use for it. */
export const abortingClause = /*#__PURE__*/ clauseOf("effect/aborting-clause", "abort");
/** A clause whose code gives what it resumes with; the optimizer makes them. */
export const callingClause = /*#__PURE__*/ clauseOf("effect/calling-clause", "call");

/** A handler with these clauses. */
export const handler = /*#__PURE__*/ native(
  "effect/handler",
  1,
  Infinity,
  (...clauses: Value[]): Value => new Handler(clauses as Clause[]),
);

/** What `with-handler` gives: r, or the value of the clause that r asks for. */
export const result = /*#__PURE__*/ native(
  "effect/result",
  2,
  2,
  (h: Value, r: Value): Value => (r instanceof Request ? answer(h as Handler, r) : r),
);
const answer = (h: Handler, { clause, value, k }: Request): Value =>
  clause.code(value, k === null ? nil : continuation(h, k));
const result$1: Resume = (r, frame) => (r instanceof Request ? answer(frame.a as Handler, r) : r);

/** k as a function of the program: brings the handler along. */
const continuation = (h: Handler, kont: Kont): Value => {
  detach(kont);
  // It prints with this name, as any continuation does.
  const k = (v: Value): Value =>
    running() ? again(h, kont, v) : start(again as (...args: Value[]) => Value, h, kont, v).value;
  return def(1, k);
};
const WEIGHT = 8; // JavaScript frames of a resumption, in calls
const again = (h: Handler, k: Kont, v: Value): Value => {
  if ((R.fuel -= WEIGHT) < 1 - WEIGHT) return overflow(again as (...args: Value[]) => Value, h, k, v);
  const r = withState(h, () => resume(k, v));
  if (r === Y) return push1(result$1, h);
  return r instanceof Request ? answer(h, r) : r;
};

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

/** Does the operation with this value in the innermost handler that has a clause for it. */
export const perform = /*#__PURE__*/ native("perform", 1, 2, (operation: Value, value: Value = nil): Value => {
  for (let at: Dynamic | null = state(); at !== null; at = at.next) {
    const h = at.value;
    if (h instanceof Handler) {
      const { clauses } = h;
      for (let i = 0; i < clauses.length; i++) {
        const clause = clauses[i];
        if (clause.operation === operation)
          return clause.does === "call" ? clause.code(value, h) : send(h, clause, value);
      }
    } else if (h === BORDER) break;
  }
  return unhandled(operation);
});
const send = (h: Handler, clause: Clause, value: Value): Value =>
  clause.does === "abort"
    ? abort(h, () => new Request(clause, value, null))
    : shift(h, (k) => new Request(clause, value, k));
const unhandled = (operation: Value): Value =>
  operation instanceof Sym ? error(`Unhandled effect: ${operation.name}`) : refuse("perform", [operation], SYMBOL);

const LEAVING: Clause = { operation: nil, does: "abort", code: (value) => value };
/** The value of a calling clause that does not resume after all is that of `with-handler`; as for k that is not called, no cleanups run. */
export const leave = /*#__PURE__*/ native(
  "effect/leave",
  2,
  2,
  (h: Value, value: Value): Value => shift(h as Handler, () => new Request(LEAVING, value, null)),
);

/** Is there a handler for the operation? */
export const handled = /*#__PURE__*/ native("handled?", 1, 1, (operation: Value): Value => {
  if (!(operation instanceof Sym)) return refuse("handled?", [operation], SYMBOL);
  for (let at: Dynamic | null = state(); at !== null && at.value !== BORDER; at = at.next)
    if (at.value instanceof Handler && at.value.clauses.some((c) => c.operation === operation)) return 1;
  return 0;
});
