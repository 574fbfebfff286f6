/**
 * cps -> ESTree: one JavaScript module, or two where other modules load it. Afterwards: every name is bound, imports are what
 * is used, and everything at the top level that runs no user code is marked pure.
 */
import type * as ESTree from "estree";
import type { Context } from "../context.ts";
import type * as Core from "../ir/core.ts";
import type * as Cps from "../ir/cps.ts";
import { specifierOf } from "../ir/javascript.ts";
import type { CarriedMacros } from "../ir/macro.ts";
import { isTimeless } from "../ir/op-effects.ts";
import type { World } from "../ir/world.ts";
import { impossible } from "../source/impossible.ts";
import { EMBEDDED, jsName, jsNames, mangle, SCOPE } from "../source/names.ts";
import { lineStarts, positionAt } from "../source/source.ts";
import type { Span } from "../source/span.ts";
import type { Expression } from "./build.ts";
import * as build from "./build.ts";
import { createConstants, embedded } from "./constants.ts";
import { emitFunction } from "./function.ts";
import { globalsByName, importedNames } from "./globals.ts";
import { inline, namesIn } from "./inline.ts";
import { arityCall } from "./operations.ts";
import { isComparison } from "./operators.ts";
import { localNames, type ModuleNames, moduleNames } from "./scope.ts";
import type { Host } from "./writer.ts";

/** What the emitter must know besides the program. */
export interface Setting {
  /** Import specifier of a runtime module such as `kernel/list`. */
  readonly runtime: (module: string) => string;
  /** Import specifier of another Valk module's raw exports. */
  readonly module: (id: string) => string;
  /** Where a builtin lives. */
  readonly builtin: (name: string) => { readonly module: string; readonly export: string };
  /** Import specifier of a module of JavaScript, as this program's output needs it. */
  readonly javascript: (specifier: string) => string;
  /** Modules of JavaScript that are imported, used or not, in order. */
  readonly imports: readonly string[];
  /** The expressions of JavaScript in the module. */
  readonly inline: readonly string[];
  /** Does the module run when JavaScript imports it? (Otherwise it exports its init for loaders.) */
  readonly entry: boolean;
  /** May its top level have to wait (not merely unwind)? Then importers wait, too. */
  readonly waits: boolean;
  /** May its top level unwind? */
  readonly unwinds: boolean;
  /** The globals that other Valk modules may read, whatever the module gives to JavaScript. */
  readonly visible: readonly string[];
  /** A part of the library: it has no top level to run and nothing for JavaScript. */
  readonly library: boolean;
  /** Exported names that are another module's: name, and the raw output that has it under the other name. */
  readonly reexports: readonly { readonly name: string; readonly from: string; readonly original: string }[];
  /** Is code compiled at run time that sees the module's globals? */
  readonly dynamic: boolean;
  /** It is such code. */
  readonly evaluated: boolean;
  /** For code that is compiled at run time: the macros it can use, and names in their templates that are those of other modules. */
  readonly macros: {
    readonly macros: CarriedMacros;
    readonly names: readonly { readonly name: string; readonly home: string; readonly called: string }[];
  } | null;
  /** The folder of the source, where computed loads look first; null: that of the output. */
  readonly folder: string | null;
  /** The name of the file that JavaScript imports: in a bundle the runtime finds itself in another one. */
  readonly file: string;
  readonly header: string;
}

export type Program = ESTree.Program & { readonly header?: string };

/** The export that runs a loaded module. No name of a program has brackets in it. */
const INIT = "(init)";

export function emit(module: Cps.Module, setting: Setting, world: World, context: Context): Program {
  const entries = setting.library ? module.entries : [...module.entries, module.init];
  // No name of the module may be one that an inline expression means a global by.
  const mentioned = namesIn(setting.inline);
  const own = (name: string): string => (mentioned.has(name) ? `${name}$v` : name);
  const variables = new Map(module.variables.map((v) => [v, own(mangle(v))]));
  const initName = own(module.init.fn.name);
  const tops = new Map(module.entries.map((e) => [e.name, own(e.fn.name)]));
  const names = moduleNames([
    ...entries.flatMap((e) => [own(e.fn.name), ...e.parts.map((p) => own(p.name))]),
    ...variables.values(),
    ...mentioned,
  ]);
  const frame = mentioned.has("$") ? names.take("$f") : "$";
  for (const specifier of setting.imports) names.module(setting.javascript(specifier));

  const starts = lineStarts(context.source.text);
  const place = (span: Span, owner: string | null): string => {
    const { line, column } = positionAt(starts, span.start);
    return `${owner ?? ""} ${context.source.path}:${line + 1}:${column + 1}`.trimStart();
  };
  // What runs once, when the module is evaluated, uses imports; code of functions uses constants.
  const runtime = (file: string, name: string, wish?: string): Expression =>
    build.id(names.import(setting.runtime(file), name, wish));
  const runtimeConstant = (file: string, name: string, wish?: string): Expression =>
    build.id(names.constant(setting.runtime(file), name, wish));
  const constants = createConstants(names.take, runtime);
  const jsVariables = new Map(
    module.exports.filter((e) => variables.has(e)).map((e) => [e, names.take(`${variables.get(e)}$js`)]),
  );

  let scope: string | null = null;
  const host = (): Host => ({
    names: localNames(names),
    dynamic: setting.dynamic,
    frame,
    runtime: runtimeConstant,
    constant: ({ datum }) => constants.of(datum),
    fn: (fn) => reference(fn),
    part: (name) => build.id(own(name)),
    javascript: (code, place) => inline(code, context.source.text, place),
    global: (global) => {
      if (global.name.startsWith(EMBEDDED)) return embedded(global.name);
      if (global.module === SCOPE) return build.call(build.member(host().scope(), "get"), build.literal(global.name));
      const specifier = specifierOf(global.module);
      if (specifier !== null) {
        const local = names.import(setting.javascript(specifier), global.name, mangle(wishFor(global.name)));
        return build.call(runtimeConstant("kernel/border", "fromJS"), build.id(local));
      }
      if (global.module === null) return build.id(variables.get(global.name) ?? impossible(`no global ${global.name}`));
      return build.id(names.import(setting.module(global.module), `$${mangle(global.name)}`, mangle(global.name)));
    },
    setGlobal: (name, value) => {
      const set = build.assign(build.id(variables.get(name) ?? impossible(`no global ${name}`)), value);
      const js = jsVariables.get(name);
      return js === undefined
        ? set
        : build.assign(build.id(js), build.call(runtime("kernel/border", "toJSValue"), set));
    },
    scope: () => {
      scope ??= setting.evaluated ? SCOPE : names.take("module$globals");
      return build.id(scope);
    },
    byName: (name) => (setting.dynamic ? build.call(build.member(host().scope(), "get"), build.literal(name)) : null),
    init: (id) => build.id(names.import(setting.module(id), INIT, "init")),
    pure: (op) => isTimeless(op, world),
    givesNumber: (op) => givesNumber(op, world),
  });
  const reference = (fn: Core.FnRef): Expression => {
    if (fn.kind === "Own") return build.id(tops.get(fn.name) ?? impossible(`no function ${fn.name}`));
    if (fn.kind === "Module") {
      const earlier = !setting.library && world.fn(fn)?.cyclic === false;
      const take = earlier ? names.constant : names.import;
      return build.id(take(setting.module(fn.module), `$${mangle(fn.name)}`, mangle(fn.name)));
    }
    if (fn.name === "PROMPT") return runtimeConstant("kernel/control", "PROMPT");
    if (fn.name === "PROBE") return runtimeConstant("kernel/probe", "PROBE");
    if (fn.name === "eval" || fn.name === "load") return bound(fn.name);
    const { module: file, export: name } = setting.builtin(fn.name);
    return runtimeConstant(file, name);
  };
  // They belong to the module that names them: a constant for each, once there is a scope.
  const bounds = new Map<string, string>();
  const bound = (name: "eval" | "load"): Expression => {
    const local = bounds.get(name) ?? names.take(`${name}$here`);
    bounds.set(name, local);
    return build.id(local);
  };

  // ---- the body ----

  const body: ESTree.Program["body"] = [];
  const functionOf = (fn: Cps.Function, writer: Host): ESTree.ArrowFunctionExpression => {
    const { params, body: stmts } = emitFunction(fn, writer);
    return build.located(build.arrow(params, stmts), fn.span, fn.owner ?? undefined);
  };
  for (const entry of entries) {
    const writer = host();
    const fn = functionOf(entry.fn, writer);
    const isInit = entry === module.init;
    const value = isInit ? fn : pure(arityCall(runtime, entry.fn.owner, entry.arity, fn));
    body.push(named(build.declare("const", own(entry.fn.name), value), entry.name));
    for (const part of entry.parts) {
      const code = functionOf(part, writer);
      const made =
        part.role === "resume"
          ? pure(build.call(runtime("kernel/place", "at"), build.literal(place(part.span, part.owner)), code))
          : code;
      body.push(build.declare("const", own(part.name), made));
    }
  }

  const before: ESTree.Program["body"] = [];
  if (variables.size > 0) before.push(build.declareAll([...variables.values()]) as ESTree.VariableDeclaration);
  if (jsVariables.size > 0) before.push(build.declareAll([...jsVariables.values()]) as ESTree.VariableDeclaration);
  const exported = exports(module, tops, variables, jsVariables, names.take, runtime, setting, initName);
  for (const [name, local] of bounds) {
    const make = name === "eval" ? runtime("eval/evaluate", "evaluator") : runtime("eval/load", "loader");
    before.push(build.declare("const", local, pure(build.call(make, host().scope()))));
  }
  if (scope !== null && scope !== SCOPE) {
    const { macros, folder } = setting;
    const loads = bounds.has("load");
    const here = !loads ? build.literal(null) : folder === null ? importUrl() : build.literal(folder);
    const imported = loads ? importedNames(module, world) : [];
    const parts = globalsByName(module, world, host(), macros?.names ?? []);
    if (loads || macros !== null) parts.push(here);
    if (imported.length > 0 || macros !== null) parts.push(build.array(imported.map(build.literal)));
    if (macros !== null) parts.push(data(macros.macros));
    const made = build.call(runtime("kernel/scope", "moduleScope"), ...parts);
    before.unshift(build.declare("const", scope, pure(made)));
  }
  const constantsOut = constants.all().map((c) => build.declare("const", c.name, pure(c.init)));
  return {
    type: "Program",
    sourceType: "module",
    header: setting.header,
    body: [...imported(names), ...before, ...constantsOut, ...body, ...exported],
  };
}

/** As arrays: what `moduleScope` takes. */
const data = ({ visible, modules }: CarriedMacros): Expression =>
  build.array([
    build.array(visible.map((entry) => build.array(entry.map(build.literal)))),
    build.array(modules.map(({ path, text }) => build.array([build.literal(path), build.literal(text)]))),
  ]);

/** For a module that others load: the file JavaScript imports. It runs the module and gives its exports. */
export function emitFacade(module: Cps.Module, setting: Setting, raw: string): Program {
  const names = moduleNames([]);
  const init = names.import(raw, INIT, "init");
  const run = names.import(setting.runtime("kernel/main"), setting.unwinds ? "run" : "runPlain");
  const call = runCall(build.id(run), build.id(init), setting);
  const exported = module.exports.flatMap((name) => jsNames(name).map((js) => [jsName(name), js]));
  const imports = [...names.imports].map(([specifier, used]) => importFrom(specifier, used));
  for (const { name } of setting.reexports) for (const js of jsNames(name)) exported.push([js, js]);
  const from = exportFrom(raw, exported);
  return {
    type: "Program",
    sourceType: "module",
    header: setting.header,
    body: [...imports, build.expression(call), ...(exported.length > 0 ? [from] : [])],
  };
}

const exportFrom = (source: string, names: readonly (readonly string[])[]): ESTree.ExportNamedDeclaration => ({
  type: "ExportNamedDeclaration",
  declaration: null,
  attributes: [],
  source: { type: "Literal", value: source },
  specifiers: names.map(([local, name]) => ({
    type: "ExportSpecifier",
    local: exportName(local),
    exported: exportName(name),
  })),
});

const importUrl = (): Expression =>
  build.member({ type: "MetaProperty", meta: build.id("import"), property: build.id("meta") }, "url");
const runCall = (run: Expression, init: Expression, setting: Setting): Expression => {
  const url = importUrl();
  const call = build.call(run, init, url, build.literal(setting.file));
  return setting.waits ? { type: "AwaitExpression", argument: call } : call;
};

function exports(
  module: Cps.Module,
  tops: ReadonlyMap<string, string>,
  variables: ReadonlyMap<string, string>,
  jsVariables: ReadonlyMap<string, string>,
  take: (wish: string) => string,
  runtime: (file: string, name: string) => Expression,
  setting: Setting,
  initName: string,
): ESTree.Program["body"] {
  const body: ESTree.Program["body"] = [];
  const specifiers: [string, string][] = [];
  const seen = new Set<string>();
  const give = (local: string, name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    specifiers.push([local, name]);
  };
  // Not the functions' own names: V8 takes an exported name from its cell even in the module that defines it.
  const shared: [string, Expression][] = [];
  for (const name of setting.visible) {
    const variable = variables.get(name);
    const top = tops.get(name);
    if (top !== undefined) {
      const outer = take(`${top}$x`);
      shared.push([outer, build.id(top)]);
      give(outer, `$${mangle(name)}`);
    } else if (variable !== undefined) give(variable, `$${mangle(name)}`);
  }
  if (shared.length > 0) body.push(build.declareConstants(shared));
  if (!setting.entry && !setting.library) {
    const once = take("init$once");
    body.push(build.declare("const", once, pure(build.call(runtime("kernel/main", "loaded"), build.id(initName)))));
    give(once, INIT);
  }
  for (const name of setting.library ? [] : module.exports) {
    let local = jsVariables.get(name);
    if (local === undefined) {
      local = take(`${tops.get(name) ?? mangle(name)}$js`);
      body.push(
        build.declare(
          "const",
          local,
          pure(
            build.call(
              runtime("kernel/border", "exported"),
              build.id(tops.get(name) ?? impossible(`no export ${name}`)),
            ),
          ),
        ),
      );
    }
    for (const js of jsNames(name)) give(local, js);
  }
  for (const { name, from, original } of setting.reexports)
    body.push(
      exportFrom(
        from,
        jsNames(name).map((js) => [jsName(original), js]),
      ),
    );
  if (setting.entry) {
    const run = (): Expression => runtime("kernel/main", setting.unwinds ? "run" : "runPlain");
    // A top level that cannot fail needs nobody to report a failure: with it goes most of the runtime.
    const plain = !setting.unwinds && givesNil(module.init.fn.body);
    body.push(
      build.expression(
        plain ? build.call(build.id(initName), build.literal(false)) : runCall(run(), build.id(initName), setting),
      ),
    );
  }
  if (specifiers.length > 0)
    body.push({
      type: "ExportNamedDeclaration",
      declaration: null,
      source: null,
      attributes: [],
      specifiers: specifiers.map(([local, name]) => ({
        type: "ExportSpecifier",
        local: build.id(local),
        exported: exportName(name),
      })),
    });
  return body;
}

/** Does every way through the statements end with nil, whatever happens? */
const givesNil = (stmts: readonly Cps.Stmt[]): boolean =>
  stmts.every((s) => {
    switch (s.kind) {
      case "Report":
        return false;
      case "Return":
        return s.op.kind === "Use" && s.op.atom.kind === "Nil";
      case "Guard":
        return givesNil(s.exit);
      case "If":
        return givesNil(s.then) && givesNil(s.else);
      case "Labeled":
      case "Loop":
        return givesNil(s.body);
      default:
        return true;
    }
  });

const exportName = (name: string): ESTree.Identifier | ESTree.Literal =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? build.id(name) : ({ type: "Literal", value: name } as const);

/** The imports, and the constants made of them. */
function imported(names: ModuleNames): ESTree.Program["body"] {
  const made: [string, Expression][] = [];
  const own = (local: string): string => {
    if (!names.constants.has(local)) return local;
    const outer = names.take(`${local}$i`);
    made.push([local, build.id(outer)]);
    return outer;
  };
  const imports = [...names.imports].flatMap(([specifier, used]) =>
    importsFrom(specifier, new Map([...used].map(([name, local]) => [name, own(local)]))),
  );
  return made.length === 0 ? imports : [...imports, build.declareConstants(made)];
}

const importFrom = (specifier: string, used: ReadonlyMap<string, string>): ESTree.ImportDeclaration => ({
  type: "ImportDeclaration",
  source: { type: "Literal", value: specifier },
  // Node wants to be told that it is no code.
  attributes: specifier.endsWith(".json")
    ? [{ type: "ImportAttribute", key: build.id("type"), value: { type: "Literal", value: "json" } }]
    : [],
  specifiers: [...used].map(([name, local]) =>
    name === "*"
      ? { type: "ImportNamespaceSpecifier", local: build.id(local) }
      : { type: "ImportSpecifier", imported: exportName(name), local: build.id(local) },
  ),
});

/** `import * as a` stands in no declaration with other names. */
const importsFrom = (specifier: string, used: ReadonlyMap<string, string>): readonly ESTree.ImportDeclaration[] => {
  const all = used.get("*");
  const named = new Map([...used].filter(([name]) => name !== "*"));
  return [
    ...(all === undefined ? [] : [importFrom(specifier, new Map([["*", all]]))]),
    ...(all !== undefined && named.size === 0 ? [] : [importFrom(specifier, named)]),
  ];
};

/** What an import is called here, if that can be had. */
const wishFor = (name: string): string => (name === "*" ? "module" : name === "default" ? "imported" : name);

/** Bundlers may drop the call if nobody uses what it gives. */
const pure = <T extends Expression>(call: T): T => Object.assign(call, { pure: true });
const named = (declaration: ESTree.VariableDeclaration, originalName: string): ESTree.VariableDeclaration => {
  Object.assign(declaration.declarations[0].id, { originalName });
  return declaration;
};

/** Arithmetic that is not a comparison gives numbers (or big integers where arguments may be something else). */
const givesNumber = (op: Cps.Op, world: World): boolean => {
  if (op.kind === "Arith") return isComparison(op.op) || op.checks.every((c) => !c);
  if (op.kind !== "Call" || op.fn.kind !== "Builtin") return false;
  const gives = world.fn(op.fn)?.gives;
  return Array.isArray(gives) && gives.length === 1 && gives[0] === "number";
};
