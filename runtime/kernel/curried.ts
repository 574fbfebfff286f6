/** Library functions that are native for speed, but behave as if written in Valk: with too few arguments they curry. */
export { named as curried } from "./function.ts";
