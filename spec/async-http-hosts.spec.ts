/** Handlers on servers of JavaScript, and servers of several processes. */
import { createServer } from "node:http";
import { createServer as createServer2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../runtime/interop/http.ts";
import { toJS } from "../runtime/kernel/border.ts";
import { raise } from "../runtime/kernel/error.ts";
import type { Fn } from "../runtime/kernel/function.ts";
import type { Value } from "../runtime/kernel/list.ts";
import { reqBodyAsync, reqMethod, reqPath } from "../runtime/lib/http-request.ts";
import { streamClose, streamOpen, streamWrite } from "../runtime/lib/http-stream.ts";
import { plist, wait } from "./fiber.ts";
import { ask, HOST, handler, nodeAsk, openGates, session, until } from "./http.ts";
import { openDesk } from "./valk.ts";

const echo = handler((req: Value) =>
  wait(reqBodyAsync(req), (body) =>
    body instanceof Error ? body : plist("body", `${String(reqMethod(req))} ${String(reqPath(req))} ${String(body)}`),
  ),
);

test("a handler, as it is and as a module exports it, on node:http and node:http2", async () => {
  for (const mounted of [echo, toJS(echo as Fn)]) {
    const listener = toNodeHandler(mounted as never, { maxRequestBodySize: 10 });
    for (const old of [true, false]) {
      const server = old ? createServer(listener) : createServer2(listener);
      server.listen(0, HOST);
      await new Promise((done) => server.once("listening", done));
      const { port } = server.address() as AddressInfo;
      if (old) {
        const url = `http://${HOST}:${port}/a?b`;
        expect(await (await fetch(url, { method: "POST", body: "text" })).text()).toBe("POST /a?b text");
        expect((await fetch(url, { method: "POST", body: "x".repeat(20) })).status).toBe(413);
      } else expect(await ask(port, "/a?b")).toBe("200 GET /a?b ");
      await new Promise((done) => server.close(done));
    }
  }
});

test("a client that goes cancels the handler there, too; JavaScript handlers give promises", async () => {
  const gates = openGates();
  const server = createServer2(toNodeHandler(handler(gates.handler) as never)).listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const over = session((server.address() as AddressInfo).port);
  const stream = over.request({ ":path": "/wait" });
  stream.on("error", () => {});
  await until(() => gates.reached === 1);
  stream.close(8);
  await until(() => gates.cleanups === 1);
  over.close();
  await new Promise((done) => server.close(done));

  const promising = createServer2(toNodeHandler(() => Promise.resolve(plist("status", "201")))).listen(0, HOST);
  await new Promise((done) => promising.once("listening", done));
  const other = session((promising.address() as AddressInfo).port);
  expect(await nodeAsk(other, "/")).toMatchObject({ status: 201 });
  other.close();
  await new Promise((done) => promising.close(done));
});

test(":workers share a port and a development certificate, and stop", async () => {
  const desk = openDesk();
  const home = desk.place({
    "main.valk": `
(= {server} (await (http2/server-listen 0 (\\ {req} {
  list :body (str "worker " (if (> (http2/server-worker server) 0) {"serves"} {"does not serve"}))}) {:host "127.0.0.1" :workers 2})))
(if (== 0 (http2/server-worker server)) {do
  (print (http2/response-body (await (http2/client-request "localhost" (http2/server-port server) "/"))))
  (print (await (http2/server-stop server)))
} {nil})
`,
  });
  expect(await desk.valk(["run", "main.valk"], { cwd: home })).toEqual({
    code: 0,
    out: "worker serves\n()\n",
    err: "",
  });
  const { out } = await desk.valk(["run", "-e", "(print (await (http2/server-listen 0 id {:workers 2})))"]);
  expect(out).toMatch(/:workers needs a program in a file/);
  desk.close();
});

describe("Express", () => {
  interface Express {
    (request: unknown, response: unknown): void;
    use(...handlers: unknown[]): Express;
    get(path: string, handler: unknown): Express;
  }
  /** The package has no types of its own. */
  const load = async (): Promise<() => Express> =>
    ((await import("express" as string)) as { default: () => Express }).default;
  const listening = async (app: Express): Promise<{ url: string; close: () => Promise<unknown> }> => {
    const server = createServer(app).listen(0, HOST);
    await new Promise((done) => server.once("listening", done));
    const url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
    return {
      url,
      close: () =>
        new Promise((done) => {
          server.close(done);
          server.closeAllConnections();
        }),
    };
  };
  const said = async (r: Response): Promise<string> => `${r.status} ${await r.text()}`;

  test("a handler under a path, as a route, behind middleware, beside others", async () => {
    const express = await load();
    const seen: string[] = [];
    const streams = handler((req: Value) => {
      const stream = streamOpen(req, plist("content-type", "text/x"));
      streamWrite(stream, "one ");
      streamWrite(stream, "two");
      streamClose(stream);
      return plist();
    });
    const fails = handler(() => raise("said aloud"));
    const app = express()
      .use((req: { url: string }, _: unknown, next: () => void) => {
        seen.push(req.url);
        next();
      })
      .use("/valk", toNodeHandler(echo as never, { maxRequestBodySize: 10 }))
      .get("/stream", toNodeHandler(streams as never))
      .get("/fails", toNodeHandler(fails as never))
      .get("/js", (_: unknown, response: { send(text: string): void }) => response.send("of JavaScript"));
    const { url, close } = await listening(app);
    // The handler sees the whole path, as clients do.
    expect(await said(await fetch(`${url}/valk/a?b=1`, { method: "POST", body: "text" }))).toBe(
      "200 POST /valk/a?b=1 text",
    );
    expect(await said(await fetch(`${url}/valk`, { method: "PUT", body: "x".repeat(20) }))).toBe(
      "413 Content Too Large",
    );
    const streamed = await fetch(`${url}/stream`);
    expect([streamed.headers.get("content-type"), await said(streamed)]).toEqual(["text/x", "200 one two"]);
    expect(await said(await fetch(`${url}/fails`))).toBe("500 said aloud");
    expect(await said(await fetch(`${url}/js`))).toBe("200 of JavaScript");
    expect((await fetch(`${url}/none`)).status).toBe(404);
    expect(seen).toEqual(["/valk/a?b=1", "/valk", "/stream", "/fails", "/js", "/none"]);
    await close();
  });

  test("a client that goes cancels the handler; others go on", async () => {
    const express = await load();
    const gates = openGates();
    const { url, close } = await listening(express().use("/valk", toNodeHandler(handler(gates.handler) as never)));
    const abort = new AbortController();
    const gone = fetch(`${url}/valk/wait`, { signal: abort.signal }).catch((e: Error) => e.name);
    const stays = fetch(`${url}/valk/wait`);
    await until(() => gates.reached === 2);
    abort.abort();
    expect(await gone).toBe("AbortError");
    await until(() => gates.cleanups === 1);
    expect(gates.cancelled).toBe(1);
    gates.open();
    expect(await said(await stays)).toBe("200 waited");
    expect(gates.cleanups).toBe(2);
    await close();
  });
});
