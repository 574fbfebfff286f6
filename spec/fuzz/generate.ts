/**
 * Programs made at random: small, with every form in every position, and sure to end. Loops count down from small numbers,
 * functions call those before them, and what could go on for ever (a continuation that has escaped, a `while`, code that is
 * kept) has fuel. A program has the core and up to three families of forms.
 */
import { core } from "./core.ts";
import { data } from "./data.ts";
import { effects } from "./effects.ts";
import { errors } from "./errors.ts";
import { fibers } from "./fibers.ts";
import { frames } from "./frames.ts";
import { createGrammar, type Family, type MakeFamily, TOP } from "./grammar.ts";
import { loops } from "./loops.ts";
import { macros } from "./macros.ts";
import { partial } from "./partial.ts";
import { quoted } from "./quoted.ts";
import { type Random, random } from "./random.ts";

const FAMILIES: readonly MakeFamily[] = [quoted, effects, fibers, macros, partial, data, errors, frames];

const chosen = (r: Random): readonly MakeFamily[] => {
  const left = [...FAMILIES];
  return Array.from({ length: r.pick([0, 1, 1, 1, 2, 2, 3]) }, () => left.splice(r.below(left.length), 1)[0]);
};

/** The text of a program. */
export const generate = (seed: number): string => {
  const r = random(seed);
  const g = createGrammar(r);
  const out = [
    "(def {A} (atom 1)) (def {K} (atom id)) (def {fuel} (atom 12))",
    "(fun {say x} {(print x) x})",
    "(fun {again v} {if (> (atom/add! fuel -1) 0) {((atom/get K) v)} {0}})",
  ];
  const always: readonly Family[] = [core(g), loops(g)];
  const families = chosen(r);
  const extra = families.map((family) => family(g));
  // What a template means by a name depends on the module's globals, and the judge knows only those that are defined by a
  // datum of the top level itself.
  const inline = families.includes(macros) ? 0 : 35;
  g.use(always, []);
  for (const family of extra) out.push(...(family.preamble?.() ?? []));
  g.use(always, extra);
  const helpers = [...always, ...extra].flatMap((family) => family.helpers ?? []);
  for (let n = 1 + r.below(3), i = 0; i < n; i++) out.push(r.pick(helpers)(`f${i}`));
  for (let n = 1 + r.below(3), i = 0; i < n; i++) {
    if (r.percent(inline)) {
      out.push(`(print ${i} "->" (reset ${g.value(r.pick(["number", "number", "list"]), { ...TOP, depth: 3 })}))`);
      continue;
    }
    const [a, b] = g.two();
    const given = [g.digit(), r.percent(20) ? g.odd() : g.digit()];
    const started = `(t${i} ${given.join(" ")})`;
    out.push(
      `(fun {t${i} ${a} ${b}} ${g.body("number", { ...TOP, names: [a, b], depth: 3 })})`,
      `(print ${i} "->" ${r.percent(85) ? `(reset ${started})` : started})`,
    );
  }
  return `${out.join("\n")}\n`;
};
