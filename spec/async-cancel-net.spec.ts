import { cancel as cancelFiber } from "../runtime/kernel/cancel.ts";
import { ensure } from "../runtime/kernel/cleanup.ts";
import { type Fiber, onSettle, start } from "../runtime/kernel/control.ts";
import { ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { lookup, lookupHandle } from "../runtime/lib/dns.ts";
import {
  netClose,
  netConnect,
  netConnectHandle,
  netEnd,
  netListen,
  netRead,
  netReadHandle,
  netWrite,
  netWriteHandle,
} from "../runtime/lib/net.ts";
import { ioCopyHandle, ioReadAll, ioReadLine } from "../runtime/lib/stream-operations.ts";
import { aioDelay, aioSleep, sleep } from "../runtime/lib/timer.ts";
import { tlsConnectHandle } from "../runtime/lib/tls.ts";
import { chain, plist, settled, tick, wait } from "./fiber.ts";
import { big, bystander, closesAll, connected, HOST, happens, ours, peer, peers, shown } from "./peers.ts";

closesAll();
const CANCELLED = ["async operation cancelled ()"];

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
