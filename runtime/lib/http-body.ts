/** Bodies of HTTP messages as they come in: piece by piece, with back-pressure, or whole. Each is read once. */
import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { errorOf } from "../kernel/border.ts";
import { error, ValkError } from "../kernel/error.ts";
import { list, nil, type Value } from "../kernel/list.ts";
import { sym } from "../kernel/symbol.ts";
import type { Done } from "./operation.ts";

/** What a body may cost, and what it means that it breaks off. */
export interface Terms {
  /** Bytes it may have; 0: any number. */
  readonly limit: number;
  /** Milliseconds from the first reader to the last byte; 0: any time. */
  readonly ms: number;
  readonly tooLarge: (limit: number) => ValkError;
  readonly tooSlow: (ms: number) => ValkError;
  /** What is asked for as text is none. */
  readonly noText: () => ValkError;
  /** Why it has not come to its end; null: it has. Asked at the end and at the close of the stream. */
  readonly broken: (closed: boolean, cause: unknown) => ValkError | null;
  /** Is the end of the stream not enough, because only its close tells whether it was reset? */
  readonly untilClose: () => boolean;
}

interface Reader {
  readonly done: Done;
  readonly binary: boolean;
  readonly whole: boolean;
}

/** How many bytes make the program wait before more are read from the connection. Node's own buffers do the rest. */
export class Body {
  private readonly input: Readable;
  private readonly terms: Terms;
  private decoder: TextDecoder | null = null;
  private readonly readers: Reader[] = [];
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private timer: NodeJS.Timeout | null = null;
  private begun = false;
  private cause: unknown;
  /** nil: it has come to its end; an Error: it never will. */
  private outcome: Value | undefined;
  /** The body as a string, once it has been read whole. */
  text: string | undefined;
  private bytes: Uint8Array | undefined;

  constructor(input: Readable, terms: Terms) {
    this.input = input;
    this.terms = terms;
  }

  /** The next piece, nil at the end; gives a function that gives the wait up. */
  next(binary: boolean, done: Done): () => void {
    return this.read({ done, binary, whole: false });
  }
  /** All that has not been read yet. */
  whole(binary: boolean, done: Done): () => void {
    if (this.bytes !== undefined) {
      done(this.result(binary));
      return () => {};
    }
    return this.read({ done, binary, whole: true });
  }
  /** Reads what is there and throws it away. */
  drop(): void {
    this.readers.length = 0;
    this.stopTimer();
    this.input.resume();
  }

  private read(reader: Reader): () => void {
    this.readers.push(reader);
    if (!this.begun) this.begin();
    this.pump();
    return () => {
      const at = this.readers.indexOf(reader);
      if (at >= 0) this.readers.splice(at, 1);
    };
  }
  private begin(): void {
    const { input, terms } = this;
    this.begun = true;
    if (input.readableEnded) {
      this.outcome = nil;
      return;
    }
    if (input.destroyed) {
      this.end(terms.broken(true, undefined) ?? nil);
      return;
    }
    if (terms.ms > 0) this.timer = setTimeout(() => this.end(terms.tooSlow(terms.ms)), terms.ms);
    // With a "readable" listener Node reads ahead up to its limit and then waits for us: that is the back-pressure.
    input.on("readable", () => this.pump());
    let ended = false;
    input.on("error", (e) => {
      this.cause = e;
    });
    input.on("end", () => {
      ended = true;
      const broken = terms.broken(false, this.cause);
      if (broken !== null || !terms.untilClose()) this.end(broken ?? nil);
    });
    input.on("close", () => this.end(terms.broken(!ended, this.cause) ?? nil));
  }
  private end(outcome: Value): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.stopTimer();
    this.pump();
  }
  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private pump(): void {
    while (this.readers.length > 0) {
      const value = this.take(this.readers[0]);
      if (value === undefined) return;
      const [{ done }] = this.readers.splice(0, 1);
      done(value);
    }
  }
  // What the reader gets; undefined: nothing yet.
  private take({ whole, binary }: Reader): Value | undefined {
    while (!(this.outcome instanceof ValkError)) {
      const chunk = this.input.read() as Uint8Array | null;
      if (chunk === null) break;
      this.size += chunk.length;
      const { limit } = this.terms;
      if (limit > 0 && this.size > limit) {
        this.fail(this.terms.tooLarge(limit));
        break;
      }
      if (whole) this.chunks.push(chunk);
      else if (binary) return chunk;
      else {
        const text = this.decode(chunk);
        if (text instanceof ValkError) this.fail(text);
        else if (text !== "") return text; // it is "" if only a part of a character has come
      }
    }
    if (this.outcome === undefined || this.outcome instanceof ValkError) return this.outcome;
    if (whole) {
      this.bytes ??= this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
      this.chunks.length = 0;
      return this.result(binary);
    }
    const rest = this.decoder === null ? "" : this.decode(undefined);
    if (rest instanceof ValkError) this.fail(rest);
    return rest || nil;
  }
  private fail(e: ValkError): void {
    this.outcome = e;
    this.stopTimer();
  }
  /** The text of the next piece, or without one of what is left of the pieces before. */
  private decode(chunk: Uint8Array | undefined): string | ValkError {
    this.decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    try {
      return this.decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      return this.terms.noText();
    }
  }
  private result(binary: boolean): Value {
    const bytes = this.bytes as Uint8Array;
    if (binary) return bytes;
    if (this.text === undefined) {
      const text = textOf(bytes);
      if (text === null) return this.terms.noText();
      this.text = text;
    }
    return this.text;
  }
}

/** The text of bytes; null: they are none. */
export const textOf = (bytes: Uint8Array): string | null =>
  isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8") : null;
/** The Error of a body that is no text; `way` says how to get at its bytes. */
export const noText = (what: string, way: string, code: string): ValkError =>
  error(`${what} is no UTF-8 text; ${way} gives its bytes`, list(sym(code)));

/** The terms of a request that a server reads. */
export const requestTerms = (limit: number, ms: number, broken: () => boolean): Terms => ({
  limit,
  ms,
  tooLarge: (n) => error(`request body is larger than ${n} bytes`, list(sym(":request-too-large"))),
  tooSlow: (n) => error(`the request body has not come within ${n} ms`, list(sym(":request-timeout"))),
  noText: () => noText("the request body", "option {:encoding :bytes}", ":request-encoding"),
  broken: (closed) => (closed || broken() ? error("the client closed the request", list(sym(":cancelled"))) : null),
  untilClose: () => false,
});

/** The Error of a connection that breaks under a response. */
export const lost = (cause?: unknown): ValkError =>
  cause === undefined
    ? error("the connection closed before the response was complete", list(sym(":ECONNRESET")))
    : errorOf(cause);
