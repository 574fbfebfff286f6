import { Fiber } from "../runtime/kernel/control.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { Ref } from "../runtime/kernel/ref.ts";
import { display, repr, show } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { print } from "../runtime/lib/io.ts";
import * as s from "../runtime/lib/string.ts";
import { BOOM, braces, E, form, table } from "./builtins.ts";

test.each<[Value, string, string]>([
  ['a\n"\\', 'a\n"\\', '"a\\n\\"\\\\"'],
  ["\t\r\x00\x1f\x7f", "\t\r\x00\x1f\x7f", '"\\t\\r\\x00\\x1F\\x7F"'],
  [1.5, "1.5", "1.5"],
  [-0, "0", "0"],
  [12n, "12", "12n"],
  [nil, "()", "()"],
  [braces(1, form(sym("f"), "x\n"), nil), '{1 (f "x\\n") ()}', '{1 (f "x\\n") ()}'],
  [braces(12n), "{12}", "{12n}"],
  [sym(":k"), ":k", ":k"],
  [E, "Error: boom", "Error: boom"],
  [true, "true", "true"],
  [null, "null", "null"],
  [print, "<builtin print>", "<builtin print>"],
  [def(1, function fact$b() {}), "<lambda fact!>", "<lambda fact!>"],
  [def(1, () => 1), "<lambda \\>", "<lambda \\>"],
  [new Ref("socket", null), "<ref:socket>", "<ref:socket>"],
  [new Fiber(null), "<handle>", "<handle>"],
  [new Map(), "<ref:map>", "<ref:map>"],
  [Object.create(null), "<ref:object>", "<ref:object>"],
])("%p as text", (value, displayed, written) => {
  expect(display(value)).toBe(displayed);
  expect(repr(value)).toBe(written);
});

test("messages show 60 characters", () => {
  expect(show("x".repeat(58))).toBe(`"${"x".repeat(58)}"`);
  expect(show("x".repeat(59))).toBe(`"${"x".repeat(59)}...`);
});

table("strings", [
  [s.str, [], '""'],
  [s.str, ["a", 1, braces("b"), E], '"a1{\\"b\\"}Error: boom"'],
  [s.repr, ["a"], '"\\"a\\""'],
  [s.repr, [E], '"Error: boom"'],
  [s.strSplit, ["a,b,", ","], '{"a" "b" ""}'],
  [s.strSplit, ["", ","], '{""}'],
  [s.strSplit, ["a", ""], 'Error: str/split: argument 2 must be a non-empty string, got ""'],
  [s.strSplit, [1, ","], "Error: str/split: argument 1 must be a string, got 1"],
  [s.strReplace, ["aXbX", "X", "$&"], '"a$&b$&"'],
  [s.strReplace, ["a", "", "b"], 'Error: str/replace: argument 2 must be a non-empty string, got ""'],
  [s.strReplace, ["a", E, 1], BOOM],
  [s.strSlice, ["hello", 1, 3], '"el"'],
  [s.strSlice, ["hello", -3, 99], '"hello"'],
  [s.strSlice, ["hello", 4, 2], '""'],
  [s.strSlice, ["hello", 3], '"lo"'],
  [s.strSlice, ["hello", "x", 3], 'Error: str/slice: argument 2 must be a whole number, got "x"'],
  [s.strJoin, [braces("a", 1, sym("b")), "-"], '"a-1-b"'],
  [s.strJoin, [braces("a", "b")], '"ab"'],
  [s.strJoin, [braces("a", E), ","], BOOM],
  [s.strJoin, ["x", ","], 'Error: str/join: argument 1 must be a list, got "x"'],
  [s.strTrim, [" a "], '"a"'],
  [s.strUpper, ["ab"], '"AB"'],
  [s.strLower, ["AB"], '"ab"'],
  [s.strLower, [1], "Error: str/lower: argument 1 must be a string, got 1"],
  [s.strFind, ["hello", "l"], "2"],
  [s.strFind, ["hello", "z"], "()"],
  [s.strStarts, ["hello", "he"], "1"],
  [s.strStarts, ["hello", "lo"], "0"],
  [s.makeString, [3, "ab"], '"ababab"'],
  [s.makeString, [3, 65], '"AAA"'],
  [s.makeString, [0, "x"], '""'],
  [s.makeString, [-1, "x"], "Error: make-string: argument 1 must be a whole number from 0 on, got -1"],
  [s.makeString, [2 ** 30, "x"], "Error: make-string: longer than 100 MiB"],
  [s.makeString, [1, nil], "Error: make-string: argument 2 must be a string or a character code, got ()"],
]);
