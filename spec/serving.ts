/** A program that serves, as a process of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./http.ts";

const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

export interface Serving {
  readonly pid: number;
  out(): string;
  err(): string;
  /** Waits until this has been printed; what the first group found. */
  prints(what: RegExp): Promise<string>;
  /** A line on its standard input. */
  say(line: string): void;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

/** Starts the program; `all` of them end with the test. */
export const openPrograms = () => {
  const folders: string[] = [];
  const children = new Set<{ kill(): void }>();
  return {
    begin: (program: string): Serving => {
      const folder = mkdtempSync(join(tmpdir(), "valk-serving-"));
      folders.push(folder);
      writeFileSync(join(folder, "main.valk"), program);
      const child = spawn(process.execPath, [main, "run", "main.valk"], {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
      });
      const entry = { kill: () => child.kill("SIGKILL") };
      children.add(entry);
      let out = "",
        err = "";
      child.stdin.on("error", () => {});
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
      });
      let over = false;
      const ended = new Promise<{ code: number | null; signal: string | null }>((done) =>
        child.on("close", (code, signal) => {
          over = true;
          children.delete(entry);
          done({ code, signal });
        }),
      );
      return {
        pid: child.pid as number,
        out: () => out,
        err: () => err,
        prints: async (what) => {
          await until(() => what.test(out) || over);
          const found = what.exec(out);
          if (found === null) throw new Error(`${what} was never printed, but\n${out}\n${err}`);
          return found[1];
        },
        say: (line) => void child.stdin.write(`${line}\n`),
        signal: (name) => void child.kill(name),
        ended,
      };
    },
    end: () => {
      for (const child of children) child.kill();
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
};
