/**
 * The registers of the run loop that compiled code and Error values read. They are the one piece of module-level mutable
 * state: JavaScript runs one thread, and every entry from the event loop saves and restores them.
 */
export interface Registers {
  /** Calls left before the JavaScript stack moves to the heap. */
  fuel: number;
  /** What `fuel` is refilled to; 1 makes every call unwind (a test mode). */
  full: number;
  /** The heap frames below the code that runs now (a Frame list), for traces. */
  frames: unknown;
  /** What lies beyond them (a Meta list), for traces. */
  meta: unknown;
}

export const R: Registers = { fuel: 0, full: 1000, frames: null, meta: null };
