/** The demo server: talked to by curl over each protocol, and by Node's own client. */
import { execFile, spawn } from "node:child_process";
import { connect } from "node:http2";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeAsk } from "./http.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, "fixtures/demo/service.valk");

/** Starts it, waits for its ports; stops it as a user does. */
const start = async () => {
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), "run", program], {
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
  });
  let out = "",
    err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ports = await new Promise<RegExpExecArray>((ready, failed) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const found = /^(http:\S+) (https:\S+)\n/.exec(out);
      if (found !== null) ready(found);
    });
    child.on("exit", (code) => failed(new Error(`ended with ${code}: ${err}`)));
  });
  const stop = (): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((done) => {
      child.removeAllListeners("exit");
      child.on("close", (code) => done({ code, out, err }));
      child.kill("SIGINT");
    });
  return { http: ports[1], https: ports[2], stop };
};
/** What curl prints; null where there is no curl. */
const curl = (...args: string[]): Promise<string | null> =>
  new Promise((done, failed) => {
    execFile("curl", ["-s", "-w", "%{http_version} %{http_code}", ...args], (e, out) => {
      if (e !== null && (e as NodeJS.ErrnoException).code === "ENOENT") done(null);
      else if (e !== null) failed(e);
      else done(out);
    });
  });

test("users, events, failures, over every protocol; one request across three awaits; an orderly end", async () => {
  const { http, https, stop } = await start();
  const over = connect(http);
  expect(await nodeAsk(over, "/users/1")).toMatchObject({ status: 200, body: '{"id":1,"name":"Ann"}\n' });
  const added = await nodeAsk(over, "/users", {}, '{"name":"Eve"}');
  expect(added).toMatchObject({ status: 201, body: '{"name":"Eve","id":3}\n' });
  const events = await nodeAsk(over, "/events");
  const ticks = [1, 2, 3].map((n) => `event: tick\ndata: {"n":${n}}\n\n`).join("");
  expect(events).toMatchObject({ status: 200, body: `retry: 1000\n\n${ticks}` });
  expect(await nodeAsk(over, "/users/7")).toMatchObject({ status: 404, body: '{"error":"no user 7"}\n' });
  expect(await nodeAsk(over, "/fail")).toMatchObject({ status: 500, body: "Internal Server Error" });
  over.close();

  const ann = '{"id":1,"name":"Ann"}\n';
  for (const [args, version] of [
    [["--http2-prior-knowledge", `${http}/users/1`], "2"],
    [["--http1.1", `${http}/users/1`], "1.1"],
    [["-k", "--http2", `${https}/users/1`], "2"],
    [["-k", "--http1.1", `${https}/users/1`], "1.1"],
  ] as const) {
    const said = await curl(...args);
    if (said !== null) expect(said).toBe(`${ann}${version} 200`);
  }

  const { code, out, err } = await stop();
  expect(code).toBe(0);
  expect(out).toContain("[1] trace 1 token checked\n[1] trace 2 user 1 loaded\n[1] trace 3 audited Ann\n");
  expect(out).toMatch(/stopping\nstopped\n$/);
  // The calls that led to the Error, across the wait in check-token.
  expect(err).toMatch(
    /^http2: GET \/fail: error\/message: argument 1 must be an error, got 5\n {4}.*fail .*service\.valk:\d+/,
  );
});
