/** The library functions written in Valk, run by the judge. */
import { interpret } from "./reference/interpret.ts";

const run = async (program: string): Promise<string> => {
  const { stdout, stderr } = await interpret("main.valk", {
    readFile: (path) => (path === "main.valk" ? program : null),
    resolve: (path) => path,
  });
  return stdout + stderr;
};

const INC = "(fun {inc x} {+ x 1})";
test.each([
  ["(map inc {1 2 3})", "{2 3 4}"],
  ["(map inc '(1 2))", "{2 3}"],
  ["(map inc nil)", "()"],
  ['(map (\\ {x} {error "e"}) {1 2})', "{Error: e Error: e}"],
  ["(map inc 5)", "Error: map: argument 2 must be a list, got 5"],
  ["(map 5 {1})", "Error: map: argument 1 must be a function, got 5"],
  ['(map (error "x") {1})', "Error: x"],
  ["((map inc) {1})", "{2}"],
  ["(filter (\\ {x} {> x 1}) {1 2 3})", "{2 3}"],
  ['(filter (\\ {x} {error "bad"}) {1})', "Error: bad"],
  ["(foldl - 0 {1 2 3})", "-6"],
  ["(foldl - 0 nil)", "0"],
  ["(foldl + 0 5)", "Error: foldl: argument 3 must be a list, got 5"],
  ['(foldl (\\ {a x} {if (error? a) {x} {error "e"}}) 0 {1 2})', "2"],
  ["(foldr - 0 {1 2 3})", "2"],
  ["(foldr cons nil {1 2})", "{1 2}"],
  ["(repeat inc 3)", "{1 2 3}"],
  ['(repeat "x" 2)', '{"x" "x"}'],
  ["(repeat inc -1)", "()"],
  ['(repeat (error "q") 2)', "Error: q"],
  ['(repeat inc "x")', 'Error: repeat: argument 2 must be a whole number, got "x"'],
  ["(sort {3 1 2})", "{1 2 3}"],
  ["(sort > {3 1 2})", "{3 2 1}"],
  ["((sort >) {1 2})", "{2 1}"],
  ["(sort < nil)", "()"],
  ["(sort (\\ {a b} {< (fst a) (fst b)}) {{2 a} {1 b} {2 c} {1 d} {0 e}})", "{{0 e} {1 b} {1 d} {2 a} {2 c}}"],
  ['(sort (\\ {a b} {error "cmp"}) {1 2})', "Error: cmp"],
  ["(sort < {1} 2)", "Error: sort: expected 1 to 2 arguments, got 3"],
  ["(id print)", "<builtin print>"],
  ["(pack len 1 2 3)", "3"],
  ["(uncurry sum 1 2)", "3"],
  ["(flip - 1 5)", "4"],
  ["(comp inc inc 1)", "3"],
  ["((compose inc sum) {1 2})", "4"],
  ["((compose) 7)", "7"],
  ["(unpack + {1 2})", "3"],
  ["(async-resume inc 4)", "5"],
])("%s", async (expression, expected) => {
  expect(await run(`${INC} (print ${expression})`)).toBe(`${expected}\n`);
});

test.each([
  ["(reset (map (\\ {x} {shift k {list (k x) (k (* 10 x))}}) {1 2}))", "{{{1 2} {1 20}} {{10 2} {10 20}}}"],
  ["(reset (foldl (\\ {a x} {shift k {+ (k (+ a x)) 1}}) 0 {1 2 3}))", "9"],
  ["(reset (foldr (\\ {x a} {shift k {+ (k (+ a x)) 1}}) 0 {1 2 3}))", "9"],
  ["(reset (filter (\\ {x} {shift k {list (k 0) (k 1)}}) {1 2}))", "{{() {2}} {{1} {1 2}}}"],
  ["(len (reset (sort (\\ {a b} {shift k {join (k 0) (k 1)}}) {1 2 3})))", "18"],
])("captured and resumed twice: %s", async (expression, expected) => {
  expect(await run(`(print ${expression})`)).toBe(`${expected}\n`);
});
