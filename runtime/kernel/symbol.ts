/** Symbols are interned: two symbols of one name are the same object. Keywords are symbols that start with `:`. */
export class Sym {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const table = /*#__PURE__*/ new Map<string, Sym>();

/** The symbol called `name`. */
export const sym = (name: string): Sym => {
  let symbol = table.get(name);
  if (symbol === undefined) {
    symbol = new Sym(name);
    table.set(name, symbol);
  }
  return symbol;
};

/** Is it a symbol that evaluates to itself? */
export const isKeyword = (value: unknown): value is Sym => value instanceof Sym && value.name.startsWith(":");
