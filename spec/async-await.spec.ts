/** await, deliver, the border to JavaScript, the top level of modules. */
import { jest } from "@jest/globals";
import { awaitValue, deliver } from "../runtime/kernel/await.ts";
import { callForeign, exported, fromJS, toJS } from "../runtime/kernel/border.ts";
import { asFunction, type Fiber, PROMPT, reset, shift, spawn, start, Y } from "../runtime/kernel/control.ts";
import { error, ValkError } from "../runtime/kernel/error.ts";
import { apply, def, type Fn, native } from "../runtime/kernel/function.ts";
import { list, nil, type Value } from "../runtime/kernel/list.ts";
import { loaded, run as runMain, stops } from "../runtime/kernel/main.ts";
import { R } from "../runtime/kernel/registers.ts";
import { reporter } from "../runtime/kernel/report.ts";
import { repr } from "../runtime/kernel/show.ts";
import { aioDelay, aioSleep, sleep } from "../runtime/lib/timer.ts";
import { run, settled, then, tick, wait } from "./fiber.ts";

describe.each([1000, 1, 2])("with fuel %d", (full) => {
  beforeAll(() => {
    R.full = full;
  });
  afterAll(() => {
    R.full = 1000;
  });

  test("what is ready is its own value", async () => {
    for (const v of [5, "s", nil, list(1), error("e"), true, 3n]) expect(awaitValue(v)).toBe(v);
    expect(await run(() => awaitValue(Promise.resolve(undefined)))).toBe(nil);
    const done = start((() => 7) as Fn);
    expect(awaitValue(done)).toBe(7);
  });

  test("a function is called with the continuation", async () => {
    let k: Fn = def(0, () => nil);
    const fiber = start(() =>
      wait(
        def(1, (it: Value) => {
          k = it as Fn;
          return nil;
        }),
        (v) => (v as number) + 1,
      ),
    );
    expect(fiber.value).toBe(Y);
    expect(k(4)).toBe(nil);
    expect(fiber.value).toBe(5);
    expect(repr(k(9))).toBe("Error: continuation already called");
    expect(fiber.value).toBe(5);
  });

  test("a continuation called during the call goes on at once", async () => {
    expect(
      await run(() =>
        wait(
          def(1, (k: Value) => (k as Fn)(1)),
          (v) =>
            wait(
              def(1, (k: Value) => (k as Fn)(v)),
              (w) => [v, w],
            ),
        ),
      ),
    ).toEqual([1, 1]);
  });

  test("a million awaits that are ready at once take no stack", async () => {
    const now = def(1, (k: Value) => (k as Fn)(1));
    const loop = (n: number): Value => (n === 0 ? "done" : wait(now, () => loop(n - 1)));
    expect(await run(() => loop(full === 1000 ? 1e6 : 1e4))).toBe("done");
  });

  test("a call that fails, or has not happened, gives its Error", async () => {
    const two = def(2, function needsTwo(a: Value, _b: Value) {
      return a;
    });
    const results = await Promise.all([
      run(() => awaitValue(def(1, () => error("no")))),
      run(() => awaitValue(def(0, () => nil))),
      run(() => awaitValue(two)),
      run(() => awaitValue(def(1, () => apply(two, [1])))),
      run(() => awaitValue(def(1, () => aioDelay(1)))),
      run(() =>
        awaitValue(
          def(1, (k: Value) => {
            (k as Fn)("first");
            return error("after");
          }),
        ),
      ),
      run(() => awaitValue(native("n", 2, 3, () => nil))),
      run(() => awaitValue(def(1, () => wait(aioDelay(1), () => error("later"))))),
      run(() =>
        awaitValue(
          def(1, (k: Value) =>
            wait(aioDelay(1), () => {
              (k as Fn)("k");
              return error("later");
            }),
          ),
        ),
      ),
    ]);
    expect(results.map(repr)).toEqual([
      "Error: no",
      "Error: \\: expected 0 arguments, got 1",
      "Error: await: needsTwo is missing an argument",
      "Error: await: needsTwo is missing an argument",
      "Error: await: aio/delay was called without its continuation",
      '"first"',
      "Error: n: expected 2 to 3 arguments, got 1",
      "Error: later",
      '"k"',
    ]);
  });

  test("handles and promises are waited for", async () => {
    const results = await Promise.all([
      run(() =>
        then(
          spawn(() => wait(aioDelay(5), () => 3)),
          (h) => wait(h, (v) => [v]),
        ),
      ),
      run(() =>
        then(
          spawn(() => wait(aioDelay(5), () => error("failed"))),
          awaitValue,
        ),
      ),
      run(() => awaitValue(aioSleep(1))),
      run(() => awaitValue(Promise.reject(Object.assign(new TypeError("bad"), { code: "EX" })))),
      run(() => awaitValue(Promise.reject("reason"))),
      run(() =>
        awaitValue({
          then: (f: (v: number) => void) => {
            f(1);
            f(2);
            throw new Error("late");
          },
        }),
      ),
      run(() =>
        awaitValue({
          then: () => {
            throw new Error("then throws");
          },
        }),
      ),
    ]);
    expect(results.map((v) => (Array.isArray(v) ? v : repr(v)))).toEqual([
      [3],
      "Error: failed",
      "()",
      "Error: bad",
      "Error: operation failed",
      "1",
      "Error: then throws",
    ]);
    expect(repr((results[3] as ValkError).data)).toBe("{:EX}");
    expect((results[3] as ValkError).cause).toBeInstanceOf(TypeError);
    expect(repr((results[4] as ValkError).data)).toBe('{"reason"}');
  });

  test("await suspends the whole fiber, through resets", async () => {
    expect(
      await run(() =>
        then(
          reset(PROMPT, () => wait(aioDelay(1), (v) => (v === nil ? 1 : 2))),
          (v) => (v as number) * 10,
        ),
      ),
    ).toBe(10);
  });

  test("a continuation from shift that an operation calls runs as a fiber", async () => {
    const seen: Value[] = [];
    const program = (): Value =>
      reset(PROMPT, () =>
        then(
          shift(PROMPT, (k) => aioDelay(1, asFunction(k))),
          (v) => {
            seen.push(v);
            return wait(aioDelay(1), () => {
              seen.push("awaited");
              return nil;
            });
          },
        ),
      );
    expect(start(program).value).toBe(nil);
    await tick(20);
    expect(seen).toEqual([nil, "awaited"]);
  });

  test("deliver while Valk code runs lets the caller finish first", () => {
    const order: string[] = [];
    start(() => {
      deliver(
        def(1, (v: Value) => {
          order.push(v as string);
          return nil;
        }),
        "delivered",
      );
      order.push("caller");
      return nil;
    });
    expect(order).toEqual(["caller", "delivered"]);
  });

  test("many fibers on timers", async () => {
    const n = full === 1000 ? 100_000 : 1000;
    let sum = 0;
    const fibers = Array.from({ length: n }, () => start(() => then(sleep(1), () => ++sum)));
    await settled(fibers[n - 1] as Fiber);
    await tick(20);
    expect(sum).toBe(n);
  });
});

test("sleep refuses what is no time", () => {
  expect(repr(sleep("1"))).toBe('Error: sleep: argument 1 must be a number of milliseconds, got "1"');
  expect(repr(sleep(Number.NaN))).toMatch(/^Error: sleep/);
  expect(repr(aioSleep("sys", 1))).toBe('Error: aio/sleep: argument 1 must be an aio system, got "sys"');
});

describe("the border", () => {
  const addOne = def(1, function addOne(x: Value) {
    return (x as number) + 1;
  });

  test("functions are wrapped once, and unwrapped on the way back", () => {
    expect(toJS(addOne)).toBe(toJS(addOne));
    expect(fromJS(toJS(addOne))).toBe(addOne);
    expect(toJS(addOne).name).toBe("addOne");
    expect(exported(nil)).toBe(undefined);
    expect(exported(5)).toBe(5);
  });

  test("a call gives a value, throws, or gives a promise", async () => {
    expect(toJS(addOne)(1)).toBe(2);
    expect([1, 2].map(toJS(addOne) as (x: number) => number)).toEqual([2, 3]);
    expect(toJS(def(0, () => nil))()).toBe(undefined);
    expect(toJS(def(1, (x: Value) => (x === nil ? "nil" : "?")))()).toBe("nil");
    expect(toJS(def(-2, (_a: Value, rest: Value) => repr(rest)))(1, 2, null)).toBe("{2 ()}");
    expect(() => toJS(def(0, () => error("boom")))()).toThrow(ValkError);
    await expect(toJS(def(0, () => wait(aioDelay(1), () => 5)))()).resolves.toBe(5);
    await expect(toJS(def(0, () => wait(aioDelay(1), () => error("late"))))()).rejects.toThrow("late");
    await expect(toJS(def(0, () => spawn(() => wait(aioDelay(1), () => 6))))()).resolves.toBe(6);
  });

  test("foreign calls", async () => {
    expect(apply(Math.max as Fn, [1, 3, 2])).toBe(3);
    expect(callForeign(() => null, [])).toBe(nil);
    const failed = callForeign(() => {
      throw new RangeError("r");
    }, []) as ValkError;
    expect([failed.message, (failed.cause as Error).name, failed.raised]).toEqual(["r", "RangeError", false]);
    expect(callForeign((f) => (f as (x: number) => number)(4), [addOne])).toBe(5);
    const inner = error("own");
    expect(callForeign((f) => (f as () => void)(), [def(0, () => inner)])).toBe(inner);
    expect(await run(() => awaitValue(callForeign(async (x) => x, [3])))).toBe(3);
    // A JavaScript function that takes a callback is an operation like any other.
    expect(
      await run(() =>
        awaitValue((k: (v: string) => void) => {
          setTimeout(() => k("called"), 1);
        }),
      ),
    ).toBe("called");
    expect(
      repr(
        start(() =>
          reset(PROMPT, () => callForeign((f) => (f as () => unknown)(), [def(0, () => shift(PROMPT, () => 1))])),
        ).value,
      ),
    ).toBe("Error: shift: cannot capture across a JavaScript frame");
  });
});

describe("the top level", () => {
  const { report } = reporter;
  let reports: string[] = [];
  beforeEach(async () => {
    await tick(0); // fibers of earlier tests that failed unseen are reported there
    reports = [];
    process.exitCode = undefined;
    reporter.report = (e) => {
      reports.push(e.message);
    };
  });
  afterEach(() => {
    reporter.report = report;
    process.exitCode = undefined;
  });

  test("runs to its end, waits if it has to", async () => {
    expect(runMain(() => nil)).toBe(undefined);
    let done = 0;
    await runMain(() => wait(aioDelay(1), () => ++done));
    expect([done, reports, process.exitCode]).toEqual([1, [], undefined]);
  });

  test("an Error is reported and the exit code 1", async () => {
    runMain(() => error("at once"));
    await runMain(() => wait(aioDelay(1), () => error("later")));
    await tick();
    expect([reports, process.exitCode]).toEqual([["at once", "later"], 1]);
  });

  test("a module that another one imports throws", async () => {
    expect(() => runMain(() => error("x"), "file:///elsewhere.js")).toThrow(ValkError);
    await expect(runMain(() => wait(aioDelay(1), () => error("y")), "file:///elsewhere.js")).rejects.toThrow("y");
    expect(reports).toEqual([]);
  });

  test("fibers that fail are reported, unless somebody looked in the same turn", async () => {
    runMain(() => nil);
    const seen = spawn2(() => error("seen"));
    expect(awaitValue(seen)).toBeInstanceOf(ValkError);
    spawn2(() => error("unseen"));
    spawn2(() => wait(aioDelay(1), () => error("unseen later")));
    deliver(
      def(1, () => error("of a callback")),
      nil,
    );
    await tick(20);
    expect([reports, process.exitCode]).toEqual([["unseen", "of a callback", "unseen later"], 1]);
  });
  const spawn2 = (body: () => Value): Fiber => start(body as Fn);

  test("a loaded module runs once, its Errors are printed", async () => {
    const init = jest.fn(() => wait(aioDelay(1), () => 5));
    const load = loaded(init);
    expect(await run(() => then(load(), (v) => [v, load()]))).toEqual([nil, nil]);
    expect(init).toHaveBeenCalledTimes(1);
    expect([stops(error("t"), true), stops(error("u"), false), reports, process.exitCode]).toEqual([
      false,
      true,
      ["t"],
      undefined,
    ]);
  });
});
