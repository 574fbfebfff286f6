/** Error values. They travel as ordinary values and are thrown only at the border to JavaScript. */
import { type List, nil, type Value } from "./list.ts";
import { type Made, R } from "./registers.ts";

const KEPT = 64;
let noted = 0;

/**
 * An Error of Valk. It extends the host's Error: V8 keeps the (unsymbolised) stack of the place that made it, and a thrown
 * one is an ordinary JavaScript error. `frames` and `meta` are the heap part of the continuation it was made in, which the run
 * loop fills in when it has control again; trace.ts turns all of it into the logical call path when somebody prints it.
 */
export class ValkError extends Error implements Made {
  readonly data: List;
  frames: unknown;
  meta: unknown;
  next: Made | null;
  /** Did the program make it, with `(error ..)`? Then its message is meant to be seen, by an HTTP client for example. */
  readonly raised: boolean;
  constructor(message: string, data: List = nil, cause?: unknown, raised = false) {
    super(message, cause === undefined ? undefined : { cause });
    this.data = data;
    this.frames = this.meta = null;
    this.raised = raised;
    // Errors used as plain values can be many before the run loop looks: the older ones keep what V8 knows.
    if (++noted % KEPT === 0) R.made = null;
    this.next = R.made;
    R.made = this;
  }

  override get name(): string {
    return "ValkError";
  }
}

export const isError = (value: Value): value is ValkError => value instanceof ValkError;

/** A new Error value. `data` holds the further arguments of `(error msg data...)`, `cause` a JavaScript error or another Error. */
export const error = (message: string, data: List = nil, cause?: unknown): ValkError =>
  new ValkError(message, data, cause);

/** The Error of `(error msg data...)`. */
export const raise = (message: string, data: List = nil, cause?: unknown): ValkError =>
  new ValkError(message, data, cause, true);

/** The Error of a name that nothing binds. */
export const unbound = (name: string): ValkError => error(`unbound symbol ${name}`);
