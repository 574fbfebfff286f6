/** HTTP/2 over real sockets: our client and server against each other, and each against Node's own. */
import { type IncomingHttpHeaders, connect as nodeConnect, createServer as nodeServer } from "node:http2";
import { type AddressInfo, createServer as rawServer } from "node:net";
import { callForeign } from "../runtime/kernel/border.ts";
import { asFunction, type Fiber, PROMPT, reset, shift, spawn } from "../runtime/kernel/control.ts";
import { error, raise, type ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { list, nil, toArray, type Value } from "../runtime/kernel/list.ts";
import { display, repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { selfSigned } from "../runtime/lib/certificate.ts";
import {
  reqAuthority,
  reqBody,
  reqBodyAsync,
  reqHeader,
  reqHeaders,
  reqMethod,
  reqPath,
  reqRead,
  reqScheme,
  reqStreamId,
} from "../runtime/lib/http-request.ts";
import {
  clientRequest,
  clientRequestWithHeaders,
  close,
  connect,
  connectAsync,
  http2ConnectAsync,
  sendAsync,
  sendHandle,
} from "../runtime/lib/http2-client.ts";
import {
  mockResponse,
  request,
  requestAddHeader,
  responseBody,
  responseBytes,
  responseHeaders,
  responseRead,
  responseStatus,
} from "../runtime/lib/http2-message.ts";
import { serverHandle, serverListen, serverPort, serverStop } from "../runtime/lib/http2-server.ts";
import { aioStart, aioStop } from "../runtime/lib/system.ts";
import { aioDelay, sleep } from "../runtime/lib/timer.ts";
import { chain, plist, run, settled, then, tick, wait } from "./fiber.ts";
import { HOST, handler, ok, openGates, openServers, show, until } from "./http.ts";

const servers = openServers();
const serve = (f: (request: Value) => Value, ...options: Value[]): Promise<number> =>
  servers.listen(aioStart(), 0, handler(f), ...options);
/** What a handler answers to GET /, as status and body. */
const answer = async (f: (request: Value) => Value, ...options: Value[]): Promise<string> => {
  const port = await serve(f, ...options);
  return show(await settled(clientRequest(HOST, port, "/")));
};

test("request and response over the development certificate", async () => {
  const seen: Value[] = [];
  const port = await serve((req) => {
    seen.push(
      reqMethod(req),
      reqPath(req),
      reqScheme(req),
      reqAuthority(req),
      reqHeader(req, "X-One"),
      reqHeader(req, "none"),
      reqStreamId(req),
      reqBody(req),
      repr(req),
    );
    seen.push(display(reqHeaders(req)));
    return ok(
      "body",
      "hello",
      "content-type",
      "text/html",
      "headers",
      list(list("x-answer", "42"), list("set-cookie", "a"), list("set-cookie", "b")),
    );
  });
  const client = await chain(() => http2ConnectAsync(HOST, port));
  const req = request("GET", "https", `localhost:${port}`, "/path?q=1");
  expect(requestAddHeader(req, "x-one", "1")).toBe(nil);
  const response = await chain(() => sendAsync(req, client));
  expect([responseStatus(response), responseBody(response)]).toEqual(["200", "hello"]);
  const headers = toArray(responseHeaders(response) as never).map(display);
  expect(headers).toEqual(
    expect.arrayContaining([
      '("content-type" "text/html")',
      '("x-answer" "42")',
      '("set-cookie" "a")',
      '("set-cookie" "b")',
    ]),
  );
  expect(headers.indexOf('("set-cookie" "b")')).toBeLessThan(headers.indexOf('("set-cookie" "a")'));
  expect(seen).toEqual([
    "GET",
    "/path?q=1",
    "https",
    `localhost:${port}`,
    "1",
    nil,
    1,
    nil,
    "<ref:http_request>",
    '{{"x-one" "1"}}',
  ]);
  expect([repr(client), repr(response), repr(req)]).toEqual([
    "<ref:http2_client>",
    "<ref:success>",
    "<ref:http2_request>",
  ]);
  expect(close(client)).toBe(nil);
  expect(repr(await chain(() => sendAsync(req, client)))).toMatch(/^Error: .*closed/);
});

test("with shift and reset, as in the design note", async () => {
  const port = await serve(() => ok("body", "greetings"));
  const printed: string[] = [];
  const program = (): Value =>
    reset(PROMPT, () =>
      then(
        shift(PROMPT, (k) => http2ConnectAsync(HOST, port, asFunction(k))),
        (client) =>
          then(
            shift(PROMPT, (k) => sendAsync(request("GET", "https", "localhost", "/"), client, asFunction(k))),
            (response) => {
              printed.push(show(response));
              return close(client);
            },
          ),
      ),
    );
  expect(await run(program)).toBe(nil);
  for (let i = 0; i < 100 && printed.length === 0; i++) await tick(5);
  expect(printed).toEqual(["200 greetings"]);
});

test("a refused connection", async () => {
  const port = await serve(() => ok());
  await servers.stop(servers.server());
  const e = (await chain(() => connectAsync(HOST, port))) as ValkError;
  expect([e.message, repr(e.data)]).toEqual([`connect ECONNREFUSED ${HOST}:${port}`, "{:ECONNREFUSED}"]);
  expect(repr(await settled(connect(HOST, port)))).toMatch(/ECONNREFUSED/);
  expect(repr(await settled(clientRequest(HOST, port, "/")))).toMatch(/ECONNREFUSED/);
  expect(repr(await chain(() => connectAsync(HOST, port, plist("h2c", 1))))).toMatch(/ECONNREFUSED/);
});

test("what a handler may give", async () => {
  const js = (): Value =>
    callForeign(() => {
      throw new TypeError("secret");
    }, []);
  const table: [(req: Value) => Value, string][] = [
    [() => nil, "200 "],
    [() => 5, "200 "],
    [() => plist("status", 404, "body", 5), "200 "],
    [() => plist("status", "404", "body", "not here"), "404 not here"],
    [() => plist("status", "204", "body", "dropped"), "204 "],
    [() => plist("status", "x"), "500 Internal Server Error"],
    [() => plist("headers", list(list("bad\nname", "x"))), "500 Internal Server Error"],
    [() => plist("headers", list(list("connection", "close")), "body", "b"), "500 Internal Server Error"],
    [() => plist("body", "b", "headers", list(5, list("x", 1), list("y", "2"))), "200 b"],
    [() => raise("my message", list("hidden")), "500 my message"],
    [() => error("head: argument 1 must be a list"), "500 Internal Server Error"],
    [js, "500 Internal Server Error"],
    [
      () => {
        throw new Error("thrown");
      },
      "500 Internal Server Error",
    ],
    [() => then(sleep(2), () => then(sleep(2), () => ok("body", "slept"))), "200 slept"],
    [() => then(sleep(2), () => raise("slept badly")), "500 slept badly"],
    [() => spawn(() => then(sleep(2), () => ok("body", "from a handle"))), "200 from a handle"],
    [() => spawn(() => then(sleep(2), () => raise("failed handle"))), "500 failed handle"],
    [() => spawn(() => ok("body", "ready handle")), "200 ready handle"],
    [(req) => (reqMethod(req) === "GET" ? wait(aioDelay(1), () => ok("body", String(reqPath(req)))) : nil), "200 /"],
  ];
  for (const [f, expected] of table) expect(await answer(f)).toBe(expected);
  expect(servers.log()).toMatch(/GET \/: the handler gave 5, which is no response/);
  expect(servers.log()).toMatch(/:status of the response is no string: 404/);
  expect(servers.log()).toMatch(/a header is no pair of two strings: 5/);
  expect(servers.log()).toMatch(/GET \/: secret/);
  expect(servers.log()).not.toMatch(/my message/);
});

test("error pages", async () => {
  const page = def(1, (status: Value) => `page ${String(status)}`);
  expect(await answer(() => raise("m"), plist("error-handler", page))).toBe("500 page 500");
});

test("bodies, both ways", async () => {
  const port = await serve(
    (req) =>
      wait(reqBodyAsync(req), (body) =>
        body instanceof Error ? body : ok("body", `${String(body)}|${String(reqBody(req))}`),
      ),
    plist("max-request-body-size", 100_000),
  );
  const client = await chain(() => connectAsync("localhost", port));
  const post = (body: string): Promise<Value> =>
    chain(() => sendAsync(request("POST", "https", "localhost", "/", plist("body", body)), client));
  expect(show(await post("grüße"))).toBe("200 grüße|grüße");
  expect(show(await post(""))).toBe("200 |");
  expect(show(await post("x".repeat(50_000)))).toBe(`200 ${"x".repeat(50_000)}|${"x".repeat(50_000)}`);
  expect(show(await post("x".repeat(200_000)))).toBe("413 Content Too Large");
  expect(show(await chain(() => sendAsync(request("GET", "https", "localhost", "/"), client)))).toBe("200 |");
  close(client);
});

test("bodies that are no text are Errors that say so, and can be had as bytes", async () => {
  const bytes = Buffer.from([0x61, 0xff, 0xe2, 0x82]);
  const seen: string[] = [];
  const port = await serve(
    (req) =>
      reqPath(req) === "/echo"
        ? wait(reqBodyAsync(req, plist("encoding", sym(":bytes"))), (b) => ok("body", b))
        : reqPath(req) === "/pieces"
          ? wait(reqRead(req), (v) => {
              seen.push(display(v));
              return wait(reqRead(req), (again) => {
                seen.push(display(again));
                return ok();
              });
            })
          : wait(reqBodyAsync(req), (v) => v),
    plist("h2c", 1),
  );
  const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
  const post = (path: string, ...options: Value[]): Promise<Value> =>
    settled(sendHandle(request("POST", "http", HOST, path, plist("body", bytes)), client, plist(...options)));
  expect(show(await post("/text"))).toBe("400 Bad Request");
  await post("/pieces");
  const no = "Error: the request body is no UTF-8 text; option {:encoding :bytes} gives its bytes";
  expect(seen).toEqual([no, no]);
  const echoed = await post("/echo");
  expect(display(responseBody(echoed))).toBe(
    "Error: http2/response-body: the body is no UTF-8 text; http2/response-bytes gives its bytes",
  );
  expect(responseBytes(echoed)).toEqual(bytes);
  const streamed = await post("/echo", "stream", 1);
  expect(repr((await chain(() => responseRead(streamed))) as Value)).toBe(
    "Error: the response body is no UTF-8 text; option {:encoding :bytes} gives its bytes",
  );
  close(client);
});

test("h2c, HEAD, many requests at once over one connection", async () => {
  const port = await serve((req) => then(sleep(5), () => ok("body", String(reqPath(req)))), plist("h2c", 1));
  const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
  const send = (method: string, path: string): Promise<Value> =>
    settled(sendHandle(request(method, "http", HOST, path), client));
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => send("GET", `/${i}`)));
  expect(all.map(show)).toEqual(all.map((_, i) => `200 /${i}`));
  expect(show(await send("HEAD", "/h"))).toBe("200 ");
  close(client);
  const cleartext = await settled(
    clientRequestWithHeaders(HOST, port, "/c", list(list("x", "y")), plist("scheme", "http")),
  );
  expect(show(cleartext)).toBe("200 /c");
});

test("client-request shares connections", async () => {
  const sessions = new Set<unknown>();
  const port = await serve((req) => {
    sessions.add((req as { target: { wire: { connection: unknown } } }).target.wire.connection);
    return ok();
  });
  await Promise.all([1, 2, 3].map(() => settled(clientRequest(aioStart(), HOST, port, "/"))));
  await settled(clientRequest(HOST, port, "/"));
  expect(sessions.size).toBe(1);
});

test("the development certificate is trusted at loopback only, other certificates not at all", async () => {
  const foreign = selfSigned();
  const port = await serve(() => ok(), plist("key", foreign.key, "cert", foreign.cert));
  await serve(() => ok()); // there is a development certificate
  expect(repr(await chain(() => connectAsync(HOST, port)))).toBe("Error: self-signed certificate");
  const client = await chain(() => connectAsync(HOST, port, plist("ca", foreign.cert)));
  expect(repr(client)).toBe("<ref:http2_client>");
  close(client);
  const insecure = await chain(() => connectAsync(HOST, port, plist("insecure", 1)));
  close(insecure);
});

test("a server that resets, breaks off, talks nonsense", async () => {
  const rude = nodeServer();
  rude.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (headers[":path"] === "/reset") stream.close(7);
    else if (headers[":path"] === "/cut") {
      stream.respond({ ":status": 200 });
      stream.write("half");
      setTimeout(() => stream.session?.destroy(), 10);
    } else {
      stream.respond({ ":status": 200 });
      stream.write("half");
      setTimeout(() => stream.destroy(new Error("inside")), 10);
    }
  });
  rude.listen(0, HOST);
  await new Promise((done) => rude.once("listening", done));
  const { port } = rude.address() as AddressInfo;
  const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1)));
  const get = (path: string): Promise<Value> => chain(() => sendAsync(request("GET", "http", HOST, path), client));
  const refused = (await get("/reset")) as ValkError;
  expect([refused.message, repr(refused.data)]).toEqual([
    "HTTP/2 stream error: REFUSED_STREAM (code=7)",
    "{:REFUSED_STREAM}",
  ]);
  expect(repr(await get("/internal"))).toBe("Error: HTTP/2 stream error: INTERNAL_ERROR (code=2)");
  expect(await get("/cut")).toBeInstanceOf(Error);
  // The client opens another connection.
  expect(repr(await get("/after"))).toBe("Error: HTTP/2 stream error: INTERNAL_ERROR (code=2)");
  rude.close();
  close(client);
  expect(repr(await get("/after"))).toBe("Error: the connection is closed");

  const mute = rawServer((s) => {
    s.on("error", () => {});
    s.end("nonsense");
  }).listen(0, HOST);
  await new Promise((done) => mute.once("listening", done));
  const nonsense = await chain(
    () => connectAsync(HOST, (mute.address() as AddressInfo).port, plist("h2c", 1)),
    (c) => (c instanceof Error ? c : sendAsync(request("GET", "http", HOST, "/"), c)),
  );
  expect(nonsense).toBeInstanceOf(Error);
  mute.close();
});

test("Node's own client; a client that goes cancels its handler; deferred", async () => {
  let finished = 0;
  const gates = openGates();
  const port = await serve(
    (req) =>
      reqPath(req) === "/deferred"
        ? sym(":deferred")
        : wait(gates.gate(), () => {
            finished++;
            return ok("body", "late");
          }),
    plist("h2c", 1),
  );
  const session = nodeConnect(`http://${HOST}:${port}`);
  const get = (path: string): Promise<readonly [IncomingHttpHeaders, string]> =>
    new Promise((done, failed) => {
      const stream = session.request({ ":path": path });
      let headers: IncomingHttpHeaders = {},
        body = "";
      stream.on("response", (h) => {
        headers = h;
      });
      stream.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      stream.on("end", () => done([headers, body]));
      stream.on("error", failed);
    });
  const first = get("/");
  await until(() => gates.reached === 1);
  gates.open();
  const [headers, body] = await first;
  expect([headers[":status"], headers["content-type"], body]).toEqual([200, "text/plain; charset=utf-8", "late"]);
  const abandoned = session.request({ ":path": "/" });
  abandoned.on("error", () => {});
  await until(() => gates.reached === 2);
  abandoned.close(8);
  const deferred = session.request({ ":path": "/deferred" });
  await until(() => gates.cancelled === 1);
  gates.open();
  expect(finished).toBe(1); // the handler of the client that went away was cancelled
  deferred.close(8);
  const again = get("/again");
  await until(() => gates.reached === 3);
  gates.open();
  expect((await again)[1]).toBe("late");
  session.close();
});

test("stopping: requests under way are answered, idle connections closed, twice is once; a client finds nobody", async () => {
  const port = await serve(() => then(sleep(50), () => ok("body", "drained")));
  const server = servers.server();
  const client = await chain(() => connectAsync(HOST, port));
  const idle = await chain(() => connectAsync(HOST, port));
  const asked = chain(() => sendAsync(request("GET", "https", HOST, "/"), client));
  await tick(20);
  const stopping = (await run(() => serverStop(server))) as Fiber;
  expect(await run(() => then(serverStop(server), (h) => [h]))).toEqual([stopping]);
  expect(show(await asked)).toBe("200 drained");
  expect(await settled(stopping)).toBe(nil);
  expect(repr(await chain(() => sendAsync(request("GET", "https", HOST, "/"), idle)))).toMatch(
    /^Error: .*ECONNREFUSED/,
  );
  expect(repr(await run(() => serverPort(server)))).toBe("Error: http2/server-port: the server has stopped");
});

test("another handler; a system that stops its servers; wrong arguments", async () => {
  const system = aioStart();
  const server = serverListen(
    system,
    0,
    handler(() => ok("body", "one")),
    plist("h2c", 1),
  );
  const port = (await run(() => serverPort(server))) as number;
  const get = async (): Promise<string> => show(await settled(clientRequest(HOST, port, "/", plist("h2c", 1))));
  expect(await get()).toBe("200 one");
  expect(
    serverHandle(
      server,
      handler(() => ok("body", "two")),
    ),
  ).toBe(nil);
  expect(await get()).toBe("200 two");
  expect(aioStop(system)).toBe(nil);
  await tick(20);
  expect(await get()).toMatch(/ECONNREFUSED/);
  expect(repr(serverListen(0, 5))).toBe("Error: http2/server-listen: argument 2 must be a function, got 5");
  expect(repr(reqPath(5))).toBe("Error: req/path: argument 1 must be a request, got 5");
  expect(repr(await run(() => serverPort(5)))).toBe(
    "Error: http2/server-port: argument 1 must be an HTTP/2 server, got 5",
  );
  expect(
    repr(
      await settled(
        serverListen(
          0,
          handler(() => nil),
          plist("key", "-----BEGIN"),
        ),
      ),
    ),
  ).toBe("Error: options :key and :cert belong together");
});

test("mock responses", () => {
  const mock = mockResponse("418", "short", list(list("a", "1"), list("b", "2")));
  expect([show(mock), display(responseHeaders(mock))]).toEqual(["418 short", '(("b" "2") ("a" "1"))']);
});
