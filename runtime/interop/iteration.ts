/** JavaScript's iterators, the synchronous and the asynchronous ones, taken apart by Valk: what `js/each` and `js/collect` use. */
import { awaitValue } from "../kernel/await.ts";
import { errorOf, fromJS, toJSValue } from "../kernel/border.ts";
import { push2, type Resume, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, isList, nil, toArray, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { show } from "../kernel/show.ts";
import { type Kind, refuse } from "../kernel/wrong.ts";

interface Step {
  readonly done?: unknown;
  readonly value?: unknown;
}
interface Source {
  next(): unknown;
  return?(): unknown;
}
interface State {
  /** null: it has ended. */
  source: Source | null;
}
const ITERATOR: Kind = { what: "an iterator", is: (v) => isRef(v, "iterator") };
const stateOf = (iterator: Value): State => (iterator as Ref<State>).target;

/** `(js/iterator x)`: of an async iterable, an iterable, or a list. */
export const iterator = /*#__PURE__*/ native("js/iterator", 1, 1, (x: Value): Value => {
  if (x instanceof ValkError) return x;
  if (isRef(x, "iterator")) return x;
  try {
    const iterable = (isList(x) ? toArray(x) : toJSValue(x)) as Partial<Record<symbol, () => Source>>;
    const make = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    if (typeof make !== "function") return error(`js/iterator: ${show(x)} is not iterable`);
    return new Ref<State>("iterator", { source: make.call(iterable) });
  } catch (e) {
    return errorOf(e);
  }
});

/** Calls f; if that gives a promise, goes on with `after` when it is settled. */
const settled = (f: () => unknown, after: Resume, it: Value, end: Value): Value => {
  let result: unknown;
  try {
    result = f();
  } catch (e) {
    result = errorOf(e);
  }
  const value = awaitValue(result === undefined || result === null ? nil : result);
  return value === Y ? push2(after, it, end) : after(value, { f: after, next: null, a: it, b: end });
};

/** `(js/next it end)`: the next value; `end` (nil) when there is none. Waits where the iterator does. */
export const next = /*#__PURE__*/ native("js/next", 1, 2, (it: Value, end: Value = nil): Value => {
  if (!ITERATOR.is(it)) return refuse("js/next", [it], ITERATOR);
  const { source } = stateOf(it);
  return source === null ? end : settled(() => source.next(), stepped, it, end);
});
const stepped: Resume = (result, { a: it, b: end }) => {
  const state = stateOf(it);
  const failed =
    result instanceof ValkError || (typeof result === "object" && result !== nil)
      ? null
      : error(`js/next: the iterator gave ${show(result)}, which is no result`);
  if (failed !== null || result instanceof ValkError) {
    state.source = null;
    return failed ?? result;
  }
  try {
    const { done, value } = result as Step;
    if (!done) return fromJS(value);
    state.source = null;
    return end;
  } catch (e) {
    state.source = null;
    return errorOf(e);
  }
};

/** `(js/return it)`: lets an iterator that nobody will ask again close what is under it. Gives nil. */
export const close = /*#__PURE__*/ native("js/return", 1, 1, (it: Value): Value => {
  if (!ITERATOR.is(it)) return refuse("js/return", [it], ITERATOR);
  const { source } = stateOf(it);
  stateOf(it).source = null;
  return source === null || typeof source.return !== "function"
    ? nil
    : settled(() => source.return?.(), closed, it, nil);
});
const closed: Resume = (result) => (result instanceof ValkError ? result : nil);

/** `(js/list iterable)`: the values of an iterable that does not wait, as a list. */
export const listOf = /*#__PURE__*/ native("js/list", 1, 1, (x: Value): Value => {
  if (x instanceof ValkError || isList(x)) return x;
  try {
    const iterable = toJSValue(x) as Iterable<unknown>;
    if (typeof iterable[Symbol.iterator] !== "function") return error(`js/list: ${show(x)} is not iterable`);
    return fromArray([...iterable].map(fromJS));
  } catch (e) {
    return errorOf(e);
  }
});
