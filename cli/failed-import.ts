/** A module of JavaScript that could not be loaded, in the words of the program that imports it. */
import { type Entry, graph } from "../compiler/modules/graph.ts";
import { type Culprit, findImport } from "../compiler/modules/javascript-failure.ts";
import { failure } from "./failure.ts";
import { type Host, relative } from "./host.ts";

/** What happened to which file, and what to do about it. */
interface Account {
  readonly culprit: Culprit;
  readonly what: string;
  readonly help: string;
  /** Does `what` say all that JavaScript says? */
  readonly told: boolean;
}

const EARLY = "modules of JavaScript are loaded before the program begins, which cannot handle this";

/** `stack`: the error as JavaScript tells it. `output`: the folder the compiled program is in. */
export function failedImport(error: Error, stack: string, entry: Entry, output: string, host: Host): string {
  const found = graph(entry, host, host);
  const account = found.kind === "failure" ? null : accountOf(error, stack, found.units, output, host);
  if (account === null) return stack;
  const { culprit, what, help, told } = account;
  const { source } = culprit.unit;
  const place = { name: "", path: source.path, line: culprit.line, column: culprit.column };
  const [first, ...others] = culprit.files.map((path) => shown(path, host));
  const way = others.map((path, i) => `note: ${i === 0 ? first : others[i - 1]} imports ${path}\n`).join("");
  return `${told ? "" : stack}${failure(what, [place], () => source.text, host.cwd)}${way}help: ${help}\n`;
}

const shown = (path: string, { cwd }: Host): string => {
  const short = relative(cwd, path);
  return short.startsWith("..") ? path : short;
};

type Units = Parameters<typeof findImport>[0];

const accountOf = (error: Error, stack: string, units: Units, output: string, host: Host): Account | null => {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && /^ERR_.*(?:NOT_FOUND|MODULE|PACKAGE|EXPORT|SPECIFIER)/.test(code))
    return missing(error.message, units, output, host) ?? thrown(error, stack, units, output, host);
  return (isOfText(error, stack) ? broken(error, units, host) : null) ?? thrown(error, stack, units, output, host);
};

/** A module that could not be parsed. Code that parses something, JSON for example, throws errors of syntax, too: it is on the stack. */
const isOfText = (error: Error, stack: string): boolean => error instanceof SyntaxError && !/^ {4}at /m.test(stack);

/** Node names the package or file in quotes, and the file that asked for it. */
const missing = (message: string, units: Units, output: string, host: Host): Account | null => {
  const [, name] = /'([^']+)'/.exec(message) ?? /: (\S+)$/.exec(message) ?? [];
  const [, from = output] = / imported from (.*)$/m.exec(message) ?? [];
  if (name === undefined) return null;
  const culprit = findImport(units, host, (specifier, { path }, importer) =>
    from.startsWith(output)
      ? importer === null && (specifier === name || specifier.startsWith(`${name}/`))
      : path === from,
  );
  if (culprit === null) return null;
  const what = message.replace(
    / imported from .*$/m,
    culprit.files.length === 0 ? "" : `, which ${shown(culprit.files[culprit.files.length - 1], host)} imports`,
  );
  return {
    culprit,
    what: `"${culprit.specifier}" cannot be imported: ${what.slice(0, 1).toLowerCase()}${what.slice(1)}`,
    help: `install it, or correct the import; ${EARLY}`,
    told: true,
  };
};

/** Of an error of syntax the error itself tells no file; of a name that is not exported it does. */
const broken = (error: SyntaxError, units: Units, host: Host): Account | null => {
  const culprit = findImport(units, host, (_, { problem }) => problem?.kind === "syntax");
  const problem = culprit?.module.problem;
  if (culprit === null || problem?.kind !== "syntax") return null;
  return {
    culprit,
    what: `"${culprit.specifier}" cannot be imported: ${error.message}`,
    help: `correct ${shown(culprit.files[culprit.files.length - 1], host)}:${problem.line}:${problem.column}`,
    told: true,
  };
};

/** The outermost file on the stack that the program imports is the one that was being loaded. */
const thrown = (error: Error, stack: string, units: Units, output: string, host: Host): Account | null => {
  const places = [...(error.stack ?? "").matchAll(/((?:file:\/\/|\/|[A-Za-z]:)[^\s():]*):(\d+)/g)];
  // Code of the program was running: that is no import.
  if (places.some(([, where]) => where.startsWith(output) || where.startsWith(host.url(output)))) return null;
  for (const [, where, line] of places.reverse()) {
    const culprit = findImport(
      units,
      host,
      (_, { path }) => path !== null && (path === where || host.url(path) === where),
    );
    if (culprit === null) continue;
    const file = shown(culprit.files[culprit.files.length - 1], host);
    return isOfText(error, stack)
      ? {
          culprit,
          what: `"${culprit.specifier}" cannot be imported: ${error.message}`,
          help: `correct ${file}:${line}`,
          told: true,
        }
      : {
          culprit,
          what: `"${culprit.specifier}" cannot be imported: ${file} throws while it is loaded`,
          help: `correct ${file}:${line}; ${EARLY}`,
          told: false,
        };
  }
  return null;
};
