/** Compiled modules seen from JavaScript: a plain Node service imports one, as files and bundled and minified, in an empty folder. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundle } from "./valk.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const service = join(root, "fixtures/javascript/service");
const valk = join(root, "dist/cli/main.js");

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "valk-javascript-"));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** A new empty folder, far from any package. */
const folder = (name: string): string => {
  const path = join(temporary, name);
  mkdirSync(path);
  return path;
};
const node = (cwd: string, ...args: readonly string[]) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: "" },
    encoding: "utf8",
  });
  return { stdout, stderr, status };
};
const compile = (source: string, out: string): void => {
  const { stderr, status } = node(temporary, valk, "build", source, "-o", out, "--runtime=copy");
  expect([stderr, status]).toEqual(["", 0]);
};

describe("a service", () => {
  const expected = { stdout: readFileSync(join(service, "stdout"), "utf8"), stderr: "", status: 0 };
  let home: string;
  beforeAll(() => {
    home = folder("service");
    compile(join(service, "app.valk"), join(home, "out"));
    copyFileSync(join(service, "service.mjs"), join(home, "service.mjs"));
  });

  test("imports the modules", () => {
    expect(node(home, "service.mjs")).toEqual(expected);
  });

  test("in one minified file", async () => {
    const bundled = join(folder("bundled"), "service.mjs");
    const { warnings } = await bundle(join(home, "service.mjs"), bundled);
    expect(warnings).toEqual([]);
    expect(node(join(temporary, "bundled"), "service.mjs")).toEqual(expected);
  });
});

test("an Error at the border has its place in Valk", () => {
  const home = folder("stack");
  writeFileSync(join(home, "app.valk"), "(fun {second l} {\n  (+ 1 (head (tail l)))\n})\n");
  writeFileSync(
    join(home, "main.mjs"),
    'import { second } from "./out/app.js";\ntry { second(1); } catch (e) { console.log(e.stack); }\n',
  );
  expect(node(home, valk, "build", "app.valk", "--source-map", "--runtime=copy").status).toBe(0);
  const { stdout } = node(home, "--enable-source-maps", "main.mjs");
  expect(stdout).toMatch(/^ValkError: tail: argument 1 must be a non-empty list, got 1\n/);
  expect(stdout).toMatch(/\n {4}at second \(.*\/app\.valk:2:14\)\n/);
});

describe("a bundle holds what the program needs", () => {
  const size = async (name: string, program: string) => {
    const home = folder(name);
    writeFileSync(join(home, "app.valk"), program);
    compile(join(home, "app.valk"), join(home, "out"));
    const { metafile } = await bundle(join(home, "out/app.js"), join(home, "bundle.mjs"));
    const [{ inputs }] = Object.values(metafile.outputs);
    const { stdout } = node(home, "bundle.mjs");
    const code = readFileSync(join(home, "bundle.mjs"));
    return { stdout, length: code.length, zipped: gzipSync(code).length, inputs };
  };

  test("hello world", async () => {
    const { stdout, zipped, inputs } = await size("hello", '(print "Hello, world!")');
    expect(stdout).toBe("Hello, world!\n");
    expect(zipped).toBeLessThan(1650);
    const held = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0);
    expect(held.filter((path) => /\/(?:net|http2.*|tls|timer|prelude)\b/.test(path))).toEqual([]);
  });

  test("a function that nobody imports leaves nothing behind", async () => {
    const used = "(fun {used x} {(+ x 1)})\n(print (used 1))";
    const unused = "(fun {unused x} {(list (reset (shift k (k x))) {a b c} :key)})";
    const a = await size("used", `(export {})\n${used}`);
    const b = await size("unused", `(export {})\n${unused}\n${used}`);
    // The minifier chooses other, longer or shorter, names; the function alone would be 150 bytes.
    expect(Math.abs(b.length - a.length)).toBeLessThan(20);
    const held = ({ inputs }: typeof a): readonly string[] =>
      Object.keys(inputs)
        .filter((path) => inputs[path].bytesInOutput > 0)
        .map((path) => path.split("/out/")[1]);
    expect(held(b)).toEqual(held(a));
  });
});
