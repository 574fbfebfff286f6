/** Ends the compiler because of a mistake of ours: never for anything a user wrote. */
export function impossible(what: string): never {
  throw new Error(`internal compiler error: ${what}`);
}
