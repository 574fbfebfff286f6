/** Event emitters of Node and event targets of the web: waiting for one event. */
import { fromJS } from "../kernel/border.ts";
import { error } from "../kernel/error.ts";
import { fromArray } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { Sym } from "../kernel/symbol.ts";
import type { Kind } from "../kernel/wrong.ts";
import { operation } from "../lib/operation.ts";
import { keyOf } from "./object.ts";

type Listener = (...args: unknown[]) => void;
interface Emitter {
  on(name: PropertyKey, listener: Listener): unknown;
  off(name: PropertyKey, listener: Listener): unknown;
}

const EMITTER: Kind = {
  what: "an event emitter",
  is: (v) => {
    const { on, addEventListener } = (v ?? {}) as { readonly on?: unknown; readonly addEventListener?: unknown };
    return typeof on === "function" || typeof addEventListener === "function";
  },
};
const NAME: Kind = {
  what: "the name of an event",
  is: (v) => typeof v === "string" || typeof v === "symbol" || v instanceof Sym,
};

/** An emitter's functions that add and remove listeners. */
const emitterOf = (value: unknown): Emitter => {
  const emitter = value as Emitter & EventTarget;
  return typeof emitter.on === "function"
    ? emitter
    : {
        on: (name, listener) => emitter.addEventListener(name as string, listener),
        off: (name, listener) => emitter.removeEventListener(name as string, listener),
      };
};

/**
 * `(js/once emitter name)`: waits for the next event of that name; gives the list of what the listeners get. An `error` event that
 * comes first is the result, an Error, unless that is what is waited for.
 */
export const once = /*#__PURE__*/ operation("js/once", [EMITTER, NAME], (done, [target, name]) => {
  const emitter = emitterOf(target);
  const event = keyOf(name);
  const remove = (): void => {
    emitter.off(event, listener);
    if (event !== "error") emitter.off("error", failed);
  };
  const listener: Listener = (...args) => {
    remove();
    done(fromArray(args.map(fromJS)));
  };
  const failed: Listener = (reason) => {
    remove();
    done(reason instanceof Error ? fromJS(reason) : error(`js/once: the emitter failed with ${show(fromJS(reason))}`));
  };
  emitter.on(event, listener);
  if (event !== "error") emitter.on("error", failed);
  return remove;
});
