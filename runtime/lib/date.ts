/**
 * Dates as plain functions: a moment is a number, milliseconds since 1970-01-01 in UTC. A zone is the name of a time zone, such
 * as "Europe/Berlin"; without one it is UTC, and "local" is that of the computer.
 */
import { error } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { type List, list, nil, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";
import { Sym, sym } from "../kernel/symbol.ts";
import { type Kind, PLIST, STRING, SYMBOL, WHOLE } from "../kernel/wrong.ts";
import { checked } from "./checked.ts";

const LARGEST = 8.64e15;
const MOMENT: Kind = {
  what: "a moment (a number of milliseconds)",
  is: (v) => typeof v === "number" && Math.abs(v) <= LARGEST,
};

export const dateNow = /*#__PURE__*/ native("date/now", 0, 0, (): Value => Date.now());

// With an offset, or a date without a time: everything else would depend on the computer's zone.
const ISO = /^[+-]?\d{4,6}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;
/** The moment that an ISO 8601 text names. */
export const dateParse = /*#__PURE__*/ checked("date/parse", [STRING], (text: string) => {
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  const day = Number(/^[+-]?\d+-\d\d-(\d\d)/.exec(text)?.[1]);
  const real = !Number.isNaN(time) && new Date(Date.parse(text.replace(/T.*/, ""))).getUTCDate() === day;
  return real ? time : error(`date/parse: expected a date such as 2024-02-29T12:00:00Z, got ${show(text)}`);
});
export const dateIso = /*#__PURE__*/ checked("date/iso", [MOMENT], (time: number) => new Date(time).toISOString());

// ---- parts ----

const FIELDS = ["year", "month", "day", "hour", "minute", "second"] as const;
type Parts = Readonly<Record<(typeof FIELDS)[number] | "ms" | "weekday" | "offset", number>>;

const formats = /*#__PURE__*/ new Map<string, Intl.DateTimeFormat>();
const formatOf = (zone: string): Intl.DateTimeFormat => {
  let format = formats.get(zone);
  if (format === undefined) {
    const number = "numeric" as const;
    format = new Intl.DateTimeFormat("en-US", {
      calendar: "gregory",
      hourCycle: "h23",
      era: "short",
      year: number,
      month: number,
      day: number,
      hour: number,
      minute: number,
      second: number,
      ...(zone === "local" ? {} : { timeZone: zone }),
    });
    formats.set(zone, format);
  }
  return format;
};
const isZone = (zone: Value): boolean => {
  try {
    return typeof zone === "string" && formatOf(zone) !== undefined;
  } catch {
    return false;
  }
};
const ZONE: Kind = { what: 'a time zone such as "Europe/Berlin"', is: isZone };

/** What the clock on the wall shows, as milliseconds since 1970 as if it were UTC. */
const wall = (time: number, zone: string): number => {
  if (zone === "UTC") return time;
  const shown = new Map(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const at = (field: string): number => Number(shown.get(field as Intl.DateTimeFormatPartTypes));
  const year = /^B/.test(shown.get("era") ?? "") ? 1 - at("year") : at("year");
  const date = new Date(0);
  date.setUTCFullYear(year, at("month") - 1, at("day"));
  date.setUTCHours(at("hour"), at("minute"), at("second"));
  return date.getTime() + (((time % 1000) + 1000) % 1000);
};
const partsOf = (time: number, zone: string): Parts => {
  const shown = wall(time, zone);
  const d = new Date(shown);
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    ms: d.getUTCMilliseconds(),
    weekday: d.getUTCDay(),
    offset: Math.round((shown - time) / 60_000),
  };
};

/** A plist; months count from 1, weekdays from 0 for Sunday, the offset is minutes east of UTC. */
export const dateParts = /*#__PURE__*/ checked(
  "date/parts",
  [MOMENT, ZONE],
  (time: number, zone = "UTC") =>
    list(...Object.entries(partsOf(time, zone)).flatMap(([key, n]) => [sym(`:${key}`), n])),
  1,
);

const fields = (name: string, l: List): ReadonlyMap<string, number> | Value => {
  const found = new Map<string, number>();
  for (let at = l; at !== nil; at = at.tail.tail) {
    const key = at.head instanceof Sym ? at.head.name.slice(1) : "";
    const value = at.tail.head;
    if (![...FIELDS, "ms", "weekday", "offset"].includes(key)) return error(`${name}: no part ${show(at.head)}`);
    if (!Number.isInteger(value)) return error(`${name}: part :${key} must be a whole number, got ${show(value)}`);
    if (!found.has(key)) found.set(key, value as number);
  }
  return found;
};
/** The moment whose clock shows the time `shown`: of two (clocks go back) the first, of none (they go forward) the one after. */
const momentOf = (shown: number, zone: string): number => {
  const first = shown - (wall(shown - 86_400_000, zone) - (shown - 86_400_000));
  if (wall(first, zone) === shown) return first;
  const second = shown - (wall(shown + 86_400_000, zone) - (shown + 86_400_000));
  return wall(second, zone) === shown ? second : Math.max(first, second);
};
/** The moment with these parts; those that are missing are the first of their kind, others roll over (month 13 is January). */
export const dateOf = /*#__PURE__*/ checked(
  "date/of",
  [PLIST, ZONE],
  (l: List, zone = "UTC") => {
    const given = fields("date/of", l);
    if (!(given instanceof Map)) return given;
    const at = (field: string, otherwise: number): number => given.get(field) ?? otherwise;
    if (!given.has("year")) return error("date/of: part :year is missing");
    const date = new Date(0);
    date.setUTCFullYear(at("year", 1970), at("month", 1) - 1, at("day", 1));
    date.setUTCHours(at("hour", 0), at("minute", 0), at("second", 0), at("ms", 0));
    const time = momentOf(date.getTime(), zone);
    return MOMENT.is(time) ? time : error("date/of: out of range");
  },
  1,
);

// ---- arithmetic ----

const LENGTHS: Readonly<Record<string, number>> = {
  ":ms": 1,
  ":seconds": 1000,
  ":minutes": 60_000,
  ":hours": 3_600_000,
  ":days": 86_400_000,
  ":weeks": 604_800_000,
};
const MONTHS: Readonly<Record<string, number>> = { ":months": 1, ":years": 12 };
/** n units later, in UTC. The last day of a shorter month stands for a day it does not have. */
export const dateAdd = /*#__PURE__*/ checked(
  "date/add",
  [MOMENT, WHOLE, SYMBOL],
  (time: number, n: number, unit: Sym) => {
    const length = LENGTHS[unit.name];
    const months = MONTHS[unit.name];
    if (length === undefined && months === undefined)
      return error(
        `date/add: argument 3 must be one of ${Object.keys({ ...LENGTHS, ...MONTHS }).join(" ")}, got ${unit.name}`,
      );
    let result = time + n * length;
    if (months !== undefined) {
      const date = new Date(time);
      const day = date.getUTCDate();
      date.setUTCMonth(date.getUTCMonth() + n * months, 1);
      const last = new Date(Date.UTC(2000, date.getUTCMonth() + 1, 0));
      last.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
      date.setUTCDate(Math.min(day, last.getUTCDate()));
      result = date.getTime();
    }
    return MOMENT.is(result) ? result : error("date/add: out of range");
  },
);

// ---- formats ----

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const NAMES = "January February March April May June July August September October November December".split(" ");
const two = (n: number): string => String(n).padStart(2, "0");
const offset = (minutes: number): string =>
  `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
const DIRECTIVES: Readonly<Record<string, (p: Parts) => string>> = {
  Y: (p) => String(p.year).padStart(4, "0"),
  m: (p) => two(p.month),
  d: (p) => two(p.day),
  H: (p) => two(p.hour),
  I: (p) => two(p.hour % 12 === 0 ? 12 : p.hour % 12),
  M: (p) => two(p.minute),
  S: (p) => two(p.second),
  L: (p) => String(p.ms).padStart(3, "0"),
  p: (p) => (p.hour < 12 ? "AM" : "PM"),
  a: (p) => DAYS[p.weekday].slice(0, 3),
  A: (p) => DAYS[p.weekday],
  b: (p) => NAMES[p.month - 1].slice(0, 3),
  B: (p) => NAMES[p.month - 1],
  z: (p) => offset(p.offset),
  F: (p) => `${DIRECTIVES.Y(p)}-${two(p.month)}-${two(p.day)}`,
  T: (p) => `${two(p.hour)}:${two(p.minute)}:${two(p.second)}`,
  "%": () => "%",
};
/** The moment in a format of directives such as %Y-%m-%d, after C's strftime. */
export const dateFormat = /*#__PURE__*/ checked(
  "date/format",
  [MOMENT, STRING, ZONE],
  (time: number, format: string, zone = "UTC") => {
    const parts = partsOf(time, zone);
    const unknown = [...format.matchAll(/%(.?)/gsu)].find(([, letter]) => DIRECTIVES[letter] === undefined);
    if (unknown !== undefined)
      return error(
        `date/format: no directive ${unknown[0]}, there are ${Object.keys(DIRECTIVES)
          .map((d) => `%${d}`)
          .join(" ")}`,
      );
    return format.replace(/%(.)/gsu, (_, letter: string) => DIRECTIVES[letter](parts));
  },
  2,
);
