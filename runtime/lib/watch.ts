/** Watching files and directories. Changes are kept until they are asked for; the same one twice in a row is one. */
import { type FSWatcher, watch } from "node:fs";
import type { ValkError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { isList, list, nil, type Value } from "../kernel/list.ts";
import { isRef, Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { type Kind, PLIST, refuse, STRING } from "../kernel/wrong.ts";
import { fileError } from "./file-error.ts";
import { type Done, flag, handled, operation, readOptions, type Start } from "./operation.ts";

interface Watching {
  readonly watcher: FSWatcher;
  /** Changes nobody has asked for yet, by what and where. */
  readonly changes: Map<string, Value>;
  readonly waiting: Done[];
  failure: ValkError | null;
  closed: boolean;
}
const WATCHER: Kind = { what: "a watcher", is: (v) => isRef(v, "watcher") };
/** So many changes are kept; beyond that only that there were more. */
const KEPT = 4096;

const hold = ({ watcher, waiting }: Watching): void => {
  if (waiting.length > 0) watcher.ref();
  else watcher.unref();
};
const tell = (state: Watching): void => {
  while (state.waiting.length > 0) {
    const [first] = state.changes;
    if (first === undefined && state.failure === null && !state.closed) return;
    const done = state.waiting.shift() as Done;
    hold(state);
    if (first !== undefined) {
      state.changes.delete(first[0]);
      done(first[1]);
    } else done(state.failure ?? nil);
  }
};

/** `(fs/watch path [options])`: a watcher of a file, or of a directory; with `:recursive 1` also of those below it. */
export const fsWatch = /*#__PURE__*/ native("fs/watch", 1, 2, (path: Value, given: Value = nil): Value => {
  if (typeof path !== "string" || !isList(given) || !PLIST.is(given))
    return refuse("fs/watch", [path, given], STRING, PLIST);
  try {
    const watcher = watch(path, { recursive: flag(readOptions(given), "recursive"), persistent: true });
    const state: Watching = { watcher, changes: new Map(), waiting: [], failure: null, closed: false };
    const note = (event: string, name: string): void => {
      state.changes.set(`${event} ${name}`, list(sym(":event"), sym(`:${event}`), sym(":name"), name));
      tell(state);
    };
    watcher.on("change", (event, name) => {
      if (state.changes.size < KEPT) note(event, String(name ?? ""));
      else note("overflow", "");
    });
    watcher.on("error", (e) => {
      state.failure ??= fileError("fs/watch", "watch", path, e);
      tell(state);
    });
    hold(state);
    return new Ref("watcher", state);
  } catch (e) {
    return fileError("fs/watch", "watch", path, e);
  }
});

const startChange: Start = (done, [ref]) => {
  const state = (ref as Ref<Watching>).target;
  state.waiting.push(done);
  hold(state);
  tell(state);
  return () => {
    const i = state.waiting.indexOf(done);
    if (i >= 0) state.waiting.splice(i, 1);
    hold(state);
  };
};
/** `(fs/change-async watcher k)`: the next change, `{:event :rename :name "a.txt"}`; nil when the watcher is closed. */
export const fsChange = /*#__PURE__*/ operation("fs/change-async", [WATCHER], startChange);
export const fsChangeHandle = /*#__PURE__*/ handled("fs/change", [WATCHER], startChange);

/** `(fs/unwatch watcher)`: closes it; nil. */
export const fsUnwatch = /*#__PURE__*/ native("fs/unwatch", 1, 1, (ref: Value): Value => {
  if (!WATCHER.is(ref)) return refuse("fs/unwatch", [ref], WATCHER);
  const state = (ref as Ref<Watching>).target;
  if (state.closed) return nil;
  state.closed = true;
  state.changes.clear();
  state.watcher.close();
  tell(state);
  return nil;
});
