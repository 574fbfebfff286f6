/**
 * `eval` of lists that have no code of their own: those put together at run time, and literals with names that were not known
 * where they were written. Short calls are made directly, everything else goes through the compiler.
 */
import { isForm, MAX_ARGUMENTS, unboundName } from "../../compiler/compile-code.ts";
import { overflow } from "../kernel/control.ts";
import { unbound } from "../kernel/error.ts";
import { apply, native } from "../kernel/function.ts";
import { isList, type List, nil, type Value } from "../kernel/list.ts";
import { type Frame, Quoted } from "../kernel/quoted.ts";
import type { Scope } from "../kernel/scope.ts";
import { isKeyword, Sym } from "../kernel/symbol.ts";
import { compiled, compileList } from "./compile.ts";
import { constantValue } from "./constant.ts";
import { library, libraryValue, runtimeModule } from "./library.ts";
import { macroNames } from "./macros.ts";
import { View } from "./view.ts";

/** `eval` as a value: whoever calls it, it sees the globals of the module that took it, and no frame. */
export const evaluator = (taken: Scope): Value => {
  const scope = taken instanceof View ? taken.module : taken;
  return native("eval", 1, 1, (x: Value): Value => {
    const code = (x as Quoted).$code;
    return code === undefined ? evaluateIn(x, null, scope) : code(x as Quoted);
  });
};

/** Evaluates what has no code, for a function whose frame is `caller` in a module with these globals. */
export const evaluateIn = (x: Value, caller: Frame | null, scope: Scope): Value => {
  const constant = constantValue(x);
  if (constant !== undefined) return constant;
  if (x instanceof Sym) return nameIn(x.name, new View([null], caller, scope));
  const call = shortCall(x as List, caller, scope);
  if (call !== null) return apply(call[0], call.slice(1));
  const code = compiled(x as List, caller, scope);
  // The compiler wants the whole JavaScript stack for itself.
  return code === null ? overflow(compileAndRun, x, caller, scope) : code();
};

const compileAndRun = (x: Value, caller: Value, scope: Value): Value => {
  const code = compileList(x as List, caller as Frame | null, scope as Scope);
  return typeof code === "function" ? code() : code;
};

const isName = (symbol: Sym): boolean => !isKeyword(symbol);
const nameIn = (name: string, view: View): Value =>
  view.get(name) ?? libraryIn(name, view) ?? unbound(unboundName(name));
const libraryIn = (name: string, view: View): Value =>
  name === "eval" ? evaluator(view) : (libraryValue(name) ?? (isGlobalName(name) ? globalOf(name) : undefined));

const isGlobalName = (name: string): boolean => name.startsWith("js/") && name.length > 3;
/** `js/a.b`: a property of a global of JavaScript. */
const globalOf = (name: string): Value => {
  const [first, ...fields] = name.slice("js/".length).split(".");
  return fields.reduce<Value>(
    (object, field) => apply(builtin("js/field"), [field, object]),
    apply(builtin("js/global"), [first]),
  );
};
const builtin = (name: string): Value => {
  const { module, export: exported } = library().builtin(name) ?? { module: "", export: "" };
  return runtimeModule(module)[exported];
};

/** Of a call of a function with constants and names its function and arguments; null if the list is anything else. */
const shortCall = (list: List, caller: Frame | null, scope: Scope): readonly Value[] | null => {
  // A literal's names are not the caller's, if they mean something where it was written.
  if (list instanceof Quoted) return null;
  const { head, $len } = list;
  if ($len >> 1 > MAX_ARGUMENTS) return null;
  if (typeof head !== "function" && !(head instanceof Sym)) return null;
  if (head instanceof Sym && (!isName(head) || isForm(head.name))) return null;
  const view = new View([null], caller, scope);
  const macros = macroNames(scope);
  const parts: Value[] = [];
  for (let cell = list; cell !== nil; cell = cell.tail) {
    const item = cell.head;
    if (item instanceof Sym && isName(item)) {
      if (macros.has(item.name)) return null;
      // Globals of JavaScript are read and called in ways of their own.
      if (isForm(item.name) || item.name.startsWith("js/")) return null;
      parts.push(nameIn(item.name, view));
    } else if (isList(item) && item !== nil && !(item instanceof Quoted && item.$code !== undefined)) return null;
    else parts.push(item);
  }
  return parts;
};
