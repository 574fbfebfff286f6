/** How a command ends. */
export const exit = {
  ok: 0,
  failed: 1,
  usage: 2,
  compileErrors: 3,
  /** Node's code for a top-level await that nothing can end any more. */
  waits: 13,
} as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** The user's mistake, or the file system's refusal: its message is all there is to say. */
export class UsageError extends Error {}
