/**
 * Effects: `perform` finds the innermost handler of an operation and calls its clause. A handler is dynamic state, which
 * continuations carry (runtime/README.md), and the tag of the delimiter below it: a clause captures up to that. So finding
 * the handler costs a walk along the dynamic state and no unwinding (evidence passing: N. Xie, D. Leijen, *Generalized
 * Evidence Passing for Effect Handlers*, ICFP 2021); a clause that ends in `(k v)` and needs no continuation until then is
 * compiled to a plain function.
 */
import { type Dynamic, state } from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { Sym } from "../kernel/symbol.ts";
import { refuse, SYMBOL } from "../kernel/wrong.ts";
import { BORDER, Handler } from "./spawn.ts";

/** A handler of these operations; its clauses, which refer to it, come afterwards. */
export const handler = /*#__PURE__*/ native(
  "effect/handler",
  1,
  Infinity,
  (...operations: Value[]): Value => new Handler(operations),
);

/** Gives a handler its clauses, in the order of its operations: functions of the operation's value. */
export const clauses = /*#__PURE__*/ native("effect/clauses", 1, Infinity, (h: Value, ...functions: Value[]): Value => {
  (h as Handler).clauses = functions as Fn[];
  return nil;
});

const find = (operation: Value): Fn | null => {
  for (let at: Dynamic | null = state(); at !== null; at = at.next) {
    const h = at.value;
    if (h === BORDER) break;
    if (!(h instanceof Handler)) continue;
    const { operations } = h;
    for (let i = 0; i < operations.length; i++) if (operations[i] === operation) return h.clauses[i];
  }
  return null;
};

/** Does the operation with this value in the innermost handler that has a clause for it. */
export const perform = /*#__PURE__*/ native("perform", 1, 2, (operation: Value, value: Value = nil): Value => {
  const clause = find(operation);
  return clause !== null ? clause(value) : unhandled(operation);
});
const unhandled = (operation: Value): Value =>
  operation instanceof Sym ? error(`Unhandled effect: ${operation.name}`) : refuse("perform", [operation], SYMBOL);

/** Is there a handler for the operation? */
export const handled = /*#__PURE__*/ native("handled?", 1, 1, (operation: Value): Value => {
  if (!(operation instanceof Sym)) return refuse("handled?", [operation], SYMBOL);
  return find(operation) === null ? 0 : 1;
});
