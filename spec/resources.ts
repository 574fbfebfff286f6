/** What keeps the process alive, for tests that everything was closed. */

const active = (): string[] => process.getActiveResourcesInfo().filter((name) => name !== "Immediate");

/** Waits until nothing is active that was not when it was made; gives what still is after three seconds. */
export const resources = (): (() => Promise<string>) => {
  const before = active();
  const more = (): string => {
    const rest = active();
    for (const name of before) {
      const i = rest.indexOf(name);
      if (i >= 0) rest.splice(i, 1);
    }
    return rest.join(" ");
  };
  return async () => {
    for (let i = 0; i < 150 && more() !== ""; i++) await new Promise<void>((done) => setTimeout(done, 20).unref());
    return more();
  };
};
