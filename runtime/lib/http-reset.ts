/** Breaking off a stream of HTTP/2, on either side. */
import type { Http2Stream } from "node:http2";

/**
 * Sends RST_STREAM with the code, after what has been written. Node's close() by itself would end a stream that is still open
 * first, and the other side would take a part for the whole; its destroy() knows only two codes and drops what was written.
 */
export const resetStream = (stream: Http2Stream, code: number): void => {
  if (stream.destroyed || stream.closed) return;
  if (!stream.writableEnded) stream.end = () => stream;
  stream.close(code);
};
