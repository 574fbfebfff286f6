/** Cancellation of fibers and Handles: runtime/kernel/cancel.ts. */
import { awaitValue, continuation, deliver, join } from "../runtime/kernel/await.ts";
import { cancel, isBare, isCancelled, isTerminal, onCancel } from "../runtime/kernel/cancel.ts";
import {
  abort,
  ensure,
  type Fiber,
  onSettle,
  PROMPT,
  park,
  reset,
  spawn,
  start,
  state,
  withState,
  Y,
} from "../runtime/kernel/control.ts";
import { error, ValkError } from "../runtime/kernel/error.ts";
import { def, type Fn } from "../runtime/kernel/function.ts";
import { nil, type Value } from "../runtime/kernel/list.ts";
import { R } from "../runtime/kernel/registers.ts";
import { reporter } from "../runtime/kernel/report.ts";
import { pending } from "../runtime/lib/handle.ts";
import { operation } from "../runtime/lib/operation.ts";
import { aioDelay, aioSleep, sleep } from "../runtime/lib/timer.ts";
import { run, settled, then, tick, wait } from "./fiber.ts";

const text = (fiber: Fiber): string =>
  fiber.value === Y
    ? "pending"
    : fiber.value instanceof ValkError
      ? `Error: ${fiber.value.message}`
      : String(fiber.value);
const GONE = "Error: async operation cancelled";
const begin = (body: () => Value): Fiber => start(body as Fn);
/** An operation that the test completes by hand, and what was given up. */
const manual = () => {
  const waiting: ((v: Value) => void)[] = [];
  const closed: number[] = [];
  const op = operation("manual", [], (done) => {
    const n = waiting.push(done) - 1;
    return () => void closed.push(n);
  });
  return { op: (): Value => op(), done: (n: number, v: Value) => waiting[n](v), closed, waiting };
};
/** Does something, and gives v. */
const sequel = (_: unknown, v: Value): Value => v;
const never = (): Value => park(() => nil);

describe.each([1000, 1])("with fuel %d", (full) => {
  const reported: string[] = [];
  const { report } = reporter;
  beforeAll(() => {
    R.full = full;
    reporter.report = (e) => void reported.push(e.message);
  });
  beforeEach(() => {
    reported.length = 0;
  });
  afterAll(() => {
    R.full = 1000;
    reporter.report = report;
    process.exitCode = 0;
  });

  test("a parked fiber does not go on; what it waits for is closed once; late values are ignored", async () => {
    const { op, done, closed } = manual();
    const seen: Value[] = [];
    const fiber = begin(() => wait(op(), (v) => seen.push(v)));
    expect(cancel(fiber)).toBe(true);
    expect(cancel(fiber)).toBe(false);
    expect([text(fiber), closed, isCancelled(fiber), isTerminal(fiber)]).toEqual([GONE, [0], true, true]);
    done(0, "late");
    expect(closed).toEqual([0]);
    expect(text(fiber)).toBe(GONE);
    await tick();
    expect([seen, reported]).toEqual([[], []]);
  });

  test("at every await of ten", async () => {
    for (let at = 0; at < 10; at++) {
      const { op, done, closed, waiting } = manual();
      const seen: Value[] = [];
      const step = (n: number): Value =>
        n === 10
          ? "end"
          : ensure(
              () => wait(op(), () => step(n + 1)),
              () => sequel(seen.push(n), nil),
            );
      const fiber = begin(() => step(0));
      for (let i = 0; i < at; i++) done(i, nil);
      expect(waiting.length).toBe(at + 1);
      expect(cancel(fiber)).toBe(true);
      expect(closed).toEqual([at]);
      expect(seen).toEqual(Array.from({ length: at + 1 }, (_, i) => at - i));
      expect(await settled(fiber)).toMatchObject({ message: "async operation cancelled" });
      for (let i = 0; i <= at; i++) done(i, nil);
      expect(waiting.length).toBe(at + 1);
    }
  });

  test("who awaits it gets the Error, a fiber or JavaScript, and it is not reported", async () => {
    const fiber = begin(never);
    const waiter = begin(() => wait(fiber, (v) => `got ${(v as ValkError).message}`));
    const settling = settled(fiber);
    cancel(fiber);
    expect(text(waiter)).toBe("got async operation cancelled");
    expect(await settling).toMatchObject({ message: "async operation cancelled" });
    expect(text(begin(() => awaitValue(fiber)))).toBe(GONE);
    await tick();
    expect(reported).toEqual([GONE.slice(7)]); // of the last one, which nobody awaits
    expect(isCancelled(waiter)).toBe(false);
  });

  test("a cancelled waiter does not disturb the others", () => {
    const handle = pending();
    const seen: Value[] = [];
    const fibers = [0, 1, 2].map((i) => begin(() => wait(handle, (v) => seen.push(`${i} ${v}`))));
    cancel(fibers[1]);
    deliver(handle, "v");
    expect(seen).toEqual(["0 v", "2 v"]);
    expect(fibers.map(text)).toEqual(["1", GONE, "2"]);
  });

  test("waiters that were cancelled do not pile up", () => {
    const handle = pending();
    const keep = begin(() => join(handle));
    for (let i = 0; i < 1000; i++) cancel(begin(() => join(handle)));
    expect(handle.waiters?.length).toBeLessThan(20);
    deliver(handle, 1);
    expect(text(keep)).toBe("1");
  });

  test("a Handle of an operation", () => {
    const handle = pending();
    const closed: string[] = [];
    handle.cancel = () => closed.push("closed");
    expect([isBare(handle), isTerminal(handle), isCancelled(handle)]).toEqual([true, false, false]);
    expect(cancel(handle)).toBe(true);
    expect([text(handle), closed]).toEqual([GONE, ["closed"]]);
    deliver(handle, 1);
    expect(text(handle)).toBe(GONE);
    const done = pending();
    deliver(done, 2);
    deliver(done, 3);
    expect([cancel(done), text(done)]).toEqual([false, "2"]);
  });

  test("timers are cleared", async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const fibers = [begin(() => sleep(1e6)), begin(() => awaitValue(aioDelay(1e6))), aioSleep(1e6) as Fiber];
    const byHand = begin(() => awaitValue(def(1, (k: Value) => aioDelay(1e6, k))));
    for (const fiber of [...fibers, byHand]) expect(cancel(fiber)).toBe(true);
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBe(before);
  });

  test("a promise that is awaited", async () => {
    let resolve: (v: unknown) => void = () => {};
    const fiber = begin(() => awaitValue(new Promise((r) => (resolve = r))));
    cancel(fiber);
    resolve(1);
    await tick();
    expect(text(fiber)).toBe(GONE);
  });

  test("the continuation of an await is used up", () => {
    let k: Fn = def(1, () => nil);
    const fiber = begin(() => awaitValue(def(1, (it: Value) => sequel((k = it as Fn), nil))));
    cancel(fiber);
    expect(k(1)).toMatchObject({ message: "continuation already called" });
    expect(text(fiber)).toBe(GONE);
    expect(continuation(fiber)(1)).toBeInstanceOf(ValkError);
  });

  test("cleanups: once, innermost first, in their dynamic state; they may wait, and nothing interrupts them", async () => {
    const seen: Value[] = [];
    const { op, done, closed } = manual();
    const note = (name: string) => (): Value => {
      seen.push(`${name} ${state()?.value ?? "-"}`);
      return nil;
    };
    const fiber = begin(() =>
      ensure(
        () =>
          withState("s", () =>
            ensure(
              () =>
                reset(PROMPT, () => ensure(never, () => then(note("inner")(), () => wait(op(), note("inner ends"))))),
              note("middle"),
            ),
          ),
        note("outer"),
      ),
    );
    expect(seen).toEqual([]);
    expect(cancel(fiber)).toBe(true);
    expect([seen, text(fiber), isCancelled(fiber), cancel(fiber)]).toEqual([["inner s"], "pending", true, false]);
    const waiter = begin(() => wait(fiber, (v) => `got ${(v as ValkError).message}`));
    expect(text(waiter)).toBe("pending");
    done(0, nil);
    expect(seen).toEqual(["inner s", "inner ends s", "middle s", "outer -"]);
    expect([text(fiber), text(waiter), closed]).toEqual([GONE, "got async operation cancelled", []]);
  });

  test("a cleanup that is under way goes on; what comes after it does not", async () => {
    for (const body of [() => "value", () => error("failed")]) {
      const seen: Value[] = [];
      const { op, done, closed } = manual();
      const note = (name: string) => (): Value => sequel(seen.push(name), nil);
      const fiber = begin(() =>
        ensure(
          () =>
            then(
              reset(PROMPT, () =>
                then(
                  ensure(body, () =>
                    withState("s", () => ensure(() => wait(op(), note("waited")), note("in cleanup"))),
                  ),
                  note("after"),
                ),
              ),
              note("later"),
            ),
          note("outer"),
        ),
      );
      expect(cancel(fiber)).toBe(true);
      expect([seen, closed, cancel(fiber), isCancelled(fiber)]).toEqual([[], [], false, true]);
      done(0, nil);
      expect([seen, text(fiber)]).toEqual([["waited", "in cleanup", "outer"], GONE]);
    }
    await tick();
    expect(reported).toEqual([]);
  });

  test("a cleanup that fails is reported, the others run, and the fiber is cancelled all the same", async () => {
    const seen: Value[] = [];
    const fiber = begin(() =>
      ensure(
        () => ensure(never, () => error("inner")),
        () => sequel(seen.push("outer"), nil),
      ),
    );
    cancel(fiber);
    expect([seen, text(fiber), isCancelled(fiber), reported]).toEqual([["outer"], GONE, true, ["inner"]]);
    const { op, done } = manual();
    const other = begin(() =>
      ensure(
        () => nil,
        () => wait(op(), () => error("late")),
      ),
    );
    cancel(other);
    done(0, nil);
    expect([text(other), reported]).toEqual([GONE, ["inner", "late"]]);
  });

  test("a running fiber goes on up to its next wait", () => {
    const seen: Value[] = [];
    let self: Fiber | null = null;
    const { op, done, waiting } = manual();
    self = begin(() =>
      ensure(
        () =>
          wait(op(), () => {
            seen.push(cancel(self as Fiber), cancel(self as Fiber), isCancelled(self as Fiber));
            return wait(op(), () => seen.push("not reached"));
          }),
        () => sequel(seen.push("cleanup"), nil),
      ),
    );
    done(0, nil);
    expect([seen, text(self), waiting.length]).toEqual([[true, false, true, "cleanup"], GONE, 1]);
  });

  test("a running fiber that does not wait again is cancelled when it ends", () => {
    let self: Fiber | null = null;
    const { op, done } = manual();
    self = begin(() => wait(op(), () => cancel(self as Fiber) && "value"));
    done(0, nil);
    expect([text(self), isCancelled(self)]).toEqual([GONE, true]);
  });

  test("a running fiber that is in a cleanup finishes it", () => {
    const seen: Value[] = [];
    let self: Fiber | null = null;
    const { op, done } = manual();
    self = begin(() =>
      wait(op(), () =>
        then(
          ensure(
            () => nil,
            () => {
              cancel(self as Fiber);
              return wait(op(), () => sequel(seen.push("cleaned"), nil));
            },
          ),
          () => seen.push("not reached"),
        ),
      ),
    );
    done(0, nil);
    done(1, nil);
    expect([seen, text(self)]).toEqual([["cleaned"], GONE]);
  });

  test("the spawner of the running fiber, and one in the queue", () => {
    const seen: Value[] = [];
    const { op, done } = manual();
    const spawner: Fiber = begin(() =>
      wait(op(), () =>
        then(
          spawn(() => cancel(spawner)),
          (child) =>
            sequel(
              seen.push((child as Fiber).value),
              wait(op(), () => seen.push("no")),
            ),
        ),
      ),
    );
    done(0, nil);
    expect([seen, text(spawner)]).toEqual([[true], GONE]);
    const queued = begin(() => wait(op(), (v) => sequel(seen.push(v), never())));
    begin(() => {
      done(1, "woken");
      return cancel(queued);
    });
    expect([seen, text(queued)]).toEqual([[true, "woken"], GONE]);
  });

  test("a fiber whose await is being begun", () => {
    const seen: Value[] = [];
    const { op, done } = manual();
    const again: Fiber = begin(() =>
      wait(op(), () =>
        wait(
          def(1, (k: Value) => sequel(seen.push(cancel(again), (k as Fn)(1) instanceof ValkError), error("ignored"))),
          () => seen.push("not reached"),
        ),
      ),
    );
    done(0, nil);
    expect([seen, text(again)]).toEqual([[true, true], GONE]);
  });

  test("an abort runs cleanups in their dynamic state, too", async () => {
    const seen: Value[] = [];
    const v = await run(() =>
      reset(PROMPT, () =>
        withState("s", () =>
          ensure(
            () => wait(aioDelay(1), () => abort(PROMPT, () => sequel(seen.push("body"), 7))),
            () => sequel(seen.push(state()?.value ?? "-"), nil),
          ),
        ),
      ),
    );
    expect([v, seen]).toEqual([7, ["body", "s"]]);
  });

  test("hooks run once, in order, before the result is there; at once if it was cancelled", () => {
    const seen: string[] = [];
    const handle = pending();
    onSettle(handle, () => void seen.push("settled"));
    onCancel(handle, () => void seen.push(`first ${isTerminal(handle)}`));
    const drop = onCancel(handle, () => void seen.push("dropped"));
    onCancel(handle, () => void seen.push("second"));
    drop();
    cancel(handle);
    onCancel(handle, () => void seen.push("at once"));
    expect(seen).toEqual(["first false", "second", "settled", "at once"]);
    const done = pending();
    deliver(done, 1);
    onCancel(done, () => void seen.push("no"));
    expect(seen.length).toBe(4);
  });

  test("hooks may cancel each other in a circle", () => {
    const handles = [0, 1, 2].map(() => pending());
    for (const [i, handle] of handles.entries()) onCancel(handle, () => void cancel(handles[(i + 1) % 3]));
    cancel(handles[1]);
    expect(handles.map(text)).toEqual([GONE, GONE, GONE]);
  });
});
