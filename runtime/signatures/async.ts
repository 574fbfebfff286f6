/** Fibers, Handles, timers, the network below HTTP. */
import type { Signature } from "../signatures.ts";
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
  ...describe("lib/net", [
    [
      "net/connect-async",
      "netConnect",
      "[system] host port [options] [k]",
      OPERATION,
      "Opens a TCP connection.",
      WRITES,
    ],
    ["net/listen", "netListen", "[system] port handler [options]", "handle", "A Handle of a TCP server.", WRITES],
    ["net/port", "netPort", "server", "number", "The port a server listens at.", SUSPENDS],
    [
      "net/read-async",
      "netRead",
      "[system] socket [options] [k]",
      OPERATION,
      "The next chunk, or nil at the end.",
      WRITES,
    ],
    [
      "net/write-async",
      "netWrite",
      "[system] socket data [options] [k]",
      OPERATION,
      "Sends a string or bytes.",
      WRITES,
    ],
    ["net/close", "netClose", "x", "nil", "Closes a socket or a server.", WRITES],
    [
      "tls/read-async",
      "tlsRead",
      "[system] socket [options] [k]",
      OPERATION,
      "The next chunk, or nil at the end.",
      WRITES,
    ],
    [
      "tls/write-async",
      "tlsWrite",
      "[system] socket data [options] [k]",
      OPERATION,
      "Sends a string or bytes.",
      WRITES,
    ],
    ["tls/port", "tlsPort", "server", "number", "The port a server listens at.", SUSPENDS],
    ["tls/close", "tlsClose", "x", "nil", "Closes a socket or a server.", WRITES],
  ]),
  ...describe("lib/tls", [
    [
      "tls/connect-async",
      "tlsConnect",
      "[system] host port [options] [k]",
      OPERATION,
      "Opens a verified TLS connection.",
      WRITES,
    ],
    ["tls/listen", "tlsListen", "[system] port handler [options]", "handle", "A Handle of a TLS server.", WRITES],
  ]),
  ...describe("lib/dns", [
    [
      "dns/lookup",
      "lookup",
      "[system] host [options] [k]",
      OPERATION,
      "The addresses of a host, as a list of strings.",
      WRITES,
    ],
  ]),
];
