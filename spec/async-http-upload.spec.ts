import { Readable } from "node:stream";
import { callForeign } from "../runtime/kernel/border.ts";
import { cancel } from "../runtime/kernel/cancel.ts";
import { ensure } from "../runtime/kernel/cleanup.ts";
import type { Fiber } from "../runtime/kernel/control.ts";
import { error, type ValkError } from "../runtime/kernel/error.ts";
import { def } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { repr } from "../runtime/kernel/show.ts";
import { reqBodyAsync, reqPath, reqRead } from "../runtime/lib/http-request.ts";
import { close, connectAsync, sendHandle } from "../runtime/lib/http2-client.ts";
import { request } from "../runtime/lib/http2-message.ts";
import { aioDelay } from "../runtime/lib/timer.ts";
import { chain, plist, settled, tick, wait } from "./fiber.ts";
import { HOST, ok, openGates, openServers, show, until } from "./http.ts";

const { serve, leakless } = openServers();

const connect = (port: number, ...options: Value[]): Promise<Value> =>
  chain(() => connectAsync(HOST, port, plist("h2c", 1, ...options)));
const get = (client: Value, path: string, ...options: Value[]): Promise<Value> =>
  settled(sendHandle(request("GET", "http", HOST, path), client, plist(...options)));
const post = (client: Value, body: Value, ...options: Value[]): Value =>
  sendHandle(request("POST", "http", HOST, "/", plist("body", body)), client, plist(...options));
/** Message and data of an Error. */
const said = (e: Value): string => (e instanceof Error ? `${e.message} ${repr((e as ValkError).data)}` : show(e));
/** Protocols of a client without TLS. */
const BOTH: [string, Value[]][] = [
  ["HTTP/2", []],
  ["HTTP/1.1", ["http1", 1]],
];

describe("bodies of requests that are made while they are sent", () => {
  const PIECE = "0123456789".repeat(10_000);
  /** Gives so many pieces, one for each call, waits before each; says how many it has given. */
  const pieces = (count: number, given: { n: number }): Value =>
    def(0, () => {
      if (given.n === count) return nil;
      return wait(aioDelay(0), () => {
        given.n++;
        return PIECE;
      });
    });
  const iterable = (count: number, given: { n: number }): Value =>
    Readable.from(
      (async function* () {
        while (given.n < count) {
          await tick();
          given.n++;
          yield Buffer.from(PIECE);
        }
      })(),
      { objectMode: false },
    ) as unknown as Value;

  describe.each(BOTH)("%s", (_, options) => {
    test.each([
      ["a function", pieces],
      ["a stream", iterable],
    ])("%s: as fast as the server reads; all of it arrives", (_, body) =>
      leakless(async () => {
        const COUNT = 200;
        const gates = openGates();
        const given = { n: 0 };
        let got = 0;
        const rest = (req: Value): Value =>
          wait(reqRead(req), (v) => {
            if (v instanceof Error || v === nil) return v instanceof Error ? v : ok("body", String(got));
            got += (v as string).length;
            return rest(req);
          });
        const port = await serve((req) => wait(gates.gate(), () => rest(req)), "h2c", 1, "max-request-body-size", 0);
        const client = await connect(port, ...options);
        const sent = settled(post(client, body(COUNT, given)));
        await until(() => gates.reached === 1);
        // It comes to a stop of its own: nobody reads.
        for (let before = -1; before !== given.n; await tick(50)) before = given.n;
        expect(given.n).toBeLessThan(COUNT);
        gates.open();
        expect(show(await sent)).toBe(`200 ${COUNT * PIECE.length}`);
        expect(given.n).toBe(COUNT);
        close(client);
      })(),
    );

    test.each<[string, () => Value, string]>([
      ["gives an Error", () => error("no more", "x" as never), "no more"],
      ["gives what is no piece", () => 5, "a piece of a body must be a string, bytes or nil, got 5"],
      [
        "throws",
        () =>
          callForeign(() => {
            throw new TypeError("thrown");
          }, []),
        "thrown",
      ],
    ])("a function that %s: that request fails, its handler hears of it, others go on", (_, last, message) =>
      leakless(async () => {
        const heard: string[] = [];
        const port = await serve(
          (req) =>
            reqPath(req) === "/"
              ? wait(
                  def(1, (k: Value) => {
                    reqBodyAsync(
                      req,
                      def(1, (v: Value) => {
                        heard.push(said(v));
                        return nil;
                      }),
                    );
                    return aioDelay(60_000, k);
                  }),
                  () => ok(),
                )
              : ok("body", "here"),
          "h2c",
          1,
        );
        const client = await connect(port, ...options);
        let n = 0;
        const failed = settled(
          post(
            client,
            def(0, () => (n++ < 3 ? wait(aioDelay(0), () => "piece") : last())),
          ),
        );
        expect(show(await get(client, "/other"))).toBe("200 here");
        expect(((await failed) as Error).message).toBe(message);
        await until(() => heard.length === 1);
        expect(heard).toEqual(["the client closed the request {:cancelled}"]);
        expect(show(await get(client, "/other"))).toBe("200 here");
        close(client);
      })(),
    );

    test("a stream that breaks: the same", () =>
      leakless(async () => {
        const port = await serve((req) => wait(reqBodyAsync(req), (v) => v), "h2c", 1);
        const client = await connect(port, ...options);
        const broken = Readable.from(
          (async function* () {
            yield Buffer.from("piece");
            await tick(5);
            throw new Error("broken");
          })(),
        );
        expect(said(await settled(post(client, broken as unknown as Value)))).toMatch(/^broken/);
        close(client);
      })());

    test("given up: the function's fiber is cancelled, its cleanups run; a stream is destroyed", () =>
      leakless(async () => {
        const gates = openGates();
        const port = await serve((req) => wait(reqBodyAsync(req), (v) => v), "h2c", 1);
        const client = await connect(port, ...options);
        const next = def(0, () =>
          ensure(
            () => wait(gates.gate(), () => "piece"),
            () => {
              gates.cleanups++;
              return nil;
            },
          ),
        );
        const h = post(client, next);
        await until(() => gates.reached === 1);
        expect(cancel(h as Fiber)).toBe(true);
        await until(() => gates.cleanups === 1);
        expect(gates.cancelled).toBe(1);
        const endless = new Readable({ read() {} });
        const other = post(client, endless as unknown as Value);
        endless.push("piece");
        await tick(10);
        cancel(other as Fiber);
        await until(() => endless.destroyed);
        close(client);
      })());

    test("a server that answers without reading it: the response counts, the upload ends", () =>
      leakless(async () => {
        const given = { n: 0 };
        const port = await serve(() => ok("body", "enough"), "h2c", 1);
        const client = await connect(port, ...options);
        expect(show(await settled(post(client, pieces(1_000_000, given))))).toBe("200 enough");
        await tick(20);
        const { n } = given;
        await tick(20);
        expect(given.n).toBe(n);
        close(client);
      })());
  });
});
