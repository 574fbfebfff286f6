/** Making Errors, and looking into them. */
import { raise, ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, nil, type Value } from "../kernel/list.ts";
import { ANY, ERROR, refuse, STRING, wrong } from "../kernel/wrong.ts";

/** A new Error with a message and further data. */
export const error = /*#__PURE__*/ native(
  "error",
  1,
  Infinity,
  (message: Value, ...data: Value[]): Value =>
    typeof message === "string" && !data.some((x) => x instanceof ValkError)
      ? raise(message, fromArray(data))
      : refuse("error", [message, ...data], STRING, ANY),
);

const part = (name: string, f: (e: ValkError) => Value): ((x: Value) => Value) =>
  native(name, 1, 1, (x: Value): Value => (x instanceof ValkError ? f(x) : wrong(name, 1, ERROR.what, x)));
export const message = /*#__PURE__*/ part("error/message", (e) => e.message);
export const data = /*#__PURE__*/ part("error/data", (e) => e.data);
/** The JavaScript error, or other value, behind it; nil if there is none. */
export const cause = /*#__PURE__*/ part("error/cause", (e) => e.cause ?? nil);
