/**
 * `(js/generator f)`: a Valk function as an async iterator of JavaScript. f gets `yield`, a function that gives its argument to
 * JavaScript and waits until that asks for more. f runs as a fiber of its own, from the first request on, and only while a request
 * is waiting; requests are served in order. `return` makes the pending yield an Error, so that f ends and its cleanups run.
 */
import { errorOf, fromJS, promise, toJSValue } from "../kernel/border.ts";
import { type Fiber, onSettle, park, start, wake, Y } from "../kernel/control.ts";
import { error, ValkError } from "../kernel/error.ts";
import { call1, type Fn, native } from "../kernel/function.ts";
import { nil, type Value } from "../kernel/list.ts";
import { FUNCTION, refuse } from "../kernel/wrong.ts";

interface Request {
  readonly kind: "next" | "return" | "throw";
  readonly value: unknown;
  resolve(result: IteratorResult<unknown>): void;
  reject(reason: unknown): void;
}

class Generator implements AsyncIterableIterator<unknown> {
  readonly #f: Fn;
  readonly #requests: Request[] = [];
  #state: "new" | "running" | "waiting" | "ended" = "new";
  /** Parked in `yield`, while the state is waiting. */
  #fiber: Fiber | null = null;
  /** What a pending `yield` got when JavaScript asked to return. */
  #stop: ValkError | null = null;
  constructor(f: Fn) {
    this.#f = f;
  }

  next(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#ask("next", value);
  }
  return(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.#ask("return", value);
  }
  throw(reason?: unknown): Promise<IteratorResult<unknown>> {
    return this.#ask("throw", reason);
  }
  [Symbol.asyncIterator](): this {
    return this;
  }

  #ask(kind: Request["kind"], value: unknown): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ kind, value, resolve, reject });
      this.#serve();
    });
  }

  /** Goes on with the first request, unless f is busy with an earlier one. */
  #serve(): void {
    while (this.#requests.length > 0 && this.#state !== "running") {
      const { kind, value, resolve, reject } = this.#requests[0];
      if (this.#state === "waiting") {
        this.#stop = kind === "return" ? error("the iteration was stopped") : null;
        this.#state = "running";
        const fiber = this.#fiber as Fiber;
        this.#fiber = null;
        wake(fiber, this.#stop ?? (kind === "throw" ? errorOf(value) : fromJS(value)));
      } else if (this.#state === "new" && kind === "next") {
        this.#state = "running";
        const fiber = start(call1 as (...args: Value[]) => Value, this.#f, this.#yield);
        if (fiber.value === Y) onSettle(fiber, (v) => this.#end(v));
        else {
          fiber.looked = true;
          this.#end(fiber.value);
        }
      } else {
        this.#state = "ended";
        this.#requests.shift();
        if (kind === "throw") reject(value);
        else resolve({ value: kind === "return" ? value : undefined, done: true });
      }
    }
  }

  readonly #yield = /*#__PURE__*/ native("yield", 1, 1, (value: Value): Value => {
    if (value instanceof ValkError) return value;
    if (this.#state !== "running") return error("yield: the generator is not running");
    if (this.#stop !== null) return this.#stop;
    return park((fiber) => {
      this.#state = "waiting";
      this.#fiber = fiber;
      this.#requests.shift()?.resolve({ value: toJSValue(value), done: false });
      this.#serve();
      return nil;
    });
  });

  #end(value: Value): void {
    const request = this.#requests.shift();
    this.#state = "ended";
    if (request !== undefined) {
      if (value === this.#stop && value !== null) request.resolve({ value: request.value, done: true });
      else if (value instanceof ValkError) request.reject(value);
      else request.resolve({ value: request.kind === "return" ? request.value : toJSValue(value), done: true });
    }
    this.#serve();
  }
}

export const generator = /*#__PURE__*/ native(
  "js/generator",
  1,
  1,
  (f: Value): Value => (typeof f === "function" ? new Generator(f as Fn) : refuse("js/generator", [f], FUNCTION)),
);

/** `(js/promise x)`: a Handle as a promise; what is none becomes a promise that is fulfilled, an Error one that is rejected. */
export const asPromise = /*#__PURE__*/ native("js/promise", 1, 1, (x: Value): Value => {
  if (x instanceof ValkError) return Promise.reject(x);
  return (x as { $kind?: unknown }).$kind === "handle" ? promise(x as Fiber) : Promise.resolve(toJSValue(x));
});
