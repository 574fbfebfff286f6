/** Valk and JavaScript together, as Node runs them: imports in both directions, the border, declarations, maps of inline code. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { SourceMapConsumer } from "source-map";

const root = fileURLToPath(new URL("..", import.meta.url));
const valk = join(root, "dist/cli/main.js");
let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "valk-interop-"));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const node = (cwd: string, ...args: readonly string[]) => {
  const env = { ...process.env, NODE_OPTIONS: "", XDG_CACHE_HOME: join(temporary, "cache") };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  return { stdout, stderr, status };
};
/** A new folder with these files. */
const folder = (name: string, files: Readonly<Record<string, string>> = {}): string => {
  const home = join(temporary, name);
  mkdirSync(home);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return home;
};
const fixture = (name: string): string => {
  const home = folder(name);
  cpSync(join(root, "fixtures/javascript", name), home, { recursive: true });
  return home;
};
const build = (home: string, file: string, ...options: readonly string[]): void => {
  const { stderr, status } = node(home, valk, "build", file, "--runtime=copy", ...options);
  expect([stderr, status]).toEqual(["", 0]);
};

test("the border: generators, streams, events, signals, values", () => {
  const home = fixture("border");
  build(home, "app.valk");
  const { stdout, stderr, status } = node(home, "main.mjs");
  expect(stderr).toBe("");
  expect(stdout).toBe(readFileSync(join(home, "stdout"), "utf8"));
  expect(status).toBe(0);
});

describe("declarations", () => {
  test("tsc checks a program that uses them, and it runs", () => {
    const home = fixture("declarations");
    writeFileSync(join(home, "package.json"), '{"type": "module"}');
    build(home, "app.valk", "--declaration");
    const options = "--noEmit --strict --target esnext --module nodenext --typeRoots none --lib esnext,dom".split(" ");
    const checked = node(home, join(root, "node_modules/typescript/bin/tsc"), ...options, "consumer.ts");
    expect(checked.stdout).toBe("");
    expect(checked.status).toBe(0);
    const { code } = transformSync(readFileSync(join(home, "consumer.ts"), "utf8"), { loader: "ts", format: "esm" });
    writeFileSync(join(home, "consumer.mjs"), code);
    const ran = node(home, "consumer.mjs");
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toBe(readFileSync(join(home, "stdout"), "utf8"));
  });

  test("are not written unless asked for; nothing exported is an empty module", () => {
    const home = folder("no-declarations", { "a.valk": "(export {})\n(print 1)" });
    expect(node(home, valk, "build", "a.valk").stdout).not.toContain(".d.ts");
    build(home, "a.valk", "--declaration");
    expect(readFileSync(join(home, "out/a.d.ts"), "utf8")).toMatch(/\nexport \{\};\n$/);
  });
});

describe("imports", () => {
  const files = {
    "src/app.valk":
      '(import {help} "./lib/help.mjs")\n(import {answer} "pack")\n(import * all "pack/sub/x")\n(import "./lib/effect.mjs")\n(import {default data} "./lib/data.json")\n(print (help 1) answer (.-x all) (.-a data))',
    "src/lib/help.mjs": "export const help = (x) => 'helped ' + x;\n",
    "src/lib/effect.mjs": "console.log('effect');\n",
    "src/lib/data.json": '{"a": 5}',
    "node_modules/pack/package.json":
      '{"exports": {".": {"types": "./none.d.ts", "import": "./main.mjs"}, "./sub/*": "./more/*.mjs"}}',
    "node_modules/pack/main.mjs": "export const answer = 42;\n",
    "node_modules/pack/more/x.mjs": "export const x = 'sub';\n",
  };
  const expected = "effect\nhelped 1 42 sub 5\n";

  test("are found from the source, wherever the program runs from", () => {
    const home = folder("imports", files);
    const ran = node(temporary, valk, "run", join(home, "src/app.valk"));
    expect(ran.stdout).toBe(expected);
    // And again from the cache.
    expect(node(temporary, valk, "run", join(home, "src/app.valk")).stdout).toBe(expected);
  });

  test("of files are relative to the output, those of packages stay", () => {
    const home = folder("built-imports", files);
    build(home, "src/app.valk", "-o", "deep/out");
    const code = readFileSync(join(home, "deep/out/app.js"), "utf8");
    expect(code).toContain('from "../../src/lib/help.mjs"');
    expect(code).toContain('from "pack"');
    expect(code).toContain('import "../../src/lib/effect.mjs"');
    expect(node(home, "deep/out/app.js").stdout).toBe(expected);
  });

  test("a package of which Node would find nothing is a warning that says why", () => {
    const home = folder("no-package", {
      "a.valk": '(import {x} "nowhere")\n(import {y} "pack/hidden")\n(import {z} "node:nothing")',
      "node_modules/pack/package.json": '{"exports": {".": "./main.mjs"}}',
    });
    const { stderr } = node(home, valk, "build", "a.valk");
    expect(stderr.match(/^warning.*$/gm)).toEqual([
      'warning[W0410]: the package "nowhere" cannot be imported: no node_modules above this file has nowhere',
      'warning[W0410]: the package "pack/hidden" cannot be imported: pack does not export ./hidden',
      'warning[W0410]: the package "node:nothing" cannot be imported: Node has no such module',
    ]);
  });

  describe("a module of JavaScript that cannot be loaded", () => {
    const files = {
      "bad.mjs": "export const x = 1;\nthrow new TypeError('thrown at import');\n",
      "broken.mjs": "export const x = ;\n",
      "asks.mjs": 'import { nothing } from "./good.mjs";\nexport const x = nothing;\n',
      "good.mjs": "export const y = 1;\n",
      "parses.mjs": "export const x = JSON.parse('{,');\n",
      "common.cjs": 'require("./no-such-file");\n',
      "inner.mjs": 'import "no-inner";\nexport const x = 1;\n',
      "outer.mjs": 'export { x } from "./MODULE.mjs";\n',
      "lib.valk": '(import {x} "./outer.mjs")\n(fun {f} {x})\n',
    };
    const run = (name: string, text: string, module: string): string => {
      const home = folder(name, {
        ...Object.fromEntries(Object.entries(files).map(([path, code]) => [path, code.replace("MODULE", module)])),
        "a.valk": text,
      });
      const { stdout, stderr, status } = node(home, valk, "run", "a.valk");
      expect([stdout, status]).toEqual(["", 1]);
      return stderr.replaceAll(`file://${home}/`, "").replaceAll(`${home}/`, "");
    };
    const early = "modules of JavaScript are loaded before the program begins, which cannot handle this";

    test("it throws: the error, the import, the file", () => {
      expect(run("throws", '(import {x} "./bad.mjs")\n(print "never")', "bad")).toBe(
        `TypeError: thrown at import
    at bad.mjs:2:7
Error: "./bad.mjs" cannot be imported: bad.mjs throws while it is loaded
  1 | (import {x} "./bad.mjs")
    |             ^
    at a.valk:1:13
help: correct bad.mjs:2; ${early}
`,
      );
    });
    test("it fails to parse something: its own stack; a file of CommonJS, of which Node tells twice", () => {
      const parses = run("parses", '(import {x} "./parses.mjs")', "bad");
      expect(parses).toContain("    at parses.mjs:1:23\n");
      expect(parses).toContain('Error: "./parses.mjs" cannot be imported: parses.mjs throws while it is loaded');
      const common = run("common", '(import {default x} "./common.cjs")', "bad");
      expect(common).toContain('Error: "./common.cjs" cannot be imported: common.cjs throws while it is loaded');
      expect(common.endsWith(`help: correct common.cjs:1; ${early}\n`)).toBe(true);
    });
    test("an inner one throws, for a module that the program loads", () => {
      expect(run("throws-inside", '(print "never")\n(load "lib.valk")', "bad")).toBe(
        `TypeError: thrown at import
    at bad.mjs:2:7
Error: "./outer.mjs" cannot be imported: bad.mjs throws while it is loaded
  1 | (import {x} "./outer.mjs")
    |             ^
    at lib.valk:1:13
note: outer.mjs imports bad.mjs
help: correct bad.mjs:2; ${early}
`,
      );
    });
    test("an inner one has an error of syntax", () => {
      expect(run("broken-inside", '(import {x} "./outer.mjs")\n', "broken")).toBe(
        `Error: "./outer.mjs" cannot be imported: Unexpected token ';'
  1 | (import {x} "./outer.mjs")
    |             ^
    at a.valk:1:13
note: outer.mjs imports broken.mjs
help: correct broken.mjs:1:18
`,
      );
    });
    test("an inner one asks for a name that is not exported", () => {
      expect(run("unknown-inside", '(import {x} "./outer.mjs")\n', "asks")).toBe(
        `Error: "./outer.mjs" cannot be imported: The requested module './good.mjs' does not provide an export named 'nothing'
  1 | (import {x} "./outer.mjs")
    |             ^
    at a.valk:1:13
note: outer.mjs imports asks.mjs
help: correct asks.mjs:1
`,
      );
    });
    test("a package that is not there, here and inside", () => {
      expect(run("not-there", '(import {x} "no-package")\n', "")).toContain(
        `Error: "no-package" cannot be imported: cannot find package 'no-package'
  1 | (import {x} "no-package")
    |             ^
    at a.valk:1:13
help: install it, or correct the import; ${early}
`,
      );
      expect(run("not-inside", '(import {x} "./outer.mjs")\n', "inner")).toBe(
        `Error: "./outer.mjs" cannot be imported: cannot find package 'no-inner', which inner.mjs imports
  1 | (import {x} "./outer.mjs")
    |             ^
    at a.valk:1:13
note: outer.mjs imports inner.mjs
help: install it, or correct the import; ${early}
`,
      );
    });
    test("a program built with it ends so by itself, and Node names the file", () => {
      const home = folder("throws-built", { ...files, "a.valk": '(import {x} "./bad.mjs")\n(print "never")' });
      build(home, "a.valk");
      const { stdout, stderr, status } = node(home, "out/a.js");
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr).toMatch(/bad\.mjs:2\n/);
      expect(stderr).toContain("TypeError: thrown at import");
    });
  });

  test("an imported file that appears or goes is noticed in spite of the cache", () => {
    const home = folder("cached", { "a.valk": '(import {x} "./x.mjs")\n(print x)' });
    expect(node(home, valk, "run", "a.valk").stderr).toContain("E0410");
    writeFileSync(join(home, "x.mjs"), "export const x = 1;\n");
    expect(node(home, valk, "run", "a.valk").stdout).toBe("1\n");
    writeFileSync(join(home, "x.mjs"), "export const y = 1;\n");
    expect(node(home, valk, "run", "a.valk").stderr).toContain("E0411");
  });

  test("one name of a package that the program shares with JavaScript is one module", () => {
    const home = folder("shared", {
      "counter.mjs": "let n = 0;\nexport const next = () => ++n;\n",
      "app.valk": '(import {next} "./counter.mjs")\n(fun {valk-next} {(next)})',
      "main.mjs":
        'import { next } from "./counter.mjs";\nimport { valkNext } from "./out/app.js";\nconsole.log(next(), valkNext(), next());\n',
    });
    build(home, "app.valk");
    expect(node(home, "main.mjs").stdout).toBe("1 2 3\n");
  });
});

describe("inline JavaScript", () => {
  test("has its places in the map, behind escapes, too", async () => {
    const text = '(print 1)\n(fun {f x} {\n  ((js "[\\"a\\\\n\\",\n     (y) => nothing.at.all(y)][1]") x)\n})\n';
    const home = folder("map", { "a.valk": text });
    build(home, "a.valk", "--source-map");
    const code = readFileSync(join(home, "out/a.js"), "utf8");
    const map = JSON.parse(readFileSync(join(home, "out/a.js.map"), "utf8"));
    const line = code.split("\n").findIndex((l) => l.includes("nothing.at.all"));
    const column = code.split("\n")[line].indexOf("nothing");
    await SourceMapConsumer.with(map, null, (consumer) => {
      const found = consumer.originalPositionFor({ line: line + 1, column });
      expect([found.line, found.column]).toEqual([4, 12]);
    });
  });

  test("its exceptions have their place in the program", () => {
    const home = folder("inline-trace", {
      "a.valk": '(fun {f x} {\n  ((js "(y) => nothing.at(y)") x)\n})\n(print (+ 1 (f 5)))\n(f 6)',
    });
    const { stdout, stderr, status } = node(home, valk, "run", "a.valk");
    expect([stdout, status]).toEqual(["Error: nothing is not defined\n", 1]);
    expect(stderr).toMatch(/^Error: nothing is not defined\n/);
    expect(stderr).toContain("a.valk:2:");
  });
});

test("a program that does not use JavaScript has nothing of it", () => {
  const home = folder("without", { "a.valk": "(fun {f x} {(+ x 1)})\n(print (map f {1 2}))" });
  build(home, "a.valk");
  const { stdout } = spawnSync("ls", [join(home, "out/valk-runtime")], { encoding: "utf8" });
  expect(stdout).not.toContain("interop");
});
