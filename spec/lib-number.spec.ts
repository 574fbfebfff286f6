import { error } from "../runtime/kernel/error.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import * as e from "../runtime/lib/equal.ts";
import * as n from "../runtime/lib/number.ts";
import { BOOM, braces, E, form, table } from "./builtins.ts";

const MIX = "cannot mix a number and a big integer";
table("arithmetic", [
  [n.plus, [], "0"],
  [n.plus, [5], "5"],
  [n.plus, ["x"], 'Error: +: argument 1 must be a number, got "x"'],
  [n.plus, [1, 2, 3], "6"],
  [n.plus, [1, 2, "x"], 'Error: +: argument 3 must be a number, got "x"'],
  [n.plus, [1, "x", E], BOOM],
  [n.plus, [1n, 2n], "3n"],
  [n.plus, [1, 2n], `Error: +: ${MIX}`],
  [n.minus, [5], "-5"],
  [n.minus, [5n], "-5n"],
  [n.minus, [5, 1, 1], "3"],
  [n.minus, [], "Error: -: expected at least 1 argument, got 0"],
  [n.times, [], "1"],
  [n.times, [2, 3, 4], "24"],
  [n.divide, [7, 2], "3"],
  [n.divide, [-7, 2], "-3"],
  [n.divide, [7.5, 2], "3.75"],
  [n.divide, [7n, 2n], "3n"],
  [n.divide, [7, 0], "Error: /: division by zero"],
  [n.divide, [7n, 0n], "Error: /: division by zero"],
  [n.divide, [7], "7"],
  [n.divide, [100, 5, 2], "10"],
  [n.divideFloat, [7, 2], "3.5"],
  [n.divideFloat, [4], "0.25"],
  [n.divideFloat, [7n, 2n], "3.5"],
  [n.divideFloat, [7, 0], "Error: /.: division by zero"],
  [n.remainder, [7, 3], "1"],
  [n.remainder, [-7, 3], "-1"],
  [n.remainder, [7, 0], "Error: %: division by zero"],
  [n.remainder, [7, nil], "Error: %: argument 2 must be a number, got ()"],
]);

table("order", [
  [n.less, [1, 2], "1"],
  [n.less, [2, 1], "0"],
  [n.less, [1], "1"],
  [n.less, [1, 2, 3], "1"],
  [n.less, [1, 3, 2], "0"],
  [n.less, [3, 1, "x"], 'Error: <: argument 3 must be a number, got "x"'],
  [n.less, ["x"], 'Error: <: argument 1 must be a number, got "x"'],
  [n.less, [1, 2n], `Error: <: ${MIX}`],
  [n.less, [1n, 2n], "1"],
  [n.less, [], "Error: <: expected at least 1 argument, got 0"],
  [n.greater, [2, 1], "1"],
  [n.lessEqual, [1, 1, 2], "1"],
  [n.greaterEqual, [1, 2], "0"],
  [n.greaterEqual, [E, 2], BOOM],
  [n.ord, [1, 2], "-1"],
  [n.ord, [2, 2], "0"],
  [n.ord, [3n, 2n], "1"],
  [n.ord, [3n, 2], `Error: ord: ${MIX}`],
]);

test("the binary versions give JavaScript booleans", () => {
  expect([n.lt(1, 2), n.gt(1, 2), n.le(2n, 2n), n.ge(1, 2)]).toEqual([true, false, true, false]);
  expect(repr(n.lt("x", 2))).toBe('Error: <: argument 1 must be a number, got "x"');
});

table("str->num", [
  [n.strToNum, ["42"], "42"],
  [n.strToNum, ["  -7"], "-7"],
  [n.strToNum, ["+7"], "7"],
  [n.strToNum, ["007"], "7"],
  [n.strToNum, ["3.5e1"], "35"],
  [n.strToNum, ["0xff"], "255"],
  [n.strToNum, ["-0b11"], "-3"],
  [n.strToNum, ["12n"], "12n"],
  [n.strToNum, [""], "0"],
  [n.strToNum, ["12x"], 'Error: str->num: not a number: "12x"'],
  [n.strToNum, ["12 "], 'Error: str->num: not a number: "12 "'],
  [n.strToNum, [" "], 'Error: str->num: not a number: " "'],
  [n.strToNum, ["9007199254740993"], "Error: str->num: out of range: 9007199254740993"],
  [n.strToNum, ["1e999"], "Error: str->num: out of range: 1e999"],
  [n.strToNum, [12], "Error: str->num: argument 1 must be a string, got 12"],
]);

const f = (): Value => 1;
table("equality", [
  [e.equal, [1], "1"],
  [e.equal, [1, 1, 1], "1"],
  [e.equal, [1, 1, 2], "0"],
  [e.equal, [1, 1n], "1"],
  [e.equal, [2 ** 53, 2n ** 53n + 1n], "0"],
  [e.equal, [NaN, NaN], "0"],
  [e.equal, ["1", 1n], "0"],
  [e.equal, ["a", "a"], "1"],
  [e.equal, [0, -0], "1"],
  [e.equal, [nil, braces()], "1"],
  [e.equal, [nil, 0], "0"],
  [e.equal, [braces(1, form(2)), form(1, braces(2))], "1"],
  [e.equal, [braces(1, form(2), 3), form(1, braces(2), 4)], "0"],
  [e.equal, [braces(1, braces(1n)), braces(1, braces(1))], "1"],
  [e.equal, [braces(1, 2), braces(1)], "0"],
  [e.equal, [braces(braces(1, 2), 1), braces(braces(1), 1)], "0"],
  [e.equal, [E, error("boom")], "1"],
  [e.equal, [E, error("bang")], "0"],
  [e.equal, [f, f], "1"],
  [e.equal, [f, () => 1], "0"],
  [e.equal, [null, nil], "0"],
  [e.unequal, [1, 2], "1"],
  [e.unequal, [1, 2, 2], "0"],
  [e.unequal, [1], "1"],
  [e.caseEqual, [1, 1], "1"],
  [e.caseEqual, [1, E], BOOM],
]);
