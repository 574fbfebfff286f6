/**
 * What a server's request came through and goes back by. A stream of HTTP/2 is one thing for Node, a pair of request and
 * response another: HTTP/1.1, the compatibility interface of node:http2, Express. Everything above this file sees one.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Stream } from "node:http2";
import type { Readable, Writable } from "node:stream";
import type { TLSSocket } from "node:tls";
import { resetStream } from "./http-reset.ts";

/** Headers by their names in lower case; Node joins most that came twice. */
export type Fields = Readonly<Record<string, string | string[] | undefined>>;

export interface Wire {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly scheme: string;
  readonly authority: string | undefined;
  readonly headers: Fields;
  /** Names and values in turn, as they came; pseudo headers among them. */
  readonly raw: readonly string[];
  /** The number of the stream; 1 where a connection has one request at a time. */
  readonly id: number;
  readonly input: Readable;
  readonly output: Writable;
  /** The session or socket: several wires may share it. */
  readonly connection: object | undefined;
  /** Is there nobody to answer any more? */
  readonly gone: boolean;
  /** Have the headers of the response been sent? */
  readonly begun: boolean;
  /** Did the other side break off what it was sending? */
  readonly broken: boolean;
  /** Sends the headers; the body goes to `output`. Throws on what HTTP does not allow. */
  begin(status: number, fields: Record<string, string | string[]>): void;
  /** Sends the whole response. */
  respond(status: number, fields: Record<string, string | string[]>, body: string | Uint8Array): void;
  /** Breaks off the response, with CANCEL or INTERNAL_ERROR where there is HTTP/2. */
  reset(code: number): void;
  /** Told once when nothing can be sent or received any more, also after an orderly end. */
  onClose(told: () => void): void;
}

const { NGHTTP2_NO_ERROR } = constants;
/** How long a client may go on sending a body after its response. */
const LINGER_MS = 1000;
const isEmpty = (body: string | Uint8Array): boolean => body.length === 0;
/** Responses that have no body whatever the handler says (RFC 9110, 6.4.1). */
export const hasNoBody = (method: string, status: number): boolean =>
  method === "HEAD" || status === 204 || status === 205 || status === 304;

const swallow = (): void => {};

/** A stream of HTTP/2. */
export class StreamWire implements Wire {
  readonly stream: ServerHttp2Stream;
  readonly headers: Fields;
  readonly raw: readonly string[];
  constructor(stream: ServerHttp2Stream, headers: Fields, raw: readonly string[]) {
    this.stream = stream;
    this.headers = headers;
    this.raw = raw;
    stream.on("error", swallow); // the client has gone; "close" follows
  }
  get method(): string {
    return this.headers[":method"] as string;
  }
  get path(): string {
    return this.headers[":path"] as string;
  }
  get scheme(): string {
    return this.headers[":scheme"] as string;
  }
  get authority(): string | undefined {
    return (this.headers[":authority"] ?? this.headers.host) as string | undefined; // clients may send host instead
  }
  get id(): number {
    return this.stream.id ?? 0;
  }
  get input(): Readable {
    return this.stream;
  }
  get output(): Writable {
    return this.stream;
  }
  get connection(): object | undefined {
    return this.stream.session;
  }
  get gone(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }
  get begun(): boolean {
    return this.stream.headersSent;
  }
  get broken(): boolean {
    return this.stream.aborted || (this.stream.rstCode ?? 0) !== NGHTTP2_NO_ERROR;
  }
  begin(status: number, fields: Record<string, string | string[]>): void {
    (fields as Record<string, unknown>)[":status"] = status;
    const none = hasNoBody(this.method, status);
    this.stream.respond(fields, { endStream: none });
    if (!none) this.stream.once("finish", () => this.finish());
  }
  respond(status: number, fields: Record<string, string | string[]>, body: string | Uint8Array): void {
    (fields as Record<string, unknown>)[":status"] = status;
    const none = isEmpty(body) || hasNoBody(this.method, status);
    this.stream.respond(fields, { endStream: none });
    if (!none) this.stream.end(body);
    this.finish();
  }
  // A request body that was begun and is not wanted any more would be sent to its end. Node ends one that nobody has begun.
  private finish(): void {
    const { stream } = this;
    if (stream.readableFlowing === null || stream.readableEnded) return;
    const end = (): void => {
      if (stream.readableEnded || stream.destroyed) return;
      // Clients that are told to stop before they have seen the response may lose it (curl 7): for a moment they may go on.
      stream.removeAllListeners("readable");
      process.nextTick(() => stream.resume()); // Node takes note of the line above no sooner
      const timer = setTimeout(() => stream.close(NGHTTP2_NO_ERROR), LINGER_MS);
      stream.once("close", () => clearTimeout(timer));
    };
    if (stream.writableFinished) end();
    else stream.once("finish", end);
  }
  reset(code: number): void {
    resetStream(this.stream, code);
  }
  onClose(told: () => void): void {
    if (this.stream.destroyed) told();
    else this.stream.once("close", told);
  }
}

/** Bytes of a body nobody wants that are read rather than closing the connection. */
const REST = 64 * 1024;

type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = ServerResponse | Http2ServerResponse;

/** A pair of request and response as Node's servers and what is built on them hand it to handlers. */
export class PairWire implements Wire {
  readonly request: NodeRequest;
  readonly response: ServerResponse;
  private readonly last: () => boolean;
  private readonly told: (() => void)[] = [];
  private closed = false;
  /** `last`: shall the connection close after this response? */
  constructor(request: NodeRequest, response: NodeResponse, last: () => boolean = () => false) {
    this.request = request;
    this.response = response as ServerResponse;
    this.last = last;
    request.on("error", swallow);
    response.on("error", swallow);
    this.response.once("close", () => {
      this.closed = true;
      for (const f of this.told.splice(0)) f();
    });
  }
  get method(): string {
    return this.request.method as string;
  }
  get path(): string {
    // Express cuts off where a handler is mounted.
    return (this.request as { originalUrl?: string }).originalUrl ?? (this.request.url as string);
  }
  get scheme(): string {
    return (this.request.socket as Partial<TLSSocket>).encrypted === true ? "https" : "http";
  }
  get authority(): string | undefined {
    return (this.headers[":authority"] ?? this.headers.host) as string | undefined;
  }
  get headers(): Fields {
    return this.request.headers;
  }
  get raw(): readonly string[] {
    return this.request.rawHeaders;
  }
  get id(): number {
    return (this.request as Partial<Http2ServerRequest>).stream?.id ?? 1;
  }
  get input(): Readable {
    return this.request;
  }
  get output(): Writable {
    return this.response;
  }
  get connection(): object | undefined {
    return (this.request as Partial<Http2ServerRequest>).stream?.session ?? this.request.socket;
  }
  get gone(): boolean {
    return this.closed || this.response.destroyed || this.response.writableEnded;
  }
  get begun(): boolean {
    return this.response.headersSent;
  }
  get broken(): boolean {
    return this.request.destroyed && !this.request.readableEnded;
  }
  private head(status: number, fields: Record<string, string | string[]>): void {
    const { response } = this;
    response.statusCode = status;
    for (const [name, value] of Object.entries(fields)) response.setHeader(name, value);
    if ((this.request.httpVersionMajor as number) < 2 && (this.last() || this.isLong()))
      response.setHeader("connection", "close");
  }
  // Before the next request the rest of this one would have to be read.
  private isLong(): boolean {
    const { complete, headers } = this.request;
    return !complete && (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > REST);
  }
  begin(status: number, fields: Record<string, string | string[]>): void {
    this.head(status, fields);
    this.response.flushHeaders();
    if (hasNoBody(this.method, status)) this.response.end();
  }
  respond(status: number, fields: Record<string, string | string[]>, body: string | Uint8Array): void {
    this.head(status, fields);
    if (isEmpty(body) || hasNoBody(this.method, status)) this.response.end();
    else this.response.end(body);
  }
  reset(code: number): void {
    const stream = (this.request as Partial<Http2ServerRequest>).stream;
    if (stream !== undefined) resetStream(stream, code);
    else this.response.destroy();
  }
  onClose(told: () => void): void {
    if (this.closed) told();
    else this.told.push(told);
  }
}
