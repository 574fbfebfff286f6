/**
 * The operation that the await benchmarks wait for: it puts its continuation on a queue, which is emptied in batches, as an
 * event loop would. No timer and no socket is involved, so that what is measured is the await alone.
 *
 * Valk and hand-written callbacks run inside the call of their continuation. async/await goes on in the microtask queue, so
 * for it the queue is emptied by microtasks, the cheapest way there is to wait for them.
 */
const kernel = new URL("../../dist/runtime/kernel/", import.meta.url);

/** Continuations of JavaScript are functions. */
const plain = (state) => ({
  wait: (k) => {
    state.queue.push(k);
  },
  callback: (f) => f,
  deliver: (k, value) => k(value),
});

/** For async/await: `start` is called when the queue gets its first entry. */
const microtasks = (state, start) => ({
  ...plain(state),
  wait: (k) => {
    if (state.queue.push(k) === 1) start();
  },
});

/**
 * Continuations of Valk. The operation is what the library's are, a thunk that takes the waiting fiber itself; or, as
 * `function`, a function of one argument like those that programs write, for which a continuation is made at each await.
 */
async function valk(state, kind) {
  const [{ deliver }, { def }, { nil }] = await Promise.all(
    ["await.js", "function.js", "list.js"].map((file) => import(new URL(file, kernel).href)),
  );
  const register = (k) => {
    state.queue.push(k);
    return nil;
  };
  const wait = def(1, (k) => register(k));
  return {
    wait: kind === "function" ? wait : Object.assign(wait, { $start: register }),
    callback: (f) => def(1, f),
    deliver,
  };
}

/** What a run of `fibers` fibers of the module is given, and how to wait for its end. `held`: not before `release`. */
export async function createOperations(module, fibers, { kind = "thunk", held = false } = {}) {
  const native = module.endsWith("/native.mjs");
  const state = { queue: [] };
  let blocked = held;
  let left = fibers;
  let total = 0;
  let ended = 0;

  const drain = () => {
    do {
      const batch = state.queue;
      state.queue = [];
      for (let i = 0; i < batch.length; i++) deliver(batch[i], 1);
    } while (state.queue.length > 0 && !native);
  };
  const { wait, callback, deliver } = native
    ? microtasks(state, () => blocked || queueMicrotask(drain))
    : module.endsWith("/hand.mjs")
      ? plain(state)
      : await valk(state, kind);
  const done = callback((value) => {
    total += value;
    if (--left === 0) ended = performance.now();
    return value;
  });
  return {
    wait,
    done,
    release: () => {
      blocked = false;
    },
    /** Runs what is queued until every fiber is done; the sum of their results. */
    finished: async () => {
      drain();
      for (let idle = 0; left > 0; idle++) {
        if (idle === 10_000) throw new Error(`${left} of ${fibers} fibers never ended`);
        await new Promise(setImmediate);
        drain();
      }
      return total;
    },
    end: () => ended,
  };
}
