/** The passes in their order, with a reason for each place. */
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import type { World } from "../ir/world.ts";
import type { Optimized } from "./optimize.ts";
import { handlers } from "./passes/handlers.ts";
import { inline } from "./passes/inline.ts";
import { loops } from "./passes/loops.ts";
import { simplify } from "./passes/simplify.ts";
import { specialize } from "./passes/specialize.ts";
import { types } from "./passes/types.ts";
import { unroll } from "./passes/unroll.ts";

export interface Pass {
  readonly name: string;
  readonly run: (module: Core.Module, world: World, context: Context) => Partial<Optimized>;
}

export const plan: readonly Pass[] = [
  // First: it looks for clauses as they are lowered, and leaves ordinary functions for the others.
  { name: "handlers", run: (m, w, c) => ({ module: handlers(m, w, c) }) },
  // Finds known callees, which everything after it looks for.
  { name: "simplify", run: (m, w, c) => ({ module: simplify(m, w, c) }) },
  // Before inlining: a local function that only loops is then called once, and inlined as a loop.
  { name: "loops", run: (m, _, c) => ({ module: loops(m, c) }) },
  { name: "inline", run: (m, w, c) => ({ module: inline(m, w, c) }) },
  // Again, for functions that call themselves now.
  { name: "loops", run: (m, _, c) => ({ module: loops(m, c) }) },
  // Inlining leaves joins and copies, and makes more callees known.
  { name: "simplify", run: (m, w, c) => ({ module: simplify(m, w, c) }) },
  // Copies for numbers of what loops, before kinds are told apart: they are what makes them known.
  { name: "specialize", run: (m, w, c) => ({ module: specialize(m, w, c) }) },
  // Kinds are best known when copies and dead joins are gone ...
  { name: "types", run: (m, w, c) => types(m, w, c) },
  // ... and leave uses and dead branches behind.
  { name: "simplify", run: (m, w, c) => ({ module: simplify(m, w, c) }) },
  // Last: whether a function is small, and calls itself, is known only now.
  { name: "unroll", run: (m, _, c) => ({ module: unroll(m, c) }) },
];
