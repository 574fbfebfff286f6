import { ValkError } from "./error.ts";
import { isList, nil, type Value } from "./list.ts";
import { Sym } from "./symbol.ts";

/** Refs: opaque host objects as values. They are equal only to themselves and print as `<ref:kind>`. */
export class Ref<T = unknown> {
  readonly kind: string;
  /** The host object and what the runtime keeps with it; only the module that made the Ref looks inside. */
  readonly target: T;
  constructor(kind: string, target: T) {
    this.kind = kind;
    this.target = target;
  }
}

export const isRef = (value: unknown, kind: string): value is Ref => value instanceof Ref && value.kind === kind;

/** The kind of any host object, for messages: `handle`, the kind of a Ref, else its class in lower case. */
export const kindOf = (value: object): string => {
  if (value instanceof Ref) return value.kind;
  const { $kind, constructor } = value as { $kind?: unknown; constructor?: { name?: unknown } };
  if (typeof $kind === "string") return $kind;
  return typeof constructor?.name === "string" && constructor.name !== "" ? constructor.name.toLowerCase() : "object";
};

/** The name of a value's type, as `type` gives it. */
export const typeOf = (value: Value): string => {
  switch (typeof value) {
    case "number":
    case "bigint":
      return "number";
    case "string":
    case "function":
      return typeof value;
    case "object":
      if (value === nil) return "nil";
      if (isList(value)) return "list";
      if (value instanceof Sym) return "symbol";
      if (value instanceof ValkError) return "error";
      return value !== null && kindOf(value) === "handle" ? "handle" : "ref";
    default:
      return "ref";
  }
};
