/** Hash codes that agree with `==`: equal values have equal codes. */
import { ValkError } from "../kernel/error.ts";
import { isList, type List, nil, type Value } from "../kernel/list.ts";
import { Sym } from "../kernel/symbol.ts";

/** Spreads the bits of a number over the whole integer: the finalizer of MurmurHash3 (A. Appleby). */
const mix = (n: number): number => {
  let h = n;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

const ofString = (text: string): number => {
  let h = text.length;
  for (let i = 0; i < text.length; i++) h = Math.imul(h, 31) + text.charCodeAt(i);
  return mix(h);
};

const float = /*#__PURE__*/ new Float64Array(1);
const words = /*#__PURE__*/ new Int32Array(float.buffer);
const ofNumber = (n: number): number => {
  if ((n | 0) === n) return mix(n); // 0 and -0 alike
  float[0] = n;
  return mix(words[0] ^ Math.imul(words[1], 31));
};
const ofBigInt = (n: bigint): number => {
  const near = Number(n);
  return Number.isFinite(near) && BigInt(near) === n ? ofNumber(near) : ofString(n.toString(36));
};

// Long and deep lists are told apart by their beginnings.
const ELEMENTS = 32;
const DEPTH = 3;
const ofList = (list: List, depth: number): number => {
  let h = list.$len >> 1;
  if (depth === 0) return mix(h);
  let at = list;
  for (let i = 0; i < ELEMENTS && at !== nil; i++, at = at.tail) h = Math.imul(h, 31) + code(at.head, depth - 1);
  return mix(h);
};

/** A value that is equal to others by what is in it, such as a hash. */
interface Content {
  readonly $code: number;
}

// What is equal only to itself has a number of its own.
const numbers = /*#__PURE__*/ new WeakMap<object, number>();
let last = 0;
const ofIdentity = (value: object): number => {
  let n = numbers.get(value);
  if (n === undefined) {
    n = mix(++last);
    numbers.set(value, n);
  }
  return n;
};

const code = (value: Value, depth: number): number => {
  switch (typeof value) {
    case "string":
      return ofString(value);
    case "number":
      return ofNumber(value);
    case "bigint":
      return ofBigInt(value);
    case "object":
      if (value instanceof Sym) return ofString(value.name) ^ 0x5bd1e995;
      if (value === null) return 0;
      if (isList(value)) return ofList(value, depth);
      if (value instanceof ValkError) return ofString(value.message) ^ 0x2545f491;
      return (value as Partial<Content>).$code ?? ofIdentity(value);
    case "function":
      return ofIdentity(value);
    default:
      return ofString(String(value));
  }
};

/** The hash code of a value, a 32-bit integer. */
export const hashCode = (value: Value): number => (typeof value === "string" ? ofString(value) : code(value, DEPTH));
