/**
 * The builtins, as data: the compiler's only door to the runtime. The functions themselves are in runtime/lib (a test holds
 * both against each other); library functions that take functions are written in Valk, in runtime/prelude, and are not here.
 */
import { asyncSignatures } from "./signatures/async.ts";
import { dataSignatures } from "./signatures/data.ts";
import { effectSignatures } from "./signatures/effect.ts";
import { errorSignatures } from "./signatures/error.ts";
import { fiberSignatures } from "./signatures/fiber.ts";
import { functionSignatures } from "./signatures/function.ts";
import { hostSignatures } from "./signatures/host.ts";
import { httpSignatures } from "./signatures/http.ts";
import { interopSignatures } from "./signatures/interop.ts";
import { ioSignatures } from "./signatures/io.ts";
import { listSignatures } from "./signatures/list.ts";
import { macroSignatures } from "./signatures/macro.ts";
import { networkSignatures } from "./signatures/network.ts";
import { numberSignatures } from "./signatures/number.ts";
import { plistSignatures } from "./signatures/plist.ts";
import { predicateSignatures } from "./signatures/predicate.ts";
import { stateSignatures } from "./signatures/state.ts";
import { stringSignatures } from "./signatures/string.ts";
import { testSignatures } from "./signatures/test.ts";
import { textSignatures } from "./signatures/text.ts";

/** What calling a builtin may do besides giving a value. `pure` calls may be dropped, moved and folded. */
export type Effect = "pure" | "reads" | "writes" | "suspends";

/** Value types as the compiler tracks them. */
export type Type = "number" | "bigint" | "string" | "symbol" | "nil" | "cons" | "function" | "handle" | "ref" | "other";

export interface Signature {
  /** The Valk name. */
  readonly name: string;
  /** The file under runtime/ that exports it, without extension, such as `lib/list`. */
  readonly module: string;
  /** Its name there. */
  readonly export: string;
  /** Parameters as shown to the user, such as `start end` or `fmt & args`. */
  readonly params: string;
  readonly min: number;
  /** Infinity where there is no limit. */
  readonly max: number;
  readonly effect: Effect;
  /** The types of its value, apart from Errors. */
  readonly gives: readonly Type[] | "any";
  /** Can the value be an Error although no argument is one? */
  readonly fails: boolean;
  /** Errors among the arguments: returned (the first), or seen as ordinary values. */
  readonly errors: "passes" | "sees";
  /** Does it curry? Library functions that the C implementation has in Valk do, even where they are native here. */
  readonly curries: boolean;
  /** Only the expander and the prelude may name it: the programs' own name of this kind, if any, is another. */
  readonly internal?: true;
  readonly doc: string;
}

export const signatures: readonly Signature[] = [
  ...listSignatures,
  ...numberSignatures,
  ...stringSignatures,
  ...ioSignatures,
  ...predicateSignatures,
  ...errorSignatures,
  ...effectSignatures,
  ...stateSignatures,
  ...plistSignatures,
  ...dataSignatures,
  ...textSignatures,
  ...testSignatures,
  ...functionSignatures,
  ...asyncSignatures,
  ...macroSignatures,
  ...fiberSignatures,
  ...networkSignatures,
  ...hostSignatures,
  ...httpSignatures,
  ...interopSignatures,
];

/** Names with a fixed value. They compile to literals; `nil` is the empty list. */
export type Constant =
  | { readonly name: string; readonly kind: "number"; readonly value: number; readonly doc: string }
  | { readonly name: string; readonly kind: "nil"; readonly doc: string };

export const constants: readonly Constant[] = [
  { name: "nil", kind: "nil", doc: "The empty list; false." },
  { name: "true", kind: "number", value: 1, doc: "1." },
  { name: "false", kind: "number", value: 0, doc: "0." },
  {
    name: "sse/default-max-session-ms",
    kind: "number",
    value: 1_800_000,
    doc: "How long a stream of sse/open lives at most: half an hour.",
  },
  { name: "otherwise", kind: "number", value: 1, doc: "1: the last condition of a select, the default key of a case." },
];
