/** What a failed program says: the logical Valk call path, by `valk run`, by Node with and without maps, and to JavaScript. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const fixtures = join(root, "fixtures/traces");
const valk = join(root, "dist/cli/main.js");
const cases = readdirSync(fixtures).sort();

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "valk-trace-"));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const node = (cwd: string, ...args: readonly string[]): { readonly err: string; readonly code: number | null } => {
  const env = { ...process.env, XDG_CACHE_HOME: join(temporary, "cache"), NODE_OPTIONS: "", NO_COLOR: "1" };
  const { stderr, status } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  return { err: uncounted(stderr), code: status };
};
/** How many calls of a deep recursion are on the heap, and are counted, depends on the fuel they use. */
const uncounted = (text: string): string => text.replace(/\d{4,} more of the same/g, "thousands more of the same");
const expected = (name: string): string => uncounted(readFileSync(join(fixtures, name, "stderr"), "utf8"));
/** Without what only the command line shows: warnings, and the lines of the source with their pointers. */
const plain = (text: string): string => text.replace(/^warning[\s\S]*?\n\n/gm, "").replace(/^ +\d* \|.*\n/gm, "");

describe("valk run", () => {
  test.each(cases)("%s", (name) => {
    const { err, code } = node(join(fixtures, name), valk, "run", "main.valk");
    expect(err).toBe(expected(name));
    expect(code).toBe(name === "loading-goes-on" ? 0 : 1);
  });
});

describe("node", () => {
  const build = (name: string, ...options: readonly string[]): string => {
    const out = join(temporary, [name, ...options].join(""));
    expect(node(join(fixtures, name), valk, "build", "main.valk", "-o", out, "--runtime=copy", ...options).code).toBe(
      0,
    );
    return join(out, "main.js");
  };

  // V8 keeps ten frames unless it is told otherwise.
  test.each([
    "across-await",
    "callback-of-map",
    "deep-recursion",
    "loaded-module",
    "loading-goes-on",
    "reset-after-shift",
    "unhandled-async-fiber",
    "wide-characters",
  ])("%s, with maps", (name) => {
    const main = build(name, "--source-map");
    expect(node(join(fixtures, name), "--stack-trace-limit=25", main).err).toBe(plain(expected(name)));
  });

  test("Node may map the stack itself", () => {
    const main = build("across-await", "--source-map");
    expect(node(join(fixtures, "across-await"), "--enable-source-maps", main).err).toBe(
      plain(expected("across-await")),
    );
  });

  test("without maps: names, and places where they are known", () => {
    const { err } = node(join(fixtures, "across-await"), build("across-await"));
    expect(err).toMatch(/^Error: no such setting\n {4}at read-config \(.*main\.js:\d+:\d+\)\n/);
    expect(err).toContain(
      "    at open-database (main.valk:8:15)\n    at start-server (main.valk:14:21)\n    at main.valk:16:1\n",
    );
  });
});
