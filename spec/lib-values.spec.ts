import { Fiber } from "../runtime/kernel/control.ts";
import { error as make } from "../runtime/kernel/error.ts";
import { apply } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import * as a from "../runtime/lib/atom.ts";
import * as e from "../runtime/lib/error.ts";
import * as f from "../runtime/lib/function.ts";
import { head } from "../runtime/lib/list.ts";
import * as g from "../runtime/lib/logic.ts";
import { minus, plus } from "../runtime/lib/number.ts";
import * as p from "../runtime/lib/predicate.ts";
import { BOOM, braces, E, form, table } from "./builtins.ts";

const key = sym(":k");
const types: readonly (readonly [Value, string, readonly unknown[]])[] = [
  [nil, "nil", [p.isNil, p.isListValue]],
  [1.5, "number", [p.isNumber]],
  [1n, "number", [p.isNumber]],
  ["s", "string", [p.isString]],
  [sym("a"), "symbol", [p.isSymbol]],
  [key, "symbol", [p.isSymbol, p.isKeywordValue]],
  [form(1), "list", [p.isListValue]],
  [head, "function", [p.isFunction]],
  [E, "error", [p.isErrorValue]],
  [new Fiber(null), "handle", []],
  [a.atom(1), "ref", [p.isRef]],
  [new Map(), "ref", [p.isRef]],
  [null, "ref", [p.isRef]],
];
const { type: typeOf, ...predicates } = p;
test.each(types)("type and predicates of %p", (value, name, holds) => {
  expect(apply(typeOf, [value])).toBe(name);
  for (const predicate of Object.values(predicates))
    expect(apply(predicate, [value])).toBe(holds.includes(predicate) ? 1 : 0);
});

table("logic as values", [
  [g.not, [0], "1"],
  [g.not, [nil], "1"],
  [g.not, [""], "0"],
  [g.not, [-0], "1"],
  [g.not, [0n], "1"],
  [g.not, [false], "1"],
  [g.not, [E], BOOM],
  [g.not, [], "<lambda not>"],
  [g.and, [], "1"],
  [g.and, [1, 2], "2"],
  [g.and, [1, nil, E], "()"],
  [g.and, [1, E, 0], BOOM],
  [g.or, [], "0"],
  [g.or, [0, nil], "()"],
  [g.or, [0, 7, E], "7"],
  [g.or, [0, E, 7], BOOM],
  [g.sequence, [], "()"],
  [g.sequence, [1, 2], "2"],
  [g.sequence, [1, E, 2], BOOM],
  [g.selectTest, [0], "0"],
  [g.selectTest, [nil], "()"],
  [g.selectTest, [E], BOOM],
  [g.selectTest, ["x"], 'Error: select: condition must be a number or nil, got "x"'],
]);

const cause = new TypeError("inner");
table("errors", [
  [e.error, ["m"], "Error: m"],
  [e.error, ["m", E], BOOM],
  [e.error, [5], "Error: error: argument 1 must be a string, got 5"],
  [e.message, [E], '"boom"'],
  [e.message, ["x"], 'Error: error/message: argument 1 must be an error, got "x"'],
  [e.data, [apply(e.error, ["m", 1, key])], "{1 :k}"],
  [e.data, [E], "()"],
  [e.cause, [E], "()"],
  [e.cause, [make("m", nil, cause)], "<ref:typeerror>"],
]);

const counter = a.atom(1);
table("atoms", [
  [a.atomGet, [counter], "1"],
  [a.atomSet, [counter, 5], "()"],
  [a.atomAdd, [counter, 2], "7"],
  [a.atomGet, [counter], "7"],
  [a.atomAdd, [counter, "x"], 'Error: atom/add!: argument 2 must be a number, got "x"'],
  [a.atomAdd, [counter, 1n], "Error: +: cannot mix a number and a big integer"],
  [a.atomSet, [counter, E], "()"],
  [a.atomGet, [counter], BOOM],
  [a.atomAdd, [counter, 1], BOOM],
  [a.atomGet, [5], "Error: atom/get: argument 1 must be an atom, got 5"],
  [a.atomSet, [5, 1], "Error: atom/set!: argument 1 must be an atom, got 5"],
  [a.atom, [1], "<ref:atom>"],
]);

table("functions", [
  [f.unpack, [plus, braces(1, 2, 3)], "6"],
  [f.unpack, [minus, nil], "Error: -: expected at least 1 argument, got 0"],
  [f.unpack, [5, nil], "Error: unpack: argument 1 must be a function, got 5"],
  [f.unpack, [plus], "<lambda unpack>"],
  [f.curry, [plus, 1], "Error: curry: argument 2 must be a list, got 1"],
  [f.expectFunction, ["map", 1, plus], "()"],
  [f.expectFunction, ["map", 1, E], BOOM],
  [f.expectList, ["map", 2, 5], "Error: map: argument 2 must be a list, got 5"],
  [f.expectCons, ["m", 2, nil], "Error: m: argument 2 must be a non-empty list, got ()"],
  [f.expectWhole, ["m", 2, 1.5], "Error: m: argument 2 must be a whole number, got 1.5"],
]);
