/** Files, watchers and child processes. Whatever happens, an operation ends once, and nothing stays open. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cancel } from "../runtime/kernel/cancel.ts";
import { type Fiber, onSettle } from "../runtime/kernel/control.ts";
import { ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { list, nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { ByteQueue } from "../runtime/lib/byte-queue.ts";
import * as child from "../runtime/lib/child-process.ts";
import * as fs from "../runtime/lib/fs.ts";
import { inOrder } from "../runtime/lib/in-order.ts";
import * as io from "../runtime/lib/stream-operations.ts";
import { fsChange, fsChangeHandle, fsUnwatch, fsWatch } from "../runtime/lib/watch.ts";
import { chain, plist, settled, tick } from "./fiber.ts";
import { resources } from "./resources.ts";

const shown = (e: Value): string => (e instanceof ValkError ? `${e.message} ${repr(e.data)}` : repr(e));
const awaited = async (x: Value): Promise<string> => shown(await chain(() => x));
const BYTES = plist("encoding", sym(":bytes"));
const option = (name: string, value: Value): Value => plist(name, value);
const results = (h: Value): string[] => {
  const values: string[] = [];
  onSettle(h as Fiber, (v) => values.push(shown(v)));
  return values;
};
const cancelled = ["async operation cancelled ()"];

let folder: string;
let left: () => Promise<string>;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "valk-files-"));
  left = resources();
});
afterEach(async () => {
  expect(await left()).toBe("");
  rmSync(folder, { recursive: true });
});

describe("files", () => {
  test("what is written is read", async () => {
    expect(await awaited(fs.fsWrite(at("a"), "grüße"))).toBe("()");
    expect(await awaited(fs.fsAppend(at("a"), new Uint8Array([33, 10])))).toBe("()");
    expect(await awaited(fs.fsRead(at("a")))).toBe('"grüße!\\n"');
    expect([...((await chain(() => fs.fsRead(at("a"), BYTES))) as Buffer)]).toEqual([...Buffer.from("grüße!\n")]);
    expect(await awaited(fs.fsRead(at("a"), option("encoding", sym(":hex"))))).toBe('"6772c3bcc39f65210a"');
    expect(await awaited(fs.fsWrite(at("b"), "AP8=", option("encoding", sym(":base64"))))).toBe("()");
    expect([...readFileSync(at("b"))]).toEqual([0, 255]);
  });

  test("nothing is mangled", async () => {
    writeFileSync(at("a"), Buffer.from([0x61, 0xff]));
    expect(await awaited(fs.fsRead(at("a")))).toBe(
      "fs/read-async: the data are no UTF-8 text; option {:encoding :bytes} reads them as they are {:encoding}",
    );
    expect(await awaited(fs.fsRead(at("a"), option("encoding", sym(":latin1"))))).toBe('"aÿ"');
    expect(await awaited(fs.fsWrite(at("a"), "x\udc00"))).toMatch(/argument 2 must be text without halves/);
    expect(await awaited(fs.fsWrite(at("a"), "€", option("encoding", sym(":latin1"))))).toMatch(/up to U\+00FF/);
    expect([...readFileSync(at("a"))]).toEqual([0x61, 0xff]);
  });

  test("directories", async () => {
    expect(await awaited(fs.fsMkdir(at("d/e"), option("recursive", 1)))).toBe("()");
    expect(await awaited(fs.fsMkdir(at("d")))).toBe(
      `fs/mkdir-async: cannot make "${at("d")}": it exists already {:EEXIST}`,
    );
    for (const name of ["b", "ä", "a"]) await awaited(fs.fsWrite(at(`d/${name}`), name));
    expect(await awaited(fs.fsList(at("d")))).toBe('{"a" "b" "e" "ä"}');
    expect(await awaited(fs.fsList(at("d/a")))).toMatch(/not a directory \{:ENOTDIR\}$/);
    expect(await awaited(fs.fsRename(at("d/a"), at("d/e/f")))).toBe("()");
    expect(await awaited(fs.fsList(at("d"), option("recursive", 1)))).toBe('{"b" "e" "e/f" "ä"}');
    expect(await awaited(fs.fsRead(at("d")))).toMatch(/it is a directory \{:EISDIR\}$/);
    expect(await awaited(fs.fsRemove(at("d")))).toMatch(/not empty \{:ENOTEMPTY\}$/);
    expect(await awaited(fs.fsRemove(at("d/e/f")))).toBe("()");
    expect(await awaited(fs.fsRemove(at("d/e")))).toBe("()");
    expect(await awaited(fs.fsRemove(at("d"), option("recursive", 1)))).toBe("()");
    expect(existsSync(at("d"))).toBe(false);
    for (const f of [fs.fsRead, fs.fsStat, fs.fsList, fs.fsRemove, fs.fsOpen])
      expect(await awaited(f(at("none")))).toMatch(/^fs\/\w+-async: cannot \w+ ".*none": no such file \{:ENOENT\}$/);
    expect(await awaited(fs.fsRename(at("none"), at("x")))).toMatch(/\{:ENOENT\}$/);
    expect(await awaited(fs.fsRemove(at("none"), option("recursive", 1)))).toMatch(/\{:ENOENT\}$/);
  });

  test("stat", async () => {
    writeFileSync(at("a"), "12345");
    chmodSync(at("a"), 0o640);
    symlinkSync(at("a"), at("l"));
    const shape = /^\{:type :file :size 5 :modified \d+ :permissions 416\}$/;
    expect(await awaited(fs.fsStat(at("a")))).toMatch(shape);
    expect(await awaited(fs.fsStat(at("l")))).toMatch(shape);
    expect(await awaited(fs.fsStat(at("l"), option("link", 1)))).toMatch(/^\{:type :link/);
    expect(await awaited(fs.fsStat(folder))).toMatch(/^\{:type :directory/);
    await awaited(fs.fsWrite(at("p"), "", option("permissions", 0o600)));
    expect(await awaited(fs.fsStat(at("p")))).toMatch(/:permissions 384\}$/);
  });

  test("operations on a path run in the order in which they were started", async () => {
    const jobs: Value[] = [];
    let text = "";
    for (let i = 0; i < 100; i++) {
      jobs.push(fs.fsAppendHandle(at("log"), `${i}\n`), fs.fsReadHandle(at("log")));
      text += `${i}\n`;
    }
    jobs.push(fs.fsRenameHandle(at("log"), at("moved")), fs.fsReadHandle(at("moved")), fs.fsReadHandle(at("log")));
    const values = await Promise.all(jobs.map(settled));
    expect(values[1]).toBe("0\n");
    expect(values[199]).toBe(text);
    expect(values[201]).toBe(text);
    expect(shown(values[202])).toMatch(/ENOENT/);
  });

  test("wrong arguments", async () => {
    expect(shown(fs.fsRead(5))).toBe("fs/read-async: argument 1 must be a string, got 5 ()");
    expect(shown(fs.fsWrite(at("a"), list(1)))).toBe(
      "fs/write-async: argument 2 must be a string or bytes, got {1} ()",
    );
    expect(shown(fs.fsWrite(at("a")))).toBe("fs/write-async: expected 2 to 4 arguments, got 1 ()");
    expect(await awaited(fs.fsRead("a\0b"))).toMatch(/null bytes/);
    expect(await awaited(fs.fsOpen(at("a"), option("mode", sym(":rw"))))).toBe(
      "fs/open-async: option :mode must be :read, :write or :append, got :rw ()",
    );
    expect(await awaited(fs.fsMkdir(at("a"), option("permissions", 8000)))).toMatch(/:permissions must be a whole/);
  });

  test("a cancelled operation that waits for its turn is not done", async () => {
    const first = settled(fs.fsWriteHandle(at("a"), "first"));
    const second = fs.fsWriteHandle(at("a"), "second"),
      third = settled(fs.fsReadHandle(at("a")));
    const values = results(second);
    cancel(second as Fiber);
    expect([await first, await third, values]).toEqual([nil, "first", cancelled]);
  });

  test("a cancelled read of a large file", async () => {
    writeFileSync(at("a"), Buffer.alloc(64 * 1024 * 1024));
    const h = fs.fsReadHandle(at("a"), BYTES),
      values = results(h);
    cancel(h as Fiber);
    expect(await awaited(fs.fsRead(at("a"), plist("timeout", 0, "encoding", sym(":bytes"))))).toBe(
      "fs/read-async: timed out after 0 ms {:timeout}",
    );
    expect(values).toEqual(cancelled);
  });
});

describe("files as streams", () => {
  test("lines, chunks, parts", async () => {
    const text = Array.from({ length: 5000 }, (_, i) => `Zeile ${i} €`).join("\n");
    writeFileSync(at("a"), text);
    const file = await chain(() => fs.fsOpen(at("a")));
    expect(repr(file)).toBe("<ref:file>");
    const lines: Value[] = [];
    for (let line: Value; (line = await chain(() => io.ioReadLine(file))) !== nil; ) lines.push(line);
    expect(lines.join("\n")).toBe(text);
    const part = await chain(() => fs.fsOpen(at("a"), plist("start", 6, "end", 8)));
    expect(await awaited(io.ioReadAll(part))).toBe('"0 "');
  });

  test("a part that cuts a character", async () => {
    writeFileSync(at("a"), "a€");
    const part = await chain(() => fs.fsOpen(at("a"), plist("end", 2)));
    expect(await awaited(io.ioReadAll(part))).toMatch(/no UTF-8 text/);
    expect([...((await chain(() => io.ioReadAll(part, BYTES))) as Buffer)]).toEqual([97, 0xe2]);
  });

  test("writing, appending, copying", async () => {
    const to = await chain(() => fs.fsOpen(at("a"), option("mode", sym(":write"))));
    await Promise.all(Array.from({ length: 50 }, (_, i) => chain(() => io.ioWrite(to, `${i} `))));
    expect(await awaited(io.ioEnd(to))).toBe("()");
    expect(await awaited(io.ioWrite(to, "x"))).toBe("io/write-async: the file is closed {:closed}");
    expect(await awaited(io.ioRead(to))).toBe("()");
    const more = await chain(() => fs.fsOpen(at("a"), option("mode", sym(":append"))));
    await chain(() => io.ioWrite(more, "end"));
    io.ioClose(more);
    const text = `${Array.from({ length: 50 }, (_, i) => `${i} `).join("")}end`;
    const [from, copy] = [
      await chain(() => fs.fsOpen(at("a"))),
      await chain(() => fs.fsOpen(at("b"), option("mode", sym(":write")))),
    ];
    expect(await chain(() => io.ioCopy(from, copy))).toBe(text.length);
    expect(await awaited(io.ioEnd(copy))).toBe("()");
    expect(readFileSync(at("b"), "utf8")).toBe(text);
    expect(await awaited(fs.fsOpen(at("no/a"), option("mode", sym(":write"))))).toMatch(/no such file \{:ENOENT\}$/);
  });

  test("closing and cancelling close the file", async () => {
    writeFileSync(at("a"), "text");
    const file = await chain(() => fs.fsOpen(at("a")));
    expect([io.ioClose(file), io.ioClose(file)]).toEqual([nil, nil]);
    expect(await awaited(io.ioReadLine(file))).toBe("io/read-line-async: the file is closed {:closed}");
    const h = fs.fsOpenHandle(at("a")),
      values = results(h);
    cancel(h as Fiber);
    await tick(20);
    expect(values).toEqual(cancelled);
    expect(shown(io.ioClose(5))).toBe("io/close: argument 1 must be a stream, got 5 ()");
  });
});

describe("watchers", () => {
  test("changes wait until somebody asks", async () => {
    const watcher = fsWatch(folder);
    expect(repr(watcher)).toBe("<ref:watcher>");
    writeFileSync(at("a"), "1");
    expect(await awaited(fsChange(watcher))).toBe('{:event :rename :name "a"}');
    const waiting = settled(fsChangeHandle(watcher));
    fsUnwatch(watcher);
    fsUnwatch(watcher);
    const last = await waiting; // the change of its content, if the system said so in time
    expect(['{:event :change :name "a"}', "()"]).toContain(repr(last));
    expect(await awaited(fsChange(watcher))).toBe("()");
  });

  test("a path that is not there, wrong arguments, cancelling", async () => {
    expect(shown(fsWatch(at("none")))).toMatch(/^fs\/watch: cannot watch ".*none": no such file \{:ENOENT\}$/);
    expect(shown(fsWatch(5))).toBe("fs/watch: argument 1 must be a string, got 5 ()");
    const watcher = fsWatch(folder);
    const h = fsChangeHandle(watcher),
      values = results(h);
    cancel(h as Fiber);
    writeFileSync(at("b"), "1");
    expect(await awaited(fsChange(watcher))).toBe('{:event :rename :name "b"}'); // not lost to the cancelled one
    fsUnwatch(watcher);
    expect(values).toEqual(cancelled);
  });
});

describe("child processes", () => {
  const sh = (script: string): readonly [Value, Value] => ["sh", list("-c", script)];

  test("run to the end", async () => {
    expect(await awaited(child.processExec(...sh("cat; echo err >&2; exit 3"), option("stdin", "grüße")))).toBe(
      '{:code 3 :signal () :stdout "grüße" :stderr "err\\n"}',
    );
    const env = plist("cwd", folder, "env", plist("VALK_TEST", "1", "HOME", nil));
    expect(await awaited(child.processExec(...sh("pwd; echo $VALK_TEST $HOME."), env))).toBe(
      `{:code 0 :signal () :stdout "${folder}\\n1 .\\n" :stderr ""}`,
    );
    expect(await awaited(child.processExec("exit 4", nil, option("shell", 1)))).toMatch(/^\{:code 4/);
    expect(await awaited(child.processExec(...sh("kill -TERM $$")))).toMatch(/^\{:code \(\) :signal "SIGTERM"/);
    expect(await awaited(child.processExec("true", nil, option("stdin", "x".repeat(1e6))))).toMatch(/^\{:code 0/);
  });

  test("what cannot be run, options that do not fit, output without end or text", async () => {
    expect(await awaited(child.processExec("no-such-program", nil))).toBe(
      'process/exec-async: cannot run "no-such-program": no such file {:ENOENT}',
    );
    expect(await awaited(child.processSpawn("ls", nil, option("cwd", at("none"))))).toBe(
      `process/spawn-async: cannot run "ls" in "${at("none")}": no such file {:ENOENT}`,
    );
    expect(shown(child.processExec("ls", list(1)))).toBe(
      "process/exec-async: argument 2 must be a list of strings, got {1} ()",
    );
    expect(await awaited(child.processExec("ls", nil, option("env", "A=1")))).toMatch(
      /:env must be a plist of strings/,
    );
    expect(await awaited(child.processExec("yes", nil, option("limit", 1000)))).toBe(
      "process/exec-async: the output is longer than 1000 bytes {:too-long}",
    );
    expect(await awaited(child.processExec(...sh("printf '\\377'")))).toMatch(/no UTF-8 text/);
    expect(await awaited(child.processExec(...sh("printf '\\377'"), option("encoding", sym(":hex"))))).toMatch(
      /:stdout "ff"/,
    );
  });

  test("time limit and cancelling kill it", async () => {
    expect(await awaited(child.processExec("sleep", list("1000"), option("timeout", 50)))).toBe(
      "process/exec-async: timed out after 50 ms {:timeout}",
    );
    const h = child.processExecHandle("sleep", list("1000")),
      starting = child.processSpawnHandle("sleep", list("1000"));
    const values = [results(h), results(starting)];
    cancel(h as Fiber);
    cancel(starting as Fiber);
    await tick(20);
    expect(values).toEqual([cancelled, cancelled]); // and no process is left, as after each test
  });

  test("talking to one that runs", async () => {
    const cat = await chain(() => child.processSpawn("cat", nil));
    expect(repr(cat)).toBe("<ref:process>");
    const [stdin, stdout] = [child.processStdin(cat), child.processStdout(cat)];
    expect(
      await chain(
        () => io.ioWrite(stdin, "eins\nzw"),
        () => io.ioReadLine(stdout),
      ),
    ).toBe("eins");
    const line = chain(() => io.ioReadLine(stdout));
    await chain(() => io.ioWrite(stdin, "ei\n"));
    expect(await line).toBe("zwei");
    expect(await awaited(child.processWait(cat, option("timeout", 20)))).toMatch(/timed out/); // it goes on
    io.ioClose(stdin);
    expect(await awaited(io.ioRead(stdout))).toBe("()");
    const end = "{:code 0 :signal ()}";
    expect(await awaited(child.processWait(cat))).toBe(end);
    expect(await awaited(child.processWait(cat))).toBe(end);
    expect(child.processKill(cat)).toBe(0);
    expect(await awaited(io.ioWrite(stdin, "x"))).toMatch(/closed/);
  });

  test("back-pressure: a process that prints waits for its reader", async () => {
    const yes = await chain(() => child.processSpawn("yes", nil));
    const stdout = child.processStdout(yes);
    for (let i = 0; i < 3; i++) expect(await chain(() => io.ioReadLine(stdout))).toBe("y");
    io.ioClose(stdout);
    expect(await awaited(child.processWait(yes))).toMatch(/^\{:code (?:\(\) :signal "SIGPIPE"|1 :signal \(\))\}$/);
  });

  test("kill, and pipes that are not there", async () => {
    const sleeper = await chain(() =>
      child.processSpawn("sleep", list("1000"), plist("stdin", sym(":ignore"), "stdout", sym(":ignore"))),
    );
    expect(shown(child.processStdin(sleeper))).toMatch(/was started without this pipe/);
    const ends = [child.processWaitHandle(sleeper), child.processWaitHandle(sleeper)].map(settled);
    expect(child.processKill(child.processPid(sleeper), sym(":SIGINT"))).toBe(1);
    expect((await Promise.all(ends)).map(repr)).toEqual(Array(2).fill('{:code () :signal "SIGINT"}'));
    expect(shown(child.processKill(sleeper, "SIGNOPE"))).toBe(
      'process/kill: argument 2 must be a signal such as :SIGTERM, got "SIGNOPE" ()',
    );
    expect(child.processKill(child.processPid(sleeper))).toBe(0);
  });
});

test("jobs in order: readers together, writers alone", () => {
  const log: string[] = [];
  const releases = new Map<string, () => void>();
  const job = (name: string, writes: boolean, ...paths: string[]): void =>
    inOrder(paths, writes, (release) => {
      log.push(name);
      releases.set(name, release);
    });
  const release = (name: string): void => (releases.get(name) as () => void)();
  job("r1", false, "a");
  job("r2", false, "a");
  job("w1", true, "a", "b");
  job("r3", false, "b");
  job("w2", true, "a");
  job("other", true, "c");
  expect(log).toEqual(["r1", "r2", "other"]);
  release("r1");
  release("r2");
  expect(log).toEqual(["r1", "r2", "other", "w1"]);
  release("w1");
  expect(log).toEqual(["r1", "r2", "other", "w1", "r3", "w2"]);
  for (const name of ["r3", "w2", "other"]) release(name);
  job("again", true, "a", "a");
  expect(log.at(-1)).toBe("again");
  release("again");
});

test("a queue of bytes", () => {
  const queue = new ByteQueue();
  let all = "";
  for (let i = 0; i < 300; i++) {
    queue.push(Buffer.from(`${i},`));
    all += `${i},`;
  }
  expect(queue.indexOf(44, 500)).toBe(all.indexOf(",", 500));
  expect(queue.indexOf(0, 0)).toBe(-1);
  let taken = "";
  for (let n = 1; queue.size > 0; n = (n * 7) % 23) {
    const part = queue.take(Math.min(n, queue.size));
    if (n % 3 === 0) {
      queue.unread(part);
      expect(String(queue.take(part.length))).toBe(String(part));
    }
    taken += String(part);
  }
  expect(taken).toBe(all);
  queue.unread(Buffer.from("x"));
  expect(String(queue.take(1))).toBe("x");
});

test("operations with a continuation give nil", async () => {
  const result = (begin: (k: Value) => Value): Promise<string> =>
    new Promise((resolve) => {
      const k = def(1, (v: Value) => {
        resolve(shown(v));
        return nil;
      });
      expect(begin(k)).toBe(nil);
    });
  expect(await result((k) => fs.fsWrite(at("k"), "x", k))).toBe("()");
  expect(await result((k) => fs.fsRead(at("k"), plist("timeout", 60_000), k))).toBe('"x"');
});
