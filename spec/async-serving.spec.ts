/** Servers as processes: signals while they serve, and the workers that share a port. */
import { connect } from "node:net";
import { restartDelay } from "../runtime/lib/http-workers.ts";
import { ask, HOST, nodeAsk, session, until } from "./http.ts";
import { openPrograms } from "./serving.ts";

const { begin, end } = openPrograms();
afterEach(end);

/** At / it answers at once; elsewhere it waits for a line of standard input. */
const HANDLER = `
(fun {handle req} {
  (if (== (req/path req) "/") {list :body "here"} {
    (ensure {
      (print "waits")
      (await (io/read-line-async (io/stdin) {:keep 1}))
      (list :body "waited")
    } {print "cleaned up"})})})
`;
const SERVER = (options: string): string => `${HANDLER}
(= {server} (await (http2/server-listen 0 handle {:host "127.0.0.1" :h2c 1 ${options}})))
(print "port" (http2/server-port server))
(print "got" (await (signal/wait-async "SIGTERM")))
(await (http2/server-stop server))
(print "stopped")
`;
const PORT = /^port (\d+)$/m;
const refused = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, HOST);
    socket.on("connect", () => done(false)).on("error", () => done(true));
    socket.on("close", () => socket.destroy());
  });

describe("a signal while requests are under way", () => {
  test("that the program waits for: the server drains, then the program ends", async () => {
    const program = begin(SERVER(""));
    const port = Number(await program.prints(PORT));
    const over = session(port);
    const answer = nodeAsk(over, "/wait");
    await program.prints(/^(waits)$/m);
    expect(await ask(port)).toBe("200 here");
    program.signal("SIGTERM");
    await program.prints(/^got (SIGTERM)$/m);
    await until(() => over.closed); // told that no more requests are taken
    expect(await refused(port)).toBe(true);
    expect(program.out()).not.toMatch(/stopped/);
    program.say("go on");
    expect(await answer).toMatchObject({ status: 200, body: "waited" });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out()).toMatch(/\ncleaned up\nstopped\n$/);
    expect(program.err()).toBe("");
  });

  test("requests that do not end within the drain time are cancelled, their cleanups run", async () => {
    const program = begin(SERVER(":drain-timeout 30"));
    const port = Number(await program.prints(PORT));
    const over = session(port);
    const answer = nodeAsk(over, "/wait");
    await program.prints(/^(waits)$/m);
    program.signal("SIGTERM");
    expect(await answer).toMatchObject({ status: undefined });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out()).toMatch(/\ncleaned up\n/);
    expect(program.out()).toMatch(/\nstopped\n/);
  });

  test("that nobody waits for ends the process: its clients get Errors, others of theirs go on", async () => {
    const program = begin(SERVER("")),
      other = begin(SERVER(""));
    const port = Number(await program.prints(PORT));
    const over = session(port);
    const answer = nodeAsk(over, "/wait");
    await program.prints(/^(waits)$/m);
    program.signal("SIGINT");
    expect(await answer).toMatchObject({ status: undefined });
    expect(await program.ended).toEqual({ code: null, signal: "SIGINT" });
    expect(await ask(port)).toMatch(/ECONNREFUSED/);
    expect(await ask(Number(await other.prints(PORT)))).toBe("200 here");
  });
});

describe(":workers", () => {
  // Each answers with its number and its process; /die ends it.
  const WORKERS = (main: string, options = ""): string => `
(import {pid} "node:process")
(= {options} {:host "127.0.0.1" :h2c 1 :workers 2 ${options}})
(fun {serve name} {http2/server-listen 0 (\\ {req} {
  (if (== (req/path req) "/die") {(exit-now 3)} {list :body (str name " " pid)})}) options})
${main}`;
  const ONE = WORKERS(`
(= {server} (await (serve "one")))
(if (== 0 (http2/server-worker server)) {do
  (print "port" (http2/server-port server))
  (await (signal/wait-async "SIGTERM"))
  (await (http2/server-stop server))
  (print "stopped")
} {nil})`);
  /** Asks until so many processes have answered. */
  const processes = async (port: number, count: number): Promise<Set<string>> => {
    const seen = new Set<string>();
    await untilAsync(async () => {
      const said = /^200 one (\d+)$/.exec(await ask(port));
      if (said !== null) seen.add(said[1]);
      return seen.size === count;
    });
    return seen;
  };
  const untilAsync = async (holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 20_000; !(await holds()); )
      if (Date.now() > end) throw new Error(`never: ${String(holds)}`);
  };

  test("one that dies is started again; others go on; all end with the server", async () => {
    const program = begin(ONE);
    const port = Number(await program.prints(PORT));
    const before = await processes(port, 2);
    expect(await ask(port, "/die")).toMatch(/ECONNRESET|the connection closed before/);
    await until(() => /http2: worker [12] has ended \(3\) and is started again/.test(program.err()));
    // A third process: the one that died has a successor.
    const after = new Set<string>();
    await untilAsync(async () => {
      const said = /^200 one (\d+)$/.exec(await ask(port));
      if (said !== null) after.add(said[1]);
      return [...after].some((pid) => !before.has(pid));
    });
    const [victim] = [...after].filter((pid) => !before.has(pid));
    process.kill(Number(victim), "SIGKILL");
    await until(() => /\(SIGKILL\) and is started again/.test(program.err()));
    await processes(port, 2);
    program.signal("SIGTERM");
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out()).toMatch(/\nstopped\n$/);
    expect(await refused(port)).toBe(true);
  });

  test("the pause before a restart doubles, up to a limit", () => {
    expect([0, 1, 2, 3, 10, 1000].map(restartDelay)).toEqual([100, 200, 400, 800, 5000, 5000]);
  });

  test("that end before they listen, time after time: an Error, and no more are started", async () => {
    const program = begin(
      WORKERS(`
(import {env} "node:process")
(if (nil? (.-VALK_WORKER env)) {nil} {exit-now 4})
(print "server:" (await (serve "one")))
(print "on it goes")`),
    );
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(program.out()).toBe(
      "server: Error: http2/server-listen: the workers end before they listen (4)\non it goes\n",
    );
  });

  test("that cannot listen: the Error of the first", async () => {
    const program = begin(
      `${HANDLER}
(= {taken} (await (net/listen 0 (\\ {s} {net/close s}) {:host "127.0.0.1"})))
(import {env} "node:process")
(= {port} (if (nil? (.-VALK_PORT env)) {net/port taken} {str->num (.-VALK_PORT env)}))
(.-VALK_PORT! env (str port))
(= {server} (await (http2/server-listen port handle {:host "127.0.0.1" :h2c 1 :workers 2})))
(if (nil? (.-VALK_WORKER env)) {print "server:" server (error/data server)} {nil})
(net/close taken)`,
    );
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(program.out()).toMatch(/^server: Error: .*EADDRINUSE.* \{:EADDRINUSE\}\n$/);
  });

  test("of several servers in one program: each stops by itself; the workers end with the last", async () => {
    const program = begin(
      WORKERS(`
(= {one} (await (serve "one")))
(= {two} (await (serve "two")))
(if (== 0 (http2/server-worker two)) {do
  (print "ports" (http2/server-port one) (http2/server-port two))
  (await (io/read-line-async (io/stdin)))
  (print "first" (await (http2/server-stop one)))
  (await (io/read-line-async (io/stdin)))
  (print "second" (await (http2/server-stop two)))
} {nil})`),
    );
    await program.prints(/^ports (.*)$/m);
    const [one, two] = (/^ports (\d+) (\d+)$/m.exec(program.out()) as RegExpExecArray).slice(1).map(Number);
    expect(await ask(one)).toMatch(/^200 one \d+$/);
    expect(await ask(two)).toMatch(/^200 two \d+$/);
    program.say("stop the first");
    await program.prints(/^(first) \(\)$/m);
    expect(await refused(one)).toBe(true);
    for (let i = 0; i < 4; i++) expect(await ask(two)).toMatch(/^200 two \d+$/);
    // A worker that is started now is told that the first server has stopped, and goes on to the second.
    await ask(two, "/die");
    await until(() => program.err().includes("is started again"));
    const pids = new Set<string>();
    await untilAsync(async () => {
      pids.add((await ask(two)).replace(/^200 two /, ""));
      return pids.size >= 2;
    });
    program.say("stop the second");
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out()).toMatch(/\nsecond \(\)\n$/);
    expect(await refused(two)).toBe(true);
  });

  test("of several servers must be the same number", async () => {
    const program = begin(
      WORKERS(`
(= {one} (await (serve "one")))
(if (== 0 (http2/server-worker one)) {do
  (print (await (http2/server-listen 0 id {:workers 3})))
  (await (http2/server-stop one))
} {nil})`),
    );
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(program.out()).toBe(
      "Error: http2/server-listen: option :workers must be 2, as for the program's other server, got 3\n",
    );
  });

  test("with requests under way: they are answered before the workers end", async () => {
    const program = begin(`
(fun {handle req} {(print "waits") (sleep 300) (list :body "answered")})
(= {server} (await (http2/server-listen 0 handle {:host "127.0.0.1" :h2c 1 :workers 1})))
(if (== 0 (http2/server-worker server)) {do
  (print "port" (http2/server-port server))
  (await (signal/wait-async "SIGTERM"))
  (await (http2/server-stop server))
  (print "stopped")
} {nil})`);
    const answer = ask(Number(await program.prints(PORT)));
    await program.prints(/^(waits)$/m);
    program.signal("SIGTERM");
    expect(await answer).toBe("200 answered");
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out()).toMatch(/\nstopped\n$/);
  });
});
