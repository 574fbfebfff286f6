/** What can be wrong with an operation whatever surrounds it: laws that core and cps share. */
import type { Atom, Final, Prim } from "./core.ts";
import type { PlainOp } from "./op-text.ts";

/** Numbers of arguments, from the list in core.ts. */
const primSizes: Readonly<Record<Exclude<Prim, "numbers" | "quoted" | "frame" | "eval">, readonly number[]>> = {
  cell: [0, 1],
  set: [2],
  unbound: [1],
  fail: [1],
  function: [1],
  reset: [2],
  shift: [2],
  jump: [2],
  resume: [2],
  abort: [2],
  spawn: [1],
  ensure: [2],
  withState: [2],
  handle: [2],
  probe: [1],
  same: [2],
};

/** In words, or null. `variables` are the module's own. */
export function wrongOp(op: PlainOp, variables: ReadonlySet<string>): string | null {
  switch (op.kind) {
    case "Arith":
      if (op.args.length < 2) return "arithmetic on fewer than two";
      return op.args.length === op.checks.length ? null : "arguments and checks differ in number";
    case "Prim":
      if (op.prim === "numbers") return op.args.length > 0 ? null : "numbers of nothing";
      if (op.prim === "quoted") return op.args.length >= 3 ? null : "quoted code without its parts";
      if (op.prim === "frame") return null;
      if (op.prim === "eval") return op.args.length % 2 === 1 ? null : "a name without a value";
      return primSizes[op.prim].includes(op.args.length) ? null : `${op.prim} with ${op.args.length} arguments`;
    case "Read":
      if (op.cells.length === 0) return "a read of no cell";
      return op.final === null ? null : wrongFinal(op.final, variables);
    case "Global":
      return wrongFinal(op.final, variables);
    case "SetGlobal":
      return variables.has(op.name) ? null : `no module variable ${op.name}`;
    case "Use":
    case "Call":
    case "Apply":
    case "Init":
      return null;
    default:
      return op satisfies never;
  }
}

/** The bodies of a control operation: what the kernel calls, with how many arguments. Each is a closure that is a thunk. */
export function bodiesOf(op: PlainOp): readonly { readonly body: Atom; readonly params: number }[] {
  if (op.kind !== "Prim") return [];
  const indexes = bodyIndexes[op.prim] ?? [];
  return indexes.flatMap((i) =>
    i < op.args.length ? [{ body: op.args[i], params: op.prim === "shift" ? 1 : 0 }] : [],
  );
}
const bodyIndexes: Readonly<Partial<Record<Prim, readonly number[]>>> = {
  reset: [1],
  shift: [1],
  abort: [1],
  spawn: [0],
  ensure: [0, 1],
  withState: [1],
  handle: [1],
};

function wrongFinal(final: Final, variables: ReadonlySet<string>): string | null {
  if (final.kind !== "Global") return null;
  const { module, name } = final.global;
  if (module === null && !variables.has(name)) return `no module variable ${name}`;
  if (final.set && final.otherwise !== null) return "a read of a variable that is set has somewhere else to look";
  return final.otherwise === null ? null : wrongFinal(final.otherwise, variables);
}
