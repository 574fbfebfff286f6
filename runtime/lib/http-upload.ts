/** The body of a request on its way out. */
import { pipeline, Readable, type Writable } from "node:stream";
import { onSettle, start, Y } from "../kernel/control.ts";
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
  else
    pipeline(Readable.from(body as AsyncIterable<unknown>, { objectMode: false }), output, (e) => {
      if (e) failed(e);
    });
};

const pull = (next: Value, output: Writable, failed: (e: Error) => void): void => {
  const give = (piece: Value): void => {
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
    if (fiber.value === Y) onSettle(fiber, give);
    else give(fiber.value);
  };
  ask();
};
