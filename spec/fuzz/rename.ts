/** Programs with other names for their locals. */

/** Names that are local wherever the generator uses them. */
const LOCALS = ["a", "b", "c", "x", "y", "z", "l", "m", "g", "h", "i", "j", "k", "q", "e", "w", "v", "p", "it", "go"];

/**
 * Names that a compiler could stumble over: JavaScript's words and what its objects have, names of our runtime and of generated
 * code, signs, and letters that JavaScript cannot have everywhere.
 */
const HOSTILE = [
  "class",
  "typeof",
  "arguments",
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "undefined",
  "NaN",
  "R",
  "Y",
  "push1",
  "overflow",
  "loaded",
  "nil$i",
  "f0$1",
  "a-b",
  "a_b",
  "a->b",
  "x?",
  "*x*",
  "$",
  "$n",
  "é",
  "λ",
  "変数",
  "𝔳",
  "a.b",
  "x/y",
  "let*",
  "enum",
];
/** The same of one letter: what depends on the length of printed names stays the same. */
const SHORT = [..."RYM$?éλπ変|^~FTNVWJQUOPI"];

export interface Renamed {
  readonly text: string;
  /** What the renamed program prints, with the names of the original. */
  readonly back: (output: string) => string;
}

const SYMBOL = /,@|"(?:[^"\\]|\\[\s\S])*"|[^\s(){}";',`]+/g;

const replaced = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replace(SYMBOL, (word) =>
    // Texts that are read as code have names in them, too.
    word.startsWith('"')
      ? word.startsWith('"(')
        ? `"${replaced(word.slice(1, -1), names)}"`
        : word
      : (names.get(word) ?? word),
  );

/** Every local of a generated program has another name, `short` or hostile ones, chosen by a number. */
export const rename = (program: string, choice: number, short: boolean): Renamed => {
  const pool = short ? SHORT : HOSTILE;
  const names = new Map(
    LOCALS.filter((name) => !short || name.length === 1).map((name, i) => [name, pool[(i + choice) % pool.length]]),
  );
  const originals = new Map([...names].map(([from, to]) => [to, from]));
  return {
    text: replaced(program, names),
    back: (output) => output.replace(/[^\s(){}";',`<>]+/g, (word) => originals.get(word) ?? word),
  };
};

/** What locals may collide with, the first ones more often: each other, a function of the program, a builtin. */
const FEW = ["a", "k", "x", "e", "it", "y", "f0", "say", "head"];

/**
 * Another program: its locals have a few names between them, so that they hide each other. In a program with macros no globals
 * are hidden: there the judge does not know which name a template means before it binds it with `=`.
 */
export const collide = (program: string, choice: number): string => {
  const pool = program.includes("macro ") ? FEW.slice(0, -3) : FEW;
  const few = 2 + (choice % (pool.length - 1));
  // Multiplied, so that neighbours differ in more than a rotation.
  const names = LOCALS.map((name, i) => [name, pool[(((i + 1) * (choice + 7) * 2654435761) >>> 9) % few]] as const);
  return replaced(program, new Map(names));
};
