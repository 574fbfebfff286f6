/** What comes after a Handle: `aio/then` and its like. Each is a fiber that waits for the Handle and then calls functions. */
import { ensure, Fiber, onSettle, park, wake, Y } from "../kernel/control.ts";
import { ValkError } from "../kernel/error.ts";
import { call0, call1, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { fail } from "../kernel/report.ts";
import { FUNCTION, refuse } from "../kernel/wrong.ts";
import { type Ended, ending, flatten, HANDLE, then, work } from "./handle.ts";

/** A fiber that waits for h, and then for what `next` does. Cancelled with h, and with it h if nobody else has it. */
const after = (h: Fiber, owned: boolean, next: (ended: Ended) => Value): Value =>
  work(
    (note) =>
      then(ending(h, owned), (ended) => {
        note.waits = false;
        return next(ended as Ended);
      }),
    h,
  );

const isCallOf = (h: Value, f: Value): h is Fiber => h instanceof Fiber && typeof f === "function";

/** `(aio/then h f)`: ends as what f makes of the value. */
export const aioThen = /*#__PURE__*/ native(
  "aio/then",
  2,
  2,
  (h: Value, f: Value): Value =>
    isCallOf(h, f)
      ? after(h, false, (ended) => (ended.ok ? flatten(call1(f, ended.result)) : ended))
      : refuse("aio/then", [h, f], HANDLE, FUNCTION),
);

/** `(aio/catch h f)`: ends as what f makes of the reason of a failure. */
export const aioCatch = /*#__PURE__*/ native(
  "aio/catch",
  2,
  2,
  (h: Value, f: Value): Value =>
    isCallOf(h, f)
      ? after(h, false, (ended) => (ended.ok ? ended : flatten(call1(f, ended.result))))
      : refuse("aio/catch", [h, f], HANDLE, FUNCTION),
);

/**
 * Waits for a call that tidies up, and for the Handle it may give. What comes of it is nobody's result: an Error is reported,
 * as that of a fiber.
 */
const tidied = (given: Value): Value =>
  then(given, (v) => {
    if (v instanceof ValkError) fail(v);
    if (!(v instanceof Fiber) || v.value !== Y) return nil;
    return then(
      park((fiber) => {
        onSettle(v, fiber);
        return nil;
      }),
      () => nil,
    );
  });

/** `(aio/finally h f)`: ends as h, after a call of f. */
export const aioFinally = /*#__PURE__*/ native("aio/finally", 2, 2, (h: Value, f: Value): Value => {
  if (!isCallOf(h, f)) return refuse("aio/finally", [h, f], HANDLE, FUNCTION);
  return work(
    (note) =>
      ensure(
        () =>
          then(ending(h, false), (ended) => {
            note.waits = false;
            return ended;
          }),
        () => tidied(call0(f)),
      ),
    h,
  );
});

/** `(aio/bracket acquire release use)`: ends as what use makes of the resource, after it was released. */
export const aioBracket = /*#__PURE__*/ native(
  "aio/bracket",
  3,
  3,
  (acquire: Value, release: Value, use: Value): Value => {
    if (!isCallOf(acquire, release) || typeof use !== "function")
      return refuse("aio/bracket", [acquire, release, use], HANDLE, FUNCTION);
    return after(acquire, true, (ended) =>
      ended.ok
        ? ensure(
            () => flatten(call1(use, ended.result)),
            () => tidied(call1(release, ended.result)),
          )
        : ended,
    );
  },
);

/** The fiber that runs. */
const self = (): Value =>
  park((fiber) => {
    wake(fiber, fiber);
    return nil;
  });

/** `(aio/scope f)`: ends as what f makes of the Handle itself. */
export const aioScope = /*#__PURE__*/ native(
  "aio/scope",
  1,
  1,
  (f: Value): Value =>
    typeof f === "function"
      ? work(() => then(self(), (handle) => flatten(call1(f, handle))))
      : refuse("aio/scope", [f], FUNCTION),
);
