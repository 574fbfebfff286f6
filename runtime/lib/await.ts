/** `await` under its names, as builtins. */
import { awaitValue } from "../kernel/await.ts";
import { type Fn, native } from "../kernel/function.ts";
import type { Value } from "../kernel/list.ts";

const waits = (name: string): Fn => native(name, 1, 1, (x: Value): Value => awaitValue(x));

export const await_ = /*#__PURE__*/ waits("await");
export const awaitNew = /*#__PURE__*/ waits("await-new");
export const aioAwait = /*#__PURE__*/ waits("aio/await");
