/**
 * Documentation that is made of the code it is about: the dumps in compiler/README.md, the tables of spec/language/library.md,
 * and the links of all Markdown files. `UPDATE_DOCS=1` writes what is so now: read the difference before it goes in.
 *
 * In a README a block marked `<!-- program NAME -->` is a program, and one marked `<!-- dump NAME PHASE -->` what the compiler
 * makes of it; `<!-- dump NAME PHASE of FUNCTION -->` shows that function and its parts only.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { dump, type Phase, phases } from "../compiler/compile.ts";
import { type Signature, signatures } from "../runtime/signatures.ts";
import { preludeSummaries, unitOf } from "./library.ts";
import { type Block, blocks, replaceBlocks } from "./markdown.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const update = process.env.UPDATE_DOCS === "1";
const summaries = preludeSummaries();

// ---- dumps ----

const dumped = (name: string, program: string, phase: Phase): string => {
  const path = `${name}.valk`;
  const unit = { ...unitOf(program), id: path, source: { path, text: program }, output: `${name}.js` };
  return dump([unit], path, phase, summaries).replace(/^\/\/ Compiled by .*\n+/, "");
};

/** The top-level parts of a dump that are about a function. */
const about = (text: string, fn: string, phase: Phase): string => {
  const parts = phase === "emit" ? text.split("\n\n").map((part) => `${part.trimEnd()}\n`) : text.split(/^(?=\()/m);
  const start = new RegExp(`^(?:const|\\((?:fn|define|entry)) ${fn}\\b(?!\\$js|:)`);
  return parts.filter((part) => start.test(part)).join(phase === "emit" ? "\n" : "");
};

test("the dumps in compiler/README.md are what the compiler gives", () => {
  const path = join(root, "compiler/README.md");
  const programs = new Map<string, string>();
  const shown: (readonly [Block, string])[] = [];
  for (const block of blocks(path)) {
    const [kind, name, phase, , fn] = block.mark.split(" ");
    if (kind === "program") programs.set(name, block.text);
    if (kind !== "dump") continue;
    const known = phases.find((p) => p === phase);
    const program = programs.get(name);
    if (known === undefined || program === undefined) throw new Error(`README.md:${block.line}: ${block.mark}`);
    const text = dumped(name, program, known);
    shown.push([block, fn === undefined ? text : about(text, fn, known)]);
  }
  if (update) replaceBlocks(path, shown);
  else expect(shown.map(([{ mark, text }]) => [mark, text])).toEqual(shown.map(([{ mark }, text]) => [mark, text]));
  expect(shown.length).toBeGreaterThan(6);
});

// ---- the library ----

interface Entry {
  readonly name: string;
  readonly params: string;
  readonly doc: string;
}

const TITLES: readonly (readonly [title: string, ...modules: string[]])[] = [
  ["Lists", "list", "prelude/list.valk"],
  ["Plists", "plist"],
  ["Hashes", "hash", "prelude/hash.valk hash/"],
  ["Vectors", "vec", "prelude/hash.valk vec/"],
  ["Numbers", "number", "math"],
  ["Equality and logic", "equal", "logic", "predicate"],
  ["Strings", "string", "unicode"],
  ["Regular expressions", "regex"],
  ["JSON", "json"],
  ["Dates", "date"],
  ["Functions", "function", "prelude/function.valk", "eval", "eval/read"],
  ["Errors", "error"],
  ["Effects", "effect"],
  ["Atoms", "atom"],
  ["Printing, files, the process", "io", "file", "process"],
  ["Waiting", "await", "await-any", "timer"],
  ["Scopes, context, channels", "scope", "context", "channel"],
  ["Tests", "test"],
  ["aio systems", "system"],
  ["Handles", "aio", "aio-chain", "aio-all", "aio-time", "prelude/handle.valk"],
  ["TCP, TLS, DNS", "net", "tls", "dns"],
  ["Bytes", "bytes"],
  ["Streams", "stream-operations"],
  ["Files", "fs", "watch"],
  ["Processes and signals", "child-process", "signal"],
  [
    "HTTP/2",
    "http2-message",
    "http2-client",
    "http2-server",
    "http-request",
    "http-stream",
    "prelude/http.valk http2/",
  ],
  ["Server-sent events", "sse", "prelude/http.valk sse/"],
  [
    "JavaScript",
    ...["object", "data", "iteration", "generator", "event", "signal"].map((name) => `interop/${name}`),
    "prelude/interop.valk",
  ],
];

/** Modules are in `lib`, unless they say where. */
const inRuntime = (module: string): string => (module.includes("/") ? module : `lib/${module}`);

const native = (module: string): readonly Entry[] =>
  signatures.filter((s: Signature) => s.module === inRuntime(module) && s.internal !== true);

/**
 * A function of the prelude is described by the comment above it, up to a line that starts with a parameter's name in backticks:
 * that is for those who read the code. Names such as `map/go`, below that of another function, are the library's own. After the
 * file stands what the names begin with, where not all are meant.
 */
const compiled = (source: string): readonly Entry[] => {
  const [file, prefix = ""] = source.split(" ");
  const found: Entry[] = [];
  let comment: string[] = [];
  for (const line of readFileSync(join(root, "runtime", file), "utf8").split("\n")) {
    const said = /^; ?(.*)$/.exec(line)?.[1];
    const fun = /^\(fun \{([^ }]+) ?([^}]*)\}/.exec(line);
    if (said !== undefined) {
      comment.push(said);
      continue;
    }
    const inner = comment.findIndex((text) => text.startsWith("`"));
    const doc = comment.slice(0, inner === -1 ? undefined : inner).join(" ");
    if (fun !== null && !fun[1].includes("/_") && !found.some(({ name }) => fun[1].startsWith(`${name}/`)))
      found.push({ name: fun[1], params: fun[2], doc });
    // Names that follow each other share a comment.
    else comment = [];
  }
  return found.filter(({ name }) => name.startsWith(prefix));
};

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => (text === "" ? "" : `\`${cell(text)}\``);

const chapter = (): string => {
  const sections = TITLES.map(([title, ...modules]) => {
    const entries = modules.flatMap((m) => (m.startsWith("prelude/") ? compiled(m) : native(m)));
    const rows = entries.map(({ name, params, doc }) => `| ${code(name)} | ${code(params)} | ${cell(doc)} |`);
    return `## ${title}\n\n| | | |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Library\n\n<!-- Made by spec/docs.spec.ts of runtime/signatures and runtime/prelude. -->\n
Always there. Parameters in brackets may be left out; \`& xs\` is any number of arguments. An operation, whose last parameter is
\`[k]\`, gives a function that waits for its continuation when it is called without one: see [Async](async.md).
\n${sections.join("\n")}`;
};

test("the library chapter lists every function", () => {
  const path = join(root, "spec/language/library.md");
  if (update) writeFileSync(path, chapter());
  expect(readFileSync(path, "utf8")).toBe(chapter());
  const listed = new Set(TITLES.flatMap(([, ...modules]) => modules.map(inRuntime)));
  expect(signatures.filter((s) => !s.internal && !listed.has(s.module)).map((s) => s.name)).toEqual([]);
});

// ---- links ----

const markdown = (folder: string): readonly string[] =>
  readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (/^(?:node_modules|dist|\..*)$/.test(name)) return [];
    return statSync(join(root, path)).isDirectory() ? markdown(path) : name.endsWith(".md") ? [path] : [];
  });

const anchors = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );

test("links lead somewhere", () => {
  const broken = markdown(".").flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8").replace(/^```[\s\S]*?^```$/gm, "");
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [file, anchor] = link.split("#");
      const target = file === "" ? join(root, path) : join(root, dirname(path), file);
      if (!existsSync(target)) return [`${path}: ${link}`];
      return anchor === undefined || anchors(readFileSync(target, "utf8")).has(anchor) ? [] : [`${path}: ${link}`];
    });
  });
  expect(broken).toEqual([]);
});

// ---- faults ----

test("the chapter on faults has a row for each fault, and each row names tests that there are", () => {
  const rows = readFileSync(join(root, "spec/language/faults.md"), "utf8")
    .split("\n")
    .filter((line) => /^\| (?!fault |---)/.test(line));
  const titles = (path: string): readonly string[] =>
    [...readFileSync(join(root, "spec/language", path), "utf8").matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, t]) => t);
  const missing = rows.flatMap((row) => {
    const tests = [...row.matchAll(/\[([^\]]+)\]\((\S+)\)/g)].filter(([, , path]) =>
      /\.spec\.ts$|\/main\.valk$/.test(path),
    );
    if (tests.length === 0) return [row];
    return tests
      .filter(([, title, path]) => path.endsWith(".spec.ts") && !titles(path).some((t) => t.includes(title)))
      .map(([link]) => link);
  });
  expect(missing).toEqual([]);
  const faults = [
    "refused",
    "no such host",
    "before the headers|before, after the headers",
    "in a request body",
    "ends its side",
    "idle",
    "slow reader",
  ];
  faults.push(
    "slow body",
    "slow head",
    "HTTP server: headers",
    "HTTP server: body",
    "headers of a response",
    "body of a response",
  );
  faults.push(
    "GOAWAY from the server",
    "GOAWAY from the client",
    "RST_STREAM from the server",
    "RST_STREAM from the client",
  );
  faults.push(
    "nobody known",
    "expired",
    "another host",
    "server stops",
    "handler awaits",
    "ten steps",
    "a signal",
    "more streams",
  );
  faults.push("TLS handshake, by the server", "same by the client", "closed while it was idle");
  const text = rows.join("\n");
  expect(faults.filter((fault) => !new RegExp(fault, "i").test(text))).toEqual([]);
});
