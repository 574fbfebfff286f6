/** Running a module: its top level is a fiber, its first Error ends it. */
import { promise } from "./border.ts";
import { push1, type Resume, start, Y } from "./control.ts";
import { ValkError } from "./error.ts";
import { nil, type Value } from "./list.ts";
import { fail, host, leave, reporter } from "./report.ts";

/** A module's top level. `loaded`: another module loads it, so its Errors do not end it. */
type Init = (loaded: boolean) => Value;

/**
 * Runs the top level of the module that JavaScript imported. If it has to wait, the Promise ends with it. An Error ends a
 * main program with a report and exit code 1; to a module that imported this one it is thrown. `file`: the name that the module
 * was compiled to. In a bundle it cannot be told who is the main program: there an Error is reported, and others go on.
 */
export const run = (init: Init, url?: string, file?: string): void | Promise<void> => {
  const fiber = start(init as (loaded: Value) => Value, false);
  fiber.looked = true;
  if (fiber.value === Y) {
    reporter.main = fiber;
    return promise(fiber).then(
      () => {
        reporter.main = null;
        ended(nil, url, file);
      },
      (e: unknown) => ended(e, url, file),
    );
  }
  ended(fiber.value, url, file);
};

/** The same for a top level that cannot unwind (no captures, no awaits, no deep recursion): needs no run loop. */
export const runPlain = (init: Init, url?: string, file?: string): void => ended(init(false), url, file);

const ended = (value: unknown, url: string | undefined, file: string | undefined): void => {
  const failed = value instanceof ValkError;
  if (!failed && !reporter.exits) return;
  if (url !== undefined && !isMain(url)) {
    if (failed) throw value;
    return;
  }
  if (failed) fail(value);
  // Fibers, servers and timers do not outlive it.
  if (url !== undefined && pathOf(url).endsWith(`/${file}`)) leave();
};

const pathOf = (url: string): string => decodeURIComponent(new URL(url).pathname);

const isMain = (url: string): boolean => {
  const process = host(),
    script = process?.argv[1];
  if (process === undefined || script === undefined) return false;
  const fs = process.getBuiltinModule?.("node:fs") as { realpathSync(path: string): string } | undefined;
  const file = pathOf(url);
  for (const path of [script, `${script}.js`, `${script}.mjs`, `${script}/index.js`]) {
    try {
      const real = fs === undefined ? path : fs.realpathSync(path);
      // On Windows a path starts with a drive, and a URL has slashes.
      if (file === real || file === `/${real.replaceAll("\\", "/")}`) return true;
    } catch {
      // no such file: not this one
    }
  }
  return false;
};

/** The init of a module that others load: it runs once, at the first load; its value is nil. */
export const loaded = (init: Init): (() => Value) => {
  let done = false;
  return () => {
    if (done) return nil;
    done = true;
    return init(true) === Y ? push1(toNil, undefined) : nil;
  };
};
const toNil: Resume = () => nil;

/** Does this Error at the top level end its module? In a loaded one it is printed, and loading goes on. */
export const stops = (value: ValkError, loaded: boolean): boolean => {
  if (loaded) reporter.report(value);
  return !loaded;
};
