/** `load` of a computed path: the file is compiled when it is reached, and runs once per program. */
import { compileFile } from "../../compiler/compile-code.ts";
import { libraryModule } from "../../compiler/modules/library.ts";
import { overflow } from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { moduleScope, type Scope } from "../kernel/scope.ts";
import { STRING, wrong } from "../kernel/wrong.ts";
import { findSource, type SourceFile } from "../lib/source.ts";
import { forget } from "./compile.ts";
import { library, libraryValue, runtimeModule } from "./library.ts";
import { homeOf, macrosIn, remember } from "./macros.ts";
import { View } from "./view.ts";

const loaded = new Map<string, Scope>();

/** `load` of a module: what the file defines becomes visible in its scope. */
export const loader = (scope: Scope): Value =>
  native("load", 1, 1, (path: Value): Value => {
    if (typeof path !== "string") return wrong("load", 1, STRING.what, path);
    if (libraryModule(path) !== null) return nil;
    let file: SourceFile | null;
    try {
      file = findSource(path, scope.folder);
    } catch (e) {
      return error(`load: ${path}: ${(e as Error).message}`, nil, e);
    }
    if (file === null) return error(`load: no such file: ${path}`);
    const known = loaded.get(file.path);
    if (known === undefined) return overflow(compileAndRun, file, scope);
    show(known, scope);
    return nil;
  });

const compileAndRun = (found: Value, into: Value): Value => {
  const file = found as SourceFile;
  const scope = scopeOf(file, into as Scope);
  const view = new View([null], null, scope);
  const source = { path: file.path, text: file.text };
  const macros = macrosIn(into as Scope);
  const unit = compileFile(`${homeOf(scope)}0`, source, (name) => view.knows(name), library(), macros);
  if (typeof unit === "string") return error(`load: ${unit}`);
  remember(scope, unit.visible);
  if (unit.visible.size > 0) forget();
  loaded.set(file.path, scope);
  show(scope, into as Scope);
  const make = new Function("$import", unit.text)(runtimeModule) as (
    scope: Scope,
    values: readonly Value[],
  ) => () => Value;
  return make(view, [])();
};

/** The last load of a name wins. */
const show = (scope: Scope, into: Scope): void => {
  const before = into.loads.indexOf(scope);
  if (before >= 0) into.loads.splice(before, 1);
  if (scope !== into) into.loads.push(scope);
};

/** Its own names, those of what it loads, and what only its loader defines. */
const scopeOf = (file: SourceFile, loading: Scope): Scope => {
  const own = moduleScope(
    [],
    () => undefined,
    () => false,
    file.folder,
  );
  // The loader looks here, too.
  let asking = false;
  const ask = <T>(name: string, question: () => T, otherwise: T): T => {
    if (asking || libraryValue(name) !== undefined) return otherwise;
    asking = true;
    const answer = question();
    asking = false;
    return answer;
  };
  return {
    ...own,
    get: (name) => own.get(name) ?? ask(name, () => loading.get(name), undefined),
    knows: (name) => own.knows(name) || ask(name, () => loading.knows(name), false),
  };
};
