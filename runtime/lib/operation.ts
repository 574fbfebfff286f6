/**
 * Async operations. They take their continuation last: with it they start and give nil; without it they give a thunk, a
 * function that waits for it. An options plist may stand just before it, an aio system may come first.
 */
import { type Continuation, closing, deliver, type Thunk } from "../kernel/await.ts";
import { errorOf } from "../kernel/border.ts";
import { state } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { arityError, type Fn, named, native } from "../kernel/function.ts";
import { isList, type List, list, nil, toArray, type Value } from "../kernel/list.ts";
import type { Ref } from "../kernel/ref.ts";
import { show } from "../kernel/show.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { firstError, type Kind, NUMBER, PLIST, STRING, wrong } from "../kernel/wrong.ts";
import { after, MS } from "./clock.ts";
import { pending } from "./handle.ts";
import { sharedSystem, systemOf } from "./system.ts";

/** Takes the result of an operation; only the first one counts. */
export type Done = (result: Value) => void;
/** Options by name without the colon. */
export type Options = ReadonlyMap<string, Value>;
/** Ends an operation that nobody waits for any more. Its time may be up (option `:timeout`), or it was cancelled. */
export type GiveUp = (why: "cancelled" | "timeout") => void;
/**
 * Begins the operation; what it throws is the result. It may give a function that gives the operation up: closes the socket,
 * the timer, the stream under it. Afterwards `done` has no effect. `name` is the operation's, for messages.
 */
export type Start = (
  done: Done,
  args: readonly Value[],
  options: Options,
  system: ReturnType<typeof sharedSystem>,
  name: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: most operations give nothing
) => GiveUp | void;

/** The arguments of a call, sorted out. */
export interface Call {
  readonly args: readonly Value[];
  readonly options: Options;
  readonly system: ReturnType<typeof sharedSystem>;
}

/** Of a call without any. */
export const NONE: Options = /*#__PURE__*/ new Map();
/** The options of a plist; the first of a name counts. */
export const readOptions = (plist: List): Options => {
  const items = toArray(plist),
    options = new Map<string, Value>();
  for (let i = items.length - 2; i >= 0; i -= 2) {
    const key = items[i];
    if (key instanceof Sym) options.set(key.name.replace(/^:/, ""), items[i + 1]);
  }
  return options;
};

/** Is the option there and true? */
export const flag = (options: Options, name: string): boolean => {
  if (options === NONE) return false;
  const value = options.get(name);
  return value !== undefined && value !== nil && value !== false && Number(value) !== 0;
};
/** The option if it is a string. */
export const text = (options: Options, name: string): string | undefined => {
  const value = options.get(name);
  return typeof value === "string" ? value : undefined;
};
/** The option if it is a number, else the default. */
export const amount = (options: Options, name: string, otherwise: number): number => {
  const value = options.get(name);
  return typeof value === "number" ? value : otherwise;
};

/** The Error of an option whose value does not fit. */
export const wrongOption = (name: string, key: string, expected: string, value: Value): ValkError =>
  value instanceof ValkError ? value : error(`${name}: option :${key} must be ${expected}, got ${show(value)}`);
/** What the options of an operation may be. Options that it does not know are ignored; nil is no option. */
export type OptionKinds = Readonly<Record<string, Kind>>;
/** Throws the Error of the first option whose value does not fit, which is the operation's result. */
export const checkOptions = (name: string, options: Options, kinds: OptionKinds): void => {
  for (const key of options.keys()) if (Object.hasOwn(kinds, key)) option(name, options, key, kinds[key]);
};
/** The value of an option, or undefined; throws the Error of one that is no such value, which is the operation's result. */
export const option = (name: string, options: Options, key: string, kind: Kind): Value | undefined => {
  const value = options === NONE ? undefined : options.get(key);
  if (value === undefined || value === nil || kind.is(value)) return value === nil ? undefined : value;
  throw wrongOption(name, key, kind.what, value);
};
export const textOption = (name: string, options: Options, key: string): string | undefined =>
  option(name, options, key, STRING) as string | undefined;
export const numberOption = (name: string, options: Options, key: string, kind = NUMBER): number | undefined =>
  option(name, options, key, kind) as number | undefined;

// Are they just what the kinds say, as they nearly always are?
const fits = (kinds: readonly Kind[], given: readonly Value[]): boolean => {
  if (given.length !== kinds.length) return false;
  for (let i = 0; i < given.length; i++) if (given[i] instanceof ValkError || !kinds[i].is(given[i])) return false;
  return true;
};
/** Sorts out the arguments of an operation that takes the kinds; gives an Error if they do not fit. */
export const readCall = (name: string, kinds: readonly Kind[], given: readonly Value[]): Call | Value => {
  if (fits(kinds, given)) return { args: given, options: NONE, system: sharedSystem() };
  const failed = firstError(given);
  if (failed !== null) return failed;
  const n = kinds.length;
  const named = given.length > 0 ? systemOf(given[0]) : null;
  const skipped = named === null ? 0 : 1;
  const last = given.length - 1;
  const plist = given.length - skipped > n && isList(given[last]) ? (given[last] as List) : null;
  if (plist !== null && !PLIST.is(plist)) return wrong(name, last + 1, PLIST.what, plist);
  const args = given.slice(skipped, plist === null ? given.length : last);
  // Operations have had their continuation taken off: this is the other kind.
  if (args.length === n + 1 && typeof args[n] === "function" && kinds.every((kind, i) => kind.is(args[i])))
    return error(`${name}: gives a Handle, which is awaited, and takes no continuation`);
  if (args.length === n + 1 && named === null) return wrong(name, 1, "an aio system", given[0]);
  if (args.length !== n) return arityError(name, n, n + 2, given.length);
  for (let i = 0; i < n; i++) if (!kinds[i].is(args[i])) return wrong(name, i + 1 + skipped, kinds[i].what, args[i]);
  return { args, options: plist === null ? NONE : readOptions(plist), system: named ?? sharedSystem() };
};
export const isCall = (call: Call | Value): call is Call => !(call instanceof ValkError);

/** One under way. Whatever comes first, the result, the end of the time or the cancellation, takes `k`; what comes later finds nobody. */
class Operation {
  k: Continuation | null;
  giveUp: GiveUp | undefined = undefined;
  /** Stops the time limit. */
  stop: (() => void) | null = null;
  readonly context: ReturnType<typeof state>;

  constructor(k: Continuation) {
    this.k = k;
    this.context = typeof k === "function" ? state() : null;
  }
  /** Gives the result to who waits, if anybody still does. */
  end(result: Value): void {
    const to = this.leave();
    if (to !== null) deliver(to, result, this.context);
  }
  leave(): Continuation | null {
    const to = this.k;
    this.k = null;
    if (this.stop !== null) this.stop();
    return to;
  }
  cancel(): void {
    // What cannot be closed is at least not listened to any more.
    if (this.leave() !== null) this.giveUp?.("cancelled");
  }
  limit(name: string, ms: number): void {
    const up = (): void => {
      const to = this.leave();
      if (to === null) return;
      this.giveUp?.("timeout");
      deliver(to, error(`${name}: timed out after ${ms} ms`, list(sym(":timeout"))), this.context);
    };
    this.stop = after(ms, up, nil, nil);
  }
}

const launch = (name: string, start: Start, k: Continuation, { args, options, system }: Call): Value => {
  const op = new Operation(k);
  const done: Done = (result) => op.end(result);
  const ms = options === NONE ? undefined : options.get("timeout");
  if (ms !== undefined && ms !== nil && !MS.is(ms)) {
    done(wrongOption(name, "timeout", MS.what, ms));
    return nil;
  }
  try {
    op.giveUp = start(done, args, options, system, name) ?? undefined;
  } catch (e) {
    done(errorOf(e));
  }
  if (op.k === null) return nil;
  if (typeof ms === "number") op.limit(name, ms);
  closing(k, () => op.cancel());
  return nil;
};

/** An async operation on arguments of these kinds. */
export const operation = (name: string, kinds: readonly Kind[], start: Start): Fn =>
  native(name, kinds.length, kinds.length + 3, (...given: Value[]): Value => {
    const last = given[given.length - 1];
    const k = typeof last === "function" ? (last as Fn) : null;
    const call = readCall(name, kinds, k === null ? given : given.slice(0, -1));
    if (!isCall(call)) return call;
    if (k !== null) return launch(name, start, k, call);
    const thunk = named(name, 1, (k: Value): Value => launch(name, start, k as Continuation, call)) as Thunk;
    thunk.$start = thunk;
    return thunk;
  });

/** The same operation as a function that gives a Handle. */
export const handled = (name: string, kinds: readonly Kind[], start: Start): Fn =>
  native(name, kinds.length, kinds.length + 2, (...given: Value[]): Value => {
    const call = readCall(name, kinds, given);
    if (!isCall(call)) return call;
    const handle = pending();
    launch(name, start, handle, call);
    return handle;
  });

/** A parameter that takes Refs of a kind. */
export const refKind = (kind: string, what: string): Kind & { readonly of: (value: Value) => Ref } => ({
  what,
  is: (value) => (value as Partial<Ref> | null)?.kind === kind,
  of: (value) => value as Ref,
});
