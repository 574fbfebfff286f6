/**
 * Persistent vectors: tries of 32 elements a node, and a tail outside of it, so that adding at the end copies one small array
 * (as in Clojure; J. L'orange, *Improving RRB-Tree Performance through Transience*, 2014, describes them).
 */
import { fromArray, type List, type Value } from "../kernel/list.ts";
import { Collection } from "../kernel/show.ts";
import { eq } from "./equal.ts";

const BITS = 5;
const WIDTH = 32;
const MASK = 31;
/** At level 0 elements, above it nodes. */
type Node = readonly Value[];

const path = (level: number, node: Node): Node => (level === 0 ? node : [path(level - BITS, node)]);
const pushed = (level: number, parent: Node, index: number, leaf: Node): Node => {
  const at = (index >>> level) & MASK;
  const copy = parent.slice();
  if (level === BITS) copy[at] = leaf;
  else copy[at] = at < parent.length ? pushed(level - BITS, parent[at] as Node, index, leaf) : path(level - BITS, leaf);
  return copy;
};
const replaced = (level: number, node: Node, index: number, value: Value): Node => {
  const copy = node.slice();
  const at = (index >>> level) & MASK;
  copy[at] = level === 0 ? value : replaced(level - BITS, node[at] as Node, index, value);
  return copy;
};
/** Without the last leaf; null if nothing is left. */
const popped = (level: number, node: Node, index: number): Node | null => {
  const at = (index >>> level) & MASK;
  if (level === BITS) return at === 0 ? null : node.slice(0, at);
  const child = popped(level - BITS, node[at] as Node, index);
  if (child !== null) return [...node.slice(0, at), child];
  return at === 0 ? null : node.slice(0, at);
};

/** A persistent vector. Vectors with equal elements are equal. */
export class Vector extends Collection implements Iterable<Value> {
  readonly size: number;
  private readonly level: number;
  private readonly root: Node;
  private readonly tail: Node;
  constructor(size: number, level: number, root: Node, tail: Node) {
    super();
    this.size = size;
    this.level = level;
    this.root = root;
    this.tail = tail;
  }
  get $kind(): string {
    return "vec";
  }
  $list(most: number): List {
    const items: Value[] = [];
    for (const item of this) if (items.push(item) > most) break;
    return fromArray(items);
  }
  get $code(): number {
    return this.size;
  }
  /** Number of elements in the trie. */
  private get before(): number {
    return this.size - this.tail.length;
  }
  /** The element at an index from 0 to before `size`. */
  get(index: number): Value {
    if (index >= this.before) return this.tail[index & MASK];
    let node = this.root;
    for (let level = this.level; level > 0; level -= BITS) node = node[(index >>> level) & MASK] as Node;
    return node[index & MASK];
  }
  set(index: number, value: Value): Vector {
    const { size, level, root } = this;
    if (index < this.before) return new Vector(size, level, replaced(level, root, index, value), this.tail);
    const tail = this.tail.slice();
    tail[index & MASK] = value;
    return new Vector(size, level, root, tail);
  }
  push(value: Value): Vector {
    const { size, level, root, tail } = this;
    if (tail.length < WIDTH) return new Vector(size + 1, level, root, [...tail, value]);
    const index = size - 1;
    return size >>> BITS > 1 << level
      ? new Vector(size + 1, level + BITS, [root, path(level, tail)], [value])
      : new Vector(size + 1, level, pushed(level, root, index, tail), [value]);
  }
  /** Without the last element; there must be one. */
  pop(): Vector {
    const { size, level, root, tail } = this;
    if (tail.length > 1 || size === 1) return new Vector(size - 1, level, root, tail.slice(0, -1));
    const last = size - 2;
    let leaf = root;
    for (let l = level; l > 0; l -= BITS) leaf = leaf[(last >>> l) & MASK] as Node;
    const rest = popped(level, root, last) ?? [];
    return level > BITS && rest.length === 1
      ? new Vector(size - 1, level - BITS, rest[0] as Node, leaf)
      : new Vector(size - 1, level, rest, leaf);
  }
  *[Symbol.iterator](): Iterator<Value> {
    for (let i = 0; i < this.size; i += WIDTH) yield* this.leaf(i);
  }
  /** The elements from an index that is a multiple of the width on, as far as they are together. */
  private leaf(index: number): Node {
    if (index >= this.before) return this.tail;
    let node = this.root;
    for (let level = this.level; level > 0; level -= BITS) node = node[(index >>> level) & MASK] as Node;
    return node;
  }
  toArray(): Value[] {
    const items: Value[] = [];
    for (let i = 0; i < this.size; i += WIDTH) for (const item of this.leaf(i)) items.push(item);
    return items;
  }
  $equal(other: Value): boolean {
    if (other === this) return true;
    if (!(other instanceof Vector) || other.size !== this.size) return false;
    for (let i = 0; i < this.size; i++) if (!eq(this.get(i), other.get(i))) return false;
    return true;
  }
}

/** A vector of the elements, in time proportional to their number. */
export const vectorOf = (items: readonly Value[]): Vector => {
  const tailStart = items.length === 0 ? 0 : (items.length - 1) & ~MASK;
  let nodes: Node[] = [];
  for (let i = 0; i < tailStart; i += WIDTH) nodes.push(items.slice(i, i + WIDTH));
  let level = BITS;
  while (nodes.length > WIDTH) {
    const parents: Node[] = [];
    for (let i = 0; i < nodes.length; i += WIDTH) parents.push(nodes.slice(i, i + WIDTH));
    nodes = parents;
    level += BITS;
  }
  return new Vector(items.length, level, nodes, items.slice(tailStart));
};
