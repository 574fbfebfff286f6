/** What only a process of its own can show: standard input, signals, when a program ends. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openDesk } from "./valk.ts";

const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const desk = openDesk();
afterAll(() => desk.close());
const run = (program: string, input?: string) => desk.valk(["run", "-e", program], { input });

test("lines of standard input", async () => {
  const program = `
    (fun {lines n} {
      (= {line} (await (io/read-line-async (io/stdin))))
      (if (nil? line) {(print n "lines")} {(print (repr line)) (lines (+ n 1))})})
    (lines 0)
    (print (await (io/read-line-async (io/stdin))))`;
  expect(await run(program, "eins\r\nzwei €\n\nende")).toEqual({
    code: 0,
    out: '"eins"\n"zwei €"\n""\n"ende"\n4 lines\n()\n',
    err: "",
  });
  const many = Array.from({ length: 20_000 }, (_, i) => `line ${i}`).join("\n");
  expect((await run(program, many)).out.split("\n").slice(-4)).toEqual(['"line 19999"', "20000 lines", "()", ""]);
});

test("all of standard input, as text and as bytes; it stays open", async () => {
  expect((await run("(print (await (io/read-all-async (io/stdin))))", "a\nb")).out).toBe("a\nb\n");
  const program = `
    (print (io/close (io/stdin)) (await (io/end-async (io/stdout))))
    (print (bytes/list (await (io/read-all-async (io/stdin) {:encoding :bytes}))))
    (await (io/write-async (io/stdout) "last\\n"))`;
  expect((await run(program, "é")).out).toBe("() Error: io/end-async: stdout is closed\n{195 169}\nlast\n");
});

test("who does not read does not wait", async () => {
  const child = spawn(
    process.execPath,
    [main, "run", "-e", '(print (error/message (await (io/read-line-async (io/stdin) {:timeout 10})))) (print "ends")'],
    { stdio: ["pipe", "pipe", "inherit"] }, // its input is never closed
  );
  let out = "";
  child.stdout.on("data", (text) => {
    out += text;
  });
  await new Promise((done) => child.on("close", done));
  expect(out).toBe("io/read-line-async: timed out after 10 ms\nends\n");
});

test("a signal: waiting for it keeps the program alive, a handler does not", async () => {
  const program = `
    (= {handler} (signal/on :SIGUSR2 (\\ {name} {print "handler:" name})))
    (async {(sleep 5) (process/kill (process/pid) :SIGUSR2) (process/kill (process/pid) "SIGTERM")})
    (print (await (signal/wait-async :SIGTERM)))
    (signal/off handler)
    (print handler (await (signal/wait-async :SIGUSR1 {:timeout 10})))
    (signal/on :SIGINT (\\ {_} {print "never"}))
    (print "ends")`;
  const { code, out, err } = await run(program);
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n").sort()).toEqual(
    ["handler: SIGUSR2", "SIGTERM", "<ref:signal> Error: signal/wait-async: timed out after 10 ms", "ends", ""].sort(),
  );
});

test("a signal stops a server with connections open; without a handler it ends the program", async () => {
  const program = (more: string): string => `
    (= {server} (await (net/listen 0 (\\ {s} {await (net/read-async s)}))))
    (= {socket} (await (net/connect-async "127.0.0.1" (net/port server))))
    (= {reading} (async {(print (await (net/read-async socket)))}))
    ${more}
    (print "ready")
    ${more === "" ? "(await reading)" : '(print (await signal)) (net/close server) (net/close socket) (print "stopped")'}`;
  const outcome = (text: string): Promise<unknown[]> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [main, "run", "-e", text], { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      child.stdout.on("data", (part) => {
        out += part;
        if (String(part).includes("ready")) child.kill("SIGTERM");
      });
      child.on("close", (code, signal) => resolve([code, signal, out]));
    });
  expect(await outcome(program("(= {signal} (signal/wait :SIGTERM))"))).toEqual([
    0,
    null,
    "ready\nSIGTERM\nstopped\n()\n",
  ]);
  expect(await outcome(program(""))).toEqual([null, "SIGTERM", "ready\n"]);
});

test("a handler that fails is reported; the program goes on, and ends with code 1", async () => {
  const program = `
    (= {handler} (signal/on :SIGUSR2 (\\ {name} {error "in the handler"})))
    (process/kill (process/pid) :SIGUSR2)
    (print (await (signal/wait-async :SIGUSR2)))
    (print "goes on")`;
  const { code, out, err } = await run(program);
  expect([code, out]).toEqual([1, "SIGUSR2\ngoes on\n"]);
  expect(err).toMatch(/Error: in the handler/);
});

test("signals that are none", async () => {
  const program = `
    (print (signal/wait-async :SIGKILL))
    (print (signal/on "SIGNOPE" print))
    (print (signal/on :SIGINT 5))
    (print (signal/off 5))`;
  expect((await run(program)).out).toBe(
    `Error: signal/wait-async: argument 1 must be a signal that can be caught, such as :SIGTERM, got :SIGKILL
Error: signal/on: argument 1 must be a signal that can be caught, such as :SIGTERM, got "SIGNOPE"
Error: signal/on: argument 2 must be a function, got 5
Error: signal/off: argument 1 must be a signal handler, as signal/on gives it, got 5
`,
  );
});

test("idle connections, watchers and closed streams do not keep a program alive; a child process does", async () => {
  const program = `
    (= {server} (await (net/listen 0 (\\ {s} {await (net/read-async s)}))))
    (= {socket} (await (net/connect-async "127.0.0.1" (net/port server))))
    (fs/watch ".")
    (= {child} (await (process/spawn-async "sh" {"-c" "sleep 0.1; echo done"} {:stdout :inherit})))
    (net/close server)
    (net/close socket)
    (print "top level ends")`;
  expect(await run(program)).toEqual({ code: 0, out: "top level ends\ndone\n", err: "" });
});

test("a program that ends with an Error or exit: a slow reader of a pipe gets all that was printed", async () => {
  const program = `(fun {out n} {if (== n 0) {nil} {do (print "${"-".repeat(90)}" n) (out (- n 1))}})\n(out 20000)\n`;
  const cwd = desk.place({ "error.valk": `${program}(error "last")`, "exit.valk": `${program}(exit 4)` });
  await desk.valk(["build", "exit.valk", "--runtime=copy"], { cwd });
  const slowly = (...args: string[]): Promise<string> =>
    new Promise((done) => {
      const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
      const texts = ["", ""];
      [child.stdout, child.stderr].map((stream, i) =>
        stream
          .setEncoding("utf8")
          .on("data", (t) => (texts[i] += t))
          .pause(),
      );
      setTimeout(() => [child.stdout, child.stderr].map((stream) => stream.resume()), 300);
      child.on("close", (code) => done(`${texts[0].split("\n").length} ${texts[1].split("\n")[0]} ${code}`));
    });
  expect(await slowly(main, "run", "error.valk")).toBe("20001 Error: last 1");
  expect(await slowly(main, "run", "exit.valk")).toBe("20001  4");
  expect(await slowly("out/exit.js")).toBe("20001  4");
});

test("a module in a bundle of a JavaScript program does not end that", async () => {
  const cwd = desk.place({
    "fails.valk": '(fun {add a b} {+ a b})\n(export {add})\n(error "boom")\n',
    "exits.valk": "(fun {add a b} {+ a b})\n(export {add})\n(await (aio/sleep 1))\n(exit 3)\n",
    "service.mjs":
      'const { add } = await import("./out/NAME.js");\nsetTimeout(() => console.log("up", add(1, 2)), 10);\n',
  });
  for (const name of ["fails", "exits"]) {
    await desk.valk(["build", `${name}.valk`, "--runtime=copy"], { cwd });
    const service = readFileSync(join(cwd, "service.mjs"), "utf8").replace("NAME", name);
    await build({
      stdin: { contents: service, resolveDir: cwd },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: join(cwd, "service.js"),
    });
    const ended = await desk.node(["service.js"], cwd);
    expect(ended).toMatchObject({ code: name === "fails" ? 1 : 3, out: "up 3\n" });
  }
});

test("a top level that nothing can go on with: where it waits, and Node's exit code for it", async () => {
  const program = '(fun {never} {print (await (\\ {k} {nil}))})\n(print "start")\n(never)\n(print "not reached")\n';
  const cwd = desk.place({ "waits.valk": program });
  expect(await desk.valk(["run", "waits.valk"], { cwd })).toEqual({
    code: 13,
    out: "start\n",
    err: `Error: the program still waits here, but nothing is left that could go on with it
  1 | (fun {never} {print (await (\\ {k} {nil}))})
    |                     ^
    at never (waits.valk:1:21)
    at waits.valk:3:1
`,
  });
  await desk.valk(["build", "waits.valk", "--runtime=copy"], { cwd });
  expect(await desk.node(["out/waits.js"], cwd)).toMatchObject({ code: 13, out: "start\n" });
  // A program that said how it ends, waiting or not, ends so; what has been awaited is no matter.
  expect(await run("(await (aio/sleep 1)) (exit 5) (await (\\ {k} {nil}))")).toEqual({ code: 5, out: "", err: "" });
  expect(await run("(async {await (\\ {k} {nil})}) (await (aio/sleep 1))")).toEqual({ code: 0, out: "", err: "" });
});
