/**
 * The files that programs load by these names belong to the library, wherever the loading file is (LANGUAGE, section 9): they
 * are the Valk modules in runtime/library, compiled with the program. Loading what is always there does nothing.
 */
const alwaysThere: ReadonlySet<string> = new Set([
  "src/prelude.valk",
  "src/async_handles.valk",
  "src/http_api.valk",
  "src/modules/aio/sse.valk",
]);
const names: ReadonlySet<string> = new Set([
  "src/async_monadic.valk",
  "src/modules/test.valk",
  "src/modules/amb.valk",
  "src/modules/coroutine.valk",
  "src/modules/generator.valk",
  "src/modules/parameter.valk",
]);

const plain = (path: string): string => path.replace(/^(?:\.\/)+/, "");

/** The module id of a name whose loading does nothing, or null. */
export const libraryModule = (path: string): string | null =>
  alwaysThere.has(plain(path)) ? `library:${plain(path)}` : null;

/** The file of a library name, relative to the library's folder, or null. */
export const libraryFile = (path: string): string | null =>
  names.has(plain(path)) ? plain(path).slice("src/".length) : null;

/** The name of a library file, as programs load it. */
export const libraryName = (file: string): string => `src/${file}`;
