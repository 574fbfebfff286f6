/** The only file that knows which children a kernel node has. */
import type { Expr, Lambda, Name } from "./kernel.ts";
import { symbolsIn } from "./syntax-walk.ts";

/** The node with each direct child replaced; the node itself if none changed. Children are visited in order of evaluation. */
export function mapChildren(node: Expr, change: (child: Expr) => Expr): Expr {
  switch (node.kind) {
    case "Const":
    case "Quote":
    case "Ref":
    case "Builtin":
    case "Temp":
    case "Load":
    case "Fail":
      return node;
    case "Lambda":
    case "Async": {
      const body = change(node.body);
      return body === node.body ? node : { ...node, body };
    }
    case "Call": {
      const callee = change(node.callee);
      const args = mapAll(node.args, change);
      return callee === node.callee && args === node.args ? node : { ...node, callee, args };
    }
    case "Code": {
      const bodies = mapAll(node.bodies, (b) => {
        const lambda = change(b.lambda) as Lambda;
        return lambda === b.lambda ? b : { ...b, lambda };
      });
      return bodies === node.bodies ? node : { ...node, bodies };
    }
    case "Eval": {
      const value = change(node.value);
      return value === node.value ? node : { ...node, value };
    }
    case "Force": {
      const expr = change(node.expr);
      return expr === node.expr ? node : { ...node, expr };
    }
    case "If": {
      const test = change(node.test);
      const yes = change(node.then);
      const no = change(node.else);
      return test === node.test && yes === node.then && no === node.else
        ? node
        : { ...node, test, then: yes, else: no };
    }
    case "Seq": {
      const body = mapAll(node.body, change);
      return body === node.body ? node : { ...node, body };
    }
    case "Assign":
    case "Define": {
      const values = mapAll(node.values, change);
      return values === node.values ? node : { ...node, values };
    }
    case "Frame": {
      const args = mapAll(node.args, change);
      const body = change(node.body);
      return args === node.args && body === node.body ? node : { ...node, args, body };
    }
    case "Bind": {
      const value = change(node.value);
      const body = change(node.body);
      return value === node.value && body === node.body ? node : { ...node, value, body };
    }
    case "Reset":
    case "Shift": {
      const tag = node.tag === null ? null : change(node.tag);
      const body = change(node.body);
      return tag === node.tag && body === node.body ? node : { ...node, tag, body };
    }
    case "Ensure": {
      const body = change(node.body);
      const cleanup = change(node.cleanup);
      return body === node.body && cleanup === node.cleanup ? node : { ...node, body, cleanup };
    }
    case "WithState": {
      const state = change(node.state);
      const body = change(node.body);
      return state === node.state && body === node.body ? node : { ...node, state, body };
    }
    default:
      return node satisfies never;
  }
}

function mapAll<T>(nodes: readonly T[], change: (child: T) => T): readonly T[] {
  let changed = false;
  const result = nodes.map((node) => {
    const next = change(node);
    if (next !== node) changed = true;
    return next;
  });
  return changed ? result : nodes;
}

/** Calls `visit` with each direct child, in order of evaluation. */
export function forEachChild(node: Expr, visit: (child: Expr) => void): void {
  mapChildren(node, (child) => {
    visit(child);
    return child;
  });
}

/** The direct children, in order of evaluation. */
export function children(node: Expr): readonly Expr[] {
  const found: Expr[] = [];
  forEachChild(node, (child) => found.push(child));
  return found;
}

/** Is the name, as it is bound around the expression, read in it, or may code be that it evaluates or carries? */
export function mayRead(expr: Expr, name: string): boolean {
  const binds = (names: readonly Name[]): boolean => names.some((n) => n.name === name);
  switch (expr.kind) {
    case "Ref":
      return expr.name === name;
    case "Lambda":
      return !binds(expr.rest === null ? expr.params : [...expr.params, expr.rest]) && mayRead(expr.body, name);
    case "Frame":
      return expr.args.some((arg) => mayRead(arg, name)) || (!binds(expr.params) && mayRead(expr.body, name));
    case "Shift":
      return (expr.tag !== null && mayRead(expr.tag, name)) || (!binds([expr.k]) && mayRead(expr.body, name));
    case "Eval":
      return true;
    default: {
      let found = expr.kind === "Code" && symbolsIn([expr.datum]).has(name);
      forEachChild(expr, (child) => {
        found ||= mayRead(child, name);
      });
      return found;
    }
  }
}
