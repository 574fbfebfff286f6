/** What the operations of HTTP say to options that do not fit. */
import { toNodeHandler } from "../runtime/interop/http.ts";
import { def } from "../runtime/kernel/function.ts";
import { list, nil, type Value } from "../runtime/kernel/list.ts";
import { display, repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { reqBodyAsync, reqRead } from "../runtime/lib/http-request.ts";
import { streamOpen } from "../runtime/lib/http-stream.ts";
import {
  clientRequest,
  clientRequestWithHeaders,
  close,
  connect,
  connectAsync,
  http2ConnectAsync,
  sendAsync,
} from "../runtime/lib/http2-client.ts";
import { request } from "../runtime/lib/http2-message.ts";
import { serverListen } from "../runtime/lib/http2-server.ts";
import { chain, plist, settled, wait } from "./fiber.ts";
import { HOST, handler, ok, openServers, show } from "./http.ts";

const { serve } = openServers();

test("options of a wrong type: an Error that names the option and what it takes; nothing is begun", async () => {
  const says = async (x: Value): Promise<string> =>
    display(typeof x === "function" ? await chain(() => x) : x instanceof Error ? x : await settled(x));
  const server = (...options: Value[]): Promise<string> =>
    says(
      serverListen(
        0,
        handler(() => nil),
        plist(...options),
      ),
    );
  const OF = {
    "http2/server-listen": server,
    "http2/connect-async": (...options: Value[]) => says(http2ConnectAsync(HOST, 1, plist(...options))),
    "http2/connect": (...options: Value[]) => says(connect(HOST, 1, plist(...options))),
    "http2/client-request": (...options: Value[]) => says(clientRequest(HOST, 1, "/", plist(...options))),
    "http2/request": (...options: Value[]) => says(request("GET", "http", HOST, "/", plist(...options))),
  };
  const COUNT = "a whole number, 0 or more",
    MS = "a number of milliseconds",
    PEM = "PEM text or the path of a file with it";
  const table: [keyof typeof OF, string, Value, string][] = [
    ["http2/server-listen", "host", 5, "a string"],
    ["http2/server-listen", "key", 5, PEM],
    ["http2/server-listen", "workers", "2", COUNT],
    ["http2/server-listen", "workers", -1, COUNT],
    ["http2/server-listen", "max-connections", "many", COUNT],
    ["http2/server-listen", "max-concurrent-streams", 1.5, COUNT],
    ["http2/server-listen", "max-concurrent-requests", sym(":all"), COUNT],
    ["http2/server-listen", "max-header-size", -1, COUNT],
    ["http2/server-listen", "max-request-body-size", "8M", COUNT],
    ["http2/server-listen", "header-timeout", "x", MS],
    ["http2/server-listen", "body-timeout", -5, MS],
    ["http2/server-listen", "idle-timeout", list(5), MS],
    ["http2/server-listen", "handler-timeout", "x", MS],
    ["http2/server-listen", "drain-timeout", "x", MS],
    ["http2/server-listen", "error-handler", "page", "a function"],
    ["http2/connect-async", "ca", 5, PEM],
    ["http2/connect", "servername", 5, "a string"],
    ["http2/connect", "scheme", "ftp", '"http" or "https"'],
    ["http2/connect", "idle-timeout", "x", MS],
    ["http2/connect", "timeout", "soon", MS],
    ["http2/client-request", "timeout", list(1), MS],
    ["http2/client-request", "method", sym(":post"), "a string"],
    ["http2/client-request", "body", 5, "text, bytes, a function or a stream"],
    ["http2/client-request", "max-response-size", "1k", COUNT],
    ["http2/client-request", "signal", 5, "an AbortSignal"],
    ["http2/client-request", "ca", 5, PEM],
    ["http2/request", "body", 5, "text, bytes, a function or a stream"],
    ["http2/request", "headers", 5, "a list of {name value}"],
  ];
  for (const [name, key, value, expected] of table)
    expect(await OF[name](key, value)).toBe(`Error: ${name}: option :${key} must be ${expected}, got ${repr(value)}`);
  // nil is no option; what nobody knows is ignored, as everywhere.
  const seen: string[] = [];
  const note = def(1, (v: Value) => {
    seen.push(display(v));
    return nil;
  });
  const port = await serve(
    (req) => {
      seen.push(display(streamOpen(req, plist("status", 404))));
      seen.push(display(streamOpen(req, plist("headers", list(list("a", 1))))));
      reqBodyAsync(req, plist("encoding", sym(":hex")), note);
      return wait(reqRead(req), () => ok());
    },
    "h2c",
    1,
    "idle-timeout",
    nil,
    "handler-timeout",
    nil,
    "colour",
    "blue",
  );
  const client = await chain(() => connectAsync(HOST, port, plist("h2c", 1, "colour", 5, "timeout", nil)));
  const bad = sendAsync(request("GET", "http", HOST, "/"), client, plist("max-response-size", "x"));
  expect(await says(bad)).toBe(`Error: http2/send-async: option :max-response-size must be ${COUNT}, got "x"`);
  expect(show(await chain(() => sendAsync(request("GET", "http", HOST, "/"), client)))).toBe("200 ");
  expect(seen).toEqual([
    'Error: stream/open: option :status must be a status of a response, such as "200", got 404',
    'Error: stream/open: a header must be {name value}, two strings, got {"a" 1}',
    "Error: req/body-async: option :encoding must be :utf8 or :bytes, got :hex",
  ]);
  expect(await says(clientRequestWithHeaders(HOST, port, "/", list(list("a", 1)), plist("scheme", "http")))).toMatch(
    /http2\/client-request-with-headers: a header must be \{name value\}, two strings/,
  );
  expect(() => toNodeHandler(() => nil, { maxHeaderSize: "x" as never })).toThrow(
    /toNodeHandler: option :max-header-size must be a whole number/,
  );
  close(client);
});
