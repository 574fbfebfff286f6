/** What the options of clients and servers may be. Flags are true or false as any value is. */
import { COUNT, type Kind, STRING } from "../kernel/wrong.ts";
import { MS } from "./clock.ts";
import { LIMITS } from "./http-serve.ts";
import { isBody } from "./http2-message.ts";
import type { OptionKinds } from "./operation.ts";
import { IDENTITY, TRUST } from "./tls.ts";

const SIGNAL: Kind = { what: "an AbortSignal", is: (v) => v instanceof AbortSignal };
const SCHEME: Kind = { what: '"http" or "https"', is: (v) => v === "http" || v === "https" };
const BODY: Kind = { what: "text, bytes, a function or a stream", is: isBody };

/** Of a client's connection. */
export const CONNECTION: OptionKinds = { ...TRUST, "idle-timeout": MS, scheme: SCHEME };
/** Of one request over it. */
export const EXCHANGE: OptionKinds = { "max-response-size": COUNT, signal: SIGNAL };
/** Of a request without a client. */
export const REQUEST_OPTIONS: OptionKinds = { ...CONNECTION, ...EXCHANGE, method: STRING, body: BODY };
/** Of a server. */
export const SERVER_OPTIONS: OptionKinds = {
  ...LIMITS,
  ...IDENTITY,
  host: STRING,
  "max-connections": COUNT,
  "max-concurrent-streams": COUNT,
  "header-timeout": MS,
  "idle-timeout": MS,
  "drain-timeout": MS,
  workers: COUNT,
};
