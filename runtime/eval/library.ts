/**
 * Everything that compiled code may import, at hand: code that is compiled at run time cannot wait for a module to be loaded.
 * A program that evaluates lists carries all of it, because nobody knows which builtins they will name.
 */
import { createLibrary, type Library, mangle } from "../../compiler/compile-code.ts";
import * as kernelBorder from "../kernel/border.ts";
import * as kernelCell from "../kernel/cell.ts";
import * as kernelControl from "../kernel/control.ts";
import * as kernelError from "../kernel/error.ts";
import * as kernelFunction from "../kernel/function.ts";
import * as kernelList from "../kernel/list.ts";
import * as kernelMain from "../kernel/main.ts";
import * as kernelPlace from "../kernel/place.ts";
import * as kernelProbe from "../kernel/probe.ts";
import * as kernelQuoted from "../kernel/quoted.ts";
import * as kernelRegisters from "../kernel/registers.ts";
import * as kernelScope from "../kernel/scope.ts";
import * as kernelSymbol from "../kernel/symbol.ts";
import * as kernelTruth from "../kernel/truth.ts";
import * as libAtom from "../lib/atom.ts";
import * as libAwait from "../lib/await.ts";
import * as libDns from "../lib/dns.ts";
import * as libEqual from "../lib/equal.ts";
import * as libError from "../lib/error.ts";
import * as libEval from "../lib/eval.ts";
import * as libFile from "../lib/file.ts";
import * as libFunction from "../lib/function.ts";
import * as libHttp2Client from "../lib/http2-client.ts";
import * as libHttp2Message from "../lib/http2-message.ts";
import * as libHttp2Server from "../lib/http2-server.ts";
import * as libIo from "../lib/io.ts";
import * as libList from "../lib/list.ts";
import * as libLogic from "../lib/logic.ts";
import * as libNet from "../lib/net.ts";
import * as libNumber from "../lib/number.ts";
import * as libOrder from "../lib/order.ts";
import * as libPlist from "../lib/plist.ts";
import * as libPredicate from "../lib/predicate.ts";
import * as libProcess from "../lib/process.ts";
import * as libQuasi from "../lib/quasi.ts";
import * as libSource from "../lib/source.ts";
import * as libString from "../lib/string.ts";
import * as libSystem from "../lib/system.ts";
import * as libTimer from "../lib/timer.ts";
import * as libTls from "../lib/tls.ts";
import type { Value } from "../kernel/list.ts";
import { nil } from "../kernel/list.ts";
import { modules as prelude, summaries } from "./prelude.ts";
import { constants } from "../signatures.ts";
import * as evalEvaluate from "./evaluate.ts";
import * as evalLoad from "./load.ts";
import * as evalRead from "./read.ts";

type Module = Readonly<Record<string, unknown>>;

const own: Readonly<Record<string, Module>> = {
  "kernel/border": kernelBorder,
  "kernel/cell": kernelCell,
  "kernel/control": kernelControl,
  "kernel/error": kernelError,
  "kernel/function": kernelFunction,
  "kernel/list": kernelList,
  "kernel/main": kernelMain,
  "kernel/place": kernelPlace,
  "kernel/probe": kernelProbe,
  "kernel/quoted": kernelQuoted,
  "kernel/registers": kernelRegisters,
  "kernel/scope": kernelScope,
  "kernel/symbol": kernelSymbol,
  "kernel/truth": kernelTruth,
  "lib/atom": libAtom,
  "lib/await": libAwait,
  "lib/dns": libDns,
  "lib/equal": libEqual,
  "lib/error": libError,
  "lib/eval": libEval,
  "lib/file": libFile,
  "lib/function": libFunction,
  "lib/http2-client": libHttp2Client,
  "lib/http2-message": libHttp2Message,
  "lib/http2-server": libHttp2Server,
  "lib/io": libIo,
  "lib/list": libList,
  "lib/logic": libLogic,
  "lib/net": libNet,
  "lib/number": libNumber,
  "lib/order": libOrder,
  "lib/plist": libPlist,
  "lib/predicate": libPredicate,
  "lib/process": libProcess,
  "lib/quasi": libQuasi,
  "lib/source": libSource,
  "lib/string": libString,
  "lib/system": libSystem,
  "lib/timer": libTimer,
  "lib/tls": libTls,
  "eval/evaluate": evalEvaluate,
  "eval/load": evalLoad,
  "eval/read": evalRead,
};

/** The runtime module of a specifier such as `lib/list`. */
export const runtimeModule = (specifier: string): Module => {
  const found = own[specifier] ?? prelude[specifier];
  if (found === undefined) throw new Error(`no runtime module ${specifier}`);
  return found;
};

let made: Library | null = null;
/** What the compiler knows of the library; made when it is first asked for. */
export const library = (): Library => {
  made ??= createLibrary(summaries);
  return made;
};

const fixed = /*#__PURE__*/ new Map<string, Value>(constants.map((c) => [c.name, c.kind === "nil" ? nil : c.value]));

/** The library's value of a name as programs see it; undefined: it has none. */
export const libraryValue = (name: string): Value => {
  const constant = fixed.get(name);
  if (constant !== undefined) return constant;
  const signature = library().builtin(name);
  if (signature !== undefined) return signature.internal === true ? undefined : runtimeModule(signature.module)[signature.export];
  const outside = library().outside.get(name);
  if (outside?.kind !== "function" || outside.fn.kind !== "Module") return undefined;
  const summary = library().summaries.get(outside.fn.module);
  return summary === undefined ? undefined : runtimeModule(summary.output.replace(/\.js$/, ""))[`$${mangle(name)}`];
};
