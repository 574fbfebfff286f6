/** What `aio/let` and `aio/do` compile to: a fiber that is a Handle, and waits in it for the values of names. */
import { call0, native } from "../kernel/function.ts";
import { list, type Value } from "../kernel/list.ts";
import { together } from "./aio-all.ts";
import { awaited, type Ended, ending, flatten, result, then, work } from "./handle.ts";

/** Runs the body as a fiber; its Handle ends as what the body gives. */
export const aioBlock = /*#__PURE__*/ native(
  "aio/block",
  1,
  1,
  (body: Value): Value => work(() => flatten(call0(body))),
);

/** The values of functions of no arguments, that run in parallel, as a list; or the Error of the first that fails. */
export const aioTogether = /*#__PURE__*/ native(
  "aio/together",
  1,
  Infinity,
  (...functions: Value[]): Value =>
    then(together(functions), (handle) => then(ending(handle as never, true), (ended) => awaited(ended as Ended))),
);
/** The value of what can be awaited, as a list, so that an Error as the value is no failure; or the Error it fails with. */
export const aioBound = /*#__PURE__*/ native(
  "aio/bound",
  1,
  1,
  (x: Value): Value =>
    then(result(x), (ended) => ((ended as Ended).ok ? list((ended as Ended).result) : awaited(ended as Ended))),
);
