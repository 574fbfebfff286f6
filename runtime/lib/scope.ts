/**
 * Structured concurrency: `(scope {s body})` ends when the fibers that `(spawn s body)` started have ended. A child that
 * fails cancels its siblings, and the body where it waits; an Error of the body, an abort and a cancellation cancel the children.
 */
import { cancel, isCancelled } from "../kernel/cancel.ts";
import {
  ensure,
  Fiber,
  onSettle,
  park,
  push1,
  type Resume,
  reset,
  type Tag,
  wake,
  withState,
  Y,
} from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call1, native } from "../kernel/function.ts";
import { Guard } from "../kernel/guard.ts";
import { nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { type Kind, refuse } from "../kernel/wrong.ts";

class Scope extends Ref<null> {
  /** The prompt around the body. */
  readonly tag: Tag = { name: "scope" };
  readonly guard: Guard = new Guard(this.tag);
  readonly children: Set<Fiber> = new Set();
  /** What waits until there are no children. */
  idle: Fiber | null = null;
  ended = false;
  constructor() {
    super("scope", null);
  }
}
const SCOPE: Kind = { what: "a scope", is: (v) => v instanceof Scope };

/** Calls f with a new scope. */
export const scopeRun = /*#__PURE__*/ native("scope/run", 1, 1, (f: Value): Value => {
  const scope = new Scope();
  return ensure(
    () => withState(scope.guard, () => reset(scope.tag, () => bodyOf(scope, f))),
    () => close(scope),
  );
});
const bodyOf = (scope: Scope, f: Value): Value => {
  const v = call1(f, scope);
  return v === Y ? push1(ended, scope) : finish(scope, v);
};
const ended: Resume = (v, frame) => finish(frame.a as Scope, v);
// An Error ends the scope, and `close` cancels the children. Otherwise they end by themselves.
const finish = (scope: Scope, v: Value): Value => {
  if (scope.guard.error !== null) return scope.guard.error;
  return v instanceof ValkError || childless(scope) !== Y ? v : push1(joined, v);
};
const joined: Resume = (_, frame) => frame.a;
const close = (scope: Scope): Value => {
  scope.ended = true;
  for (const child of [...scope.children]) cancel(child);
  return childless(scope);
};
const childless = (scope: Scope): Value =>
  scope.children.size === 0
    ? nil
    : park((fiber) => {
        scope.idle = fiber;
        fiber.cancel = () => {
          scope.idle = null;
        };
        return nil;
      });

/** The scope, if it still takes children; what it says otherwise is the value of `spawn`. */
export const scopeOpen = /*#__PURE__*/ native("scope/open", 1, 1, (scope: Value): Value => {
  if (!(scope instanceof Scope)) return refuse("spawn", [scope], SCOPE);
  return scope.ended ? error("spawn: the scope has ended") : (scope.guard.error ?? scope);
});

/** Makes the fiber that `spawn` has started a child of the scope; gives the fiber. */
export const scopeAdopt = /*#__PURE__*/ native("scope/adopt", 2, 2, (scope: Value, child: Value): Value => {
  if (!(scope instanceof Scope) || !(child instanceof Fiber)) return child;
  child.looked = true;
  if (child.value !== Y) {
    failure(scope, child);
    return child;
  }
  scope.children.add(child);
  onSettle(child, () => {
    scope.children.delete(child);
    failure(scope, child);
    if (scope.children.size > 0 || scope.idle === null) return;
    const { idle } = scope;
    scope.idle = null;
    wake(idle, nil);
  });
  // Something ended the scope while the child ran for the first time.
  if (scope.ended || scope.guard.error !== null) cancel(child);
  return child;
});
// The first child that fails ends the scope.
const failure = (scope: Scope, child: Fiber): void => {
  if (!(child.value instanceof ValkError) || isCancelled(child) || scope.ended || scope.guard.error !== null) return;
  scope.guard.fire(child.value);
  for (const sibling of [...scope.children]) cancel(sibling);
};
