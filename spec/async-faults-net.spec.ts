/**
 * What can go wrong with connections, over real sockets. Each case: the fiber that waits gets the Error, once; another one goes on;
 * afterwards nothing is left open.
 */
import { type AddressInfo, connect as rawConnect, createServer as rawServer, type Server, type Socket } from "node:net";
import { createServer as rawTls } from "node:tls";
import { cancel as cancelFiber } from "../runtime/kernel/cancel.ts";
import { ensure } from "../runtime/kernel/cleanup.ts";
import { type Fiber, onSettle, start } from "../runtime/kernel/control.ts";
import { ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { sym } from "../runtime/kernel/symbol.ts";
import { selfSigned } from "../runtime/lib/certificate.ts";
import { lookup, lookupHandle } from "../runtime/lib/dns.ts";
import {
  netClose,
  netConnect,
  netConnectHandle,
  netEnd,
  netListen,
  netPort,
  netRead,
  netReadHandle,
  netWrite,
  netWriteHandle,
} from "../runtime/lib/net.ts";
import { ioCopyHandle, ioReadAll, ioReadLine } from "../runtime/lib/stream-operations.ts";
import { aioDelay, aioSleep, sleep } from "../runtime/lib/timer.ts";
import { tlsConnect, tlsConnectHandle, tlsListen } from "../runtime/lib/tls.ts";
import { chain, plist, run, settled, tick, wait } from "./fiber.ts";
import { resources } from "./resources.ts";

const HOST = "127.0.0.1";
const BYTES = plist("encoding", sym(":bytes"));
const big = "x".repeat(16 * 1024 * 1024);

const servers: Server[] = [];
const peers = new Set<Socket>();
const ours: Value[] = [];
/** A server of the host, with which the test can do as it likes. */
const peer = async (
  handler: (socket: Socket) => void,
  server = rawServer({ allowHalfOpen: true }),
): Promise<number> => {
  servers.push(server);
  server.on("tlsClientError", () => {});
  server.on("connection", (socket: Socket) => {
    peers.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => peers.delete(socket));
  });
  server.on(server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection", handler);
  server.listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  return (server.address() as AddressInfo).port;
};
const connected = async (port: number, ...options: Value[]): Promise<Value> => {
  const socket = await chain(() => netConnect(HOST, port, ...options));
  ours.push(socket);
  return socket;
};
const listening = async (handler: (socket: Value) => Value, ...options: Value[]): Promise<number> => {
  const server = netListen(0, def(1, handler), ...options);
  ours.push(server);
  return (await run(() => netPort(server))) as number;
};
/** An event of the other side. */
const happens = (socket: Socket, event: string): Promise<unknown> => new Promise((done) => socket.once(event, done));
const shown = (e: Value): string => {
  if (!(e instanceof ValkError)) return repr(e);
  return `${e.message} ${repr(e.data)}`;
};

const CANCELLED = ["async operation cancelled ()"];

let left: () => Promise<string>;
beforeEach(() => {
  left = resources();
});
afterEach(async () => {
  for (const x of ours.splice(0)) netClose(x);
  for (const socket of peers) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  expect(await left()).toBe("");
});

/** Runs beside a fault: it must go on whatever happens to the other. */
const bystander = async (): Promise<() => Promise<void>> => {
  const port = await peer((socket) => socket.pipe(socket));
  const socket = await connected(port);
  return async () => {
    expect(
      await chain(
        () => netWrite(socket, "still here"),
        () => netRead(socket),
      ),
    ).toBe("still here");
  };
};

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

describe("giving up", () => {
  const cancel = (h: Value): void => {
    expect(cancelFiber(h as Fiber)).toBe(true);
    expect(cancelFiber(h as Fiber)).toBe(false);
  };
  const results = (h: Value): string[] => {
    const values: string[] = [];
    onSettle(h as Fiber, (v) => values.push(shown(v)));
    return values;
  };

  test("a connection that is being opened", async () => {
    const port = await peer((socket) => socket.resume());
    const h = netConnectHandle(HOST, port),
      values = results(h);
    cancel(h);
    await tick(20);
    expect([values, peers.size]).toEqual([CANCELLED, 0]);
  });

  test("a handshake", async () => {
    let theirs: Promise<unknown> | undefined;
    let arrived: () => void;
    const arrival = new Promise<void>((done) => {
      arrived = done;
    });
    const port = await peer((socket) => {
      theirs = happens(socket.resume(), "close");
      socket.on("end", () => socket.end());
      arrived();
    });
    const h = tlsConnectHandle(HOST, port),
      values = results(h);
    await arrival;
    cancel(h);
    await theirs;
    expect(values).toEqual(CANCELLED);
  });

  test("a look-up", async () => {
    const h = lookupHandle("localhost"),
      values = results(h);
    cancel(h);
    await chain(() => lookup("localhost"));
    await tick(20);
    expect(values).toEqual(CANCELLED);
  });

  test("a server that is about to listen", async () => {
    const h = netListen(
        0,
        def(1, () => nil),
      ),
      values = results(h);
    cancel(h);
    await tick(20);
    expect(values).toEqual(CANCELLED);
  });

  test("a read closes the connection, others that wait for it get an Error", async () => {
    const port = await peer((socket) => socket.resume().on("end", () => socket.end()));
    const socket = await connected(port);
    const [theirs] = peers;
    const h = netReadHandle(socket),
      values = results(h);
    const other = settled(netReadHandle(socket));
    cancel(h);
    expect(shown(await other)).toMatch(/given up \{:closed\}$/);
    if (!theirs.closed) await happens(theirs, "close");
    expect(values).toEqual(CANCELLED);
  });

  test("a read with :keep leaves it open, and its data to the next", async () => {
    const port = await peer(() => {});
    const socket = await connected(port);
    const h = netReadHandle(socket, plist("keep", 1)),
      values = results(h);
    const other = settled(netReadHandle(socket));
    cancel(h);
    for (const theirs of peers) theirs.write("for the second");
    expect(await other).toBe("for the second");
    expect(values).toEqual(CANCELLED);
  });

  test("a write", async () => {
    const port = await peer((socket) => socket.pause());
    const socket = await connected(port);
    const h = netWriteHandle(socket, big),
      values = results(h);
    await tick(10);
    cancel(h);
    expect(shown(await chain(() => netWrite(socket, "x")))).toMatch(/given up \{:closed\}$/);
    await tick(10);
    expect(values).toEqual(CANCELLED);
  });

  test("a copy", async () => {
    const source = await peer((socket) => socket.write("x")),
      drain = await peer((socket) => socket.resume());
    const from = await connected(source),
      to = await connected(drain);
    const h = ioCopyHandle(from, to),
      values = results(h);
    await tick(10);
    cancel(h);
    expect(shown(await chain(() => netRead(from)))).toMatch(/given up \{:closed\}$/);
    expect(await chain(() => netWrite(to, "goes on"))).toBe(nil);
    expect(values).toEqual(CANCELLED);
  });

  test("timers", async () => {
    const h = aioSleep(3_600_000),
      values = results(h);
    cancel(h);
    const fiber = start(() => sleep(3_600_000));
    cancel(fiber);
    await tick();
    expect(values).toEqual(CANCELLED);
  });

  test("a fiber that waits for one, with its time limit", async () => {
    const port = await peer((socket) => socket.resume().on("end", () => socket.end()));
    const socket = await connected(port);
    const [theirs] = peers;
    const fiber = start(() => wait(netRead(socket, plist("timeout", 3_600_000)), () => nil));
    const values = results(fiber);
    cancel(fiber);
    if (!theirs.closed) await happens(theirs, "close");
    expect(values).toEqual(CANCELLED);
  });

  test("after the end it changes nothing", async () => {
    const port = await peer((socket) => socket.pipe(socket));
    const h = netConnectHandle(HOST, port) as Fiber;
    const socket = await settled(h);
    ours.push(socket);
    expect(cancelFiber(h)).toBe(false);
    expect(
      await chain(
        () => netWrite(socket, "open"),
        () => netRead(socket),
      ),
    ).toBe("open");
  });
});

describe("cancelled at every step", () => {
  // What a client does, step by step; `log` gets the number of each step that begins.
  const client = (port: number, log: (step: number) => void): Value => {
    let socket: Value = nil;
    const steps: (() => Value)[] = [
      () => lookup("localhost"),
      () => netConnect(HOST, port),
      () => netWrite(socket, "one\n"),
      () => ioReadLine(socket),
      // Nobody waits for it: the echo is read meanwhile.
      () => {
        netWriteHandle(socket, `${big}\n`);
        return nil;
      },
      () => netRead(socket, plist("timeout", 60_000)),
      () => aioDelay(1),
      () => ioReadLine(socket, plist("limit", 2 * big.length)),
      () => netEnd(socket),
      () => ioReadAll(socket),
    ];
    const go = (i: number): Value => {
      if (i === steps.length) return "ended";
      log(i);
      return wait(steps[i](), (v) => {
        if (v instanceof ValkError) return v;
        if (i === 1) socket = v;
        return go(i + 1);
      });
    };
    return ensure(
      () => go(0),
      () => {
        log(-1);
        return socket === nil ? nil : netClose(socket);
      },
    );
  };
  const echo = (): Promise<number> =>
    peer((socket) => {
      socket.pipe(socket);
    });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("step %d", async (at) => {
    const others = await bystander();
    const port = await echo();
    const reached: number[] = [];
    const fiber = start(() =>
      client(port, (step) => {
        reached.push(step);
        // Not in the step itself: the fiber then waits for what the step has begun.
        if (step === at) setImmediate(() => cancelFiber(fiber));
      }),
    );
    const value = shown(await settled(fiber));
    // A step that was over at once is cancelled in a later one; without any left the fiber has ended.
    expect([CANCELLED[0], '"ended"']).toContain(value);
    if (at === 10) expect(value).toBe('"ended"');
    expect(reached.filter((step) => step === -1)).toEqual([-1]);
    expect(reached.at(-1)).toBe(-1);
    expect(reached.length).toBeGreaterThan(at === 10 ? 10 : at + 1);
    await others();
    // The server saw each connection but the bystander's go.
    for (const socket of [...peers].slice(1)) if (!socket.closed) await happens(socket, "close");
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
