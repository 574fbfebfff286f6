/** Handlers on servers of JavaScript, and servers of several processes. */
import { createServer } from "node:http";
import { createServer as createServer2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "../runtime/interop/http.ts";
import { toJS } from "../runtime/kernel/border.ts";
import type { Fn } from "../runtime/kernel/function.ts";
import type { Value } from "../runtime/kernel/list.ts";
import { reqBodyAsync, reqMethod, reqPath } from "../runtime/lib/http-request.ts";
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
