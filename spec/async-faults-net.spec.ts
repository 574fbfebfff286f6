/**
 * What can go wrong with connections, over real sockets. Each case: the fiber that waits gets the Error, once; another one goes on;
 * afterwards nothing is left open.
 */
import { type AddressInfo, connect as rawConnect, createServer as rawServer } from "node:net";
import { createServer as rawTls } from "node:tls";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { selfSigned } from "../runtime/lib/certificate.ts";
import { lookupHandle } from "../runtime/lib/dns.ts";
import {
  netClose,
  netConnect,
  netConnectHandle,
  netEnd,
  netPort,
  netRead,
  netReadHandle,
  netWrite,
  netWriteHandle,
} from "../runtime/lib/net.ts";
import { ioReadAll, ioReadLine } from "../runtime/lib/stream-operations.ts";
import { tlsConnect, tlsConnectHandle, tlsListen } from "../runtime/lib/tls.ts";
import { chain, plist, run, settled, tick, wait } from "./fiber.ts";
import { big, bystander, closesAll, connected, HOST, happens, listening, ours, peer, peers, shown } from "./peers.ts";

closesAll();
const BYTES = plist("encoding", sym(":bytes"));

describe("no connection", () => {
  test("refused", async () => {
    const others = await bystander();
    const server = rawServer().listen(0, HOST);
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    for (const h of [netConnectHandle(HOST, port), tlsConnectHandle(HOST, port)])
      expect(shown(await settled(h))).toBe(`connect ECONNREFUSED ${HOST}:${port} {:ECONNREFUSED}`);
    await others();
  });

  test("no such host", async () => {
    const others = await bystander();
    for (const h of [netConnectHandle("no-such-host.invalid", 1), lookupHandle("no-such-host.invalid")])
      expect(shown(await settled(h))).toMatch(/no-such-host\.invalid \{:E(?:NOTFOUND|AI_AGAIN)\}$/);
    await others();
  });

  test("a handshake that is never answered: the time limit", async () => {
    const others = await bystander();
    let closed: Promise<unknown> | undefined;
    const port = await peer((socket) => {
      closed = happens(socket.resume(), "close");
      socket.on("end", () => socket.end());
    });
    const e = await chain(() => tlsConnect(HOST, port, plist("timeout", 50)));
    expect(shown(e)).toBe("tls/connect-async: timed out after 50 ms {:timeout}");
    await closed;
    await others();
  });
});

describe("the connection breaks", () => {
  test("before data", async () => {
    const others = await bystander();
    const port = await peer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const socket = await connected(port);
    const reads = [netReadHandle(socket), netReadHandle(socket)].map(settled);
    await chain(() => netWrite(socket, "x"));
    expect((await Promise.all(reads)).map(shown)).toEqual(Array(2).fill("read ECONNRESET {:ECONNRESET}"));
    expect(shown(await chain(() => netRead(socket)))).toBe("read ECONNRESET {:ECONNRESET}");
    expect(shown(await chain(() => netWrite(socket, "x")))).toBe("read ECONNRESET {:ECONNRESET}");
    await others();
  });

  test("during data: what came before it is read first", async () => {
    const port = await peer((socket) => {
      socket.write("first ");
      socket.once("data", () => socket.resetAndDestroy());
    });
    const socket = await connected(port);
    expect(await chain(() => netRead(socket))).toBe("first ");
    await chain(() => netWrite(socket, "x"));
    expect(shown(await chain(() => ioReadAll(socket)))).toBe("read ECONNRESET {:ECONNRESET}");
  });

  test("while we write", async () => {
    const others = await bystander();
    const port = await peer((socket) => {
      socket.pause();
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    const socket = await connected(port);
    const writes = [netWriteHandle(socket, big), netWriteHandle(socket, "more")].map(settled);
    for (const e of await Promise.all(writes)) expect(shown(e)).toMatch(/ECONNRESET|EPIPE/);
    await others();
  });

  test("in a handler: it gets the Error, the server goes on", async () => {
    const seen: string[] = [];
    const port = await listening((socket) =>
      wait(netRead(socket), (v) => {
        seen.push(shown(v));
        return netClose(socket);
      }),
    );
    const first = rawConnect(port, HOST);
    await happens(first, "connect");
    first.resetAndDestroy();
    const second = rawConnect(port, HOST);
    second.end("fine");
    await happens(second.resume(), "close");
    expect(seen.sort()).toEqual(['"fine"', "read ECONNRESET {:ECONNRESET}"]);
  });
});

describe("half close", () => {
  test("ours: the answer still arrives; nothing more can be sent", async () => {
    const port = await peer((socket) => {
      let text = "";
      socket.on("data", (part) => {
        text += part;
      });
      socket.on("end", () => socket.end(`got ${text}`));
    });
    const socket = await connected(port);
    expect(
      await chain(
        () => netWrite(socket, "question"),
        () => netEnd(socket),
      ),
    ).toBe(nil);
    expect(shown(await chain(() => netWrite(socket, "x")))).toBe("net/write-async: the connection is closed {:closed}");
    expect(shown(await chain(() => netEnd(socket)))).toBe("net/end-async: the connection is closed {:closed}");
    expect(await chain(() => ioReadAll(socket))).toBe("got question");
  });

  test("theirs: we read the end and may still write", async () => {
    let text = "";
    const port = await peer((socket) => {
      socket.end("all I have");
      socket.on("data", (part) => {
        text += part;
      });
    });
    const socket = await connected(port);
    expect(
      await chain(
        () => netRead(socket),
        () => netRead(socket),
      ),
    ).toBe(nil);
    const [theirs] = peers;
    await chain(() => netWrite(socket, "thanks"));
    netClose(socket);
    await happens(theirs, "close");
    expect(text).toBe("thanks");
  });

  test("over TLS", async () => {
    const server = tlsListen(
      0,
      def(1, (socket: Value) =>
        wait(ioReadAll(socket), (text) => wait(netWrite(socket, `got ${String(text)}`), () => netClose(socket))),
      ),
    );
    ours.push(server);
    const port = (await run(() => netPort(server))) as number;
    const socket = await chain(() => tlsConnect("localhost", port));
    ours.push(socket);
    await chain(
      () => netWrite(socket, "question"),
      () => netEnd(socket),
    );
    expect(await chain(() => ioReadAll(socket))).toBe("got question");
  });
});

describe("silence", () => {
  test("a read's time limit takes nothing away: the next read gets what comes", async () => {
    const port = await peer(() => {});
    const socket = await connected(port);
    const late = plist("timeout", 30);
    expect(shown(await chain(() => netRead(socket, late)))).toBe("net/read-async: timed out after 30 ms {:timeout}");
    expect(shown(await chain(() => ioReadLine(socket, late)))).toMatch(/^io\/read-line-async: timed out/);
    for (const theirs of peers) theirs.write("at last\n");
    expect(await chain(() => ioReadLine(socket))).toBe("at last");
    for (const theirs of peers) theirs.write("in time");
    expect(await chain(() => netRead(socket, plist("timeout", 5000)))).toBe("in time");
  });

  test("of a whole connection: :idle-timeout, on either side", async () => {
    const others = await bystander();
    const port = await peer(() => {});
    const socket = await connected(port, plist("idle-timeout", 30));
    expect(shown(await chain(() => netRead(socket)))).toBe("the connection was idle for 30 ms {:timeout}");
    expect(shown(await chain(() => netWrite(socket, "x")))).toBe("the connection was idle for 30 ms {:timeout}");
    let heard: (v: string) => void;
    const seen = new Promise<string>((done) => {
      heard = done;
    });
    const ownPort = await listening(
      (socket) =>
        wait(netRead(socket), (v) => {
          heard(shown(v));
          return nil;
        }),
      plist("idle-timeout", 30),
    );
    const silent = rawConnect(ownPort, HOST);
    await happens(silent.resume(), "close");
    expect(await seen).toBe("the connection was idle for 30 ms {:timeout}");
    await others();
  });
});

describe("sides of different speed", () => {
  test("slow reader: a write waits, its time limit closes the connection", async () => {
    const others = await bystander();
    const port = await peer((socket) => socket.pause());
    const socket = await connected(port);
    const reading = settled(netReadHandle(socket));
    const e = await chain(() => netWrite(socket, big, plist("timeout", 50)));
    expect(shown(e)).toBe("net/write-async: timed out after 50 ms {:timeout}");
    const gone = "the connection is closed, because an operation on it was given up {:closed}";
    expect(shown(await reading)).toBe(gone);
    expect(shown(await chain(() => netRead(socket)))).toBe(gone);
    await others();
  });

  test("slow reader: everything that was written before close arrives", async () => {
    const port = await listening((socket) => {
      netWrite(
        socket,
        big,
        def(1, () => nil),
      );
      return netClose(socket);
    });
    const socket = rawConnect(port, HOST);
    await tick(50);
    let n = 0;
    for await (const part of socket) n += (part as Buffer).length;
    expect(n).toBe(big.length);
  });

  test("who goes on sending after we have closed is cut off", async () => {
    const port = await peer((socket) => {
      const more = setInterval(() => socket.write("more"), 50);
      socket.on("close", () => clearInterval(more));
    });
    const socket = await connected(port);
    const [theirs] = peers;
    netClose(socket);
    if (!theirs.closed) await happens(theirs, "close");
    expect(shown(await chain(() => netRead(socket)))).toBe("net/read-async: the connection is closed {:closed}");
  }, 30_000);

  test("slow writer: characters and lines come whole", async () => {
    const port = await peer(async (socket) => {
      socket.setNoDelay(true);
      for (const byte of Buffer.from("größe €\r\nzwei\n\nende 🙂")) {
        socket.write(Buffer.of(byte));
        await tick();
      }
      socket.end();
    });
    const socket = await connected(port);
    const lines: Value[] = [];
    for (let i = 0; i < 5; i++) lines.push(await chain(() => ioReadLine(socket)));
    expect(lines).toEqual(["größe €", "zwei", "", "ende 🙂", nil]);
  });

  test("writes keep their order, reads theirs", async () => {
    const port = await peer((socket) => socket.pipe(socket));
    const socket = await connected(port);
    const sent = Array.from({ length: 200 }, (_, i) => `${i}${"-".repeat((i * 37) % 500)}\n`);
    const reads = sent.map(() => chain(() => ioReadLine(socket)));
    await Promise.all(sent.map((text) => chain(() => netWrite(socket, text))));
    expect((await Promise.all(reads)).map((text) => `${String(text)}\n`)).toEqual(sent);
  });
});

describe("data that do not fit", () => {
  test("bytes that are no text are an Error, and can be read as bytes", async () => {
    const port = await peer((socket) => socket.end(Buffer.from([0x61, 0xff, 0x62, 0xe2, 0x82])));
    const socket = await connected(port);
    const e =
      "net/read-async: the data are no UTF-8 text; option {:encoding :bytes} reads them as they are {:encoding}";
    expect(shown(await chain(() => netRead(socket)))).toBe(e);
    expect(shown(await chain(() => netRead(socket)))).toBe(e);
    const parts: Buffer[] = [];
    for (let part: Value; (part = await chain(() => netRead(socket, BYTES))) !== nil; ) parts.push(part as Buffer);
    expect([...Buffer.concat(parts)]).toEqual([0x61, 0xff, 0x62, 0xe2, 0x82]);
  });

  test("a character that ends in the middle", async () => {
    const port = await peer((socket) => socket.end(Buffer.from([0x61, 0xe2, 0x82])));
    const socket = await connected(port);
    expect(await chain(() => netRead(socket))).toBe("a");
    expect(shown(await chain(() => netRead(socket)))).toMatch(/no UTF-8 text/);
    expect([...((await chain(() => netRead(socket, BYTES))) as Buffer)]).toEqual([0xe2, 0x82]);
  });

  test("wrong arguments and options", async () => {
    const port = await peer((socket) => socket.pipe(socket));
    const socket = await connected(port);
    const shows = async (x: Value): Promise<string> => shown(typeof x === "function" ? await chain(() => x) : x);
    expect(await shows(netRead("s"))).toBe('net/read-async: argument 1 must be a socket, got "s" ()');
    expect(await shows(netWrite(socket, 7))).toBe("net/write-async: argument 2 must be a string or bytes, got 7 ()");
    expect(await shows(netConnect(HOST, 70000))).toBe("net/connect-async: argument 2 must be a port, got 70000 ()");
    expect(await shows(netRead(socket, plist("timeout", "soon")))).toBe(
      'net/read-async: option :timeout must be a number of milliseconds, got "soon" ()',
    );
    expect(await shows(netRead(socket, plist("encoding", sym(":ebcdic"))))).toBe(
      "net/read-async: option :encoding must be one of :utf8 :bytes :latin1 :hex :base64, got :ebcdic ()",
    );
    expect(await shows(netWrite(socket, "\ud800"))).toMatch(/argument 2 must be text without halves/);
    expect(await shows(netWrite(socket, "abc", plist("encoding", sym(":hex"))))).toMatch(/must be pairs of hex/);
    expect(await shows(netWrite(socket, "ff00", plist("encoding", sym(":hex"))))).toBe("()");
    expect(await shows(netRead(socket, plist("encoding", sym(":hex"))))).toBe('"ff00"');
    expect(
      await shows(
        netReadHandle(
          socket,
          def(1, () => nil),
        ),
      ),
    ).toMatch(/gives a Handle/);
  });

  test("a line or a whole that is too long stays unread", async () => {
    const port = await peer((socket) => socket.end("0123456789\nab"));
    const socket = await connected(port);
    expect(shown(await chain(() => ioReadLine(socket, plist("limit", 5))))).toBe(
      "io/read-line-async: the line is longer than 5 bytes {:too-long}",
    );
    expect(shown(await chain(() => ioReadAll(socket, plist("limit", 5))))).toMatch(/longer than 5 bytes/);
    expect(await chain(() => ioReadAll(socket))).toBe("0123456789\nab");
  });
});

describe("certificates", () => {
  const secure = (now?: number): ReturnType<typeof selfSigned> => selfSigned(now);
  const day = 86_400_000;
  test.each<[string, number | undefined, readonly Value[], string]>([
    ["of nobody known", undefined, [], "self-signed certificate {:DEPTH_ZERO_SELF_SIGNED_CERT}"],
    ["expired", Date.now() - 60 * day, ["own"], "certificate has expired {:CERT_HAS_EXPIRED}"],
    ["not valid yet", Date.now() + 60 * day, ["own"], "certificate is not yet valid {:CERT_NOT_YET_VALID}"],
    [
      "for another host",
      undefined,
      ["own", "servername", "elsewhere.example"],
      "Hostname/IP does not match certificate's altnames: Host: elsewhere.example. is not in the cert's altnames: DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1 {:ERR_TLS_CERT_ALTNAME_INVALID}",
    ],
  ])("%s", async (_, now, [own, ...more], message) => {
    const others = await bystander();
    const { key, cert } = secure(now);
    const port = await peer((socket) => socket.resume(), rawTls({ key, cert }));
    const options = own === undefined ? plist(...more) : plist("ca", cert, ...more);
    expect(shown(await chain(() => tlsConnect("localhost", port, options)))).toBe(message);
    await others();
  });

  test("what is no TLS", async () => {
    const port = await peer((socket) => socket.end("220 hello\r\n"));
    expect(shown(await chain(() => tlsConnect(HOST, port)))).toMatch(/\{:(?:ERR_SSL|EPROTO)/);
  });
});

describe("once", () => {
  test("close while reading and writing: each waiter hears of it once", async () => {
    const port = await peer((socket) => socket.resume());
    const socket = await connected(port);
    const heard: string[] = [];
    const hears = (what: string): Value =>
      def(1, (v: Value) => {
        heard.push(`${what} ${shown(v)}`);
        return nil;
      });
    netRead(socket, hears("read"));
    netRead(socket, hears("read again"));
    netWrite(socket, "x", hears("write"));
    netClose(socket);
    netClose(socket);
    for (const theirs of peers) theirs.end();
    await tick(20);
    expect(heard.sort()).toEqual(["read ()", "read again ()", "write ()"]);
  });
});
