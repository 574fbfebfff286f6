/** What there is in place of a file that is not there. */
export type Near =
  | { readonly kind: "directory" }
  /** The path with the ending of Valk's files. */
  | { readonly kind: "file"; readonly path: string };
