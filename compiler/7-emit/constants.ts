/** Symbols and quoted lists are made once, at the top level of the module. */
import type { Syntax } from "../ir/syntax.ts";
import { EMBEDDED, mangle } from "../source/names.ts";
import type { Expression } from "./build.ts";
import * as build from "./build.ts";

export interface Constant {
  readonly name: string;
  readonly init: Expression;
}

export interface Constants {
  /** Refers to the constant with this value. */
  of(datum: Syntax): Expression;
  /** In the order they need. */
  all(): readonly Constant[];
}

/** Longer lists are made of an array: JavaScript limits the arguments of a call. */
const MOST_ARGUMENTS = 1000;

/** `take` gives top-level names; `runtime` imports. */
export function createConstants(
  take: (wish: string) => string,
  runtime: (module: string, name: string) => Expression,
): Constants {
  const made = new Map<string, Constant>();
  const once = (key: string, wish: string, init: () => Expression): Expression => {
    let constant = made.get(key);
    if (constant === undefined) {
      // Its parts come first: their names, and their places.
      const value = init();
      constant = { name: take(wish), init: value };
      made.set(key, constant);
    }
    return build.id(constant.name);
  };
  const symbol = (name: string): Expression =>
    name.startsWith(EMBEDDED)
      ? embedded(name)
      : once(`symbol ${name}`, `${mangle(name.replace(/^:/, ""))}$sym`, () =>
          build.call(runtime("kernel/symbol", "sym"), build.literal(name)),
        );

  const quoted = (datum: Syntax): Expression => {
    switch (datum.kind) {
      case "Number":
      case "String":
        return build.literal(datum.value);
      case "BigInt":
        return build.bigint(datum.value);
      case "Symbol":
        return symbol(datum.name);
      case "List": {
        if (datum.items.length === 0) return runtime("kernel/list", "nil");
        const items = datum.items.map(quoted);
        const braces = datum.bracket === "braces";
        return items.length > MOST_ARGUMENTS
          ? build.call(runtime("kernel/list", braces ? "fromArray" : "formFromArray"), build.array(items))
          : build.call(runtime("lib/quasi", braces ? "listOfBraces" : "listOfForm"), ...items);
      }
      default:
        return datum satisfies never;
    }
  };
  return {
    of: (datum) =>
      datum.kind === "Symbol"
        ? symbol(datum.name)
        : once(`list ${JSON.stringify(keyOf(datum))}`, "list$data", () => quoted(datum)),
    all: () => [...made.values()],
  };
}

/** A value that evaluated code got from the list it was made of. */
export const embedded = (name: string): Expression =>
  build.at(build.id("$values"), build.literal(Number(name.slice(EMBEDDED.length))));

/** The same for equal data only. */
const keyOf = (datum: Syntax): unknown => {
  switch (datum.kind) {
    case "List":
      return [datum.bracket, ...datum.items.map(keyOf)];
    case "Symbol":
      return { s: datum.name };
    case "BigInt":
      return { n: String(datum.value) };
    case "Number":
      return Object.is(datum.value, -0) ? { z: 0 } : datum.value;
    default:
      return datum.value;
  }
};
