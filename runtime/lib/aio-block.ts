/** What `aio/let` and `aio/do` compile to: a fiber that is a Handle, and waits in it for the values of names. */
import { awaitValue } from "../kernel/await.ts";
import { Fiber } from "../kernel/control.ts";
import { call0, native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";
import { together } from "./aio-all.ts";
import { awaited, type Ended, ending, flatten, then, work } from "./handle.ts";

/** Runs the body as a fiber; its Handle ends as what the body gives. */
export const aioBlock = /*#__PURE__*/ native(
  "aio/block",
  1,
  1,
  (body: Value): Value => work(() => flatten(call0(body))),
);

const valueOf = (handle: Value): Value => then(ending(handle as Fiber, true), (ended) => awaited(ended as Ended));

/** The values of functions of no arguments, that run in parallel, as a list; the Error of the first that fails. */
export const aioTogether = /*#__PURE__*/ native(
  "aio/together",
  1,
  Infinity,
  (...functions: Value[]): Value => then(together(functions), valueOf),
);
/** The value of a Handle, or of what else can be awaited. */
export const aioBound = /*#__PURE__*/ native(
  "aio/bound",
  1,
  1,
  (x: Value): Value => (x instanceof Fiber ? valueOf(x) : awaitValue(x)),
);
