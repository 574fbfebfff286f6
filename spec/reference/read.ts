/** Text -> data (LANGUAGE 1). Lists are the runtime's own cells, so quoted data needs no conversion. */
import { formFromArray, fromArray, nil, type Value } from "../../runtime/kernel/list.ts";
import { sym } from "../../runtime/kernel/symbol.ts";

export class ReadError extends Error {}

/** "Symbols: any run of characters except whitespace ( ) { } " ; ' , `" */
const DELIMITER = /[\s(){}";',`]/;
const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "0": "\0",
};
const PREFIXES: readonly (readonly [string, string])[] = [
  ["'", "quote"],
  ["`", "quasiquote"],
  [",@", "unquote-splicing"],
  [",", "unquote"],
];

/** All data of a text, in order. */
export const read = (text: string): Value[] => {
  let at = 0;
  const fail = (what: string, from = at): never => {
    throw new ReadError(`line ${text.slice(0, from).split("\n").length}: ${what}`);
  };

  const skipBlockComment = (): void => {
    const start = at;
    at += 2;
    for (let depth = 1; depth > 0; ) {
      if (at >= text.length) fail("this comment is never closed", start);
      if (text.startsWith("#|", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("|#", at)) {
        depth--;
        at += 2;
      } else at++;
    }
  };

  /** "`;` comments to end of line; `#;` comments out the next datum; `#| ... |#` nests" */
  const skipBlanks = (): void => {
    for (;;) {
      if (at < text.length && /\s/.test(text[at])) at++;
      else if (text[at] === ";") {
        while (at < text.length && text[at] !== "\n") at++;
      } else if (text.startsWith("#;", at)) {
        at += 2;
        datum();
      } else if (text.startsWith("#|", at)) skipBlockComment();
      else return;
    }
  };

  const string = (): string => {
    const start = at++;
    let out = "";
    for (;;) {
      if (at >= text.length) fail("this string is never closed", start);
      const c = text[at++];
      if (c === '"') return out;
      if (c !== "\\") {
        out += c;
        continue;
      }
      const rest = text.slice(at);
      const code = /^x([0-9a-fA-F]{2})/.exec(rest) ?? /^u\{([0-9a-fA-F]{1,6})\}/.exec(rest);
      if (code !== null) {
        out += String.fromCodePoint(Number.parseInt(code[1], 16));
        at += code[0].length;
      } else if (text[at] in ESCAPES) out += ESCAPES[text[at++]];
      else out += `\\`; // "Any other escape keeps the backslash and the character"
    }
  };

  const list = (closer: ")" | "}"): Value => {
    const start = at++;
    const items: Value[] = [];
    for (;;) {
      skipBlanks();
      if (at >= text.length) fail(`this ${text[start]} is never closed`, start);
      if (text[at] === closer) {
        at++;
        break;
      }
      if (text[at] === ")" || text[at] === "}") fail(`expected ${closer}, found ${text[at]}`);
      items.push(datum());
    }
    // "() and {} are both nil"
    return items.length === 0 ? nil : closer === "}" ? fromArray(items) : formFromArray(items);
  };

  const atom = (): Value => {
    const start = at;
    while (at < text.length && !DELIMITER.test(text[at])) at++;
    const word = text.slice(start, at);
    const whole = /^(-?)(\d+|0x[0-9a-fA-F]+|0b[01]+)(n?)$/.exec(word);
    if (whole !== null) {
      const size = BigInt(whole[2]);
      const big = whole[1] === "-" ? -size : size;
      if (whole[3] === "n") return big;
      // "An integer literal a double cannot hold exactly is an error that suggests the n suffix"
      if (BigInt(Number(big)) !== big) fail(`${word} is too large for a number; write ${word}n`, start);
      return big === 0n && whole[1] === "-" ? -0 : Number(big);
    }
    if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(word))
      return Number.isFinite(Number(word)) ? Number(word) : fail(`${word} is too large`, start);
    if (/^-?\d/.test(word)) fail(`${word} is not a number`, start);
    return sym(word);
  };

  const datum = (): Value => {
    skipBlanks();
    if (at >= text.length) return fail("the file ends where a value is expected");
    for (const [mark, name] of PREFIXES)
      if (text.startsWith(mark, at)) {
        at += mark.length;
        return formFromArray([sym(name), datum()]);
      }
    switch (text[at]) {
      case "(":
        return list(")");
      case "{":
        return list("}");
      case ")":
      case "}":
        return fail(`unexpected ${text[at]}`);
      case '"':
        return string();
      default:
        return atom();
    }
  };

  const items: Value[] = [];
  for (skipBlanks(); at < text.length; skipBlanks()) items.push(datum());
  return items;
};
