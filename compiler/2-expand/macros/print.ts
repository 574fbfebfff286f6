/** Syntax as Valk text, in lines that fit a page. */
import type { SymbolSyntax, Syntax } from "../../ir/syntax.ts";

const WIDTH = 100;
const MARKS: Readonly<Record<string, string>> = {
  quote: "'",
  quasiquote: "`",
  unquote: ",",
  "unquote-splicing": ",@",
};
const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };

export function printSyntax(syntax: Syntax, nameOf: (symbol: SymbolSyntax) => string): string {
  const flat = (at: Syntax): string => {
    switch (at.kind) {
      case "Symbol":
        return nameOf(at);
      case "Number":
        return number(at.value);
      case "BigInt":
        return `${at.value}n`;
      case "String":
        return `"${at.value.replace(/["\\\n\t\r]/g, (char) => ESCAPES[char]).replace(/\p{Cc}/gu, hex)}"`;
      case "List": {
        const [head, datum] = at.items;
        const mark =
          at.bracket === "form" && at.items.length === 2 && head.kind === "Symbol" ? MARKS[head.name] : undefined;
        if (mark !== undefined) return mark + flat(datum);
        const text = at.items.map(flat).join(" ");
        return at.bracket === "form" ? `(${text})` : `{${text}}`;
      }
      default:
        return at satisfies never;
    }
  };
  /** What does not fit goes on in lines of its own, two further in; names at the start stay beside the bracket. */
  const lines = (at: Syntax, indent: number): string => {
    const text = flat(at);
    if (at.kind !== "List" || at.items.length === 0 || text.startsWith("'") || indent + text.length <= WIDTH)
      return text;
    const [open, close] = at.bracket === "form" ? ["(", ")"] : ["{", "}"];
    let first = 1;
    if (
      at.items[0].kind !== "List" &&
      at.items[1]?.kind === "List" &&
      at.items.length > 2 &&
      flat(at.items[1]).length < WIDTH / 2
    )
      first = 2;
    const head = at.items.slice(0, first).map(flat).join(" ");
    const rest = at.items.slice(first).map((item) => `\n${" ".repeat(indent + 2)}${lines(item, indent + 2)}`);
    return `${open}${at.items[0].kind === "List" && first === 1 ? lines(at.items[0], indent + 1) : head}${rest.join("")}${close}`;
  };
  return lines(syntax, 0);
}

const hex = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** A text that reads as the number. (NaN and the infinities have none: they are printed as JavaScript prints them.) */
const number = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
