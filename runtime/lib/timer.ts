/** Timers. */
import { park, wake } from "../kernel/control.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { refuse } from "../kernel/wrong.ts";
import { after, MS } from "./clock.ts";
import { handled, operation, type Start } from "./operation.ts";

export { after, MS };

/** `(sleep ms)`: suspends the fiber. */
export const sleep = /*#__PURE__*/ native("sleep", 1, 1, (ms: Value): Value => {
  if (!MS.is(ms)) return refuse("sleep", [ms], MS);
  return park((fiber) => {
    fiber.cancel = after(ms as number, wake, fiber, nil);
    return nil;
  });
});

const startDelay: Start = (done, [ms]) => after(ms as number, done, nil, nil);
/** `(aio/sleep [system] ms)`: a Handle that completes with nil. */
export const aioSleep = /*#__PURE__*/ handled("aio/sleep", [MS], startDelay);
/** `(aio/delay [system] ms k)`: the same as an operation. */
export const aioDelay = /*#__PURE__*/ operation("aio/delay", [MS], startDelay);
