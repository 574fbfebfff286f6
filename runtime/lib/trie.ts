/**
 * Persistent maps: hash array mapped tries (P. Bagwell, *Ideal Hash Trees*, 2001), five bits of the hash code a level. A change
 * copies the nodes on the way to it, at most seven; a builder, which nobody else can see, changes its own nodes in place.
 */
import { fromArray, type List, type Value } from "../kernel/list.ts";
import { Collection } from "../kernel/show.ts";
import { eq } from "./equal.ts";
import { hashCode } from "./hash-code.ts";

/** In place of a key: the value beside it is a node. */
const NODE = /*#__PURE__*/ Symbol("node");
/** Below this level the hash codes are equal: nodes are plain lists of pairs. */
const BOTTOM = 35;

/** `map` has a bit for each of the pairs in `slots` (key, value, key, value ...); at the bottom it is unused. */
interface Node {
  map: number;
  slots: Value[];
  /** Who may change it in place. */
  owner: object | null;
}

const same = (a: Value, b: Value): boolean => eq(a, b) || (Number.isNaN(a) && Number.isNaN(b));

const count = (bits: number): number => {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
const bitAt = (code: number, shift: number): number => 1 << ((code >>> shift) & 31);
const placeOf = (map: number, bit: number): number => count(map & (bit - 1)) << 1;
/** Where a key is in a node at the bottom, or -1. */
const search = (slots: readonly Value[], key: Value): number => {
  for (let i = 0; i < slots.length; i += 2) if (same(slots[i], key)) return i;
  return -1;
};

const EMPTY: Node = { map: 0, slots: [], owner: null };

/** The value of the key, or undefined, which is no value of Valk. */
const get = (root: Node, code: number, key: Value): Value => {
  let node = root;
  for (let shift = 0; ; shift += 5) {
    if (shift >= BOTTOM) {
      const i = search(node.slots, key);
      return i < 0 ? undefined : node.slots[i + 1];
    }
    const bit = bitAt(code, shift);
    if ((node.map & bit) === 0) return undefined;
    const i = placeOf(node.map, bit);
    const found = node.slots[i];
    if (found !== NODE) return found === key || same(found, key) ? node.slots[i + 1] : undefined;
    node = node.slots[i + 1] as Node;
  }
};

const replaced = (node: Node, i: number, value: Value, owner: object | null): Node => {
  if (owner !== null && node.owner === owner) {
    node.slots[i] = value;
    return node;
  }
  const slots = node.slots.slice();
  slots[i] = value;
  return { map: node.map, slots, owner };
};
const inserted = (node: Node, i: number, bit: number, key: Value, value: Value, owner: object | null): Node => {
  if (owner !== null && node.owner === owner) {
    node.slots.splice(i, 0, key, value);
    node.map |= bit;
    return node;
  }
  const old = node.slots;
  const slots = new Array<Value>(old.length + 2);
  for (let j = 0; j < i; j++) slots[j] = old[j];
  slots[i] = key;
  slots[i + 1] = value;
  for (let j = i; j < old.length; j++) slots[j + 2] = old[j];
  return { map: node.map | bit, slots, owner };
};

/** Two pairs whose codes agree above `shift`. */
const pair = (shift: number, a: number, key: Value, value: Value, b: number, key2: Value, value2: Value): Node => {
  if (shift >= BOTTOM) return { map: 0, slots: [key, value, key2, value2], owner: null };
  const x = bitAt(a, shift);
  const y = bitAt(b, shift);
  if (x === y) return { map: x, slots: [NODE, pair(shift + 5, a, key, value, b, key2, value2)], owner: null };
  const first = ((a >>> shift) & 31) < ((b >>> shift) & 31);
  return { map: x | y, slots: first ? [key, value, key2, value2] : [key2, value2, key, value], owner: null };
};

/** Was a key added by the last `put`? */
let added = false;
const put = (node: Node, shift: number, code: number, key: Value, value: Value, owner: object | null): Node => {
  if (shift >= BOTTOM) {
    const i = search(node.slots, key);
    if (i >= 0) return replaced(node, i + 1, value, owner);
    added = true;
    return inserted(node, node.slots.length, 0, key, value, owner);
  }
  const bit = bitAt(code, shift);
  const i = placeOf(node.map, bit);
  if ((node.map & bit) === 0) {
    added = true;
    return inserted(node, i, bit, key, value, owner);
  }
  const found = node.slots[i];
  const old = node.slots[i + 1];
  if (found === NODE) {
    const child = put(old as Node, shift + 5, code, key, value, owner);
    return child === old ? node : replaced(node, i + 1, child, owner);
  }
  if (found === key || same(found, key)) return old === value ? node : replaced(node, i + 1, value, owner);
  added = true;
  const child = pair(shift + 5, hashCode(found), found, old, code, key, value);
  const copy = replaced(node, i, NODE, owner);
  copy.slots[i + 1] = child;
  return copy;
};

/** A node with one pair becomes that pair in its parent, so that equal maps have equal shapes. */
const without = (node: Node, shift: number, code: number, key: Value): Node => {
  const bit = shift >= BOTTOM ? 0 : bitAt(code, shift);
  if (shift < BOTTOM && (node.map & bit) === 0) return node;
  const i = shift >= BOTTOM ? search(node.slots, key) : placeOf(node.map, bit);
  if (i < 0) return node;
  const found = node.slots[i];
  if (found === NODE) {
    const child = without(node.slots[i + 1] as Node, shift + 5, code, key);
    if (child === node.slots[i + 1]) return node;
    const slots = node.slots.slice();
    const lifts = child.slots.length === 2 && child.slots[0] !== NODE;
    slots[i] = lifts ? child.slots[0] : NODE;
    slots[i + 1] = lifts ? child.slots[1] : child;
    return { map: node.map, slots, owner: null };
  }
  if (!same(found, key)) return node;
  const slots = node.slots.slice();
  slots.splice(i, 2);
  return { map: node.map & ~bit, slots, owner: null };
};

/** A persistent map. Values are equal to it if they are maps with equal values for the same keys. */
export class Trie extends Collection implements Iterable<readonly [key: Value, value: Value]> {
  private readonly root: Node;
  readonly size: number;
  constructor(root: Node = EMPTY, size = 0) {
    super();
    this.root = root;
    this.size = size;
  }
  get $kind(): string {
    return "hash";
  }
  $list(most: number): List {
    const items: Value[] = [];
    for (const pair of this) if (items.push(...pair) > most) break;
    return fromArray(items);
  }
  get $code(): number {
    return this.size;
  }
  /** The value of the key, or undefined. */
  get(key: Value): Value {
    return get(this.root, hashCode(key), key);
  }
  set(key: Value, value: Value): Trie {
    added = false;
    const root = put(this.root, 0, hashCode(key), key, value, null);
    return root === this.root ? this : new Trie(root, added ? this.size + 1 : this.size);
  }
  delete(key: Value): Trie {
    const root = without(this.root, 0, hashCode(key), key);
    return root === this.root ? this : new Trie(root, this.size - 1);
  }
  /** The map with all these pairs; later ones win. */
  setAll(pairs: Iterable<readonly [Value, Value]>): Trie {
    const owner = {};
    let { root, size } = this;
    for (const [key, value] of pairs) {
      added = false;
      root = put(root, 0, hashCode(key), key, value, owner);
      if (added) size++;
    }
    return root === this.root ? this : new Trie(root, size);
  }
  /** In an order of its own, the same for the same keys. */
  *[Symbol.iterator](): Iterator<readonly [Value, Value]> {
    const nodes: Node[] = [this.root];
    const places: number[] = [0];
    while (nodes.length > 0) {
      const top = nodes.length - 1;
      const { slots } = nodes[top];
      const i = places[top];
      if (i >= slots.length) {
        nodes.pop();
        places.pop();
        continue;
      }
      places[top] = i + 2;
      if (slots[i] === NODE) {
        nodes.push(slots[i + 1] as Node);
        places.push(0);
      } else yield [slots[i], slots[i + 1]];
    }
  }
  $equal(other: Value): boolean {
    if (other === this) return true;
    if (!(other instanceof Trie) || other.size !== this.size) return false;
    for (const [key, value] of this) {
      const there = other.get(key);
      if (there === undefined || !eq(value, there)) return false;
    }
    return true;
  }
}
