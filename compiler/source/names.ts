/** From Valk names to JavaScript names. `mangle` is reversible (runtime/kernel/function.ts has the inverse); `jsName` is pretty. */

// `$S` is `$` itself, `$w` marks a reserved word; a digit or a second `$` after `$` is the compiler's own.
const CODES: ReadonlyMap<string, string> = new Map([
  ["-", "_"],
  ["_", "$_"],
  ["$", "$S"],
  ["?", "$q"],
  ["!", "$b"],
  ["*", "$t"],
  ["+", "$p"],
  ["/", "$s"],
  [">", "$g"],
  ["<", "$l"],
  ["=", "$e"],
  [".", "$d"],
  [":", "$c"],
  ["&", "$a"],
  ["|", "$o"],
  ["%", "$r"],
  ["\\", "$k"],
  ["#", "$h"],
  ["@", "$i"],
  ["^", "$x"],
  ["~", "$n"],
]);

/** A name as its text is: what a template writes `x#` has a number for each expansion. */
export const written = (name: string): string => name.replace(/ [\d.]+$/, "");

/**
 * What the Error for an unbound name says of it: the name, and for those of the C implementation's own memory, metrics and
 * coverage that nothing here has them.
 */
export const unboundName = (name: string): string =>
  /^(?:mem|arena|slab|metrics|coverage)\//.test(name)
    ? `${name}: it belongs to the runtime of the C implementation`
    : name;

/** The variable that holds what run-time code has put in the place of a function. No program can write the name. */
export const replacement = (name: string): string => `${name};new`;

/** What evaluated code calls the scope it runs in: as a module of references, and in JavaScript. */
export const SCOPE = "$scope";

/** Names of values in evaluated code that cannot be written as text; a number follows. */
export const EMBEDDED = ";value ";

/** Words that cannot name a variable in a module, and globals that emitted code must not shadow. */
export const reserved: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static super " +
    "switch this throw true try typeof undefined var void while with yield NaN Infinity globalThis async of get set"
  ).split(" "),
);

const plain = /^[A-Za-z][A-Za-z0-9]*$/;
const start = /^\p{ID_Start}$/u;
const part = /^\p{ID_Continue}$/u;

/** A JavaScript identifier from which the Valk name can be read back: `nil?` -> `nil$q`, `my-func` -> `my_func`. */
export function mangle(name: string): string {
  if (plain.test(name)) return reserved.has(name) ? `${name}$w` : name;
  let result = "";
  for (const char of name) {
    const code = CODES.get(char);
    if (code !== undefined) result += code;
    else if (part.test(char)) result += result === "" && !start.test(char) ? `$u${hex(char)}$` : char;
    else result += `$u${hex(char)}$`;
  }
  return reserved.has(result) ? `${result}$w` : result;
}

const hex = (char: string): string => (char.codePointAt(0) as number).toString(16);

const WORDS: ReadonlyMap<string, string> = new Map([
  ["+", "plus"],
  ["*", "times"],
  ["/", "slash"],
  [">", "gt"],
  ["<", "lt"],
  ["=", "eq"],
  [".", "dot"],
  [":", "colon"],
  ["&", "and"],
  ["|", "or"],
  ["%", "percent"],
  ["\\", "lambda"],
  ["#", "hash"],
  ["@", "at"],
  ["^", "caret"],
  ["~", "tilde"],
  ["!", ""],
  ["?", ""],
  ["-", ""],
]);

/** The name JavaScript sees: `my-func` is `myFunc`, `nil?` is `isNil`, `a->b` is `aToB`. Two names can give the same. */
export function jsName(name: string): string {
  const question = name.length > 1 && name.endsWith("?");
  const text = (question ? `is-${name.slice(0, -1)}` : name).replaceAll("->", "-to-");
  let result = "";
  let upper = false;
  for (const char of text) {
    if (char === "-" || char === "/") {
      upper = result !== "";
      continue;
    }
    const word = part.test(char) || char === "$" ? char : (WORDS.get(char) ?? `u${hex(char)}`);
    if (word === "") continue;
    const next = result !== "" && (upper || word.length > 1) ? word[0].toUpperCase() + word.slice(1) : word;
    result += next;
    upper = word.length > 1;
  }
  if (result === "" || !/^[\p{ID_Start}$_]/u.test(result)) result = `_${result}`;
  return reserved.has(result) || result === THEN ? `${result}_` : result;
}

/** A module with this export would be taken for a promise by `await import(...)`, which would call it. */
const THEN = "then";

/** All names under which JavaScript sees what is exported: `jsName` first, and the name itself. */
export const jsNames = (name: string): readonly string[] =>
  name === THEN || name === jsName(name) ? [jsName(name)] : [jsName(name), name];
