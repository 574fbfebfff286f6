/**
 * core -> which lambdas may unwind, and which of them burn fuel. A lambda that can do neither becomes plain JavaScript.
 *
 * A lambda may unwind if it captures, calls something that may, calls a value it does not know, or burns fuel. It burns fuel if
 * it is on a cycle of the call graph, where a call of an unknown value counts as a cycle: it may come back.
 */
import type * as Core from "../ir/core.ts";
import { forEachOp } from "../ir/core-walk.ts";
import type { World } from "../ir/world.ts";

export interface Unwinding {
  readonly unwinds: boolean;
  readonly fuel: boolean;
  /** May it have to wait for something outside the program? (Unwinding for lack of fuel is no waiting.) */
  readonly waits: boolean;
}
export interface Unwinds {
  lambda(id: number): Unwinding;
  /** May this operation give Y? */
  op(op: Core.Op): boolean;
}

interface Node {
  readonly lambda: Core.Lambda;
  readonly calls: Core.Lambda[];
  /** Those of the calls that are the bodies of new fibers. */
  readonly spawned: Set<Core.Lambda>;
  unknown: boolean;
  unwinds: boolean;
  fuel: boolean;
  waits: boolean;
}

export function unwinds(module: Core.Module, world: World): Unwinds {
  const nodes = new Map<number, Node>();
  const closures = new Map<number, Core.Lambda>();
  // Twins are entered only from functions that have burnt fuel for them.
  const free = new Set(module.functions.filter((f) => f.free).map((f) => f.lambda));
  const own = new Map(module.functions.map((f) => [f.name, f.lambda]));

  const collect = (lambda: Core.Lambda): void => {
    nodes.set(lambda.id, {
      lambda,
      calls: [],
      spawned: new Set(),
      unknown: false,
      unwinds: false,
      fuel: false,
      waits: false,
    });
    forEachOp(lambda.body, (op, v) => {
      if (op.kind !== "Closure") return;
      if (v !== null) closures.set(v.id, op.lambda);
      collect(op.lambda);
    });
  };
  for (const f of module.functions) collect(f.lambda);
  collect(module.init);

  const closureOf = (atom: Core.Atom): Core.Lambda | undefined =>
    atom.kind === "Var" ? closures.get(atom.var.id) : undefined;
  /** The lambdas an operation runs, or "unknown", or "captures". */
  const effect = (op: Core.Op): readonly Core.Lambda[] | "unknown" | "captures" => {
    switch (op.kind) {
      case "Apply":
        return "unknown";
      case "Call": {
        if (op.fn.kind === "Local") {
          const lambda = closures.get(op.fn.var.id);
          return lambda === undefined ? "unknown" : [lambda];
        }
        if (op.fn.kind === "Own") {
          const lambda = own.get(op.fn.name);
          return lambda === undefined ? "unknown" : [lambda];
        }
        const fn = world.fn(op.fn);
        return fn === null || (fn.unwinds && fn.cyclic) ? "unknown" : fn.unwinds ? "captures" : [];
      }
      case "Prim":
        switch (op.prim) {
          case "shift":
          case "jump":
          case "resume":
          case "abort":
          case "probe":
            return "captures";
          case "eval":
            return "unknown";
          case "reset":
          case "spawn":
          case "ensure":
          case "withState":
          case "handle": {
            const bodies = op.args.map(closureOf).filter((l) => l !== undefined);
            const wanted = op.prim === "ensure" ? 2 : 1;
            return bodies.length < wanted ? "unknown" : bodies;
          }
          default:
            return [];
        }
      case "Init":
        return world.initUnwinds(op.module) ? "captures" : [];
      default:
        return [];
    }
  };

  for (const node of nodes.values())
    forEachOp(node.lambda.body, (op) => {
      const e = effect(op);
      if (e === "unknown") {
        node.unknown = true;
        node.unwinds = true;
        node.waits = true;
        // The kernel charges for the bodies of control operations itself.
        if (burns(node.lambda) && !free.has(node.lambda)) node.fuel = true;
      } else if (e === "captures") {
        node.unwinds = true;
        node.waits ||= op.kind !== "Prim";
      } else {
        node.calls.push(...e);
        if (op.kind === "Prim" && op.prim === "spawn") for (const l of e) node.spawned.add(l);
      }
    });
  for (const component of components(nodes)) {
    const cyclic = component.length > 1 || component[0].calls.includes(component[0].lambda);
    if (cyclic)
      for (const node of component) {
        node.unwinds = true;
        node.fuel = node.fuel || (burns(node.lambda) && !free.has(node.lambda));
      }
    // Components come callees first, so what a component calls is settled.
    if (component.some((n) => n.unwinds || n.calls.some((l) => nodes.get(l.id)?.unwinds)))
      for (const node of component) node.unwinds = true;
    if (component.some((n) => n.waits || n.calls.some((l) => !n.spawned.has(l) && nodes.get(l.id)?.waits)))
      for (const node of component) node.waits = true;
  }
  return {
    lambda: (id) => nodes.get(id) ?? { unwinds: true, fuel: true, waits: true },
    op: (op) => {
      const e = effect(op);
      return typeof e === "string" || e.some((l) => nodes.get(l.id)?.unwinds ?? true);
    },
  };
}

const burns = ({ thunk, code }: Core.Lambda): boolean => !thunk || code === true;

/** Strongly connected components, callees first: Tarjan 1972, with an explicit stack because call chains can be long. */
function components(nodes: ReadonlyMap<number, Node>): Node[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack = new Set<number>();
  const stack: Node[] = [];
  const result: Node[][] = [];
  for (const root of nodes.values()) {
    if (index.has(root.lambda.id)) continue;
    const work: { node: Node; next: number }[] = [];
    const open = (node: Node): void => {
      index.set(node.lambda.id, index.size);
      low.set(node.lambda.id, index.size - 1);
      stack.push(node);
      onStack.add(node.lambda.id);
      work.push({ node, next: 0 });
    };
    open(root);
    while (work.length > 0) {
      const top = work[work.length - 1];
      const id = top.node.lambda.id;
      if (top.next < top.node.calls.length) {
        const callee = nodes.get(top.node.calls[top.next++].id);
        if (callee === undefined) continue;
        const calleeId = callee.lambda.id;
        if (!index.has(calleeId)) open(callee);
        else if (onStack.has(calleeId)) low.set(id, Math.min(low.get(id) as number, index.get(calleeId) as number));
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent !== undefined) {
        const p = parent.node.lambda.id;
        low.set(p, Math.min(low.get(p) as number, low.get(id) as number));
      }
      if (low.get(id) !== index.get(id)) continue;
      const component: Node[] = [];
      for (;;) {
        const node = stack.pop() as Node;
        onStack.delete(node.lambda.id);
        component.push(node);
        if (node === top.node) break;
      }
      result.push(component);
    }
  }
  return result;
}
