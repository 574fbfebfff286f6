/**
 * The registers of the run loop that compiled code and Error values read. They are the one piece of module-level mutable
 * state: JavaScript runs one thread, and every entry from the event loop saves and restores them.
 */
export interface Registers {
  /** Calls left before the JavaScript stack moves to the heap. */
  fuel: number;
  /** What `fuel` is refilled to; 1 makes every call unwind (a test mode). */
  full: number;
  /** How many continuations have been captured that can be resumed more than once: see list/turn in lib/list.ts. */
  captures: number;
  /** Has an `ensure` ever moved to the heap? Only then aborts look for cleanups among the frames they drop. */
  cleanups: boolean;
  /** Awaits of what was ready that may still go on at once; after that the fiber goes to the back of the queue. */
  patience: number;
  /** Called when a fiber is about to park under dynamic state: see kernel/guard.ts. */
  guard: ((fiber: never, dyn: never) => unknown) | null;
  /** Errors made since the run loop last looked, newest first: it tells them the heap part of their call path. */
  made: Made | null;
}

/** An Error value, as far as the run loop knows it (kernel/error.ts). */
export interface Made {
  frames: unknown;
  meta: unknown;
  next: Made | null;
}

/** So many awaits of what is ready go on at once before others have their turn. */
export const PATIENCE = 1000;

export const R: Registers = {
  fuel: 0,
  full: 1000,
  captures: 0,
  cleanups: false,
  patience: PATIENCE,
  guard: null,
  made: null,
};
