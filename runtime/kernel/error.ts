/** Error values. They travel as ordinary values and are thrown only at the border to JavaScript. */
import { type List, nil, type Value } from "./list.ts";
import { R } from "./registers.ts";

/**
 * An Error of Valk. It extends the host's Error: V8 keeps the (unsymbolised) stack of the place that made it, and a thrown
 * one is an ordinary JavaScript error. `frames` and `meta` are the heap part of the continuation it was made in; trace.ts
 * turns both into the logical call path when somebody prints it.
 */
export class ValkError extends Error {
  readonly data: List;
  frames: unknown;
  meta: unknown;
  /** Did the program make it, with `(error ..)`? Then its message is meant to be seen, by an HTTP client for example. */
  readonly raised: boolean;
  constructor(message: string, data: List = nil, cause?: unknown, raised = false) {
    super(message, cause === undefined ? undefined : { cause });
    this.data = data;
    this.frames = R.frames;
    this.meta = R.meta;
    this.raised = raised;
  }

  override get name(): string {
    return "ValkError";
  }
}

export const isError = (value: Value): value is ValkError => value instanceof ValkError;

/** A new Error value. `data` holds the further arguments of `(error msg data...)`, `cause` a JavaScript error or another Error. */
export const error = (message: string, data: List = nil, cause?: unknown): ValkError => new ValkError(message, data, cause);

/** The Error of `(error msg data...)`. */
export const raise = (message: string, data: List = nil, cause?: unknown): ValkError => new ValkError(message, data, cause, true);

/** The Error of a name that nothing binds. */
export const unbound = (name: string): ValkError => error(`unbound symbol ${name}`);
