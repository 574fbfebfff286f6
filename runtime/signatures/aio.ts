/** Handles. */
import type { Signature } from "../signatures.ts";
import { describe } from "./describe.ts";

const SEES = { effect: "writes", errors: "sees", fails: false } as const;
const READS = { effect: "reads" } as const;
const WRITES = { effect: "writes" } as const;
// They call functions of the program.
const SUSPENDS = { effect: "suspends" } as const;
const INTERNAL = { effect: "suspends", internal: true } as const;

export const aioSignatures: readonly Signature[] = [
  ...describe("lib/aio", [
    ["aio/pure", "aioPure", "v", "handle", "A Handle that has completed.", SEES],
    ["aio/fail", "aioFail", "reason", "handle", "A Handle that has failed.", SEES],
    ["aio/never", "aioNever", "[system]", "handle", "A Handle that runs until it is cancelled.", WRITES],
    ["aio/status", "aioStatus", "h", "symbol", ":pending, :running, :completed, :failed or :cancelled.", READS],
    ["aio/result", "aioResult", "h", "any", "What a Handle completed with.", READS],
    ["aio/error", "aioError", "h", "any", "The reason a Handle failed with.", READS],
    ["aio/cancelled?", "aioCancelled", "h", "symbol", ":true or :false.", READS],
    ["aio/cancel", "aioCancel", "h", "symbol", "Cancels a Handle; :false if it had ended.", SUSPENDS],
    ["aio/on-cancel", "aioOnCancel", "h f", "handle", "Calls f when h is cancelled; gives h.", SUSPENDS],
  ]),
  ...describe("lib/aio-chain", [
    ["aio/then", "aioThen", "h f", "handle", "A Handle of what f makes of the value of h.", SUSPENDS],
    ["aio/catch", "aioCatch", "h f", "handle", "The same, but of the reason h failed with.", SUSPENDS],
    ["aio/finally", "aioFinally", "h f", "handle", "Calls f when h has ended, and ends as h.", SUSPENDS],
    ["aio/bracket", "aioBracket", "acquire release use", "handle", "Uses a resource and releases it.", SUSPENDS],
    ["aio/scope", "aioScope", "f", "handle", "A Handle of what f makes of that Handle.", SUSPENDS],
  ]),
  ...describe("lib/aio-all", [
    [
      "aio/all",
      "aioAll",
      "handles",
      "handle",
      "A Handle of all results, in order; fails with the first failure.",
      WRITES,
    ],
    ["aio/race", "aioRace", "handles", "handle", "Ends as the first that ends.", WRITES],
    ["aio/any", "aioAny", "handles", "handle", "Completes with the first that completes.", WRITES],
    [
      "aio/all-settled",
      "aioAllSettled",
      "handles",
      "handle",
      "A Handle of {:status :ok :value v} or {:status :error :error e} for each.",
      WRITES,
    ],
    ["aio/within", "aioWithin", "h ms", "handle", "As h, or fails with :timeout and cancels h.", WRITES],
    [
      "aio/traverse",
      "aioTraverse",
      "l f",
      "handle",
      "Calls f with each element at once; a Handle of all results.",
      SUSPENDS,
    ],
    [
      "sequential-map",
      "sequentialMap",
      "f l",
      "handle",
      "Calls f with the elements one after the other; a Handle of all results.",
      { ...SUSPENDS, curries: true },
    ],
  ]),
  ...describe("lib/aio-time", [
    [
      "aio/schedule",
      "aioSchedule",
      "[system] ms f",
      "handle",
      "Calls f after a time; a Handle of its value.",
      SUSPENDS,
    ],
    [
      "aio/interval",
      "aioInterval",
      "[system] ms f",
      "handle",
      "Calls f again and again, until it gives :stop.",
      SUSPENDS,
    ],
    ["aio/retry", "aioRetry", "[system] f [options]", "handle", "Calls f again as long as its Handle fails.", SUSPENDS],
  ]),
  ...describe("lib/aio-block", [
    ["aio/block", "aioBlock", "body", "handle", "The Handle of aio/let and aio/do.", INTERNAL],
    ["aio/together", "aioTogether", "f & fs", "any", "The values of one group of aio/let.", INTERNAL],
    ["aio/bound", "aioBound", "x", "any", "The value of (<- name x).", INTERNAL],
  ]),
];
