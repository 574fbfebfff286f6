/**
 * Regular expressions, of JavaScript's syntax and with its Unicode rules (flag u), unless other flags are given. Where a regular
 * expression is expected a string will do. Positions count UTF-16 units.
 */
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { fromArray, list, nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { sym } from "../kernel/symbol.ts";
import { type Kind, refuse, STRING } from "../kernel/wrong.ts";
import { bit, checked } from "./checked.ts";

const FLAGS = /^[imsuv]*$/;
const known = /*#__PURE__*/ new Map<string, Ref<RegExp>>();
const KEPT = 200;

/** Compiled; the most recent ones are kept. */
const compile = (name: string, source: string, flags: string): Ref<RegExp> | Value => {
  const key = `${flags}/${source}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  try {
    // g, so that matching can begin anywhere: every use sets `lastIndex` first.
    const made = new Ref("regex", new RegExp(source, `${/[uv]/.test(flags) ? flags : `${flags}u`}g`));
    if (known.size >= KEPT) known.delete(known.keys().next().value as string);
    known.set(key, made);
    return made;
  } catch (e) {
    const why = (e as Error).message.replace(/^Invalid (?:regular expression|flags)[^:]*: (?:\/.*\/\w*: )?/s, "");
    return error(`${name}: not a regular expression: ${JSON.stringify(source)}: ${why}`, nil, e);
  }
};

const isRegex = (v: Value): v is Ref<RegExp> => v instanceof Ref && v.kind === "regex";
const REGEX: Kind = { what: "a regular expression or a string", is: (v) => typeof v === "string" || isRegex(v) };

/** A regular expression; flags are of "imsuv". */
export const regex = /*#__PURE__*/ native("regex", 1, 2, (source: Value, flags: Value = ""): Value => {
  if (typeof source !== "string" || typeof flags !== "string") return refuse("regex", [source, flags], STRING);
  return FLAGS.test(flags)
    ? compile("regex", source, flags)
    : refuse("regex", [source, flags], STRING, { what: 'flags of "imsuv"', is: () => false });
});

/** A builtin whose first argument is a regular expression. */
const searching = (
  name: string,
  more: readonly Kind[],
  f: (re: RegExp, s: string, ...more: never[]) => Value,
  min?: number,
) =>
  checked(
    name,
    [REGEX, STRING, ...more],
    (re: Value, s: string, ...rest: never[]) => {
      const made = typeof re === "string" ? compile(name, re, "") : re;
      if (!isRegex(made)) return made;
      made.target.lastIndex = 0;
      return f(made.target, s, ...rest);
    },
    min,
  );

const orNil = (s: string | undefined): Value => s ?? nil;
/** {:text .. :index .. :groups {..} :named {..}}; a group that took no part is nil. */
const plist = (found: RegExpMatchArray): Value => {
  const named: Value[] = [];
  for (const [name, text] of Object.entries(found.groups ?? {})) named.push(sym(`:${name}`), orNil(text));
  return list(
    sym(":text"),
    found[0],
    sym(":index"),
    found.index as number,
    sym(":groups"),
    fromArray(found.slice(1).map(orNil)),
    sym(":named"),
    fromArray(named),
  );
};

export const regexTest = /*#__PURE__*/ searching("regex/test?", [], (re, s) => bit(re.test(s)));
/** The first match, or nil. */
export const regexMatch = /*#__PURE__*/ searching("regex/match", [], (re, s) => {
  const found = re.exec(s);
  return found === null ? nil : plist(found);
});
/** All matches that do not overlap. */
export const regexAll = /*#__PURE__*/ searching("regex/all", [], (re, s) =>
  fromArray([...s.matchAll(re)].map((found) => plist(found))),
);
/** The texts of all matches. */
export const regexFind = /*#__PURE__*/ searching("regex/find", [], (re, s) => fromArray(s.match(re) ?? []));
/** Every match replaced: $1 or $<name> in `to` stand for groups, $& for the match, $$ for $. */
export const regexReplace = /*#__PURE__*/ searching("regex/replace", [STRING], (re, s, to: string) =>
  s.replace(re, to),
);
/** The parts between the matches. */
export const regexSplit = /*#__PURE__*/ searching("regex/split", [], (re, s) => {
  const parts: string[] = [];
  let from = 0;
  // Not String.prototype.split, which mixes the groups in.
  for (const found of s.matchAll(re)) {
    const at = found.index as number;
    if (found[0] === "" && (at === 0 || at === s.length)) continue;
    parts.push(s.slice(from, at));
    from = at + found[0].length;
  }
  return fromArray([...parts, s.slice(from)]);
});
/** A pattern that matches exactly this text. */
export const regexEscape = /*#__PURE__*/ checked("regex/escape", [STRING], (s: string) =>
  s.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"),
);
export const isRegexValue = /*#__PURE__*/ native("regex?", 1, 1, (x: Value): Value => bit(isRegex(x)));
