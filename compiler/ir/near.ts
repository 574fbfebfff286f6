/** What there is in place of a file that is not there. */
export type Near =
  | { readonly kind: "directory" }
  /** A path that was probably meant: with an ending, or with letters in another order. */
  | { readonly kind: "file"; readonly path: string };
