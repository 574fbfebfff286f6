/** Command lines: which commands there are, their options and help, and what is wrong with a line nobody can run. */
import yargs, { type Options } from "yargs";
import { nearest } from "../compiler/diagnostics/nearest.ts";
import { exit, UsageError } from "./exit.ts";
import type { Host } from "./host.ts";

/** A parsed command line. */
export interface Line {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Command {
  /** Such as `build <file|dir>`. */
  readonly usage: string;
  readonly describe: string;
  readonly options: Readonly<Record<string, Options>>;
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** How many positionals there must be; without a limit what follows the first one is left as it is. */
  readonly positionals: readonly [min: number, max: number];
  /** Gives the exit code; null: the program that ran decides. */
  readonly run: (line: Line, host: Host) => Promise<number | null>;
}

/** Commands in the order of the help. Adding one is a line here. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  build: async () => (await import("./commands/build.ts")).build,
  run: async () => (await import("./commands/run-options.ts")).runCommand,
  test: async () => (await import("./commands/test.ts")).test,
  expand: async () => (await import("./commands/expand.ts")).expandCommand,
  dump: async () => (await import("./commands/dump.ts")).dumpCommand,
};

export async function command(argv: readonly string[], host: Host): Promise<number | null> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") return say(host, `${host.version()}\n`);
  if (name === "--help" || name === "-h" || name === "help") {
    const topic = rest[0];
    return say(host, topic !== undefined && topic in commands ? await help(topic) : await overview());
  }
  if (name === undefined) {
    host.err(await overview());
    return exit.usage;
  }
  if (!Object.hasOwn(commands, name)) {
    const kind = name.startsWith("-") ? "option" : "command";
    const names = kind === "option" ? ["--version", "--help"] : Object.keys(commands);
    throw new UsageError(`unknown ${kind} ${name}${suggestion(name, names)}\nSee valk --help.`);
  }
  const found = await commands[name]();
  const line = parse(name, found, rest);
  return line === "help" ? say(host, await help(name)) : await found.run(line, host);
}

const say = (host: Host, text: string): number => {
  host.out(text);
  return exit.ok;
};

const overview = async (): Promise<string> => {
  const lines = await Promise.all(Object.values(commands).map(async (load) => load()));
  const width = Math.max(...lines.map(({ usage }) => usage.length));
  const list = lines.map(({ usage, describe }) => `  valk ${usage.padEnd(width)}  ${describe}`);
  return `Valk, compiled to JavaScript.\n\n${list.join("\n")}\n\n  valk --version\n  valk <command> --help\n`;
};

const help = async (name: string): Promise<string> => {
  const found = await commands[name]();
  const parser = declare(found);
  for (const [line, what] of found.examples) parser.example(line, what);
  return `${await parser.getHelp()}\n`;
};

const declare = ({ usage, describe, options }: Command) =>
  yargs()
    .scriptName("valk")
    .usage(`valk ${usage}\n\n${describe}`)
    .options(options)
    .option("help", { alias: "h", type: "boolean", describe: "Show this help" })
    .help(false)
    .version(false)
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw new UsageError(message ?? error.message);
    });

const parse = (name: string, found: Command, argv: readonly string[]): Line | "help" => {
  const [min, max] = found.positionals;
  const parsed = declare(found)
    .parserConfiguration({
      "camel-case-expansion": false,
      "duplicate-arguments-array": false,
      "parse-positional-numbers": false,
      "dot-notation": false,
      "halt-at-non-option": max === Number.POSITIVE_INFINITY,
    })
    .parseSync([...argv]);
  if (parsed.help) return "help";
  const see = `\nSee valk ${name} --help.`;
  const known = Object.entries({ ...found.options, help: { alias: "h" } }).flatMap(([key, { alias }]) => [
    key,
    ...[alias ?? []].flat(),
  ]);
  for (const key of Object.keys(parsed)) {
    if (key === "_" || key === "$0" || known.includes(key)) continue;
    const shown = key.length === 1 ? `-${key}` : `--${key}`;
    const names = known.map((other) => (other.length === 1 ? `-${other}` : `--${other}`));
    throw new UsageError(`unknown option ${shown}${suggestion(shown, names)}${see}`);
  }
  const positionals = parsed._.map(String);
  if (positionals.length < min) throw new UsageError(`${name}: missing argument: valk ${found.usage}${see}`);
  if (positionals.length > max) throw new UsageError(`${name}: unexpected argument ${positionals[max]}${see}`);
  return { positionals, options: parsed as Line["options"] };
};

const suggestion = (name: string, names: readonly string[]): string => {
  const [best] = nearest(name, names, 1);
  return best === undefined ? "" : `; did you mean ${best}?`;
};
