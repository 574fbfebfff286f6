/** `eval` as a function: of values that the program made. Code in braces, `(eval {..})`, is compiled where it stands. */
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { isList, nil, type Value } from "../kernel/list.ts";

/** Gives back what is no list; lists made at run time cannot be evaluated yet. */
export const evaluate = /*#__PURE__*/ native("eval", 1, 1, (x: Value): Value => {
  if (!isList(x) || x === nil) return x;
  return error("eval of a list built at run time is not supported yet");
});
