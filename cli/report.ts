/** Diagnostics to stderr. */
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { renderJson } from "../compiler/diagnostics/render-json.ts";
import { renderTerminal } from "../compiler/diagnostics/render-terminal.ts";
import type { Unit } from "../compiler/modules/unit.ts";
import type { Host } from "./host.ts";

/** What the compiler said about one source. */
export interface Report {
  readonly source: Unit["source"];
  readonly diagnostics: readonly Diagnostic[];
}

export function report(reports: readonly Report[], { json }: { readonly json: boolean }, host: Host): void {
  for (const { source, diagnostics } of reports) {
    if (diagnostics.length === 0) continue;
    host.err(json ? renderJson(diagnostics, source) : `${renderTerminal(diagnostics, source, host.colors)}\n`);
  }
}

/** Of a program that was refused although it shows nothing worse than warnings: why. */
export function refused(reports: readonly Report[], { json }: { readonly json: boolean }, host: Host): void {
  const errors = reports.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === "error"));
  if (!errors && !json) host.err("valk: with --strict warnings are errors: the program was refused\n");
}
