/** What the operations of core and cps do besides giving a value. The only file that lists it. */
import { type Op, plainPrims } from "./core.ts";
import type * as Cps from "./cps.ts";
import type { World } from "./world.ts";

const withoutEffect: ReadonlySet<string> = new Set(plainPrims.filter((prim) => prim !== "set"));

/** Has the operation no effect, so that it may be left out, or done again? (It may make an Error value, or a new object.) */
export function hasNoEffect(op: Op | Cps.Op, world: World): boolean {
  switch (op.kind) {
    case "Use":
    case "Arith":
    case "Closure":
    case "Read":
    case "Global":
      return true;
    case "Call":
      return op.fn.kind === "Builtin" && (world.fn(op.fn)?.pure ?? false);
    case "Prim":
      return withoutEffect.has(op.prim);
    default:
      return false;
  }
}

/**
 * Does it moreover not matter when it is done? What reads a cell or a global gives what is there at the time; a cell or closure
 * made later is not the one that others have seen.
 */
export const isTimeless = (op: Op | Cps.Op, world: World): boolean =>
  op.kind !== "Closure" &&
  op.kind !== "Read" &&
  op.kind !== "Global" &&
  !(op.kind === "Prim" && op.prim === "cell") &&
  hasNoEffect(op, world);
