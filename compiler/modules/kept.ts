/**
 * What is kept of a compiled unit, so that the next compilation need not repeat it: its results, and everything it was told by the
 * rest of the program while it was compiled. If all of that is still so, so are the results (a verifying trace: Mokhov, Mitchell,
 * Peyton Jones, "Build Systems à la Carte", 2018).
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { FnRef } from "../ir/core.ts";
import type { World } from "../ir/world.ts";
import { hash } from "./hash.ts";
import type { Interface } from "./link.ts";
import type { Summary } from "./summary.ts";
import type { OutputFile, Unit } from "./unit.ts";

/** Questions to a module's surroundings, as JSON, and hashes of the answers. */
export type Trace = readonly (readonly [question: string, answer: string])[];

/** Plain data: hosts store it as JSON. */
export interface Kept {
  /** A hash of the macros it could use, by name, and of the text behind those that it did use. */
  readonly macros: string;
  /** Ids of the modules whose macros it used. */
  readonly used: readonly string[];
  readonly interface: Interface;
  readonly diagnostics: readonly Diagnostic[];
  /** Asked before anything was compiled, and after what it needs had been. */
  readonly checked: Trace;
  readonly compiled: Trace;
  readonly summary: Summary;
  readonly files: readonly OutputFile[];
}

/** Where results are kept from one compilation to the next. It vouches for the compiler, the options, and the unit itself. */
export interface Store {
  get(unit: Unit): Kept | null;
  put(unit: Unit, kept: Kept): void;
}

/** The surroundings of a unit: what it sees, and where the output of other modules is, for its imports. */
export interface Surroundings {
  readonly world: World;
  readonly place: (module: string) => string;
}

const answer = (value: unknown): string =>
  hash(
    JSON.stringify(value, (_, part) =>
      part instanceof Set ? [...part] : typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
    ) ?? "",
  );

/** The same surroundings, which write down what they are asked. */
export function recorded({ world, place }: Surroundings): Surroundings & { readonly trace: () => Trace } {
  const asked = new Map<string, string>();
  const noting =
    <Args extends readonly unknown[], T>(name: string, ask: (...args: Args) => T) =>
    (...args: Args): T => {
      const result = ask(...args);
      const question = JSON.stringify([name, ...args]);
      if (!asked.has(question)) asked.set(question, answer(result));
      return result;
    };
  return {
    world: {
      lookup: noting("lookup", world.lookup),
      lookupFrom: noting("lookupFrom", world.lookupFrom),
      gives: noting("gives", world.gives),
      defines: noting("defines", world.defines),
      exports: noting("exports", world.exports),
      builtin: world.builtin,
      fn: noting("fn", world.fn),
      names: noting("names", () => [...world.names()]),
      imported: noting("imported", () => world.imported()),
      runs: noting("runs", world.runs),
      initUnwinds: noting("initUnwinds", world.initUnwinds),
    },
    place: noting("place", place),
    trace: () => [...asked],
  };
}

/** Do these surroundings answer as those did? */
export const holds = (trace: Trace, surroundings: Surroundings): boolean =>
  trace.every(([question, known]) => answer(ask(question, surroundings)) === known);

function ask(question: string, { world, place }: Surroundings): unknown {
  const [name, ...args] = JSON.parse(question) as [keyof World | "place", ...string[]];
  switch (name) {
    case "lookup":
      return world.lookup(args[0]);
    case "lookupFrom":
      return world.lookupFrom(args[0], args[1]);
    case "gives":
      return world.gives(args[0], args[1]);
    case "defines":
      return world.defines(args[0], args[1]);
    case "exports":
      return world.exports(args[0]);
    case "builtin":
      return world.builtin(args[0]);
    case "fn":
      return world.fn(args[0] as unknown as FnRef);
    case "names":
      return [...world.names()];
    case "imported":
      return world.imported();
    case "runs":
      return world.runs(args[0]);
    case "initUnwinds":
      return world.initUnwinds(args[0]);
    case "place":
      return place(args[0]);
    default:
      return name satisfies never;
  }
}
