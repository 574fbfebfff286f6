/** The files that real programs load by these names belong to the library, wherever the loading file is (LANGUAGE, section 9). */
const names: ReadonlySet<string> = new Set([
  "src/prelude.valk",
  "src/async_handles.valk",
  "src/async_monadic.valk",
  "src/http_api.valk",
  "src/modules/test.valk",
  "src/modules/aio/sse.valk",
]);

/** The module id of a library file, or null. The library is always there, so that loading it does nothing. */
export const libraryModule = (path: string): string | null => {
  const plain = path.replace(/^(?:\.\/)+/, "");
  return names.has(plain) ? `library:${plain}` : null;
};
