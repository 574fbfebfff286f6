/** Escapes in strings. */
const SIMPLE: Readonly<Record<string, string>> = {
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

export interface Escape {
  readonly value: string;
  /** The offset behind it. */
  readonly end: number;
}

/** The escape whose backslash is at `at`, or null if it is none. */
export function readEscape(text: string, at: number): Escape | null {
  const letter = text[at + 1];
  if (letter === "x") return readHex(text, at + 2, /[\da-fA-F]{2}/y);
  if (letter === "u") return readHex(text, at + 2, /\{([\da-fA-F]+)\}/y);
  const value = SIMPLE[letter];
  return value === undefined ? null : { value, end: at + 2 };
}

function readHex(text: string, at: number, pattern: RegExp): Escape | null {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return null;
  const code = Number.parseInt(match[1] ?? match[0], 16);
  return code > 0x10ffff ? null : { value: String.fromCodePoint(code), end: pattern.lastIndex };
}

/**
 * Where in `text` each UTF-16 unit of a string literal's value stands, and its end; the literal's opening quote is at `start`.
 * Gives null if there is no literal of that value: code that a macro made has strings that stand nowhere.
 */
export function valueOffsets(text: string, start: number, value: string): readonly number[] | null {
  if (text[start] !== '"') return null;
  const offsets: number[] = [];
  let at = start + 1;
  while (offsets.length < value.length) {
    const escape = text[at] === "\\" ? readEscape(text, at) : null;
    const part = escape?.value ?? text[at];
    if (part === undefined || !value.startsWith(part, offsets.length)) return null;
    for (let i = 0; i < part.length; i++) offsets.push(at);
    at = escape?.end ?? at + 1;
  }
  offsets.push(at);
  return offsets;
}
