import { fromArray, type List, length, nil } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { eq } from "../runtime/lib/equal.ts";
import * as l from "../runtime/lib/list.ts";
import { sortNatural } from "../runtime/lib/order.ts";
import * as p from "../runtime/lib/plist.ts";
import * as q from "../runtime/lib/quasi.ts";
import { BOOM, braces, E, form, table } from "./builtins.ts";

const [a, b] = [sym("a"), sym("b")];
const [k1, k2] = [sym(":a"), sym(":b")];

table("taking lists apart", [
  [l.head, [braces(1, 2)], "1"],
  [l.head, [nil], "Error: head: argument 1 must be a non-empty list, got ()"],
  [l.head, ["x"], 'Error: head: argument 1 must be a non-empty list, got "x"'],
  [l.head, [E], BOOM],
  [l.head, [], "Error: head: expected 1 argument, got 0"],
  [l.tail, [form(1, 2)], "(2)"],
  [l.tail, [braces(1)], "()"],
  [l.tail, [nil], "Error: tail: argument 1 must be a non-empty list, got ()"],
  [l.init, [form(1, 2, 3)], "(1 2)"],
  [l.init, [braces(1, 2)], "{1}"],
  [l.init, [nil], "Error: init: argument 1 must be a non-empty list, got ()"],
  [l.last, [braces(1, 2)], "2"],
  [l.last, [nil], "Error: last: argument 1 must be a non-empty list, got ()"],
  [l.last, [], "<lambda last>"],
  [l.nth, [2, braces(1, 2)], "2"],
  [l.nth, [0, braces(1, 2)], "Error: nth: argument 1 must be a whole number from 1 to 2, got 0"],
  [l.nth, [3, braces(1, 2)], "Error: nth: argument 1 must be a whole number from 1 to 2, got 3"],
  [l.nth, [1, nil], "Error: nth: argument 2 must be a non-empty list, got ()"],
  [l.nth, [1.5, braces(1)], "Error: nth: argument 1 must be a whole number, got 1.5"],
  [l.nth, [1], "<lambda nth>"],
  [l.nth, ["x", E], BOOM],
  [l.fst, [braces(1)], "1"],
  [l.snd, [braces(1)], "Error: snd: argument 1 must be a list of at least 2 elements, got {1}"],
  [l.snd, [braces(1, 2)], "2"],
  [l.trd, [braces(1, 2, 3)], "3"],
  [l.trd, [E], BOOM],
  [l.take, [2, form(1, 2, 3)], "(1 2)"],
  [l.take, [5, braces(1)], "{1}"],
  [l.take, [-1, braces(1)], "()"],
  [l.take, [1, 2], "Error: take: argument 2 must be a list, got 2"],
  [l.drop, [1, form(1, 2)], "(2)"],
  [l.drop, [9, braces(1)], "()"],
  [l.drop, [-1, braces(1)], "{1}"],
  [l.split, [1, form(1, 2)], "{(1) (2)}"],
  [l.len, [braces(1, 2)], "2"],
  [l.len, ["höß"], "3"],
  [l.len, [5], "Error: len: argument 1 must be a list or a string, got 5"],
]);

table("putting lists together", [
  [l.list, [], "()"],
  [l.list, [1, E], "{1 Error: boom}"],
  [l.cons, [1, nil], "{1}"],
  [l.cons, [1, form(2)], "(1 2)"],
  [l.cons, [E, braces(2)], "{Error: boom 2}"],
  [l.cons, [1, 2], "Error: cons: argument 2 must be a list, got 2"],
  [l.cons, [1, E], BOOM],
  [l.cons, [1], "Error: cons: expected 2 arguments, got 1"],
  [l.join, [braces(1), form(2), 3, E], "{1 2 3 Error: boom}"],
  [l.join, [nil, form(1), braces(2)], "(1 2)"],
  [l.join, [nil, 1], "{1}"],
  [l.join, [form(1), 2], "(1 2)"],
  [l.join, [nil], "()"],
  [l.join, [5], "Error: join: argument 1 must be a list, got 5"],
  [l.join, [E], BOOM],
  [l.range, [1, 4], "{1 2 3}"],
  [l.range, [4, 1], "()"],
  [l.range, [0, 2.5], "{0 1 2}"],
  [l.range, [0, "x"], 'Error: range: argument 2 must be a number, got "x"'],
  [l.range, [0, Infinity], "Error: range: too many elements"],
  [l.reverse, [form(1, 2)], "{2 1}"],
  [l.reverse, [1], "Error: reverse: argument 1 must be a list, got 1"],
  [l.reverseOnto, [braces(2, 1), form(3)], "{1 2 3}"],
  [l.copies, ["x", 2], '{"x" "x"}'],
  [l.copies, ["x", -2], "()"],
]);

table("asking and folding", [
  [l.exists, [2, braces(1, 2)], "1"],
  [l.exists, [form(2), braces(1, braces(2))], "1"],
  [l.exists, [3, braces(1, 2)], "0"],
  [l.exists, [3, 4], "Error: exists: argument 2 must be a list, got 4"],
  [l.sum, [braces(1, 2, 3)], "6"],
  [l.sum, [nil], "0"],
  [l.sum, [braces(1n, 2n)], "3n"],
  [l.sum, [braces(1, 2n)], "Error: +: cannot mix a number and a big integer"],
  [l.sum, [braces(1, "x")], 'Error: sum: argument 1 must be a list of numbers, got {1 "x"}'],
  [l.sum, [braces(1, E)], BOOM],
  [l.product, [braces(2, 3)], "6"],
  [l.product, [nil], "1"],
  [sortNatural, [braces(3, 1, 2)], "{1 2 3}"],
  [sortNatural, [braces(10, 9, -1)], "{-1 9 10}"],
  [sortNatural, [braces("b", "a")], '{"a" "b"}'],
  [sortNatural, [form(b, a)], "{a b}"],
  [sortNatural, [braces(1, "a")], 'Error: sort: cannot compare 1 with "a"'],
  [sortNatural, [braces(nil)], "Error: sort: no natural order for (), pass a comparison: (sort f l)"],
  [sortNatural, [5], "Error: sort: argument 1 must be a list, got 5"],
]);

table("plists", [
  [p.plistGet, [braces(k1, 1), k1], "1"],
  [p.plistGet, [braces(k1, 1), k2], "()"],
  [p.plistGet, [braces(k1, 1)], "<lambda plist/get>"],
  [p.plistGet, [braces(k1), k1], "Error: plist/get: argument 1 must be a plist (keys and values in turn), got {:a}"],
  [p.plistGet, [E, k1], BOOM],
  [p.plistSet, [braces(k1, 1, k2, 2), k2, 3], "{:a 1 :b 3}"],
  [p.plistSet, [form(k1, 1), k2, E], "(:a 1 :b Error: boom)"],
  [p.plistSet, [nil, k1, 1], "{:a 1}"],
  [p.plistSet, [5, k1, 1], "Error: plist/set: argument 1 must be a plist (keys and values in turn), got 5"],
  [p.plistHas, [braces(k1, nil), k1], "1"],
  [p.plistHas, [nil, k1], "0"],
  [p.plistKeys, [braces(k1, 1, k2, 2)], "{:a :b}"],
  [p.plistVals, [form(k1, 1, k2, 2)], "{1 2}"],
  [p.get, [braces(k1, 1), k2, 7], "7"],
  [p.get, [braces(k1, 1), k1, 7], "1"],
]);

table("quasiquote", [
  [q.listOfForm, [a, E], "(a Error: boom)"],
  [q.listOfBraces, [1, form(2)], "{1 (2)}"],
  [q.appendForm, [braces(1), braces(2)], "(1 2)"],
  [q.appendBraces, [form(1), nil, form(2)], "{1 2}"],
  [q.appendForm, [nil, nil], "()"],
  [q.appendForm, [form(1), 5], "Error: unquote-splicing: expected a list, got 5"],
  [q.appendForm, [E], BOOM],
]);

test("parts of results keep the bracket of the whole", () => {
  expect(repr(l.tail(l.join(form(1), braces(2, 3))))).toBe("(2 3)");
  expect(repr(l.tail(l.reverseOnto(braces(1), form(2, 3))))).toBe("(2 3)");
});

test("a million elements", () => {
  const many = l.range(0, 1e6) as List;
  expect(length(many)).toBe(1e6);
  expect(eq(many, l.range(0, 1e6))).toBe(true);
  expect(l.sum(many)).toBe(499999500000);
  expect(l.last(l.join(many, l.init(many)))).toBe(999998);
  expect(l.nth(1e6, l.reverse(many))).toBe(0);
  let deep = nil;
  let other = nil;
  for (let i = 0; i < 1e6; i++) [deep, other] = [fromArray([deep]), fromArray([other])];
  expect(eq(deep, other)).toBe(true);
  expect(repr(deep)).toHaveLength(2e6 + 2);
});
