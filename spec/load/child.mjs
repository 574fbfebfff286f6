/** The process under load: does what main.mjs asks of the compiled program, and tells its memory. */
const app = await import(process.argv[2]);
const memory = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};
const jobs = {
  memory,
  listen: (waits) => app.startServer(waits),
  suspend: (n) => app.suspend(n),
  goOn: () => app.goOn(0),
};
process.on("message", async ({ job, argument }) => {
  process.send({ result: await jobs[job](argument) });
});
process.on("disconnect", () => process.exit());
