/** Where in the source a resume function goes on: the side table behind logical stack traces. */
import type { Resume } from "./control.ts";

/** A resume function with its place: `name file:line:column`. */
export type Placed = Resume & { $at?: string };

/** Marks f as the rest of a Valk function after a call at `place`. Pure: a bundler may drop it with f. */
export const at = <F>(place: string, f: F): F => {
  (f as Placed).$at = place;
  return f;
};
