/**
 * The catalogue: every text the compiler can show about a program. What is wrong, in plain words, and as `help` a way out.
 * Codes: x01xx reading, x02xx forms, x03xx names and calls, x04xx modules; E is an error, W a warning. Each code has a page
 * in spec/errors/ with a wrong and a right example.
 */
import { written } from "../source/names.ts";
import type { Message } from "./diagnostic.ts";

type Text<Args extends readonly unknown[]> = (...args: Args) => string;
type Help<Args extends readonly unknown[]> = (...args: Args) => string | undefined;

const error = <Args extends readonly unknown[]>(code: string, text: Text<Args>, help?: Help<Args>): Message<Args> =>
  help === undefined ? { code, severity: "error", text } : { code, severity: "error", text, help };

const warning = <Args extends readonly unknown[]>(code: string, text: Text<Args>, help?: Help<Args>): Message<Args> =>
  help === undefined ? { code, severity: "warning", text } : { code, severity: "warning", text, help };

const closing: Readonly<Record<string, string>> = { "(": ")", "{": "}" };

/** `a`, `b` or `c` */
const alternatives = (names: readonly string[]): string => {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted[quoted.length - 1]}`;
};

const didYouMean = (nearest: readonly string[]): string | undefined =>
  nearest.length === 0 ? undefined : `did you mean ${alternatives(nearest)}?`;

/** In the place of a file may be something else: compiler/ir/near.ts, which this folder does not import. */
type Near = { readonly kind: "directory" } | { readonly kind: "file"; readonly path: string };
const notFound = (what: string, path: string, verb: string, near: Near | undefined): string =>
  near?.kind === "directory"
    ? `"${path}" is a directory, not a ${what} to ${verb}`
    : `there is no ${what} "${path}" to ${verb}`;
const instead = (near: Near | undefined): string | undefined =>
  near?.kind === "directory"
    ? "name a file in it; to compile a directory: valk build <directory>"
    : near === undefined
      ? undefined
      : `did you mean "${near.path}"?`;

export const messages = {
  // Reading
  unclosedBracket: error(
    "E0101",
    (open: string) => `this \`${open}\` is never closed`,
    (open) => `add a \`${closing[open]}\` where it should end`,
  ),
  mismatchedBracket: error(
    "E0102",
    (open: string, close: string) => `mismatched brackets: \`${open}\` is closed by \`${close}\``,
    (open) => `write \`${closing[open]}\` here, or look for a bracket that is missing before`,
  ),
  strayBracket: error(
    "E0103",
    (close: string) => `this \`${close}\` closes nothing`,
    () => "remove it, or look for a bracket before it that was closed too early",
  ),
  unclosedString: error(
    "E0104",
    () => "this string is never closed",
    () => 'add a `"` where it should end; a `"` inside a string is written `\\"`',
  ),
  unclosedComment: error(
    "E0105",
    () => "this `#|` comment is never closed",
    () => "add a `|#` where it should end; every `#|` inside a comment needs its own",
  ),
  badNumber: error(
    "E0106",
    (text: string, _hint: string) => `\`${text}\` is not a number`,
    (_text, hint) => hint,
  ),
  inexactInteger: error(
    "E0107",
    (text: string) => `a number cannot hold the integer ${text} exactly`,
    (text) => `write ${text}n for a big integer`,
  ),
  nothingFollows: error(
    "E0108",
    (mark: string) => `nothing follows this \`${mark}\``,
    (mark) => (mark === "#;" ? "it comments out the datum after it" : "it applies to the datum after it"),
  ),
  numberTooLarge: error(
    "E0109",
    (text: string) => `the number ${text} is too large`,
    () => "the largest number is about 1.8e308",
  ),
  unknownEscape: warning(
    "W0101",
    (escape: string) => `\`${escape}\` is not an escape; the backslash stays in the string`,
    (escape) =>
      escape === "\\x"
        ? "\\x takes two hexadecimal digits, such as \\x1b"
        : escape === "\\u"
          ? "\\u takes a code point in braces, such as \\u{1F600}"
          : `write \`\\${escape}\` for a backslash`,
  ),

  // Forms
  cannotRebind: error(
    "E0201",
    (name: string) => `\`${name}\` cannot be bound: it is always a form`,
    () => "choose another name",
  ),
  nestedTooDeeply: error(
    "E0202",
    (limit: number | null) =>
      limit === null ? "code is nested too deeply" : `code is nested more than ${limit} levels deep`,
    () => "move the inner part into a function of its own",
  ),
  tooManyArguments: error(
    "E0210",
    (limit: number, given: number) => `a call can have ${limit} arguments, this one has ${given}`,
    () => "put them into a list literal in braces, or into several calls",
  ),
  macroArguments: error(
    "E0203",
    (name: string, expected: string, given: number, _usage: string) =>
      `the macro \`${name}\` takes ${expected}, got ${given}`,
    (_name, _expected, _given, usage) => `write ${usage}`,
  ),
  macroUsedEarly: error(
    "E0204",
    (name: string) => `the macro \`${name}\` is used before its definition`,
    () => "move the definition up: a macro is known from its definition on",
  ),
  /** Its code gave an Error, or none of its code could be run. */
  macroFailed: error("E0205", (name: string, why: string) => `the macro \`${name}\` failed: ${why}`),
  macroNoCode: error(
    "E0206",
    (name: string, what: string) => `the macro \`${name}\` gave ${what}, which is no code`,
    () => "code is made of symbols, numbers, strings and lists: quote what should be evaluated later",
  ),
  macroEndless: error(
    "E0207",
    (name: string, what: string) => `the macro \`${name}\` ${what}`,
    () => "look for a call of itself that never comes to an end",
  ),
  macroCycle: error(
    "E0208",
    (name: string, path: readonly string[]) =>
      path.includes(name)
        ? `the macro \`${name}\` is needed to compile itself: ${path.join(" -> ")}`
        : `the macro \`${name}\` needs \`${path[0]}\`, which is needed to compile itself: ${path.join(" -> ")}`,
    () => "a macro's own code cannot use the macro; what it gives back can",
  ),
  macroTwice: error(
    "E0209",
    (name: string) => `\`${name}\` is a macro, and defined a second time`,
    () => "give one of them another name",
  ),
  malformed: warning(
    "W0201",
    (message: string, _usage: string | undefined) => message,
    (_message, usage) => (usage === undefined ? undefined : `write ${usage}`),
  ),
  formAsValue: warning(
    "W0202",
    (name: string) => `\`${name}\` is a form, not a value`,
    () => "it cannot be passed to a function; wrap it in a lambda",
  ),
  macroAsValue: warning(
    "W0204",
    (name: string) => `\`${name}\` is a macro, not a value`,
    () => "it cannot be passed to a function; wrap it in a lambda",
  ),
  inlineJavaScript: error(
    "E0220",
    (problem: string) => `js: ${problem}`,
    () => "the string must be one expression of JavaScript",
  ),

  // Names and calls
  unbound: warning(
    "W0301",
    (name: string, _nearest: readonly string[]) => `nothing is called \`${written(name)}\` here`,
    (_name, nearest) => didYouMean(nearest),
  ),
  /** `expected` in words: "2 arguments", "at least 1 argument". `params` as they are written, null where they are not known. */
  arity: warning(
    "W0302",
    (name: string, expected: string, given: number, _params: string | null) =>
      `\`${name}\` takes ${expected}, got ${given}`,
    (name, _expected, _given, params) => (params === null ? undefined : `write (${`${name} ${params}`.trim()})`),
  ),
  notAFunction: warning(
    "W0303",
    (what: string) => `${what} is called, but it is not a function`,
    () => "a list of values is written (list ...), or in braces",
  ),
  moduleAsValue: warning(
    "W0305",
    (name: string) => `\`${name}\` is a module, not a value`,
    (name) => `its names are written \`${name}/name\``,
  ),
  future: warning(
    "W0304",
    (name: string, _hint: string | undefined) => `\`${name}\` makes a future`,
    (_name, hint) => hint,
  ),
  futureDenied: error(
    "E0301",
    (name: string, _hint: string | undefined) => `\`${name}\` makes a future, which --futures=deny forbids`,
    (_name, hint) => hint,
  ),

  // Modules
  loadNotFound: error(
    "E0401",
    (path: string, near?: Near) => notFound("file", path, "load", near),
    (_path, near) =>
      instead(near) ?? "it is looked for beside this file, in the load path and in the current directory",
  ),
  exportClash: error(
    "E0402",
    (first: string, second: string, exported: string) =>
      `\`${first}\` and \`${second}\` would both be exported to JavaScript as \`${exported}\``,
    () => "rename one, or leave one out with (export {...})",
  ),
  importUnknown: error(
    "E0403",
    (name: string, path: string, _hidden: boolean, _nearest: readonly string[]) =>
      `"${path}" exports nothing called \`${name}\``,
    (name, path, hidden, nearest) =>
      hidden ? `"${path}" defines it: add \`${name}\` to its (export {...})` : didYouMean(nearest),
  ),
  importNotFound: error(
    "E0404",
    (path: string, near?: Near) => notFound("Valk module", path, "import", near),
    (_path, near) =>
      instead(near) ?? "a path is relative to this file, and a package needs a `valk` condition in its exports",
  ),
  importAtRunTime: error(
    "E0405",
    (path: string) => `a file that is loaded at run time cannot import the Valk module "${path}"`,
    (path) => `write (load "${path}"), or load this file by a literal path`,
  ),
  javascriptNotFound: error(
    "E0410",
    (path: string, near?: Near) => notFound("JavaScript file", path, "import", near),
    (path, near) =>
      near?.kind === "file"
        ? instead(near)
        : near?.kind === "directory"
          ? "name a file in it"
          : path.endsWith(".js") || path.endsWith(".mjs")
            ? "the path is relative to this file"
            : "the path is relative to this file, and has its extension, such as .js",
  ),
  javascriptExport: error(
    "E0411",
    (path: string, name: string, _nearest: readonly string[]) => `"${path}" exports nothing called \`${name}\``,
    (_path, _name, nearest) => didYouMean(nearest),
  ),
  javascriptBroken: error("E0412", (path: string, problem: string) => `"${path}" is no JavaScript module: ${problem}`),
  packageNotFound: warning(
    "W0410",
    (name: string, why: string) => `the package "${name}" cannot be imported: ${why}`,
    () => "install it where the program is going to run",
  ),
  loadMissing: warning(
    "W0401",
    (path: string, near?: Near) => notFound("file", path, "load", near),
    (_path, near) => instead(near) ?? "the load gives an Error value when it is reached",
  ),
  exportUnknown: warning(
    "W0402",
    (name: string, _nearest: readonly string[]) => `\`${name}\` is exported, but this module does not define it`,
    (_name, nearest) => didYouMean(nearest),
  ),
};
