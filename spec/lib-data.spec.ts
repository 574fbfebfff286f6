/** Hashes and vectors hold what a Map and an array hold, whatever is done to them; hash codes agree with `==`. */
import fc from "fast-check";
import { error } from "../runtime/kernel/error.ts";
import { formFromArray, fromArray, type Value } from "../runtime/kernel/list.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { eq } from "../runtime/lib/equal.ts";
import { hashCode } from "../runtime/lib/hash-code.ts";
import { Trie } from "../runtime/lib/trie.ts";
import { Vector, vectorOf } from "../runtime/lib/vector.ts";

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: -100n, max: 100n }),
    fc.string({ unit: "binary" }),
    fc.constantFrom(sym("a"), sym(":b"), error("e"), vectorOf([1]), new Trie().set(1, 2)),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => fromArray(items)),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => formFromArray(items)),
  ),
}));

describe("hash codes", () => {
  test("of equal values are equal", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        if (eq(a, b)) expect(hashCode(a)).toBe(hashCode(b));
        expect(hashCode(a)).toBe(hashCode(a));
      }),
      { numRuns: 2000 },
    );
  });
  test.each([
    ["zeros", 0, -0],
    ["numbers and big integers", 7, 7n],
    ["large ones", 2 ** 80, BigInt(2 ** 80)],
    ["lists in both brackets", fromArray([1, "a"]), formFromArray([1, "a"])],
    ["Errors with one message", error("x"), error("x")],
    ["vectors", vectorOf([1, 2]), new Vector(0, 5, [], []).push(1).push(2)],
    ["hashes", new Trie().set(1, 2).set(3, 4), new Trie().set(3, 4).set(1, 2)],
  ])("agree for %s", (_, a, b) => {
    expect(eq(a, b)).toBe(true);
    expect(hashCode(a)).toBe(hashCode(b));
  });
});

describe("hashes", () => {
  // Few different keys, so that they meet; "Aa" and "BB" have one hash code in our function, too.
  const key = fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.constantFrom("Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa", "", sym("Aa")),
    fc
      .tuple(fc.constantFrom("Aa", "BB"), fc.constantFrom("Aa", "BB"), fc.constantFrom("Aa", "BB"))
      .map((p) => p.join("")),
  );
  const step = fc.oneof(
    fc.record({ op: fc.constant("set" as const), key, value: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ op: fc.constant("delete" as const), key, value: fc.constant(0) }),
  );
  const same = (trie: Trie, model: ReadonlyMap<Value, Value>): void => {
    expect(trie.size).toBe(model.size);
    expect(new Map(trie)).toEqual(model);
    for (const [k, v] of model) expect(trie.get(k)).toBe(v);
  };
  test("hold what a Map holds, and are never changed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let trie = new Trie();
        const model = new Map<Value, Value>();
        const before: [Trie, Map<Value, Value>][] = [];
        for (const { op, key: k, value: v } of steps) {
          before.push([trie, new Map(model)]);
          if (op === "set") {
            trie = trie.set(k, v);
            model.set(k, v);
          } else {
            trie = trie.delete(k);
            model.delete(k);
          }
        }
        same(trie, model);
        for (const [old, kept] of before) same(old, kept);
        expect(eq(trie, new Trie().setAll([...model].reverse()))).toBe(true);
      }),
    );
  });
  test("setAll leaves the hash it starts from as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.integer())), fc.array(fc.tuple(key, fc.integer())), (first, more) => {
        const start = new Trie().setAll(first);
        const model = new Map(start);
        const all = start.setAll(more);
        same(start, model);
        same(all, new Map([...first, ...more]));
      }),
    );
  });
  test("deleting all of many keys gives the empty hash", () => {
    let trie = new Trie().setAll(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i] as const));
    for (let i = 0; i < 5000; i++) trie = trie.delete(`k${i}`);
    expect(eq(trie, new Trie())).toBe(true);
    expect([...trie]).toEqual([]);
  });
});

describe("vectors", () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant("push" as const), n: fc.integer({ min: 1, max: 70 }) }),
    fc.record({ op: fc.constant("pop" as const), n: fc.integer({ min: 1, max: 70 }) }),
    fc.record({ op: fc.constant("set" as const), n: fc.nat() }),
  );
  test("hold what an array holds, and are never changed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2200 }), fc.array(step, { maxLength: 30 }), (start, steps) => {
        const model: number[] = Array.from({ length: start }, (_, i) => i);
        const first = vectorOf(model);
        const kept = [...model];
        let v = first;
        let next = start;
        for (const { op, n } of steps) {
          if (op === "set" && model.length > 0) {
            model[n % model.length] = -1;
            v = v.set(n % v.size, -1);
          } else if (op === "push")
            for (let i = 0; i < n; i++) {
              model.push(next);
              v = v.push(next++);
            }
          else if (op === "pop")
            for (let i = 0; i < n && model.length > 0; i++) {
              model.pop();
              v = v.pop();
            }
        }
        expect(v.toArray()).toEqual(model);
        expect([...v]).toEqual(model);
        for (let i = 0; i < model.length; i += 37) expect(v.get(i)).toBe(model[i]);
        expect(eq(v, vectorOf(model))).toBe(true);
        expect(first.toArray()).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });
  test.each([31, 32, 33, 63, 64, 65, 1023, 1024, 1055, 1056, 1057, 1088, 32_800, 33_000])(
    "of %i elements by pushes",
    (n) => {
      let v = vectorOf([]);
      for (let i = 0; i < n; i++) v = v.push(i);
      expect(v.toArray()).toEqual(Array.from({ length: n }, (_, i) => i));
      for (let i = n; i > 0; i--) v = v.pop();
      expect(v.size).toBe(0);
    },
  );
});
