/** TCP, TLS, DNS. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const WRITES = { effect: "writes" } as const;
const SUSPENDS = { effect: "suspends" } as const;
// With its continuation an operation gives nil, without it a thunk.
const OPERATION = "nil function";

export const networkSignatures: readonly Signature[] = [
  ...describe("lib/net", [
    [
      "net/connect-async",
      "netConnect",
      "[system] host port [options] [k]",
      OPERATION,
      "Opens a TCP connection.",
      WRITES,
    ],
    [
      "net/connect",
      "netConnectHandle",
      "[system] host port [options]",
      "handle",
      "A Handle of a TCP connection.",
      WRITES,
    ],
    ["net/listen", "netListen", "[system] port handler [options]", "handle", "A Handle of a TCP server.", WRITES],
    [
      "net/read-async",
      "netRead",
      "[system] socket [options] [k]",
      OPERATION,
      "The next chunk, or nil at the end.",
      WRITES,
    ],
    [
      "net/read",
      "netReadHandle",
      "[system] socket [options]",
      "handle",
      "A Handle of the next chunk, or of nil at the end.",
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
    [
      "net/write",
      "netWriteHandle",
      "[system] socket data [options]",
      "handle",
      "A Handle that completes when a string or bytes have been sent.",
      WRITES,
    ],
    ["net/end-async", "netEnd", "[system] socket [options] [k]", OPERATION, "Sends no more; reading goes on.", WRITES],
    [
      "net/end",
      "netEndHandle",
      "[system] socket [options]",
      "handle",
      "A Handle that completes when all has been sent, and the end.",
      WRITES,
    ],
    ["net/port", "netPort", "server", "number", "The port a server listens at.", SUSPENDS],
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
      "tls/read",
      "tlsReadHandle",
      "[system] socket [options]",
      "handle",
      "A Handle of the next chunk, or of nil at the end.",
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
    [
      "tls/write",
      "tlsWriteHandle",
      "[system] socket data [options]",
      "handle",
      "A Handle that completes when a string or bytes have been sent.",
      WRITES,
    ],
    ["tls/end-async", "tlsEnd", "[system] socket [options] [k]", OPERATION, "Sends no more; reading goes on.", WRITES],
    [
      "tls/end",
      "tlsEndHandle",
      "[system] socket [options]",
      "handle",
      "A Handle that completes when all has been sent, and the end.",
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
    [
      "tls/connect",
      "tlsConnectHandle",
      "[system] host port [options]",
      "handle",
      "A Handle of a verified TLS connection.",
      WRITES,
    ],
    ["tls/listen", "tlsListen", "[system] port handler [options]", "handle", "A Handle of a TLS server.", WRITES],
  ]),
  ...describe("lib/dns", [
    [
      "dns/lookup-async",
      "lookup",
      "[system] host [options] [k]",
      OPERATION,
      "The addresses of a host, as a list of strings.",
      WRITES,
    ],
    ["dns/lookup", "lookupHandle", "[system] host [options]", "handle", "A Handle of the addresses of a host.", WRITES],
  ]),
];
