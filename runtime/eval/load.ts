/** `load` of a computed path: the file is compiled when it is reached, and runs once per program. */
import { type CompiledFile, compileFile } from "../../compiler/compile-code.ts";
import { javascriptModuleAt } from "../../compiler/modules/javascript.ts";
import { libraryModule } from "../../compiler/modules/library.ts";
import { awaitValue } from "../kernel/await.ts";
import { fromJS } from "../kernel/border.ts";
import { overflow, push1, type Resume, Y } from "../kernel/control.ts";
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { moduleScope, type Scope } from "../kernel/scope.ts";
import { STRING, wrong } from "../kernel/wrong.ts";
import { findSource, importModule, isFolder, type SourceFile, sourceFiles } from "../lib/source.ts";
import { forget } from "./compile.ts";
import { library, libraryValue, runtimeModule } from "./library.ts";
import { homeOf, macrosIn, remember } from "./macros.ts";
import { View } from "./view.ts";

interface Loaded {
  readonly scope: Scope;
  /** Until what it imports is there. */
  ready: Promise<unknown> | null;
}
const loaded = new Map<string, Loaded>();

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
    if (file === null)
      return error(isFolder(path, scope.folder) ? `load: ${path} is a directory` : `load: no such file: ${path}`);
    const known = loaded.get(file.path);
    if (known === undefined) return overflow(compileAndRun, file, scope);
    show(known.scope, scope);
    if (known.ready === null) return nil;
    // Another fiber is loading it.
    return awaitValue(known.ready) === Y ? push1(loadedThen, nil) : nil;
  });
const loadedThen: Resume = () => nil;

const compileAndRun = (found: Value, into: Value): Value => {
  const file = found as SourceFile;
  const scope = scopeOf(file, into as Scope);
  const imported = new Map<string, Value>();
  const inner = seeing(imported, scope);
  const view = new View([null], null, inner);
  const source = { path: file.path, text: file.text };
  const macros = macrosIn(into as Scope);
  const moduleAt = (specifier: string) => javascriptModuleAt(specifier, file.folder, sourceFiles);
  const unit = compileFile(`${homeOf(inner)}0`, source, (name) => view.knows(name), library(), macros, moduleAt);
  if (typeof unit === "string") return error(`load: ${unit}`);
  for (const place of [scope, inner]) remember(place, unit.visible);
  if (unit.visible.size > 0) forget();
  let make: Make;
  try {
    make = new Function("$import", unit.text)(runtimeModule) as Make;
  } catch (e) {
    // As in eval/compile.ts.
    return error(`load: ${file.path}: js: ${(e as Error).message}`, nil, e);
  }
  const entry: Loaded = { scope, ready: null };
  loaded.set(file.path, entry);
  show(scope, into as Scope);
  if (unit.imports.length === 0) return make(view, [])();
  const failure: Value[] = [];
  const imports = unit.imports.map((one) => importInto(imported, failure, one));
  entry.ready = Promise.all(imports).then(() => {
    entry.ready = null;
  });
  const run = (): Value => {
    if (failure.length === 0) return make(view, [])();
    loaded.delete(file.path);
    return failure[0];
  };
  return awaitValue(entry.ready) === Y ? push1(runThen, run) : run();
};
const runThen: Resume = (_, { a: run }) => (run as () => Value)();
type Make = (scope: Scope, values: readonly Value[]) => () => Value;

/** "ES modules are run before the modules that import them": the file waits for its imports. */
const importInto = async (
  to: Map<string, Value>,
  failure: Value[],
  { specifier, path, names }: CompiledFile["imports"][number],
): Promise<void> => {
  try {
    const module = await importModule(specifier, path);
    for (const { name, local } of names) {
      if (name !== "*" && !(name in module)) failure.push(error(`load: "${specifier}" exports nothing called ${name}`));
      to.set(local, fromJS(name === "*" ? module : module[name]));
    }
  } catch (e) {
    const why = e instanceof Error ? e.message : String(e);
    failure.push(error(`load: cannot import "${specifier}": ${why}`, nil, e));
  }
};
const seeing = (imported: ReadonlyMap<string, Value>, scope: Scope): Scope => ({
  ...scope,
  get: (name) => imported.get(name) ?? scope.get(name),
  knows: (name) => imported.has(name) || scope.knows(name),
});

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
    if (asking || loading.imports.has(name) || libraryValue(name) !== undefined) return otherwise;
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
