/** core -> core: runs the plan. Afterwards the laws of ir/core.ts hold as before, and the program does the same. */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import type { World } from "../ir/world.ts";
import { plan } from "./plan.ts";

export interface Optimized {
  readonly module: Core.Module;
  /** What each of the module's functions may give, for its summary. */
  readonly results: ReadonlyMap<string, number>;
}

export function optimize(module: Core.Module, world: World, context: Context): Optimized {
  let state: Optimized = { module, results: new Map() };
  for (const pass of plan) state = { ...state, ...pass.run(state.module, world, context) };
  return state;
}
