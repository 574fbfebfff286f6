/** The built command line as a user has it: a process of its own, in a folder of its own. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** A bundle as a service has it: minified, for Node. */
export const bundle = (entry: string, outfile: string) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    metafile: true,
  });

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  /** Waits until the text that it has written since it was last asked, to both streams, matches; gives that text. */
  says(expected: RegExp): Promise<string>;
  /** As Ctrl+C does. */
  interrupt(): Promise<number | null>;
}

export interface Desk {
  readonly folder: string;
  /** Writes files into a new folder below; gives its path. */
  place(files: Readonly<Record<string, string>>): string;
  /** Starts it, and lets it run. */
  open(args: readonly string[], cwd: string): Running;
  valk(args: readonly string[], more?: { readonly cwd?: string; readonly input?: string }): Promise<Ended>;
  node(args: readonly string[], cwd: string): Promise<Ended>;
  close(): void;
}

export function openDesk(): Desk {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "valk-desk-")));
  const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", XDG_CACHE_HOME: join(folder, "cache") };
  let last = 0;
  const node: Desk["node"] = (args, cwd) => start(args, cwd, "");
  const start = (args: readonly string[], cwd: string, input: string): Promise<Ended> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, { cwd, env });
      let out = "",
        err = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, out, err }));
      // Programs that read no input may be gone before it has come.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    });
  const open: Desk["open"] = (args, cwd) => {
    const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    let text = "";
    let look = (): void => {};
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        look();
      });
    return {
      says: (expected) =>
        new Promise((resolve, reject) => {
          look = () => {
            if (!expected.test(text)) return;
            look = () => {};
            const said = text;
            text = "";
            resolve(said);
          };
          child.on("close", () => reject(new Error(`ended with ${text}`)));
          look();
        }),
      interrupt: () => {
        child.kill("SIGINT");
        return ended;
      },
    };
  };
  return {
    folder,
    node,
    open,
    place: (files) => {
      const home = join(folder, String(++last));
      mkdirSync(home);
      for (const [name, text] of Object.entries(files)) {
        const path = join(home, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
      return home;
    },
    valk: (args, { cwd = folder, input = "" } = {}) => start([program, ...args], cwd, input),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Does a text show a place in this package or in Node? */
export const showsOurs = (text: string): boolean =>
  /internal error|node:|\/dist\/|\.[jt]s:\d|at async|\bundefined\b/.test(text);
