/**
 * Valk handlers on servers of JavaScript: node:http, node:http2 (its compatibility interface), Express and what is built like it.
 *
 *     import { toNodeHandler } from "valk/runtime/http";
 *     import { handle } from "./out/app.js";
 *     createServer(toNodeHandler(handle)).listen(8080);
 *     app.use("/valk", toNodeHandler(handle));
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { fromJS } from "../kernel/border.ts";
import type { Fn } from "../kernel/function.ts";
import { serve, service } from "../lib/http-serve.ts";
import { PairWire } from "../lib/http-wire.ts";

/** What a server can hand over. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** As the options of http2/server-listen; milliseconds and bytes, 0: no limit. */
export interface HandlerOptions {
  /** Of all names and values of a request's headers; 16 KiB. */
  readonly maxHeaderSize?: number;
  /** 8 MiB. */
  readonly maxRequestBodySize?: number;
  /** Requests that wait at the same time; 100,000. */
  readonly maxConcurrentRequests?: number;
  /** For a body to come; a minute. */
  readonly bodyTimeout?: number;
  /** For the handler to answer; none. */
  readonly handlerTimeout?: number;
  /** From the status, a string, to the body of an error page. */
  readonly errorHandler?: (status: string) => unknown;
}

/**
 * The handler, a function of Valk as a module exports it or has it inside, for servers of JavaScript. It gets a request as
 * those of http2/server-listen do; its fiber is cancelled when the client goes. A body that a middleware has read before
 * (`express.json()`) cannot be read again: mount the handler before it.
 */
export const toNodeHandler = (
  handler: (request: never) => unknown,
  options: HandlerOptions = {},
): ((request: NodeRequest, response: NodeResponse) => void) => {
  const named = Object.entries(options).map(([name, value]): [string, unknown] => [
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    fromJS(value),
  ]);
  const to = service("toNodeHandler", fromJS(handler) as Fn, new Map(named));
  return (request, response) => serve(to, new PairWire(request, response));
};
