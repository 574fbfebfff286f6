/** What each character is to the reader. */

export const CONSTITUENT = 0;
export const SPACE = 1;
export const DELIMITER = 2;

/** Char codes the reader looks for. */
export const QUOTE = 34,
  HASH = 35,
  APOSTROPHE = 39,
  OPEN_FORM = 40,
  CLOSE_FORM = 41,
  COMMA = 44,
  MINUS = 45,
  DOT = 46,
  ZERO = 48,
  NINE = 57,
  SEMICOLON = 59,
  AT = 64,
  BACKSLASH = 92,
  BACKQUOTE = 96,
  OPEN_BRACES = 123,
  BAR = 124,
  CLOSE_BRACES = 125;

/** Unicode's spaces separate, too: a no-break space inside a name could not be seen. The byte order mark counts as one. */
const UNICODE_SPACES =
  "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/** The class of each UTF-16 unit. Whatever is neither space nor delimiter is part of a name or number. */
export const classes: Uint8Array = (() => {
  const table = new Uint8Array(0x10000);
  for (const character of `\t\n\v\f\r ${UNICODE_SPACES}`) table[character.charCodeAt(0)] = SPACE;
  for (const character of "(){}\";',`") table[character.charCodeAt(0)] = DELIMITER;
  return table;
})();

export const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
