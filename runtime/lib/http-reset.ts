/** Breaking off a stream of HTTP/2, on either side. */
import { constants, type Http2Stream } from "node:http2";
import { addAbortSignal } from "node:stream";

/**
 * Sends RST_STREAM with CANCEL or INTERNAL_ERROR. While our side is open, Node's close() would end it first, and the other side
 * would take a part for the whole: then the stream is destroyed, with what makes Node choose that code.
 */
export const resetStream = (stream: Http2Stream, code: number): void => {
  if (stream.destroyed) return;
  if (stream.writableEnded) stream.close(code);
  else if (code === constants.NGHTTP2_CANCEL) addAbortSignal(AbortSignal.abort(), stream);
  else stream.destroy(new Error("the stream is broken off"));
};
