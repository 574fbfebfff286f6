/** The forms by name: a new one is a file beside this one and a line here. */
import { type Form, MEMBER } from "../env.ts";
import { expandAioDo, expandAioLet } from "./aio.ts";
import { expandAssign, expandDefine } from "./assign.ts";
import { expandWith, expandWithDeadline } from "./context.ts";
import { expandAsync, expandReset, expandResetAt, expandShift, expandShiftAt } from "./control.ts";
import { expandDo } from "./do.ts";
import { expandEval } from "./eval.ts";
import { expandExport } from "./export.ts";
import { expandWithHandler } from "./handler.ts";
import { expandIf, expandUnless, expandWhen } from "./if.ts";
import { expandImport } from "./import.ts";
import { expandJs } from "./js.ts";
import { expandFun, expandLambda } from "./lambda.ts";
import { expandLet } from "./let.ts";
import { expandLoad } from "./load.ts";
import { expandAnd, expandOr } from "./logic.ts";
import { expandMacroForm } from "./macro.ts";
import { expandMember, expandNew } from "./member.ts";
import { expandPenv } from "./penv.ts";
import { expandQuasiquote, expandUnquote } from "./quasiquote.ts";
import { expandQuote } from "./quote.ts";
import { expandScope, expandSpawn } from "./scope.ts";
import { expandCase, expandSelect } from "./select.ts";
import { expandEnsure, expandTry } from "./try.ts";

const table: Readonly<Record<string, Form>> = {
  quote: { expand: expandQuote, usage: "(quote datum)" },
  quasiquote: { expand: expandQuasiquote, usage: "(quasiquote template)" },
  unquote: { expand: expandUnquote, usage: "`(... ,expression ...)" },
  "unquote-splicing": { expand: expandUnquote, usage: "`(... ,@list ...)" },
  "\\": { expand: expandLambda, usage: "(\\ {parameters} {body})" },
  fun: { expand: expandFun, usage: "(fun {name parameters} {body})" },
  "=": { expand: expandAssign, usage: "(= {name} value)" },
  def: { expand: expandDefine, usage: "(def {name} value)" },
  let: { expand: expandLet, usage: "(let {name value} {body}), or (let {body})" },
  do: { expand: expandDo, usage: "(do expression ...)", function: true },
  if: { expand: expandIf, usage: "(if test {then} {else})" },
  when: { expand: expandWhen, usage: "(when test {body})" },
  unless: { expand: expandUnless, usage: "(unless test {body})" },
  and: { expand: expandAnd, usage: "(and expression ...)", function: true },
  or: { expand: expandOr, usage: "(or expression ...)", function: true },
  select: { expand: expandSelect, usage: "(select {condition result} {otherwise result})" },
  case: { expand: expandCase, usage: "(case subject {key result} {otherwise result})" },
  try: { expand: expandTry, usage: "(try {body} {e handler})" },
  ensure: { expand: expandEnsure, usage: "(ensure {body} {cleanup})" },
  reset: { expand: expandReset, usage: "(reset {body})" },
  shift: { expand: expandShift, usage: "(shift k {body})" },
  "async-reset": { expand: expandReset, usage: "(async-reset {body})" },
  "async-shift": { expand: expandShift, usage: "(async-shift {k} {body})" },
  "reset-at": { expand: expandResetAt, usage: "(reset-at tag {body})" },
  "shift-at": { expand: expandShiftAt, usage: "(shift-at tag k {body})" },
  "with-handler": {
    expand: expandWithHandler,
    usage: "(with-handler {(operation {value k} body) ...} {body})",
  },
  async: { expand: expandAsync, usage: "(async {body})" },
  "aio/let": { expand: expandAioLet, usage: "(aio/let {((name handle) :then (name handle))} {body})" },
  "aio/do": { expand: expandAioDo, usage: "(aio/do {(<- name handle) expression})" },
  scope: { expand: expandScope, usage: "(scope {s body})" },
  spawn: { expand: expandSpawn, usage: "(spawn s {body})" },
  "ctx/with": { expand: expandWith, usage: "(ctx/with key value {body})" },
  "ctx/with-deadline": { expand: expandWithDeadline, usage: "(ctx/with-deadline ms {body})" },
  eval: { expand: expandEval, usage: "(eval {code})", function: true },
  penv: { expand: expandPenv, usage: "(penv)" },
  load: { expand: expandLoad, usage: '(load "path")' },
  import: { expand: expandImport, usage: '(import {a b :as c} "module") or (import * name "module") at the top level' },
  js: { expand: expandJs, usage: '(js "expression")' },
  new: { expand: expandNew, usage: "(new Class argument ...)" },
  [MEMBER]: {
    expand: expandMember,
    usage: "(.method object argument ...), (.-field object) or (.-field! object value)",
  },
  export: { expand: expandExport, usage: "(export {names}) at the top level" },
  defmacro: { expand: expandMacroForm, usage: "(defmacro {name parameters} {body}) at the top level" },
  macro: { expand: expandMacroForm, usage: "(def {name} (macro {parameters} {template})) at the top level" },
};

export const forms: ReadonlyMap<string, Form> = new Map(Object.entries(table));
