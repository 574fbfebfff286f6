/** One cps function -> the parameters and statements of a JavaScript function. */
import type * as Cps from "../ir/cps.ts";
import { impossible } from "../source/impossible.ts";
import type { Statement } from "./build.ts";
import { list } from "./statements.ts";
import { countUses } from "./uses.ts";
import { type Host, nothingTaken, type Writer } from "./writer.ts";

export function emitFunction(fn: Cps.Function, host: Host): { readonly params: string[]; readonly body: Statement[] } {
  const params = fn.params.map(host.names.of);
  const slots = fn.body.some((s) => s.kind === "Slot");
  return { params: slots ? [...params, host.frame] : params, body: emitBody(fn, host) };
}

function emitBody(fn: Cps.Function, host: Host): Statement[] {
  const writer: Writer = {
    host,
    fn,
    uses: countUses(fn),
    pending: new Map(),
    numbers: new Set(),
    taken: nothingTaken(),
    name: host.names.of,
    use: ([module, name]) => host.runtime(module, name),
    list: (stmts, out, where) => list(writer, stmts, out, where),
    closure: (inner) => emitBody(inner, host),
  };
  const out: Statement[] = [];
  list(writer, fn.body, out, { next: null, loop: null });
  if ([...writer.pending.values()].some((p) => !p.pure)) impossible("an effect was not written");
  return out;
}
