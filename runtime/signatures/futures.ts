/** What `--futures` speaks of: the operations that give a Handle, and what code that waits by itself writes instead. */
import type { Signature } from "../signatures.ts";

/** Handles that are no futures: of systems and servers. */
const OTHERS: ReadonlySet<string> = new Set(["aio/start", "aio/on-cancel"]);
const isServer = (name: string): boolean => /(?:^|[/-])(?:listen|stop)$/.test(name);

/** Library functions and forms that have a better hint than their name gives. */
export const hints: Readonly<Record<string, string>> = {
  "aio/pure": "code that waits by itself gives its value as it is",
  "aio/fail": "code that waits by itself gives an Error: (error message data)",
  "aio/never": "a channel that nobody sends to, or (await (\\ {k} {nil})), waits forever",
  "aio/sleep": "(sleep ms) suspends the fiber",
  "delay-value": "(sleep ms) suspends the fiber; the value follows it",
  "aio/schedule": "write (async {(sleep ms) (f)})",
  "aio/interval": "write a function that sleeps and calls itself, and start it with async",
  "aio/then": "what follows an await is what comes then: (f (await operation))",
  "aio/map": "what follows an await is what comes then: (f (await operation))",
  chain: "what follows an await is what comes then: (g (f (await operation)))",
  "aio/catch": "write (try {(await operation)} {e handler})",
  "aio/try": "an awaited Error is a value: test it with error?",
  "aio/finally": "write (ensure {(await operation)} {cleanup})",
  "aio/bracket": "write (ensure {use} {release}) after the resource is there",
  "aio/scope": "write (async {body})",
  "aio/all": "start fibers with async, and await one after the other",
  "aio/all-settled": "start fibers with async, and await one after the other: a failure is an Error value",
  "aio/traverse": "(map (\\ {x} {async {f x}}) l) starts fibers; (map await fibers) waits for them",
  "parallel-map": "(map (\\ {x} {async {f x}}) l) starts fibers; (map await fibers) waits for them",
  "sequential-map": "write (map f l): f may wait",
  "aio/race": "(await-any operations) gives what comes first",
  "aio/any": "(await-any operations) gives what comes first",
  "aio/within": "write (ctx/with-deadline ms body)",
  "with-timeout": "write (ctx/with-deadline ms body)",
  "aio/retry": "write a function that awaits, sleeps and calls itself",
  "retry-backoff": "write a function that awaits, sleeps and calls itself",
  "graceful-shutdown": "await the fibers, then (aio/stop system)",
  "as-handle": "await takes any value",
  "aio/let": "start fibers with async, and bind what their awaits give with =",
  "aio/do": "write the statements in sequence: (= {name} (await operation))",
  "http2/client-request": "write (await (http2/send-async request (await (http2/connect-async host port))))",
  "http2/client-request-with-headers":
    "write (await (http2/send-async request (await (http2/connect-async host port))))",
};

/** What to write instead of the builtin; null: it gives no future. */
export const instead = (signature: Signature, isBuiltin: (name: string) => boolean): string | null => {
  const { name, gives } = signature;
  if (Object.hasOwn(hints, name)) return hints[name];
  if (gives === "any" || gives.length !== 1 || gives[0] !== "handle" || OTHERS.has(name) || isServer(name)) return null;
  return isBuiltin(`${name}-async`)
    ? `write (await (${name}-async ...))`
    : "await the operation where its result is needed";
};
