/** The other side of HTTP, by hand: connections that send just these bytes, servers that do what a test wants. */
import { type Http2Server, createServer as nodeServer, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect as rawConnect, createServer as rawServer, type Socket } from "node:net";
import { HOST } from "./http.ts";

export interface Raw {
  readonly socket: Socket;
  /** What has come, one character for each byte. */
  readonly heard: () => string;
  readonly closed: Promise<void>;
}
/** A connection that sends just these bytes. */
export const raw = (port: number, bytes: string | Buffer = ""): Promise<Raw> =>
  new Promise((done) => {
    let text = "";
    const socket = rawConnect({ host: HOST, port, allowHalfOpen: true }, () => {
      if (bytes.length > 0) socket.write(bytes);
      done({ socket, heard: () => text, closed });
    });
    const closed = new Promise<void>((over) => socket.on("close", () => over()));
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
  });

/** The beginning of each connection of HTTP/2, and a frame (RFC 9113, 4.1). */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};
export const DATA = 0,
  HEADERS = 1,
  RST_STREAM = 3,
  SETTINGS = 4,
  GOAWAY = 7;
export const END_STREAM = 1,
  END_HEADERS = 4,
  ACK = 1;
export const settings = frame(SETTINGS, 0, 0);
export const word = (...words: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [i, n] of words.entries()) bytes.writeUInt32BE(n, 4 * i);
  return bytes;
};
/** GET path over http, with the authority x: fields of HPACK, indexed (RFC 7541, appendix A) or as literals. */
export const getHeaders = (path = "/"): Buffer =>
  Buffer.concat([Buffer.from([0x82, 0x86, 0x04, path.length]), Buffer.from(path), Buffer.from([0x01, 1, 0x78])]);

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}
/** The frames in what a raw connection has heard. */
export const framesOf = (heard: string): Frame[] => {
  const bytes = Buffer.from(heard, "latin1");
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const size = bytes.readUIntBE(at, 3);
    if (at + 9 + size > bytes.length) break;
    const payload = bytes.subarray(at + 9, at + 9 + size);
    frames.push({ type: bytes[at + 3], flags: bytes[at + 4], stream: bytes.readUInt32BE(at + 5), payload });
    at += 9 + size;
  }
  return frames;
};
/** A raw connection of HTTP/2 that has sent its preface and waits for frames of a kind. */
export const speaking = async (port: number, ...first: readonly Buffer[]) => {
  const { socket, heard, closed } = await raw(port, Buffer.concat([PREFACE, settings, ...first]));
  const frames = (type: number, stream?: number): Frame[] =>
    framesOf(heard()).filter((f) => f.type === type && (stream === undefined || f.stream === stream));
  return { socket, closed, frames, send: (...more: readonly Buffer[]) => socket.write(Buffer.concat(more)) };
};

/** A server of Node that does what it is told with each stream; `sessions` counts connections. */
export const rude = async (
  f: (stream: ServerHttp2Stream, path: string, sessions: number) => void,
  server: Http2Server = nodeServer(),
): Promise<{ port: number; server: Http2Server; end: () => void }> => {
  let sessions = 0;
  const open = new Set<{ destroy(): void }>();
  server.on("session", (s) => {
    sessions++;
    open.add(s);
    s.on("error", () => {});
    s.on("close", () => open.delete(s));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    f(stream, headers[":path"] as string, sessions);
  });
  server.listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const end = (): void => {
    server.close();
    for (const s of open) s.destroy();
  };
  return { port: (server.address() as AddressInfo).port, server, end };
};
export const answer = (stream: ServerHttp2Stream, body: string): void => {
  stream.respond({ ":status": 200 });
  stream.end(body);
};

/** A server of TCP; `asked` is called with each request head of HTTP/1.1 and the number of its connection, from 1. */
export const plain = async (
  asked: (socket: Socket, head: string, connection: number) => void,
): Promise<{ port: number; sockets: Set<Socket>; end: () => void }> => {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = rawServer((socket) => {
    const number = ++count;
    let text = "";
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      for (let at: number; (at = text.indexOf("\r\n\r\n")) >= 0; ) {
        const head = text.slice(0, at);
        text = text.slice(at + 4);
        asked(socket, head, number);
      }
    });
  }).listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const end = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, sockets, end };
};
/** A whole response of HTTP/1.1. */
export const page = (body: string, ...headers: readonly string[]): string =>
  ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, ...headers, "", body].join("\r\n");

/** Writes a byte of the text now and then until the socket or stream takes no more. */
export const drip = (output: { write(text: string): unknown; writable: boolean }, text: string): (() => void) => {
  let at = 0;
  const timer = setInterval(() => {
    if (output.writable && at < text.length) output.write(text[at++]);
    else clearInterval(timer);
  }, 3);
  return () => clearInterval(timer);
};
