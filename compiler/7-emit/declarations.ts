/**
 * What a module gives to JavaScript, as TypeScript declarations. Text and not a tree, because there is no printer for trees of
 * types; nothing of the program reaches it but mangled names, string literals and comments without their ends.
 */
import type { Type } from "../../runtime/signatures.ts";
import { jsName, jsNames } from "../source/names.ts";

/** An exported name. */
export interface Declared {
  readonly name: string;
  /** null: a variable. */
  readonly fn: DeclaredFunction | null;
  /** The comment above its definition. */
  readonly doc: string | null;
}
export interface DeclaredFunction {
  /** As the program calls them; the last one takes the rest if `rest`. */
  readonly params: readonly string[];
  readonly rest: boolean;
  /** May a call have to wait? Then it gives a promise, or its value if it did not. */
  readonly waits: boolean;
  readonly gives: readonly Type[] | "any";
}
/** A name that is passed on from another module of the program. */
export interface PassedOn {
  readonly name: string;
  readonly original: string;
  /** The specifier of the file that JavaScript imports. */
  readonly from: string;
}

export function declarations(exported: readonly Declared[], passedOn: readonly PassedOn[], header: string): string {
  const parts = [
    ...exported.map(declaration),
    ...passedOn.map(({ name, original, from }) => {
      const names = jsNames(name).map((as) => rename(jsName(original), as));
      return `export { ${names.join(", ")} } from ${JSON.stringify(from)};\n`;
    }),
  ];
  return `// ${header}\n\n${parts.length === 0 ? "export {};\n" : parts.join("\n")}`;
}

const rename = (from: string, to: string): string => (from === to ? from : `${from} as ${exportName(to)}`);
const exportName = (name: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);

function declaration({ name, fn, doc }: Declared): string {
  const js = jsName(name);
  const what = fn === null ? `let ${js}: any` : `function ${js}(${parameters(fn)}): ${result(fn)}`;
  const [, ...others] = jsNames(name);
  const alias = others.map((other) => `export { ${rename(js, other)} };\n`).join("");
  return `${doc === null ? "" : comment(doc)}export declare ${what};\n${alias}`;
}

const comment = (doc: string): string => {
  const lines = doc.replaceAll("*/", "* /").split("\n");
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
};

function parameters({ params, rest }: DeclaredFunction): string {
  const used = new Set<string>();
  return params
    .map((param, i) => {
      const wish = jsName(param);
      let name = wish;
      for (let n = 1; used.has(name); n++) name = `${wish}${n}`;
      used.add(name);
      return rest && i === params.length - 1 ? `...${name}: any[]` : `${name}: any`;
    })
    .join(", ");
}

const TYPES: Readonly<Record<Type, string>> = {
  number: "number",
  bigint: "bigint",
  string: "string",
  symbol: "object",
  // What a list looks like from JavaScript; nil is undefined.
  cons: "Iterable<any> & { readonly length: number }",
  nil: "undefined",
  function: "((...args: any[]) => any)",
  handle: "any",
  ref: "any",
  other: "any",
};

/** Errors are thrown, so no type tells of them. */
function result({ gives, waits }: DeclaredFunction): string {
  const types = gives === "any" ? ["any"] : gives.map((type) => TYPES[type]);
  if (types.includes("any")) return "any";
  const value =
    types.length === 0 ? "never" : types.map((t) => (types.length > 1 && t.includes("&") ? `(${t})` : t)).join(" | ");
  return waits ? `${value} | Promise<${value}>` : value;
}
