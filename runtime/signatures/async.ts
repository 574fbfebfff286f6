/** Fibers, Handles, timers, HTTP/2. */
import type { Signature } from "../signatures.ts";
import { aioSignatures } from "./aio.ts";
import { describe } from "./describe.ts";

const WRITES = { effect: "writes" } as const;
const SURE = { effect: "writes", fails: false } as const;
const SUSPENDS = { effect: "suspends" } as const;
// With its continuation an operation gives nil, without it a thunk.
const OPERATION = "nil function";

export const asyncSignatures: readonly Signature[] = [
  ...describe("lib/await", [
    [
      "await",
      "await_",
      "x",
      "any",
      "Waits for a Handle, a promise, or a function that takes the continuation.",
      SUSPENDS,
    ],
    ["await-new", "awaitNew", "x", "any", "The same as await.", SUSPENDS],
    ["aio/await", "aioAwait", "x", "any", "The same as await.", SUSPENDS],
  ]),
  ...describe("lib/timer", [
    ["sleep", "sleep", "ms", "nil", "Suspends the fiber for a time.", SUSPENDS],
    ["aio/sleep", "aioSleep", "[system] ms [options]", "handle", "A Handle that completes after a time.", WRITES],
    ["aio/delay", "aioDelay", "[system] ms [options] [k]", OPERATION, "Goes on after a time.", WRITES],
  ]),
  ...describe("lib/system", [
    ["aio/start", "aioStart", "[options]", "handle", "A completed Handle of a new aio system.", SURE],
    ["aio/run", "aioRun", "[system] [ms]", "nil", "Waits until the system stops or nothing is pending.", SUSPENDS],
    ["aio/stop", "aioStop", "[system]", "nil", "Stops the servers of a system.", WRITES],
  ]),
  ...aioSignatures,
  ...describe("lib/http2-client", [
    [
      "http2/connect-async",
      "http2ConnectAsync",
      "[system] host port [options] [k]",
      OPERATION,
      "Opens an HTTP/2 connection.",
      WRITES,
    ],
    [
      "connect-async",
      "connectAsync",
      "[system] host port [options] [k]",
      OPERATION,
      "The same as http2/connect-async.",
      WRITES,
    ],
    ["http2/connect", "connect", "[system] host port [options]", "handle", "A Handle of an HTTP/2 connection.", WRITES],
    [
      "http2/send-async",
      "sendAsync",
      "[system] request client [options] [k]",
      OPERATION,
      "Sends a request and gives its response.",
      WRITES,
    ],
    [
      "http2/send",
      "sendHandle",
      "[system] request client [options]",
      "handle",
      "A Handle of the response to a request.",
      WRITES,
    ],
    ["http2/close", "close", "client", "nil", "Closes a connection after the requests under way.", WRITES],
    [
      "http2/client-request",
      "clientRequest",
      "[system] host port path [options]",
      "handle",
      "A Handle of the response to a GET.",
      WRITES,
    ],
    [
      "http2/client-request-with-headers",
      "clientRequestWithHeaders",
      "[system] host port path headers [options]",
      "handle",
      "A Handle of the response to a GET with headers.",
      WRITES,
    ],
  ]),
  ...describe("lib/http2-server", [
    [
      "http2/server-listen",
      "serverListen",
      "[system] port handler [options]",
      "handle",
      "A Handle of an HTTP/2 server.",
      WRITES,
    ],
    ["http2/server-port", "serverPort", "server", "number", "The port a server listens at.", SUSPENDS],
    [
      "http2/server-stop",
      "serverStop",
      "server",
      "handle",
      "Stops a server; its requests under way are answered.",
      SUSPENDS,
    ],
    ["http2/server-handle", "serverHandle", "server handler", "nil", "Gives a server another handler.", WRITES],
  ]),
  ...describe("lib/http2-message", [
    ["http2/request", "request", "method scheme authority path [options]", "ref", "A request to send.", WRITES],
    [
      "http2/request-add-header",
      "requestAddHeader",
      "request name value",
      "nil",
      "Adds a header to a request.",
      WRITES,
    ],
    ["http2/mock-response", "mockResponse", "status body [headers]", "ref", "A response without a network."],
    ["http2/response-status", "responseStatus", "response", "string", 'The status, such as "200".'],
    ["http2/response-body", "responseBody", "response", "string", "The body as a string."],
    [
      "http2/response-headers",
      "responseHeaders",
      "response",
      "nil cons",
      "A list of (name value), the last header first.",
    ],
    ["req/method", "reqMethod", "request", "string nil", "The method of a request."],
    ["req/path", "reqPath", "request", "string nil", "The path with its query."],
    ["req/scheme", "reqScheme", "request", "string nil", "The scheme of a request."],
    ["req/authority", "reqAuthority", "request", "string nil", "Host and port that the client asked for."],
    ["req/headers", "reqHeaders", "request", "nil cons", "A list of {name value}."],
    ["req/header", "reqHeader", "request name", "string nil", "The value of a header, or nil."],
    ["req/stream-id", "reqStreamId", "request", "number nil", "The number of the HTTP/2 stream."],
    ["req/body", "reqBody", "request", "string nil", "The body if it has been read, else nil.", { effect: "reads" }],
    ["req/body-async", "reqBodyAsync", "[system] request [options] [k]", OPERATION, "Reads the whole body.", WRITES],
  ]),
];
