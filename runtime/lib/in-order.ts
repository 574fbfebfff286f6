/**
 * Jobs on the same files in the order in which they were given, though the host works on them in several threads: a job waits for
 * the last writer of its paths before it, and a writer also for the readers since. Jobs on different paths do not wait.
 */
interface Job {
  /** Jobs before it that are not done. */
  waiting: number;
  readonly next: Set<Job>;
  done: boolean;
  readonly run: () => void;
}
interface Line {
  writer: Job | null;
  readers: Set<Job>;
}
const lines: Map<string, Line> = /*#__PURE__*/ new Map();

/**
 * Runs a job when its turn has come; it has to call `release`, once, when it has ended. The paths must be absolute, so that one
 * file has one name (links are not followed).
 */
export const inOrder = (paths: readonly string[], writes: boolean, begin: (release: () => void) => void): void => {
  const release = (): void => {
    job.done = true;
    for (const path of paths) leave(path, job);
    for (const next of job.next) if (--next.waiting === 0) next.run();
  };
  const job: Job = { waiting: 0, next: new Set(), done: false, run: () => begin(release) };
  for (const path of paths) {
    let line = lines.get(path);
    if (line === undefined) {
      line = { writer: null, readers: new Set() };
      lines.set(path, line);
    }
    follow(job, line.writer);
    if (writes) {
      for (const reader of line.readers) follow(job, reader);
      line.writer = job;
      line.readers = new Set();
    } else line.readers.add(job);
  }
  if (job.waiting === 0) job.run();
};

const follow = (job: Job, before: Job | null): void => {
  if (before === null || before.done || before === job || before.next.has(job)) return;
  before.next.add(job);
  job.waiting++;
};
const leave = (path: string, job: Job): void => {
  const line = lines.get(path);
  if (line === undefined) return;
  if (line.writer === job) line.writer = null;
  else line.readers.delete(job);
  if (line.writer === null && line.readers.size === 0) lines.delete(path);
};
