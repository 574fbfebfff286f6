/** The body of a request on its way out. */
import { pipeline, Readable, type Writable } from "node:stream";
import { cancel } from "../kernel/cancel.ts";
import { type Fiber, onSettle, start, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call0, type Fn } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { show } from "../kernel/show.ts";

/** Can it be sent a second time? */
export const isReplayable = (body: Value | undefined): boolean =>
  body === undefined || typeof body === "string" || body instanceof Uint8Array;

/**
 * Sends text or bytes, or the pieces that a function gives until it gives nil, each after the one before has been taken, or
 * those of an iterable of JavaScript. `failed` is told why there is no next piece.
 */
export const sendBody = (body: Value | undefined, output: Writable, failed: (e: Error) => void): void => {
  if (body === undefined) output.end();
  else if (typeof body === "string" || body instanceof Uint8Array) output.end(body);
  else if (typeof body === "function") pull(body, output, failed);
  else {
    const source = readable(body);
    source.once("error", failed); // before the pipeline, for which the request then breaks without a reason
    pipeline(source, output, (e) => {
      if (e) failed(e);
    });
  }
};
// Node's own and the web's streams are destroyed with the request even while they wait for their next piece.
const readable = (body: Value): Readable => {
  const given = body as unknown;
  if (typeof (given as Partial<Readable>).pipe === "function") return given as Readable;
  if (given instanceof ReadableStream) return Readable.fromWeb(given as Parameters<typeof Readable.fromWeb>[0]);
  return Readable.from(given as AsyncIterable<unknown>, { objectMode: false });
};

const pull = (next: Value, output: Writable, failed: (e: Error) => void): void => {
  let asked: Fiber | null = null;
  output.once("close", () => {
    if (asked !== null) cancel(asked); // nobody wants the next piece any more
  });
  const give = (piece: Value): void => {
    asked = null;
    if (output.destroyed) return;
    if (piece === nil) output.end();
    else if (typeof piece === "string" || piece instanceof Uint8Array)
      output.write(piece, (e) => (e ? undefined : ask()));
    else
      failed(
        piece instanceof ValkError
          ? piece
          : error(`a piece of a body must be a string, bytes or nil, got ${show(piece)}`),
      );
  };
  const ask = (): void => {
    const fiber = start(call0 as Fn, next);
    fiber.looked = true;
    if (fiber.value === Y) {
      asked = fiber;
      onSettle(fiber, give);
    } else give(fiber.value);
  };
  ask();
};
