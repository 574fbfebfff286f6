/** Scopes, channels, request context. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const WRITES = { effect: "writes" } as const;
const READS = { effect: "reads" } as const;
const SURE = { effect: "reads", fails: false } as const;
const SUSPENDS = { effect: "suspends" } as const;
const OPERATION = "nil function";

export const fiberSignatures: readonly Signature[] = [
  ...describe("lib/await-any", [
    ["await-any", "awaitAny", "x & xs", "any", "Waits for the first of several; its number and result.", SUSPENDS],
  ]),
  ...describe("lib/scope", [
    ["scope/run", "scopeRun", "f", "any", "Calls f with a new scope.", { ...SUSPENDS, internal: true }],
    ["scope/open", "scopeOpen", "scope", "ref", "The scope, if it still takes children.", { ...READS, internal: true }],
    [
      "scope/adopt",
      "scopeAdopt",
      "scope child",
      "handle",
      "Makes a fiber a child of the scope.",
      { effect: "writes", fails: false, internal: true },
    ],
  ]),
  ...describe("lib/channel", [
    ["channel", "channel", "[capacity]", "ref", "A queue between fibers.", WRITES],
    ["chan/send", "chanSend", "channel x", "nil", "Puts a value into a channel; waits while it is full.", SUSPENDS],
    ["chan/recv", "chanRecv", "channel", "any", "The next value; nil if the channel is closed and empty.", SUSPENDS],
    ["chan/close", "chanClose", "channel", "nil", "Ends a channel.", WRITES],
    [
      "chan/send-async",
      "chanSendAsync",
      "[system] channel x [options] [k]",
      OPERATION,
      "The same as chan/send, as an operation.",
      WRITES,
    ],
    [
      "chan/recv-async",
      "chanRecvAsync",
      "[system] channel [options] [k]",
      OPERATION,
      "The same as chan/recv, as an operation.",
      WRITES,
    ],
  ]),
  ...describe("lib/context", [
    ["ctx/local", "ctxLocal", "key x", "ref", "The state of a ctx/with.", { ...WRITES, internal: true }],
    ["ctx/until", "ctxUntil", "ms", "ref", "The state of a ctx/with-deadline.", { ...WRITES, internal: true }],
    [
      "ctx/done",
      "ctxDone",
      "state",
      "nil",
      "Ends a ctx/with-deadline.",
      { effect: "writes", fails: false, internal: true },
    ],
    ["ctx/get", "ctxGet", "key", "any", "The value of a key in the request context, or nil.", READS],
    ["ctx/locals", "ctxLocals", "", "nil cons", "The request context as {key value} pairs.", SURE],
    ["ctx/deadline", "ctxDeadline", "", "number nil", "Milliseconds left until the deadline.", SURE],
    [
      "ctx/deadline-exceeded?",
      "ctxDeadlineExceeded",
      "",
      "symbol nil",
      "Whether the deadline has passed: :true or nil.",
      SURE,
    ],
    ["trace/id", "traceId", "", "number nil", "The number of the request.", SURE],
    ["trace/span", "traceSpan", "", "number nil", "The number of the innermost context.", SURE],
    ["trace/parent-span", "traceParentSpan", "", "number nil", "The number of the context around it.", SURE],
  ]),
];
