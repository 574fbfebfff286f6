/** Handles of several Handles. They have no code of their own: they listen to their inputs. */
import { deliver, follow, isThenable } from "../kernel/await.ts";
import { isCancelled, onCancel } from "../kernel/cancel.ts";
import { Fiber, push1, push2, type Resume, Y } from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { call0, call1, def, type Fn, named, native } from "../kernel/function.ts";
import {
  consForm,
  formFromArray,
  fromArray,
  isList,
  type List,
  list,
  nil,
  toArray,
  type Value,
} from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import { FUNCTION, type Kind, LIST, refuse } from "../kernel/wrong.ts";
import {
  cancelAll,
  cancelled,
  type Ended,
  endOf,
  failed,
  flatten,
  goOn,
  HANDLE,
  isOver,
  listen,
  ok,
  pending,
  result,
  settle,
  settled,
  waiting,
  work,
} from "./handle.ts";
import { after, MS } from "./timer.ts";

/**
 * How inputs that end one after the other make a result: told about each (`end` is null if it was cancelled), it may give the
 * result. The Handle then ends with it, and the other inputs are cancelled.
 */
type Judge = (i: number, end: Ended | null) => Ended | "cancelled" | null;

const combine = (inputs: readonly Fiber[], judgeOf: (n: number) => Judge): Fiber => {
  if (inputs.length === 0) return settled(ok(nil));
  const judge = judgeOf(inputs.length);
  const handle = waiting();
  const undo: (() => void)[] = [];
  const heard = (i: number): void => {
    if (handle.value !== Y) return;
    const input = inputs[i];
    const result = judge(i, isCancelled(input) ? null : endOf(input));
    if (result === null) return;
    if (result === "cancelled") cancelAll(handle);
    else settle(handle, result);
    stop();
  };
  const stop = (): void => {
    for (const f of undo) f();
    for (const input of inputs) cancelAll(input);
  };
  handle.cancel = stop;
  for (const [i, input] of inputs.entries()) {
    input.looked = true;
    if (handle.value !== Y) continue;
    if (isOver(input)) heard(i);
    else undo.push(listen(input, () => heard(i)));
  }
  if (handle.value !== Y) for (const f of undo) f();
  return handle;
};

const isInput = (v: Value): boolean => v instanceof Fiber || isThenable(v);
const HANDLES: Kind = {
  what: "a list of handles",
  is: (v) => isList(v) && toArray(v).every(isInput),
};
/** A Handle as it is; a Handle of a promise of JavaScript. Cancelling that one stops nothing. */
const adopt = (input: Value): Fiber => {
  if (input instanceof Fiber) return input;
  const handle = pending();
  follow(
    input as Parameters<typeof follow>[0],
    def(1, (v: Value): Value => {
      deliver(handle, v);
      return nil;
    }),
  );
  return handle;
};
const SOME: Kind = { what: "a non-empty list of handles", is: (v) => v !== nil && HANDLES.is(v) };

const combinator = (name: string, kind: Kind, judge: (n: number) => Judge): Fn =>
  native(name, 1, 1, (l: Value): Value => {
    if (!kind.is(l)) return refuse(name, [l], kind);
    return combine(toArray(l as List).map(adopt), judge);
  });

const reason = (end: Ended | null): Value => (end === null ? cancelled() : end.result);

/** The results in order; the first that fails is the result. `cancelled`: what it is if an input was cancelled. */
const gather = (n: number, cancelled: () => Ended | "cancelled"): Judge => {
  const results: Value[] = new Array(n);
  let missing = n;
  return (i, end) => {
    if (end?.ok !== true) return end ?? cancelled();
    results[i] = end.result;
    return --missing === 0 ? ok(formFromArray(results)) : null;
  };
};
const allOf = (n: number): Judge => gather(n, () => failed(cancelled()));
const firstToEnd = (): Judge => (_, end) => end ?? "cancelled";
const firstGood = (n: number): Judge => {
  let missing = n;
  return (_, end) => (end?.ok === true ? end : --missing === 0 ? failed(reason(end)) : null);
};
const STATUS = /*#__PURE__*/ sym(":status"),
  OK = /*#__PURE__*/ sym(":ok"),
  VALUE = /*#__PURE__*/ sym(":value"),
  ERROR = /*#__PURE__*/ sym(":error");
const settledOf = (n: number): Judge => {
  const results: Value[] = new Array(n);
  let missing = n;
  return (i, end) => {
    results[i] = end?.ok
      ? list(STATUS, OK, VALUE, end.result)
      : list(STATUS, ERROR, ERROR, end === null ? error("cancelled") : end.result);
    return --missing === 0 ? ok(formFromArray(results)) : null;
  };
};

/** `(aio/all handles)` */
export const aioAll = /*#__PURE__*/ combinator("aio/all", HANDLES, allOf);
/** `(aio/race handles)` */
export const aioRace = /*#__PURE__*/ combinator("aio/race", SOME, firstToEnd);
/** `(aio/any handles)` */
export const aioAny = /*#__PURE__*/ combinator("aio/any", SOME, firstGood);
/** `(aio/all-settled handles)` */
export const aioAllSettled = /*#__PURE__*/ combinator("aio/all-settled", HANDLES, settledOf);

/** `(aio/within h ms)`: as h, but failed with an Error `:timeout`, and h cancelled, if that takes longer. */
export const aioWithin = /*#__PURE__*/ native("aio/within", 2, 2, (given: Value, ms: Value): Value => {
  if (!isInput(given) || !MS.is(ms)) return refuse("aio/within", [given, ms], HANDLE, MS);
  const h = adopt(given);
  if (isOver(h)) return h;
  const handle = combine([h], firstToEnd);
  const free = onCancel(h, () => cancelAll(handle));
  const expire = def(1, (): Value => {
    settle(handle, failed(error(":timeout")));
    cancelAll(h);
    return nil;
  });
  // A fiber of its own, so that what the end of a Handle sets going runs after it, as always.
  const disarm = after(ms as number, deliver, expire as Fn, nil);
  listen(handle, () => {
    free();
    disarm();
  });
  return handle;
});

/** Calls f with each element, each call a fiber of its own; f gives the end of its Handle. */
const each = (f: (x: Value) => Value, l: List, handles: Fiber[], judge: (n: number) => Judge): Value => {
  for (let cell = l; cell !== nil; cell = cell.tail) {
    const handle = work(() => f(cell.head));
    if (handle === Y) return push2(each$1, { f, rest: cell.tail, handles }, judge);
    handles.push(handle as Fiber);
  }
  return combine(handles, judge);
};
const each$1: Resume = (handle, { a, b }) => {
  const { f, rest, handles } = a as { f: (x: Value) => Value; rest: List; handles: Fiber[] };
  handles.push(handle as Fiber);
  return each(f, rest, handles, b as typeof allOf);
};

/** `(aio/traverse l f)`: calls f with each element at once; as `aio/all` of what that gives. */
export const aioTraverse = /*#__PURE__*/ native(
  "aio/traverse",
  2,
  2,
  (l: Value, f: Value): Value =>
    isList(l) && typeof f === "function"
      ? each((x) => flatten(call1(f, x)), l, [], allOf)
      : refuse("aio/traverse", [l, f], LIST, FUNCTION),
);

/** Calls the functions without arguments: as `aio/all` of what they give to be awaited, but cancelled if one of them is. */
export const together = (functions: readonly Value[]): Value =>
  each(
    (f) => result(call0(f)),
    fromArray(functions),
    [],
    (n) => gather(n, () => "cancelled"),
  );

/** Calls f with the elements one after the other, and waits for each; gives the results, or the first failure. */
const sequence = (f: Value, l: List, results: List): Value => {
  let done = results;
  for (let cell = l; cell !== nil; cell = cell.tail) {
    const { tail } = cell,
      before = done;
    const end = flatten(call1(f, cell.head));
    if (end === Y)
      return push1(goOn, (e: Value) =>
        (e as Ended).ok ? sequence(f, tail, consForm((e as Ended).result, before)) : e,
      );
    if (!(end as Ended).ok) return end;
    done = consForm((end as Ended).result, before);
  }
  return ok(formFromArray(toArray(done).reverse()));
};
/** `(sequential-map f l)`: calls f with the elements one after the other; completes with all results. */
export const sequentialMap = /*#__PURE__*/ named(
  "sequential-map",
  2,
  (f: Value, l: Value): Value =>
    isList(l) && typeof f === "function"
      ? work(() => sequence(f, l, nil))
      : refuse("sequential-map", [f, l], FUNCTION, LIST),
);
