/** Fibers, Handles, scopes, channels, context. Time is virtual, so that sleeps order what happens. */
import { apart, bind, type Kind, type MakeFamily, type Scope } from "./grammar.ts";

export const fibers: MakeFamily = (g) => {
  const { r, num, value, statements } = g;
  const body = (kind: Kind, s: Scope): string => g.body(kind, other(s));
  /** In another fiber, which may know continuations of this one. */
  const other = (s: Scope): Scope => ({ ...apart(s), ks: r.percent(30) ? s.ks : [] });
  const ms = (): string => String(r.below(4));
  const slow = (kind: Kind, s: Scope): string => `{(sleep ${ms()}) ${value(kind, other(s))}}`;
  const started = (kind: Kind, s: Scope): string =>
    r.pick([
      () => `(async ${body(kind, s)})`,
      () => `(async ${slow(kind, s)})`,
      () => `(async ${slow(kind, s)})`,
      () => `(async {ensure ${slow(kind, s)} {(say ${num(other(s))})}})`,
    ])();
  const handle = (kind: Kind, s: Scope): string =>
    r.pick([
      () => started(kind, s),
      () => started(kind, s),
      () => `(aio/pure ${value(kind, s)})`,
      () => `(aio/fail ${r.pick(['(error "no")', '"why"', num(s)])})`,
      () => `(aio/then ${started("number", s)} (\\ {x} ${g.body(kind, bind(other(s), "x"))}))`,
      () => `(aio/catch ${started(kind, s)} (\\ {e} ${g.body(kind, other(s))}))`,
      () => `(aio/finally ${started(kind, s)} (\\ {_} {say ${num(other(s))}}))`,
      () => `(aio/within ${started(kind, s)} ${ms()})`,
      () => `(aio/race (list ${started(kind, s)} ${started(kind, s)}))`,
      () => `(aio/any (list ${started(kind, s)} ${started(kind, s)}))`,
      () => `(aio/delay ${ms()})`,
      () => `(aio/sleep ${ms()})`,
    ])();
  return {
    any: [
      (k, s) => `(await ${started(k, s)})`,
      (k, s) => `(do (sleep ${ms()}) ${value(k, s)})`,
      (k, s) => `(await ${handle(k, s)})`,
      (k, s) =>
        `(let {w (async ${slow(k, s)}) v (async {(say ${num(other(s))}) (sleep ${ms()}) ${value(k, other(s))}})} {(say (await v)) (await w)})`,
      (k, s) => `(await ${value(k, s)})`,
      (k, s) => `(await (\\ {r} {r ${value(k, s)}}))`,
      (k, s) => `(await (\\ {r} {(sleep ${ms()}) (r ${value(k, s)})}))`,
      (k, s) => `(scope {s ${statements(k, other(s))}})`,
      (k, s) => `(scope {s (spawn s ${slow("number", s)}) (say ${num(other(s))}) ${value(k, other(s))}})`,
      (k, s) => `(scope {s (= {w v} (spawn s ${slow(k, s)}) (spawn s ${body(k, s)})) (say (await v)) (await w)})`,
      (k, s) => `(let {w ${started(k, s)}} {(sleep ${ms()}) (say (aio/cancel w)) (say (aio/status w)) ${value(k, s)}})`,
      (k, s) => `(let {w ${handle(k, s)}} {(say (aio/status w)) (await w)})`,
      (k, s) => `(ctx/with :key ${num(s)} ${statements(k, s)})`,
      (k, s) => `(ctx/with-deadline ${ms()} ${statements(k, s)})`,
      (k, s) =>
        `(let {w (channel ${r.pick(["", "1", "2"])})} {(async {(chan/send w ${num(other(s))}) (say :sent) (chan/send w ${value(k, other(s))}) (chan/close w)}) (say (chan/recv w)) (sleep ${ms()}) (chan/recv w)})`,
      (k, s) => `(snd (await-any ${handle(k, s)} ${handle(k, s)} (aio/delay ${ms()})))`,
      (k, s) => `(await (let {w (async ${slow(k, s)})} {async {(say (await w)) (await w)}}))`,
    ],
    statements: [
      (s) => [`(async ${slow("number", s)})`, []],
      () => [`(sleep ${ms()})`, []],
      (s) => [`(async {(again ${num(other(s))})})`, []],
    ],
    forms: {
      number: [
        () => `(len (ctx/locals))`,
        (s) => `(+ (ctx/get :key) ${num(s)})`,
        (s) => `(if (nil? (ctx/get :key)) ${num(s)} (ctx/get :key))`,
        (s) => `(reset (+ ${num(s)} (shift k (await (async {(sleep ${ms()}) (k ${num(other(s))})})))))`,
      ],
      list: [
        (s) => `(await (aio/all (list ${handle("number", s)} ${handle("number", s)})))`,
        (s) => `(map await (list ${started("number", s)} ${started("number", s)}))`,
        (s) => `(map (\\ {x} {(sleep ${ms()}) (say x) (+ x ${num(bind(s, "x"))})}) ${g.list(s)})`,
        (s) =>
          `(map (\\ {w} {plist/get w :status}) (await (aio/all-settled (list ${handle("number", s)} ${handle("number", s)}))))`,
        (s) => `(await (aio/traverse ${g.list(s)} (\\ {x} ${started("number", bind(s, "x"))})))`,
      ],
      function: [() => "(\\ {x} {(sleep x) x})", () => "(\\ {x} {await (async {(sleep x) x})})"],
    },
  };
};
