/** Assignments in parallel: no value may see a variable that was assigned before it. */
import type * as Cps from "../ir/cps.ts";
import type { Expression, Statement } from "./build.ts";
import * as build from "./build.ts";
import { atom, flushUnlessTaken } from "./pending.ts";
import { nothingTaken, type Writer } from "./writer.ts";

interface Move {
  readonly to: Cps.Var;
  readonly value: Expression;
  readonly reads: ReadonlySet<Cps.Var>;
}

export function assign(w: Writer, s: Cps.Stmt & { kind: "Assign" }, out: Statement[]): void {
  flushUnlessTaken(w, s.values, out);
  const todo = s.values.flatMap((value, i): Move[] => {
    w.taken = nothingTaken();
    const move = { to: s.vars[i], value: atom(w, value), reads: w.taken.reads };
    return value.kind === "Var" && value.var === move.to ? [] : [move];
  });
  while (todo.length > 0) {
    const free = todo.findIndex((move) => todo.every((other) => other === move || !other.reads.has(move.to)));
    if (free >= 0) {
      const [{ to, value }] = todo.splice(free, 1);
      out.push(build.expression(build.assign(build.id(w.name(to)), value)));
    } else {
      // A cycle: a value in it moves out of the way first. (What only waits for the cycle would not break it.)
      const at = todo.findIndex((move) => todo.some((other) => other !== move && move.reads.has(other.to)));
      const { to, value } = todo[at];
      const aside: Cps.Var = { id: -1, name: to.name };
      out.push(build.declare("const", w.name(aside), value));
      todo[at] = { to, value: build.id(w.name(aside)), reads: new Set() };
    }
  }
}
