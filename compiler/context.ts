/** What one compilation carries through its phases: options, the report, fresh names. No phase keeps state of its own. */
import type { Diagnostic, Message, Note } from "./diagnostics/diagnostic.ts";
import type { Source } from "./source/source.ts";
import type { Span } from "./source/span.ts";

export interface Options {
  /** Run the plan of 5-optimize. Off in one of the test modes. */
  readonly optimize: boolean;
  /** Warnings count as errors: nothing is emitted from a program with any. */
  readonly strict: boolean;
  /** What to say of operations that give a Handle: nothing, a warning, an error. */
  readonly futures: "allow" | "warn" | "deny";
  /** Test mode: capture up to an own tag and resume at once after every call. */
  readonly probe: boolean;
  /** Module specifier prefix of the runtime in emitted imports, without a final slash: `valk/runtime` or a relative path. */
  readonly runtime: string;
  /** Appended to runtime specifiers: "" for the package's exports, ".js" for files. */
  readonly runtimeExtension: string;
  /**
   * The program runs where its sources are, in the package it was compiled by: the compiler is loaded when something is
   * evaluated, and computed loads start from the folder of the source.
   */
  readonly inPlace: boolean;
  /** Write TypeScript declarations of what modules give to JavaScript. */
  readonly declaration: boolean;
  /** The directory the output is going to be in: imports of JavaScript files are relative to it. null: they are URLs. */
  readonly outputRoot: string | null;
}

export const defaultOptions: Options = {
  optimize: true,
  strict: false,
  futures: "allow",
  probe: false,
  runtime: "valk/runtime",
  runtimeExtension: "",
  inPlace: false,
  declaration: false,
  outputRoot: null,
};

/** The context of one module's compilation. */
export interface Context {
  readonly source: Source;
  readonly options: Options;
  readonly diagnostics: readonly Diagnostic[];
  /** Reports a catalogue message at a place, and goes on. */
  report<Args extends readonly unknown[]>(span: Span, message: Message<Args>, ...args: Args): void;
  /** The same with further places. */
  reportWith<Args extends readonly unknown[]>(
    span: Span,
    notes: readonly Note[],
    message: Message<Args>,
    ...args: Args
  ): void;
  /** A number no earlier call in this compilation gave: 1, 2, ... Deterministic. */
  fresh(): number;
  /** Has an error been reported? (With --strict, a warning counts.) */
  failed(): boolean;
}

/** Of what a macro made: the call is the diagnostic's place, and these are the templates it came from, innermost first. */
const templateNotes = (span: Span, source: Source): readonly Note[] => {
  const notes: Note[] = [];
  for (let t = span.template; t !== undefined && notes.length < MAX_TEMPLATES; t = t.outer)
    // A macro that calls itself made it of the same text again and again.
    if (t.start !== t.outer?.start || t.source !== t.outer.source)
      notes.push({
        span: { start: t.start, end: t.end },
        ...(t.source === source ? {} : { source: t.source }),
        text: `the macro \`${t.macro}\` made it of this`,
      });
  return notes;
};
const MAX_TEMPLATES = 3;

export function createContext(source: Source, options: Options): Context {
  const diagnostics: Diagnostic[] = [];
  let last = 0;
  const add = <Args extends readonly unknown[]>(
    span: Span,
    notes: readonly Note[],
    message: Message<Args>,
    args: Args,
  ): void => {
    const help = message.help?.(...args);
    if (span.template !== undefined) notes = [...notes, ...templateNotes(span, source)];
    diagnostics.push({
      code: message.code,
      severity: message.severity,
      span: span.template === undefined ? span : { start: span.start, end: span.end },
      text: message.text(...args),
      ...(help === undefined ? {} : { help }),
      ...(notes.length === 0 ? {} : { notes }),
    });
  };
  return {
    source,
    options,
    diagnostics,
    report: (span, message, ...args) => add(span, [], message, args),
    reportWith: (span, notes, message, ...args) => add(span, notes, message, args),
    fresh: () => ++last,
    failed: () => diagnostics.some((d) => d.severity === "error" || options.strict),
  };
}
