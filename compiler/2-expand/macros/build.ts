/** The new parts of a procedural macro's expansion: what its own code made, with places and marks. */
import { type Build, symbolName } from "../../ir/macro.ts";
import type { ListSyntax } from "../../ir/syntax.ts";
import type { Macro, MacroProgram } from "./module.ts";
import { expandedSpan, symbol } from "./template.ts";

/** `expansion`: a number of its own for each call. */
export function builder(macro: Macro, call: ListSyntax, expansion: number, program: MacroProgram): Build {
  const made = expandedSpan(macro, call, macro.name.span);
  return {
    symbol: (text) => {
      const name = symbolName(text);
      switch (name.kind) {
        case "plain":
          return { kind: "Symbol", name: name.name, span: made };
        case "fresh":
          return { kind: "Symbol", name: `${name.name} ${expansion}.${name.n}`, span: made };
        case "template": {
          // A template may stand in a function of another module than the macro's.
          const span = expandedSpan(macro, call, name, program.module(name.module)?.source);
          return symbol(name.name, span, { module: name.module, expansion });
        }
        default:
          return name satisfies never;
      }
    },
    atom: (value) =>
      typeof value === "string"
        ? { kind: "String", value, span: made }
        : typeof value === "bigint"
          ? { kind: "BigInt", value, span: made }
          : { kind: "Number", value, span: made },
    list: (bracket, items) => {
      // As precise as what is in it: a list of a template has the template's place.
      const place = items.find(({ span }) => span.template !== undefined && span.start === call.span.start)?.span;
      return { kind: "List", bracket, items, span: place ?? made };
    },
  };
}
