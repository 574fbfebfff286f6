/** A made-up program to compile: about 200 bytes a function, of several kinds, each using functions made before it. */

const kinds = [
  (name, other, i) => `; Sums what ${other} gives for the numbers below n.
(fun {${name} n total} {
  if (< n ${(i % 7) + 1})
    {total}
    {${name} (- n 1) (+ total (${other} n ${i % 13}))}})
`,
  (name, other, i) => `; Walks down a list; the recursion is not in tail position.
(fun {${name} items bias} {
  if (== (len items) 0)
    {bias}
    {+ (* ${(i % 5) + 2} (${other} (head items) bias)) (${name} (tail items) (+ bias 1))}})
`,
  (name, other, i) => `; Gives a function that remembers both of its arguments.
(fun {${name} a b} {
  (= {scale} (+ (* a ${(i % 9) + 1}) b))
  (= {shifted} (\\ {x} {+ x (* scale ${i % 11})}))
  (if (> scale ${i % 100}) {shifted (${other} a b)} {shifted b})})
`,
  (name, other, i) => `; Chooses by the size of its first argument.
(fun {${name} size label} {
  select
    {(< size ${i % 50}) (str label " is small: " size)}
    {(and (> size ${i % 50}) (not (== size ${i}))) (${other} (- size 1) label)}
    {1 (list size label :number-${i})}})
`,
  (name, other, i) => `; Puts what ${other} gives in front of the rest.
(fun {${name} from to} {
  if (or (>= from to) (== to ${i % 17}))
    {list from to "end of ${name}"}
    {cons (${other} from to) (${name} (+ from ${(i % 3) + 1}) to)}})
`,
];

/** The text of a module with `functions` functions. The same number gives the same text. */
export function program(functions) {
  const names = ["+"];
  const parts = [];
  for (let i = 0; i < functions; i++) {
    const name = `function-${i}`;
    // Not always the neighbour, so that the call graph has some breadth; deterministic.
    const other = names[(i * 7919) % names.length];
    parts.push(kinds[i % kinds.length](name, other, i));
    names.push(name);
  }
  return parts.join("\n");
}
