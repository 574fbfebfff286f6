/** The module graph and the compile cache. */
import { type CacheKey, lookup, store } from "../compiler/modules/cache.ts";
import { type Entry, type Graph, graph } from "../compiler/modules/graph.ts";
import { hash } from "../compiler/modules/hash.ts";
import { fakeHost } from "./fake-host.ts";

const places = { cwd: "/work", loadPath: ["/lib"] };
const file = (path: string): Entry => ({ kind: "file", path });
const program = (files: Readonly<Record<string, string>>, entry: Entry): Graph => {
  const found = graph(entry, fakeHost(files), places);
  if (found.kind === "failure") throw new Error(found.text);
  return found;
};
const shape = ({ units }: Graph) => units.map(({ id, output, loaded }) => `${id} ${output}${loaded ? " loaded" : ""}`);

describe("graph", () => {
  test("follows loads depth first, in the order of the text", () => {
    const found = program(
      {
        "/work/a.valk": '(load "lib/b.valk") (load "c.valk")',
        "/work/lib/b.valk": '{do (load "d.valk")}',
        "/work/lib/d.valk": "",
        "/work/c.valk": '(load "lib/d.valk")',
      },
      file("a.valk"),
    );
    expect(shape(found)).toEqual([
      "/work/a.valk a.js",
      "/work/lib/b.valk lib/b.js loaded",
      "/work/lib/d.valk lib/d.js loaded",
      "/work/c.valk c.js loaded",
    ]);
    expect(found.units[0].source.path).toBe("a.valk");
    expect(found.units[0].loads.get("lib/b.valk")).toBe("/work/lib/b.valk");
  });

  test("cycles and self loads end", () => {
    const found = program(
      { "/work/a.valk": '(load "b.valk")', "/work/b.valk": '(load "a.valk") (load "b.valk")' },
      file("a.valk"),
    );
    expect(shape(found)).toEqual(["/work/a.valk a.js loaded", "/work/b.valk b.js loaded"]);
  });

  test("looks in the loading file's folder, the load path, the current directory, in this order", () => {
    const found = program(
      {
        "/work/in/a.valk": '(load "x.valk") (load "y.valk") (load "z.valk")',
        "/work/in/x.valk": "",
        "/lib/x.valk": "",
        "/lib/y.valk": "",
        "/work/y.valk": "",
        "/work/z.valk": "",
      },
      file("in/a.valk"),
    );
    expect([...found.units[0].loads.values()]).toEqual(["/work/in/x.valk", "/lib/y.valk", "/work/z.valk"]);
    expect(found.absent).toEqual(["/work/in/y.valk", "/work/in/z.valk", "/lib/z.valk"]);
  });

  test("missing files are null, library names are not looked up", () => {
    const found = program(
      { "/work/a.valk": '(load "no.valk") (load "src/prelude.valk")', "/work/src/prelude.valk": "" },
      file("a.valk"),
    );
    expect([...found.units[0].loads]).toEqual([
      ["no.valk", null],
      ["src/prelude.valk", "library:src/prelude.valk"],
    ]);
    expect(found.units).toHaveLength(1);
  });

  test("what there is in place of a file", () => {
    const found = program(
      {
        "/work/in/a.valk": '(load "x") (load "sub") (load "no") (import {f} "./dir.valk")',
        "/lib/x.valk": "",
        "/work/sub/y.valk": "",
        "/work/in/dir.valk/z": "",
      },
      file("in/a.valk"),
    );
    expect([...(found.units[0].near ?? [])]).toEqual([
      ["x", { kind: "file", path: "x.valk" }],
      ["sub", { kind: "directory" }],
      ["./dir.valk", { kind: "directory" }],
    ]);
  });

  test("comments and computed paths load nothing", () => {
    const found = program(
      { "/work/a.valk": '; (load "b.valk")\n#;(load "b.valk") (load x) (f "load" "b.valk")', "/work/b.valk": "" },
      file("a.valk"),
    );
    expect(found.units).toHaveLength(1);
  });

  test("a file's loads keep their place relative to it, wherever they are", () => {
    const found = program(
      { "/work/app/a.valk": '(load "../shared/x.valk")', "/work/shared/x.valk": "" },
      file("app/a.valk"),
    );
    expect(shape(found)).toEqual(["/work/app/a.valk app/a.js", "/work/shared/x.valk shared/x.js loaded"]);
  });

  test("a directory keeps its structure; files from outside go to a folder of their own", () => {
    const found = program(
      {
        "/work/src/b/c.valk": '(load "../a.valk") (load "../../other/x.valk")',
        "/work/src/a.valk": "",
        "/work/src/.git/no.valk": "",
        "/work/src/node_modules/no.valk": "",
        "/work/src/readme.md": "",
        "/work/other/x.valk": "",
      },
      { kind: "directory", path: "src" },
    );
    expect(shape(found)).toEqual([
      "/work/src/a.valk a.js loaded",
      "/work/src/b/c.valk b/c.js",
      "/work/other/x.valk _parent/other/x.js loaded",
    ]);
    expect(found.entries).toBe(2);
  });

  test("a program that is no file loads from the current directory", () => {
    const found = program({ "/work/b.valk": "" }, { kind: "text", text: '(load "b.valk")', name: "<eval>" });
    expect(shape(found)).toEqual(["/work/<eval> eval.js", "/work/b.valk b.js loaded"]);
  });

  test.each([
    [file("no.valk"), "there is no file no.valk"],
    [file("a"), "there is no file a; did you mean a.valk?"],
    [file("dir"), "dir is a directory, not a file"],
    [{ kind: "directory", path: "dir" } as const, "no .valk files in dir"],
    [{ kind: "directory", path: "nowhere" } as const, "there is no directory nowhere"],
  ])("%j: %s", (entry, text) => {
    expect(graph(entry, fakeHost({ "/work/a.valk": "", "/work/dir/x.txt": "" }), places)).toEqual({
      kind: "failure",
      text,
    });
  });

  test("a chain of 20,000 loads", () => {
    const files = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`/work/${i}.valk`, `(load "${i + 1}.valk")`]),
    );
    expect(program(files, file("0.valk")).units).toHaveLength(20_000);
  });
});

describe("cache", () => {
  const key: CacheKey = { compiler: "1", entry: "/work/a.valk", options: { strict: false } };
  const stored = () => {
    const host = fakeHost({ "/work/a.valk": "1" });
    store(
      "/cache",
      key,
      {
        texts: new Map([["/work/a.valk", "1"]]),
        absent: ["/work/b.valk"],
        outputs: new Map([["a.js", "js"]]),
        main: "a.js",
        reports: [],
      },
      host,
    );
    return host;
  };

  test("finds what was stored", () => {
    const host = stored();
    const found = lookup("/cache", key, host);
    expect(host.files.get(found?.main ?? "")).toBe("js");
  });

  test.each([
    ["another compiler", { ...key, compiler: "2" }],
    ["other options", { ...key, options: { strict: true } }],
    ["another entry", { ...key, entry: "/work/c.valk" }],
  ])("not for %s", (_, other) => {
    expect(lookup("/cache", other, stored())).toBeNull();
  });

  test.each([
    ["a text changed", "/work/a.valk", "2"],
    ["a file appeared where a load looked for it", "/work/b.valk", ""],
  ])("not after %s", (_, path, text) => {
    const host = stored();
    host.files.set(path, text);
    expect(lookup("/cache", key, host)).toBeNull();
  });

  test("not when its output is gone, its source is gone, or its entry is damaged", () => {
    for (const path of [/\.js$/, /a\.valk$/, /\.json$/]) {
      const host = stored();
      for (const name of host.files.keys()) if (path.test(name)) host.files.delete(name);
      expect(lookup("/cache", key, host)).toBeNull();
    }
    const host = stored();
    for (const name of host.files.keys()) if (name.endsWith(".json")) host.files.set(name, "{");
    expect(lookup("/cache", key, host)).toBeNull();
  });

  test("hashes differ in any bit", () => {
    const texts = Array.from({ length: 20_000 }, (_, i) => `(print ${i})`);
    expect(new Set(texts.map(hash)).size).toBe(texts.length);
    expect(hash("")).toHaveLength(28);
  });
});
