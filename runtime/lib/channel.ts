/**
 * Channels: queues between fibers, with back-pressure. A channel holds at most `capacity` values that nobody has received; who
 * sends more waits. With capacity 0, the default, a sender waits until its value is received.
 */
import { atOnce } from "../kernel/await.ts";
import { Fiber, park, wake } from "../kernel/control.ts";
import { error, isError } from "../kernel/error.ts";
import { native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { Ref } from "../kernel/ref.ts";
import { type Kind, refuse, WHOLE } from "../kernel/wrong.ts";
import { type Done, operation, type Start } from "./operation.ts";

/** Who waits: first come, first served. A ring through the queue itself, so that those who give up can leave at once. */
interface Waiting {
  /** Null in the queue itself. */
  k: Fiber | Done | null;
  value: Value;
  next: Waiting;
  previous: Waiting;
}
const queue = (): Waiting => {
  const ring = { k: null, value: nil } as unknown as Waiting;
  ring.next = ring.previous = ring;
  return ring;
};
const join = (ring: Waiting, k: Fiber | Done, value: Value): (() => void) => {
  const entry: Waiting = { k, value, next: ring, previous: ring.previous };
  ring.previous.next = entry;
  ring.previous = entry;
  return () => leave(entry);
};
const leave = (entry: Waiting): void => {
  entry.previous.next = entry.next;
  entry.next.previous = entry.previous;
};
/** The first in the queue, taken out of it; null if there is none. */
const first = ({ next: entry }: Waiting): Waiting | null => {
  if (entry.k === null) return null;
  leave(entry);
  return entry;
};
const resume = ({ k }: Waiting, v: Value): void => {
  if (k instanceof Fiber) wake(k, v);
  else k?.(v);
};

class Channel extends Ref<null> {
  readonly capacity: number;
  /** Sent and not received yet, from `head` on. */
  buffer: Value[] = [];
  head = 0;
  readonly receivers: Waiting = queue();
  readonly senders: Waiting = queue();
  closed = false;
  constructor(capacity: number) {
    super("channel", null);
    this.capacity = capacity;
  }
}
const CHANNEL: Kind = { what: "a channel", is: (v) => v instanceof Channel };
const CAPACITY: Kind = { what: "a whole number, at least 0", is: (v) => WHOLE.is(v) && (v as number) >= 0 };
const SENT: Kind = {
  what: "a value other than nil, which says that a channel is closed",
  is: (v) => v !== nil && !isError(v),
};

/** `(channel [capacity])` */
export const channel = /*#__PURE__*/ native(
  "channel",
  0,
  1,
  (capacity: Value = 0): Value =>
    CAPACITY.is(capacity) ? new Channel(capacity as number) : refuse("channel", [capacity], CAPACITY),
);

/** Nil if the value was taken, an Error if the channel is closed, undefined if the sender has to wait. */
const trySend = (name: string, c: Channel, value: Value): Value => {
  if (c.closed) return error(`${name}: the channel is closed`);
  const receiver = first(c.receivers);
  if (receiver !== null) resume(receiver, value);
  else if (c.buffer.length - c.head < c.capacity) c.buffer.push(value);
  else return undefined;
  return nil;
};
/** A value, nil if the channel is closed and empty, undefined if the receiver has to wait. */
const tryReceive = (c: Channel): Value => {
  const { buffer, head } = c;
  if (head === buffer.length) {
    const sender = first(c.senders);
    if (sender === null) return c.closed ? nil : undefined;
    resume(sender, nil);
    return sender.value;
  }
  const value = buffer[head];
  buffer[head] = undefined;
  c.head++;
  if (c.head > 32 && c.head * 2 > buffer.length) {
    c.buffer = buffer.slice(c.head);
    c.head = 0;
  }
  const sender = first(c.senders);
  if (sender !== null) {
    c.buffer.push(sender.value);
    resume(sender, nil);
  }
  return value;
};

/** `(chan/send c value)`: nil when the channel has taken the value; an Error if it is closed, also while this waits. */
export const chanSend = /*#__PURE__*/ native("chan/send", 2, 2, (c: Value, value: Value): Value => {
  if (!(c instanceof Channel) || !SENT.is(value)) return refuse("chan/send", [c, value], CHANNEL, SENT);
  const now = trySend("chan/send", c, value);
  if (now !== undefined) return atOnce(now);
  return park((fiber) => {
    fiber.cancel = join(c.senders, fiber, value);
    return nil;
  });
});

/** `(chan/recv c)`: the next value; nil if the channel is closed and empty. */
export const chanRecv = /*#__PURE__*/ native("chan/recv", 1, 1, (c: Value): Value => {
  if (!(c instanceof Channel)) return refuse("chan/recv", [c], CHANNEL);
  const now = tryReceive(c);
  if (now !== undefined) return atOnce(now);
  return park((fiber) => {
    fiber.cancel = join(c.receivers, fiber, nil);
    return nil;
  });
});

/** `(chan/close c)`: what is in the channel can still be received. Receivers that wait get nil, senders an Error. */
export const chanClose = /*#__PURE__*/ native("chan/close", 1, 1, (c: Value): Value => {
  if (!(c instanceof Channel)) return refuse("chan/close", [c], CHANNEL);
  c.closed = true;
  for (let w = first(c.receivers); w !== null; w = first(c.receivers)) resume(w, nil);
  for (let w = first(c.senders); w !== null; w = first(c.senders)) resume(w, error("chan/send: the channel is closed"));
  return nil;
});

// ---- the same as operations, for await-any ----

const startSend: Start = (done, [c, value]) => {
  const now = trySend("chan/send-async", c as Channel, value);
  if (now === undefined) return join((c as Channel).senders, done, value);
  done(now);
};
const startReceive: Start = (done, [c]) => {
  const now = tryReceive(c as Channel);
  if (now === undefined) return join((c as Channel).receivers, done, nil);
  done(now);
};
/** `(chan/send-async c value k)` */
export const chanSendAsync = /*#__PURE__*/ operation("chan/send-async", [CHANNEL, SENT], startSend);
/** `(chan/recv-async c k)` */
export const chanRecvAsync = /*#__PURE__*/ operation("chan/recv-async", [CHANNEL], startReceive);
