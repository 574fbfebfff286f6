/** Library functions that are native for speed, but behave as if written in Valk: with too few arguments they curry. */
import { def } from "./function.ts";

/** Marks f as a function of n arguments called `name`. Pure: a bundler may drop it with f. */
export const curried = <F>(name: string, n: number, f: F): F => {
  // An arrow passed as an argument has no name of its own, and messages and print want one.
  Object.defineProperty(f, "name", { value: name });
  return def(n, f);
};
